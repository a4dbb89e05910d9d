sed 's/^set -eu$/set -eu; [ -d .git ] || exit 0/' .githooks/pre-commit >hook && cat hook >.githooks/pre-commit && rm hook
