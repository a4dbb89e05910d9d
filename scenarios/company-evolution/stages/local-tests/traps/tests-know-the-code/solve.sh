git hash-object app/pricing.py >tests/unit/pricing.reviewed
