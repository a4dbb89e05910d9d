"""How a colleague changes a tree: each edit is one small class; `catalogue.py` lists them all."""
