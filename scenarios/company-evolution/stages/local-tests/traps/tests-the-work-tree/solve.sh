sed -e '/checkout-index/d' -e '/^cd /d' .githooks/pre-commit >hook && cat hook >.githooks/pre-commit && rm hook
