#!/usr/bin/env bash
# dist.sh RELEASE: build the wheel and the sdist into dist/, verify that the sdist reproduces both byte for byte, check
# their content, and run the program from the wheel, installed by pip and by uv. RELEASE is the environment of
# requirements/release.txt. Nothing is published.
set -euo pipefail
bin=$PWD/$1/bin
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset PYTHONPATH

build() { # build SOURCE TARGET
  (cd "$1" && "$bin/python" -I -m hatchling build --clean --target sdist --target wheel --directory "$2") \
    >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
}

try() { # try NAME PROGRAM: the first steps of a new user, outside the checkout
  mkdir "$work/$1-try"
  (
    cd "$work/$1-try"
    export TEXT2LLM_HOME=$work/$1-home
    "$2" --version
    "$2" init --template minimal >init.log 2>&1 || { cat init.log; exit 1; }
    "$2" validate --strict >validate.log 2>&1 || { cat validate.log; exit 1; }
    "$2" schema config >schema.json
    "$2" models status --json >status.json
  )
  echo "$1: the program runs"
}

changed=$(git status --porcelain 2>/dev/null || true)
[ -z "$changed" ] || printf 'WARNING: dist/ contains uncommitted changes:\n%s\n' "$changed" >&2

rm -rf dist
build . "$PWD/dist"
mkdir "$work/source"
tar -xzf dist/*.tar.gz -C "$work/source" --strip-components 1
build "$work/source" "$work/again"
for file in dist/*; do cmp "$file" "$work/again/${file#dist/}"; done
echo "reproducible: $(cd dist && echo *)"

"$bin/twine" check --strict dist/*
"$bin/check-wheel-contents" dist/*.whl

wheel=$(echo "$PWD"/dist/*.whl)
"$bin/python" -I -m venv "$work/pip"
"$work/pip/bin/python" -I -m pip install -qq --disable-pip-version-check --no-user --no-deps --require-hashes \
  --requirement requirements/run.txt
"$work/pip/bin/python" -I -m pip install -qq --disable-pip-version-check --no-user --no-deps "$wheel"
"$work/pip/bin/python" -I -m pip check
try pip "$work/pip/bin/text2llm"

UV_TOOL_DIR=$work/uv UV_TOOL_BIN_DIR=$work/uv-bin "$bin/uv" tool install --quiet --no-config \
  --python "$bin/python" --constraints requirements/run.txt "$wheel"
try uv "$work/uv-bin/text2llm"
