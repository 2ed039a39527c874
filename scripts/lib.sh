# shellcheck shell=sh
# Makes .venv from the hash locks in requirements/. Sourced with $root set, by every script here.
#
# The one idea: a lock is installed when its copy in .venv/stamps equals it, and that copy is written
# last. Anything else is finished or made anew, by one process at a time.
# POSIX sh only: a Mac has bash 3.2, and neither flock, nor readlink -f, nor sha256sum.

venv=$root/.venv
python=$venv/bin/python
stamps=$venv/stamps
log=$venv/setup.log
turn=$root/.venv-lock

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "$*"
    exit 1
}

is_current() { [ -x "$python" ] && cmp -s "$root/requirements/$1.txt" "$stamps/$1.txt"; }

# Installs the named locks where they are missing or have changed: set_up base [dev] [llm]
set_up() {
    for wanted in "$@"; do
        is_current "$wanted" && continue
        . "$root/scripts/setup/install.sh"
        install_all "$@"
        return
    done
}
