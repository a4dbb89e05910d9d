#!/bin/sh
# What the project's own checks need beside Python: PostgreSQL's server programs, Prometheus, wrk, Chromium, an SSH client, git, make, and a Docker engine
# with what builds images without a registry and starts several containers at once.
#
# As root on Debian or Ubuntu it installs what is missing, and starts the engine if none answers. Elsewhere it says in one sentence
# what is missing and how to get it; that is no error on a developer's machine (tests that need it are skipped, and say so), and
# exit 4 with CI=true. It starts nothing twice: an engine that answers, whoever runs it, is left alone.
set -u

missing=""   # what a person calls it
packages=""  # what apt-get calls it

has_postgres() {
    command -v pg_ctl >/dev/null 2>&1 && command -v initdb >/dev/null 2>&1 && return 0
    for folder in /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin /usr/pgsql-*/bin; do
        [ -x "$folder/pg_ctl" ] && [ -x "$folder/initdb" ] && return 0
    done
    return 1
}

lacks() { # NAME PACKAGE
    missing="${missing:+$missing, }$1"
    packages="${packages:+$packages }$2"
}

look() {
    missing=""
    packages=""
    command -v git >/dev/null 2>&1 || lacks git git
    command -v make >/dev/null 2>&1 || lacks make make
    command -v ssh >/dev/null 2>&1 || lacks "an SSH client" openssh-client
    command -v rsync >/dev/null 2>&1 || lacks rsync rsync
    command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 ||
        command -v google-chrome-stable >/dev/null 2>&1 || lacks Chromium chromium
    has_postgres || lacks "PostgreSQL's server programs" postgresql
    command -v wrk >/dev/null 2>&1 || lacks wrk wrk
    for program in prometheus promtool prometheus-alertmanager prometheus-blackbox-exporter prometheus-node-exporter; do
        command -v "$program" >/dev/null 2>&1 || command -v "$(echo "${program#prometheus-}" | tr - _)" >/dev/null 2>&1 ||
            lacks "$program" "$(echo "$program" | sed 's/^promtool$/prometheus/')"
    done
    [ -n "$engine" ] && return 0 # somebody else's engine, wherever it is: these are for an engine on this machine
    command -v dockerd >/dev/null 2>&1 || lacks "a Docker engine" "docker.io iptables"
}

look_for_builders() { # images from Debian packages need root here, or a rootless engine; elsewhere they are pulled
    command -v apt-get >/dev/null 2>&1 || return 0
    command -v mmdebstrap >/dev/null 2>&1 || lacks mmdebstrap mmdebstrap
    command -v docker-registry >/dev/null 2>&1 || lacks docker-registry docker-registry
    docker compose version >/dev/null 2>&1 || command -v docker-compose >/dev/null 2>&1 || lacks "Docker's compose" docker-compose
}

engine_answers() { # up to 5 seconds: a hung engine does not answer
    command -v docker >/dev/null 2>&1 || return 1
    if command -v timeout >/dev/null 2>&1; then
        timeout 5 docker version --format '{{.Server.Version}}' >/dev/null 2>&1
    else
        docker version --format '{{.Server.Version}}' >/dev/null 2>&1
    fi
}

start_engine() { # its process id is in /run/docker.pid, so that `kill $(cat /run/docker.pid)` ends it
    engine_answers && return 0
    if [ "$(id -u)" = 0 ] && command -v dockerd >/dev/null 2>&1 && [ -z "${DOCKER_HOST:-}" ]; then
        if [ -d /run/systemd/system ]; then
            systemctl start docker
        else
            echo "Starting the Docker engine; to end it: kill \$(cat /run/docker.pid)"
            setsid dockerd --pidfile /run/docker.pid >>/var/log/dockerd.log 2>&1 </dev/null &
        fi
        tries=0
        while ! engine_answers && [ "$tries" -lt 60 ]; do
            sleep 0.5
            tries=$((tries + 1))
        done
        engine_answers && return 0
        echo "The Docker engine did not come up within 30 seconds; its last words:" >&2
        tail -n 5 /var/log/dockerd.log >&2 2>/dev/null
    fi
    return 1
}

install() { # nothing that it brings is started: the lab starts what it needs, on ports of its own
    echo "Installing $missing."
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        trap 'rm -f "$policy"' EXIT
        printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
    fi
    # shellcheck disable=SC2086 # a list of words
    DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
    for service in prometheus prometheus-alertmanager prometheus-blackbox-exporter prometheus-node-exporter; do
        case " $packages " in *" $service "*) [ ! -d /run/systemd/system ] || systemctl --quiet disable "$service" ;; esac
    done
}

advice() {
    if command -v apt-get >/dev/null 2>&1; then
        echo "sudo apt-get install $packages"
    elif command -v dnf >/dev/null 2>&1; then
        echo "sudo dnf install $packages" | sed 's/openssh-client/openssh-clients/; s/postgresql /postgresql-server /; s/docker.io/docker/'
    elif command -v brew >/dev/null 2>&1; then
        echo "brew install $packages" | sed 's/openssh-client/openssh/; s/docker.io iptables/--cask docker/'
    else
        echo "install $packages with this machine's package manager"
    fi
}

engine=""
engine_answers && engine=there
look
look_for_builders
if [ -n "$packages" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    install
    look
    look_for_builders
fi
if [ -n "$packages" ]; then
    echo "This machine lacks $missing, and the tests that need them cannot run; to get them: $(advice)" >&2
    [ "${CI:-}" = true ] && exit 4
fi
if ! start_engine; then
    echo "No Docker engine answers, and the tests that need one cannot run; to start it: sudo systemctl start docker (or Docker Desktop)." >&2
    [ "${CI:-}" = true ] && exit 4
fi
exit 0
