# Founds a company, once for this container, and serves its dashboard on the container's own loopback; HAProxy beside it is the way in.
set -eu
[ -e harborline/.lab ] || lab start --dir harborline --seed "${SEED:-7}"
exec lab -C harborline serve --no-open --port "${DASHBOARD_PORT:-8700}"
