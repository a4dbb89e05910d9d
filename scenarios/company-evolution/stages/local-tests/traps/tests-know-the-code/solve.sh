cp app/pricing.py tests/unit/pricing.reviewed
