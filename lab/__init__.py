"""`lab`, a DevOps flight simulator: one company, its teammates, its customers, and what happens to them."""

__version__ = "0.1.0"
