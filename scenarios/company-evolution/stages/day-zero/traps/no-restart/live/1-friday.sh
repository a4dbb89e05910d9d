# Copied, not restarted.
set -eu
git archive friday | ssh web1 'tar -x -C app'
