"""The endpoints, one module for each kind. They translate between HTTP and the rest, and decide nothing."""
