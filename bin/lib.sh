# Shared by bin/*: finds Python, makes .venv from the lock file. Sourced, not run; POSIX sh.

ROOT=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$ROOT" || exit 1
UV_VERSION=0.13.9
VENV=$ROOT/.venv
# Never take the caller's environment for this one. What Python compiles is kept: a start that compiles everything anew
# takes five seconds longer.
unset PYTHONPATH PYTHONHOME VIRTUAL_ENV DJANGO_SETTINGS_MODULE PYTHONDONTWRITEBYTECODE || true

say() { printf '%s\n' "$*" >&2; }

die() {
    say "$(basename -- "$0"): $*"
    exit 1
}

# The first Python that is new enough and starts (a version manager's shim may be there and not run).
find_python() {
    for candidate in python3.13 python3.12 python3.11 python3 python; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    return 1
}

# prepare demo|all: bring .venv to the lock file; nothing to do when its stamp says so.
prepare() {
    wanted="$1 $(cksum uv.lock pyproject.toml | cksum)"
    present=$(cat "$VENV/.praxis-stamp" 2>/dev/null || true)
    if [ "$present" = "$wanted" ] || [ "$present" = "all ${wanted#* }" ]; then
        return
    fi
    python=
    # What .venv was made with stays.
    "$VENV/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && python=$VENV/bin/python
    [ -n "$python" ] || python=$(find_python) || die "Python 3.11 or newer is needed. On Debian or Ubuntu: apt install python3 python3-venv"
    tools=$ROOT/var/tools-$UV_VERSION
    if ! "$tools/bin/uv" --version >/dev/null 2>&1; then
        say "Setting up (once): uv $UV_VERSION"
        "$python" -c 'import ensurepip, venv' 2>/dev/null ||
            die "Python's venv module is missing. On Debian or Ubuntu: apt install python3-venv"
        rm -rf "$tools" "$tools.new"
        "$python" -m venv "$tools.new"
        "$tools.new/bin/python" -m pip install --quiet --disable-pip-version-check "uv==$UV_VERSION" ||
            die "uv $UV_VERSION could not be installed; is the package index within reach?"
        mv "$tools.new" "$tools"
    fi
    say "Setting up: packages of uv.lock"
    set -- "$1" sync --frozen --quiet --python "$python"
    # What is there besides (an extra that an operator added, what bin/test needs) stays.
    [ "$1" = all ] || set -- "$@" --no-dev --inexact
    group=$1
    shift
    UV_PROJECT_ENVIRONMENT=$VENV "$tools/bin/uv" "$@" || die "the packages of uv.lock could not be installed"
    [ "$group" = demo ] || [ "$group" = all ] || die "prepare: demo or all"
    printf '%s\n' "$wanted" >"$VENV/.praxis-stamp"
}

is_debian() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }
