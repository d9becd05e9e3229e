#!/bin/sh
# Make .venv and install this package into it: `tools/setup.sh run` installs what using it needs, `tools/setup.sh dev` what
# testing it needs too. What was installed is written down only once it is whole: a second call is instant, a broken
# install starts over, and so does a checkout that was copied or moved.
set -eu
cd "$(dirname "$0")/.."
extra=${1:-run}
venv=${VENV:-.venv}
bin=$venv/bin/python

die() { echo "setup: $*" >&2; exit 1; }
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; }
which_python() { "$1" -c 'import sys; print(*sys.version_info[:2], sys.base_prefix)'; }

find_python() { # the Python asked for, else the first that is new enough
  if [ -n "${PYTHON:-}" ]; then
    command -v "$PYTHON" >/dev/null || die "PYTHON=$PYTHON is not to be found; pass a Python 3.10 or newer, as in: make test PYTHON=python3.12"
    new_enough "$PYTHON" || die "PYTHON=$PYTHON is $("$PYTHON" -V 2>&1 || true), and this package needs Python 3.10 or newer"
    return
  fi
  for PYTHON in python3 python3.13 python3.12 python3.11 python3.10 python; do
    command -v $PYTHON >/dev/null && new_enough $PYTHON && return
  done
  die "no Python 3.10 or newer found ($(python3 -V 2>&1 || true)); install one, or name it, as in: make test PYTHON=/path/to/python3.12"
}

usable() { # is the environment whole, made in this place, and by the Python asked for (if one was)?
  [ -x "$bin" ] && [ ! -e "$venv/.installing" ] && [ "$(cat "$venv/.place" 2>/dev/null)" = "$PWD" ] || return 1
  [ -z "${PYTHON:-}" ] || [ "$(which_python "$PYTHON" 2>/dev/null)" = "$(which_python "$bin")" ]
}

make_venv() {
  find_python
  "$PYTHON" -c 'import venv, ensurepip' 2>/dev/null ||
    die "$PYTHON has no venv module; install it (Debian and Ubuntu: apt install python3-venv) or name another Python with PYTHON="
  if [ -e "$venv" ]; then
    [ -e "$venv/.ours" ] || die "$venv exists and was not made by make; move it away, or use another name, as in: make test VENV=.venv-make"
    rm -rf "$venv"
  fi
  echo "setup: making $venv with $("$PYTHON" -V)"
  mkdir -p "$venv" && touch "$venv/.ours"
  "$PYTHON" -m venv "$venv" || die "could not make $venv with $PYTHON"
  "$bin" -m pip install -q --disable-pip-version-check uv || echo "setup: uv is not to be had; pip does it too, only slower"
  echo "$PWD" > "$venv/.place"
}

install() { # $1: what; uv takes seconds where pip takes minutes
  if "$bin" -m uv --version >/dev/null 2>&1; then
    "$bin" -m uv pip install --python "$bin" -e "$1" && return
    echo "setup: uv failed; trying pip"
  fi
  "$bin" -m pip install --disable-pip-version-check -e "$1"
}

[ "$extra" = run ] && what=. || what=".[$extra]"
key=$(cat settings.ini setup.py pyproject.toml | cksum)
done_already() { [ "$(cat "$venv/.installed-$1" 2>/dev/null)" = "$key" ]; }

usable || make_venv
done_already "$extra" && exit
[ "$extra" = run ] && done_already dev && exit # `dev` holds all of `run`

echo "setup: installing baeraser_nb into $venv (PyTorch is large: this may take minutes, once)"
touch "$venv/.installing"
install "$what" || die "the install failed; the messages above say why, and the next call starts afresh"
echo "$key" > "$venv/.installed-$extra"
rm "$venv/.installing"
