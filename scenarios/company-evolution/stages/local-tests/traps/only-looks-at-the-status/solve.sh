rm tests/unit/test_inventory.py
