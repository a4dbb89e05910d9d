git hash-object data/*.json >tests/unit/signed
