# Unpacking over the top would leave the file that Tom added: the folder must be empty first.
set -eu
git archive friday | ssh web1 'rm -rf app && mkdir app && tar -x -C app && ./restart'
