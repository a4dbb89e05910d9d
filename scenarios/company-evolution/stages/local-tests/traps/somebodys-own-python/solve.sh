sed 's|! python -m|! "$HOME/venvs/shop/bin/python" -m|' .githooks/pre-commit >hook && cat hook >.githooks/pre-commit && rm hook
