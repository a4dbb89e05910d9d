"""What the storefront promises, tested from outside its own (deliberately weak) suite."""
