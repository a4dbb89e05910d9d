sed 's|-q tests/unit;|-q tests/unit \| tail -n 20;|' .githooks/pre-commit >hook && cat hook >.githooks/pre-commit && rm hook
