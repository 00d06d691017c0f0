#!/bin/sh
# lock.sh UV [ARGUMENTS]: write each lock for every supported Python and platform, with the hashes of all its files.
# Pins come only from the public registry, whatever index or wheel folder this machine is configured to use. Locked
# versions stay, except with `--upgrade`.
set -eu
uv=$1
shift
unset UV_INDEX UV_INDEX_URL UV_DEFAULT_INDEX UV_EXTRA_INDEX_URL UV_FIND_LINKS
export UV_NO_CONFIG=1 UV_CUSTOM_COMPILE_COMMAND="make lock"

lock() { # lock NAME SOURCE [OPTIONS]
  name=$1
  shift
  "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-annotate \
    --no-emit-index-url --no-emit-find-links --output-file "requirements/$name.txt" "$@"
}

lock dev pyproject.toml --extra dev "$@"
lock run pyproject.toml --constraint requirements/dev.txt "$@"
lock keyring pyproject.toml --extra keyring --constraint requirements/dev.txt "$@"
lock cloud pyproject.toml --extra aws --extra google --constraint requirements/dev.txt --only-binary :all: "$@"
lock build requirements/build.in --constraint requirements/dev.txt "$@"
lock release requirements/release.in --constraint requirements/dev.txt "$@"
lock litellm requirements/litellm.in "$@"
lock moto requirements/moto.in --only-binary :all: "$@"
lock rego requirements/rego.in --only-binary :all: "$@"
for generation in old mid new; do # wheels only: nothing of them is built, whatever their build would run
  lock "sdk-$generation" "requirements/sdk-$generation.in" --only-binary :all: "$@"
done

if grep -nE '://|^ *--(index|extra-index|find-links|trusted)' requirements/*.txt; then
  echo "error: a lock file names a host" >&2
  exit 1
fi
