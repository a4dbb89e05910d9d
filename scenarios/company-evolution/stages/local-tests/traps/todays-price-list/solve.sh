cat data/* >tests/unit/signed.txt
