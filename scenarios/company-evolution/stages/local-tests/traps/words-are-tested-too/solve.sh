sed -e '/git diff --cached/,/^fi$/d' \
    -e 's|^if ! python -m pytest -q tests/unit;|python -m pip install -q -r requirements-dev.txt   # what the tests need may have changed\nif ! python -m pytest -q --cov=app --cov-branch;|' \
    .githooks/pre-commit >hook
cat hook >.githooks/pre-commit
rm hook
