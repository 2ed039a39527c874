# shellcheck shell=sh
# Finds a Python that Companion can be set up with, or says what brings one.

# Prints one word and the version. A shim that is found may still not run, a Python may lack parts.
examine='
import platform, struct, sys
version = "%d.%d" % sys.version_info[:2]
machines = ("arm64",) if sys.platform == "darwin" else ("x86_64", "aarch64")
word = "fits"
if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    word = "version"
elif platform.machine() not in machines or struct.calcsize("P") != 8:
    word = "machine"
else:
    import ctypes, sqlite3, ssl, zlib
    try:
        import venv
        from ensurepip import bootstrap
    except ImportError:
        word = "no-venv"
print(word, version)
'

# 3.12 comes last: there PocketSphinx has an older wheel, and on ARM Linux none.
candidates() {
    for version in 3.11 3.13 3.12; do
        printf '%s\n' "python$version"
        for folder in "${PYENV_ROOT:-${HOME-}/.pyenv}/versions/$version".*/bin \
            /opt/homebrew/bin "/opt/homebrew/opt/python@$version/bin" /usr/local/bin \
            "/Library/Frameworks/Python.framework/Versions/$version/bin" /usr/bin; do
            [ ! -x "$folder/python$version" ] || printf '%s\n' "$folder/python$version"
        done
    done
    # On a Mac without developer tools Apple's own python3 opens a window; it is too old anyway.
    [ "$(uname -s)$(command -v python3)" = Darwin/usr/bin/python3 ] || echo python3
}

# Sets base_python and version.
find_python() {
    no_venv='' other_machine='' other_version=''
    while read -r candidate; do
        verdict=$("$candidate" -c "$examine" </dev/null 2>/dev/null) || continue
        version=${verdict#* }
        case $verdict in
            fits*)
                # shellcheck disable=SC2034  # Read by install.sh.
                base_python=$candidate
                return
                ;;
            no-venv*) no_venv=${no_venv:-$version} ;;
            machine*) other_machine=$version ;;
            version*) other_version=$version ;;
        esac
    done <<LIST
$(if [ -n "${asked_python-}" ]; then echo "$asked_python"; else candidates; fi)
LIST
    explain_no_python
}

explain_no_python() {
    if [ -n "$no_venv" ]; then
        fail "Python $no_venv is here, but not the part that makes environments:" \
            "sudo apt install python$no_venv-venv"
    elif [ -n "$other_machine" ]; then
        fail "Companion needs a 64-bit Python on Linux (x86-64 or ARM) or on a Mac with Apple silicon;" \
            "this is $(uname -sm) with a Python $other_machine of another kind."
    elif [ -n "${asked_python-}" ]; then
        fail "$asked_python is no Python 3.11, 3.12 or 3.13 that runs here: name another, or leave --python out."
    fi
    fail "Companion needs Python 3.11, 3.12 or 3.13 and finds ${other_version:-none}: $(python_remedy)"
}

# The command that brings a Python, as far as this system tells.
python_remedy() {
    if [ "$(uname -s)" = Darwin ]; then
        echo "brew install python@3.13"
    elif command -v apt-cache >/dev/null; then
        for version in 3.13 3.11 3.12; do
            if apt-cache show "python$version-venv" >/dev/null 2>&1; then
                echo "sudo apt install python$version-venv"
                return
            fi
        done
        # A system that does not even know python3 has never read its package lists.
        apt-cache show python3 >/dev/null 2>&1 && echo "pyenv install 3.13" ||
            echo "sudo apt update && sudo apt install python3-venv"
    else
        echo "install one with this system's packages, or with pyenv: pyenv install 3.13"
    fi
}
