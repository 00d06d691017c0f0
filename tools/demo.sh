#!/usr/bin/env bash
# A five-minute demo of text2llm with its loopback sandbox, in a temporary directory, without a key or a network.
# Run it with `make demo`.
set -euo pipefail

# A clean environment, without this machine's credentials and settings.
if [ "${1:-}" != clean ]; then
  exec env -i PATH="$PATH" HOME="${HOME:-/}" TERM="${TERM:-dumb}" LANG="${LANG:-C.UTF-8}" NO_COLOR="${NO_COLOR:-}" \
    TMPDIR="${TMPDIR:-/tmp}" bash "$0" clean
fi

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  bold=$'\033[1m' cyan=$'\033[36m' plain=$'\033[0m'
else
  bold='' cyan='' plain=''
fi

place=$(mktemp -d)
sandbox=''
finish() {
  if [ -n "$sandbox" ]; then kill "$sandbox" 2>/dev/null && wait "$sandbox" 2>/dev/null || true; fi
  rm -rf "$place"
}
trap finish EXIT

export TEXT2LLM_HOME="$place/home" GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_PAGER=cat
export GIT_AUTHOR_NAME=demo GIT_AUTHOR_EMAIL=demo@example.invalid
export GIT_COMMITTER_NAME=demo GIT_COMMITTER_EMAIL=demo@example.invalid
mkdir "$place/repo"
cd "$place/repo"

say() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }

show() { printf '%s$ %s%s\n' "$cyan" "$*" "$plain"; }

# run COMMAND...: print it, then run it; it must succeed.
run() { show "$*"; "$@"; }

# fails CODE COMMAND...: the same, but it must exit with that code.
fails() {
  local wanted=$1 code=0
  shift
  show "$*"
  "$@" || code=$?
  echo "(exit $code)"
  [ "$code" = "$wanted" ] || { echo "demo: exit $wanted was expected" >&2; exit 1; }
}

change() { # change FROM TO: as an editor would
  sed "s|$1|$2|" text2llm.yaml >edited
  ! cmp -s edited text2llm.yaml || { echo "demo: nothing to change in text2llm.yaml" >&2; exit 1; }
  mv edited text2llm.yaml
}

commit() { git add --all && git commit --quiet --message "$1"; }

say '1. Create a repository and a starter configuration.'
run git init --quiet .
run text2llm init --source git+https://git.example.com/text2llm@0123456789abcdef0123456789abcdef01234567
run text2llm validate
commit 'Start'

say '2. Add four providers and two fallbacks. Here each provider is the sandbox, a loopback server that plays a scenario.'
cat >../scenario.yaml <<'END'
answers:
  - {key: sandbox-lab, plays: ok}
  - {key: sandbox-spare-old, plays: revoked}
  - {key: sandbox-spare-new, plays: ok}
  - {key: sandbox-cheap, plays: [limited, ok]}
  - {key: sandbox-backup, plays: unpaid}
END
run cat ../scenario.yaml
show 'text2llm sandbox --scenario ../scenario.yaml &'
mkfifo "$place/url"
text2llm sandbox --scenario ../scenario.yaml >"$place/url" 2>/dev/null &
sandbox=$!
read -r url <"$place/url"
echo "$url"
{
  echo 'agents: {defaults: {model: {fallbacks: [spare/medium, cheap/small]}}}'
  echo 'models:'
  echo '  providers:'
  echo "    lab: {api: openai-completions, baseUrl: $url/v1, apiKey: '\${LAB_KEY}', models: [{id: large}]}"
  echo "    spare: {api: anthropic-messages, baseUrl: $url, apiKey: '\${SPARE_KEY}', models: [{id: medium}]}"
  echo "    cheap: {api: openai-completions, baseUrl: $url/v1, apiKey: '\${CHEAP_KEY}', models: [{id: small}]}"
  echo "    backup: {api: anthropic-messages, baseUrl: $url, apiKey: '\${BACKUP_KEY}', models: [{id: medium}]}"
  echo 'probe: {require: [primary, fallbacks]}'
} >../providers.yaml
say '   A partial file becomes a plan: its edits are shown, saved, and applied as shown.'
run text2llm plan ../providers.yaml --out ../providers.plan
show 'text2llm apply ../providers.plan --yes'
text2llm apply ../providers.plan --yes | tail -n 1
commit 'Add the providers'

say '3. Add an alias, and set the default with it. Only the lines that must change are edited.'
run text2llm models aliases add smart lab/large
commit 'Name a model'
run text2llm models set smart
commit 'Use it'
run text2llm diff HEAD~1..HEAD

say '4. A typo is caught before it reaches an agent.'
change 'primary:' 'primry:'
fails 1 text2llm validate
run git checkout --quiet text2llm.yaml

say '5. Add a fallback, and remove an alias.'
run text2llm models fallbacks add backup/medium
run text2llm models aliases remove opus
commit 'Add a fallback'

say '6. Give CI a cheaper model, in an environment: a file with only what differs. Compare the two.'
run text2llm models set cheap/small --env ci
run cat text2llm.ci.yaml
run text2llm diff --between base ci
commit 'Use a cheaper model in CI'

say '7. Set the credentials as environment variables; the file contains only their names.'
for key in LAB_KEY=sandbox-lab SPARE_KEY=sandbox-spare-old CHEAP_KEY=sandbox-cheap BACKUP_KEY=sandbox-backup; do
  show "export $key"
  export "${key?}"
done
run text2llm models status

say '8. Run the gate. It sends one small real request per route: one key is revoked, one account is out of credit.'
fails 1 text2llm probe

say '9. Fix it: set a new key, and remove a fallback.'
show 'export SPARE_KEY=sandbox-spare-new'
export SPARE_KEY=sandbox-spare-new
run text2llm models fallbacks remove backup/medium
commit 'Drop the unpaid fallback'

say '10. The gate passes, and writes a report for CI. git has the history.'
run text2llm probe --report junit=../probe.xml
run git log --oneline
say 'That was text2llm. Next: .venv/bin/text2llm --help, README.md'
