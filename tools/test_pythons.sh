#!/bin/sh
# test_pythons.sh: run the tests with each supported Python that can be found, in an environment of its own, and say
# which were run and which were not there. Looks on PATH, then among pyenv's versions, whether they are active or not.
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
[ -z "$missing" ] || echo "WARNING: NOT TESTED, for there is no such Python here:$missing" >&2
[ -n "$tested" ]
