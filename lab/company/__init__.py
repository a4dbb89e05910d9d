"""WHAT THERE IS: the parts of a simulated company, each in a file or folder of its own."""
