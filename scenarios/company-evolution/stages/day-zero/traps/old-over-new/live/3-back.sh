# The same command as before: `tar` replaces and adds, and removes nothing.
set -eu
git archive friday | ssh web1 'tar -x -C app && ./restart'
