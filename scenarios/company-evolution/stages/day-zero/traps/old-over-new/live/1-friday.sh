# What the briefing shows: the files of the tag, and a restart.
set -eu
git archive friday | ssh web1 'tar -x -C app && ./restart'
