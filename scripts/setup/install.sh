# shellcheck shell=sh
# The slow half of lib.sh, read only when something is missing: fills .venv from the locks.
#
# Everything here speaks on stderr, in sentences; pip's own words go to .venv/setup.log.
# What is missing is one sentence with its remedy, and exit 1.

. "$root/scripts/setup/turns.sh"
. "$root/scripts/setup/python.sh"

# Brings the named locks up to date, one process at a time: install_all base [dev] [llm]
install_all() {
    began=$(date +%s)
    take_turn
    missing=
    for name in "$@"; do
        is_current "$name" || missing="$missing $name"
    done
    # Whoever had the turn before may have done it all.
    if [ -n "$missing" ]; then
        make_environment
        for name in "$@"; do
            is_current "$name" || install_lock "$name"
        done
        case $missing in *base*) refresh_extras ;; esac
        say "Ready after $(($(date +%s) - began)) s."
    fi
    give_turn_back
    trap - EXIT HUP INT TERM
}

# What was added before stays, and follows a new base. Where an extra fails, the companion still runs.
refresh_extras() {
    for stamp in "$stamps"/*.txt; do
        name=${stamp##*/}
        name=${name%.txt}
        is_current "$name" || (install_lock "$name") || :
    done
}

install_lock() {
    lock=$root/requirements/$1.txt
    [ -r "$lock" ] || fail "$lock is missing: git checkout -- requirements"
    case $1 in
        base)
            say "  fetching and installing the packages …"
            pip_install "$root/requirements/build.txt"
            ;;
        dev) say "  adding what the tests and checks need …" ;;
        llm)
            check_compiler
            say "  building the language model's engine, about $(build_minutes) minutes …"
            pip_install "$root/requirements/llm-build.txt"
            ;;
    esac
    # An emptied stamp says "wanted, but not whole": an interrupted change that is undone must not look done.
    [ ! -e "$stamps/$1.txt" ] || : >"$stamps/$1.txt"
    mkdir -p "$stamps"
    cp "$lock" "$stamps/$1.new"
    if [ "$1" = llm ]; then
        # pip may keep an engine that was built with other flags, for something else.
        pip_install "$stamps/$1.new" --no-cache-dir
    else
        pip_install "$stamps/$1.new"
    fi
    put_project_on_path
    # The stamp may not reach the disk before what it vouches for.
    sync
    mv "$stamps/$1.new" "$stamps/$1.txt"
}

# pip_install LOCK [pip's options]
pip_install() {
    what=$1
    shift
    mkdir -p "$venv/tmp"
    # Nothing unhashed is ever fetched, so builds use the tools of build.txt, not pip's own choice.
    # TMPDIR: /tmp is often a small disk in memory, too small for a build.
    work env TMPDIR="$venv/tmp" CMAKE_ARGS="$(cmake_flags)" "$python" -I -m pip install \
        --quiet --no-input --disable-pip-version-check --no-warn-script-location \
        --require-hashes --no-deps --no-build-isolation --use-pep517 "$@" -r "$what" ||
        explain_failure
}

# The path is relative to the folder that holds this file, so the repository may be moved.
put_project_on_path() {
    for site in "$venv"/lib/python3.*/site-packages; do
        echo ../../../.. >"$site/companion.pth"
    done
}

# ---- The environment --------------------------------------------------------------------------------------

# Fails where a package lacks a file or has a cut-off one, as an interrupted pip or a power cut leaves it.
# RECORD is read here, because the `files` of Python 3.12 and later leaves out what is missing.
inspect='
import csv, os, sys, pip
from importlib.metadata import distributions

def is_whole(package):
    # pip writes INSTALLER when all else is in place.
    record = package.read_text("RECORD")
    return bool(record and package.read_text("INSTALLER")) and all(
        name.endswith(".pyc") or holds(package.locate_file(name), size)
        for name, _, size in csv.reader(record.splitlines())
    )

def holds(path, size):
    return os.path.exists(path) and size in ("", str(os.path.getsize(path)))

fits = (3, 11) <= sys.version_info[:2] <= (3, 13)
sys.exit(0 if fits and all(map(is_whole, distributions())) else 1)
'

make_environment() {
    extras=
    if [ -e "$venv" ]; then
        ! "$python" -I -c "$inspect" 2>/dev/null || return 0
        clear_environment
    fi
    find_python
    check_disk
    say "Setting up Companion, once, with Python $version in $venv."
    say "It takes about a minute on a fast connection; nothing is installed elsewhere."
    mkdir -p "$stamps"
    for name in $extras; do
        : >"$stamps/$name.txt"
    done
    work "$base_python" -I -m venv "$venv" || explain_failure
    if [ "$version $(uname -sm)" = "3.12 Linux aarch64" ]; then
        say "PocketSphinx cannot be had for Python 3.12 on ARM: without a Vosk model, typing is the way" \
            "(or remove $venv and use --python with a 3.11 or 3.13)."
    fi
}

clear_environment() {
    if [ ! -d "$stamps" ]; then
        aside=$root/.venv-$(date +%s)
        mv "$venv" "$aside"
        say "The .venv that was here is not one that Companion made, and does not fit: it is now $aside."
        return
    fi
    for stamp in "$stamps"/*.txt; do
        name=${stamp##*/}
        case $name in base.txt | '*.txt') ;; *) extras="$extras ${name%.txt}" ;; esac
    done
    say "The set-up in $venv is not whole; making it anew."
    rm -rf "$venv"
}

check_disk() {
    free_mb=$(df -Pk "$root" | awk 'END { print int($4 / 1024) }')
    [ "$free_mb" -ge 800 ] || fail "The disk is nearly full: free 800 MB ($free_mb MB are free) and try again."
}

# Runs a command with its words in the log. Its name stands beside the turn: it may outlive this shell.
work() {
    tick &
    ticker=$!
    worked=0
    # shellcheck disable=SC2016  # The inner shell expands them.
    root=$root sh -c '
        . "$root/scripts/lib.sh"
        . "$root/scripts/setup/turns.sh"
        unset COMPANION_PASSPHRASE
        identity $$ >"$turn/worker"
        exec "$@"' work "$@" </dev/null >"$log" 2>&1 || worked=$?
    stop_ticker
    return "$worked"
}

# A sign of life every half minute. It looks every few seconds whether the set-up still lives.
tick() {
    seconds=0
    while sleep 5 >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do
        seconds=$((seconds + 5))
        [ $((seconds % 30)) -ne 0 ] || say "  … $seconds s"
    done
}

stop_ticker() {
    [ -n "${ticker-}" ] || return 0
    kill "$ticker" 2>/dev/null || :
    wait "$ticker" 2>/dev/null || :
    ticker=
}

explain_failure() {
    if grep -q 'No space left on device' "$log"; then
        fail "The disk is full: free 800 MB and give the same command again."
    elif grep -q 'DO NOT MATCH THE HASHES' "$log"; then
        fail "A download is not the file that Companion was checked with, and was not installed:" \
            "give the same command again, and if that does not help, read $log."
    elif grep -qE 'Temporary failure|[Cc]onnection|[Tt]imed out|unreachable|ProxyError' "$log"; then
        fail "The package index cannot be reached: connect to the network and give the same command again" \
            "(only the first set-up needs it; details: $log)."
    fi
    tail -n 12 "$log" >&2
    fail "Set-up failed with the words above: give the same command again, or read $log."
}

# ---- Building the language model's engine ---------------------------------------------------------------------

check_compiler() {
    if [ "$(uname -s)" = Darwin ] && ! xcode-select -p >/dev/null 2>&1; then
        fail "The language model's engine is built here and needs a C++ compiler: xcode-select --install"
    fi
    for compiler in c++ g++ clang++; do
        echo '#include <vector>' | "$compiler" -x c++ -fsyntax-only - >/dev/null 2>&1 && return
    done
    fail "The language model's engine is built here and needs a C++ compiler:" \
        "sudo apt install build-essential"
}

# Measured on x86-64: 160 to 300 s of work, and the download. An ARM core is taken to need twice that.
build_minutes() {
    seconds=300
    [ "$(uname -m)" = x86_64 ] || seconds=600
    echo $((seconds / $(getconf _NPROCESSORS_ONLN) / 60 + 2))
}

# Without OpenMP: its waiting threads are ten times slower as soon as hearing or speaking needs a core.
# x86-64 without GGML_NATIVE: the AMX code that it picks on new servers has crashed (SIGSEGV).
cmake_flags() {
    native=ON
    [ "$(uname -m)" != x86_64 ] || native=OFF
    echo "-DGGML_NATIVE=$native -DGGML_OPENMP=OFF -DLLAVA_BUILD=OFF -DLLAMA_OPENSSL=OFF" \
        "\"-DCMAKE_PROJECT_llama_cpp_INCLUDE=$root/scripts/llama_fast.cmake\""
}
