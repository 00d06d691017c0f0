#!/bin/sh
# create_environment.sh DIRECTORY: create a virtual environment in DIRECTORY with $PYTHON for $INSTALLER (pip or uv).
# A working one is kept. If none can be created, report what is missing and how to get it.
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
    "use a newer one: make PYTHON=/path/to/python3.12"
if [ "$INSTALLER" = uv ]; then
  command -v uv >/dev/null || fail "INSTALLER=uv, but the command uv is not found" "install uv, or omit INSTALLER to use pip"
  exec uv venv --quiet --clear --no-project --python "$("$PYTHON" -I -c 'import sys; print(sys.executable)')" "$venv"
fi
"$PYTHON" -I -c 'import venv, ensurepip' 2>/dev/null ||
  fail "$PYTHON has no module ensurepip, which brings pip into a new environment" \
    "on Debian and Ubuntu: apt install $("$PYTHON" -I -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
or use uv: make INSTALLER=uv"
exec "$PYTHON" -I -m venv --clear "$venv"
