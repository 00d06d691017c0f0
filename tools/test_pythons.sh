#!/bin/sh
# test_pythons.sh: run the tests with each supported Python that is found, each in its own environment, and report which
# were run and which are missing. Searches PATH, then pyenv's versions, active or not.
set -eu
new='import sys; sys.exit("%d.%d" % sys.version_info[:2] != sys.argv[1])'
tested=
missing=
for version in ${VERSIONS:-3.11 3.12 3.13 3.14}; do
  found=
  for candidate in "python$version" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version".*/bin/python; do
    if "$candidate" -I -c "$new" "$version" 2>/dev/null; then found=$candidate; fi
  done
  if [ -z "$found" ]; then
    missing="$missing $version"
    continue
  fi
  echo "$("$found" -V) ($found)"
  "${MAKE:-make}" --no-print-directory VENV=".venv-$version" PYTHON="$found" test
  tested="$tested $version"
done
echo "tested with:$tested"
[ -z "$missing" ] || echo "WARNING: NOT TESTED, Python not found:$missing" >&2
[ -n "$tested" ]
