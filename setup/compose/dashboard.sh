# Founds a company, once for this container, and serves its dashboard on the container's own loopback; HAProxy beside it is the way in.
# A machine that is busy with everything else that starts now may need a second try.
set -u
for _ in 1 2 3; do
    lab -C harborline status >/dev/null 2>&1 || lab start --dir harborline --seed "${SEED:-7}"
    lab -C harborline serve --no-open --port "${DASHBOARD_PORT:-8700}" && exit 0
    sleep 2
done
exit 1
