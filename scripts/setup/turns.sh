# shellcheck shell=sh
# One set-up at a time.
#
# The turn is the link .venv-lock/owner: only one process can make it, and in the same step it names its
# owner. A dead owner is known by its pid and start, so a pid that was given out anew fools nobody.

take_turn() {
    check_writable
    me=$(identity $$)
    trap give_turn_back EXIT
    trap 'stop 129' HUP
    trap 'stop 130' INT
    trap 'stop 143' TERM
    told=
    until mkdir -p "$turn" 2>/dev/null && ln -s "$me" "$turn/owner" 2>/dev/null; do
        [ ! -e "$turn" ] || [ -w "$turn" ] || fail "$turn belongs to somebody else: sudo rm -r '$turn'"
        ! clear_dead_turn || continue
        [ -n "$told" ] || say "Another set-up is at work here (process ${owner%%@*}); waiting for it."
        told=yes
        sleep 1
    done
}

# True where it is worth trying again at once: the owner has gone, one way or the other.
clear_dead_turn() {
    owner=$(readlink "$turn/owner") || return 0
    ! is_alive "$owner" || return 1
    # The shell may have been killed while its pip lives on; that pip still writes into .venv.
    ! is_alive "$(cat "$turn/worker" 2>/dev/null)" || return 1
    # Of two that see the same dead owner only one may clear it, or it would clear its rival's new turn.
    mkdir "$turn/clearing" 2>/dev/null || return 1
    [ "$(readlink "$turn/owner")" != "$owner" ] || rm -f "$turn/worker" "$turn/owner"
    rmdir "$turn/clearing"
}

give_turn_back() {
    stop_ticker
    [ "$(readlink "$turn/owner")" = "$me" ] || return 0
    rm -rf "$venv/tmp"
    rm -f "$turn/worker" "$turn/owner"
    rmdir "$turn" 2>/dev/null || :
}

stop() {
    say "Set-up was interrupted; the same command finishes it."
    exit "$1"
}

check_writable() {
    for place in "$root" "$venv"; do
        [ ! -e "$place" ] || [ -w "$place" ] ||
            fail "Companion cannot write to $place: sudo chown -R $(id -un) '$root'"
    done
}

is_alive() { [ -n "$1" ] && [ "$(identity "${1%%@*}")" = "$1" ]; }

# Prints "pid@start", a name that no other process ever has; fails where the process is gone.
identity() {
    pid=$1
    if [ -r "/proc/$pid/stat" ]; then
        { read -r line <"/proc/$pid/stat"; } 2>/dev/null || return 1
        # The second field, the command in brackets, may hold spaces; all that follow are single words.
        # shellcheck disable=SC2086
        set -- ${line##*) }
        [ "$1" != Z ] || return 1
        shift 19
        echo "$pid@$1"
    else
        case $(ps -o stat= -p "$pid" 2>/dev/null) in '' | Z*) return 1 ;; esac
        echo "$pid@$(LC_ALL=C ps -o lstart= -p "$pid")"
    fi
}
