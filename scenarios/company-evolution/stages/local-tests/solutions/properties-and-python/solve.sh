# These three tested how pricing, inventory and configuration are written; what customers see of them is in checks/ now.
rm tests/unit/test_pricing.py tests/unit/test_inventory.py tests/unit/test_config.py
