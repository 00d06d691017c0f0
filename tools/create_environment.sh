#!/bin/sh
# create_environment.sh DIRECTORY: a virtual environment in DIRECTORY, made by $PYTHON for $INSTALLER (pip or uv).
# One that works is kept. Says what is missing, and how to get it, where none can be made.
set -eu
venv=$1
new_enough='import sys; sys.exit(sys.version_info < (3, 11))'

fail() {
  printf 'error: %s\nhint: %s\n' "$1" "$2" >&2
  exit 1
}

has_installer() {
  [ "$INSTALLER" = uv ] || "$venv/bin/python" -I -c 'import pip' 2>/dev/null
}

case $INSTALLER in
  pip | uv) ;;
  *) fail "INSTALLER is '$INSTALLER'" "use pip or uv" ;;
esac
if "$venv/bin/python" -I -c "$new_enough" 2>/dev/null && has_installer; then exit; fi

"$PYTHON" -I -c "$new_enough" 2>/dev/null ||
  fail "text2llm needs Python 3.11 or newer; $PYTHON is: $("$PYTHON" -V 2>&1)" \
    "name one that is newer: make PYTHON=/path/to/python3.12"
if [ "$INSTALLER" = uv ]; then
  command -v uv >/dev/null || fail "INSTALLER=uv, and there is no command uv" "install uv, or leave INSTALLER out to use pip"
  exec uv venv --quiet --clear --no-project --python "$("$PYTHON" -I -c 'import sys; print(sys.executable)')" "$venv"
fi
"$PYTHON" -I -c 'import venv, ensurepip' 2>/dev/null ||
  fail "$PYTHON has no module ensurepip, which brings pip into a new environment" \
    "on Debian and Ubuntu: apt install $("$PYTHON" -I -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
or use uv: make INSTALLER=uv"
exec "$PYTHON" -I -m venv --clear "$venv"
