#!/bin/sh
# What the project's own checks need beside Python: PostgreSQL's server programs, an SSH client, git and make.
#
# As root on Debian or Ubuntu it installs what is missing. Elsewhere it says in one sentence what is missing and how to get it;
# that is no error on a developer's machine (tests that need it are skipped, and say so), and exit 4 with CI=true.
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
    has_postgres || lacks "PostgreSQL's server programs" postgresql
}

install() {
    echo "Installing $missing."
    # shellcheck disable=SC2086 # a list of words
    DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
}

advice() {
    if command -v apt-get >/dev/null 2>&1; then
        echo "sudo apt-get install $packages"
    elif command -v dnf >/dev/null 2>&1; then
        echo "sudo dnf install $packages" | sed 's/openssh-client/openssh-clients/; s/postgresql$/postgresql-server/'
    elif command -v brew >/dev/null 2>&1; then
        echo "brew install $packages" | sed 's/openssh-client/openssh/'
    else
        echo "install $packages with this machine's package manager"
    fi
}

look
if [ -n "$packages" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    install
    look
fi
if [ -n "$packages" ]; then
    echo "This machine lacks $missing, and the tests that need them cannot run; to get them: $(advice)" >&2
    [ "${CI:-}" = true ] && exit 4
fi
exit 0
