"""``text2llm sandbox``: the loopback provider as a process."""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import nullcontext
from threading import Event
from typing import TYPE_CHECKING, Any, Self

import click

from text2llm.cli.options import offer, print_json, print_text, shared_options
from text2llm.cli.terminal.notes import is_quiet, say_note
from text2llm.errors import Text2llmError

if TYPE_CHECKING:
    from text2llm.config.document import Document
    from text2llm.diagnostics import Location
    from text2llm.sandbox.scenario import Scenario
    from text2llm.sandbox.server import Sandbox
    from text2llm.sandbox.values import Recorded

_SCHEMA = "sandbox-scenario"
_MOST_NAMED = 4
_HELP = """Run a loopback provider that plays successes and failures.

It listens on 127.0.0.1 alone, prints its URL on standard output when it is ready, and runs until Ctrl-C or
SIGTERM. It speaks the APIs openai-completions, openai-responses, anthropic-messages, google-generative-ai, ollama,
azure-openai, bedrock-converse and google-vertex, whole and streamed, and the key decides what it plays: sandbox-ok
answers, sandbox-revoked is refused, and so on; any other key is an unknown one. The keys need no grant, and no
secret is ever needed. The page at its URL lists the base URL of each provider that it plays.

\b
A provider that uses it, in text2llm.yaml:
  models:
    providers:
      lab:
        api: openai-completions           # for others see the page at the sandbox's URL
        baseUrl: http://127.0.0.1:8787/v1
        apiKey: ${SANDBOX_KEY}
        models: [{id: m1}]

\b
and in the shell:
  text2llm sandbox --port 8787 &
  export SANDBOX_KEY=sandbox-limited
  text2llm models status --probe --probe-provider lab

A scenario file says more: which models and providers fail, in what order and how late, and what usage and lists
say. `text2llm schema sandbox-scenario` describes it.

--record FILE adds a line of JSON to a file for each request, before it is answered: {method, path, query, model, key,
params, status, behaviour}. The key is the sandbox's word that was sent, or one that the scenario names; none, ollama
and EMPTY, which stand for no key, are told too; of any other it says unknown-key, and nothing of it is written. Where
a request has several, all are told, with commas between them. The params are those of the body without the
conversation, and [redacted] is in place of texts that could be secrets. `text2llm schema outputs/sandbox-record`
describes a line.
"""


class ScenarioError(Text2llmError):
    """A scenario file cannot be used as it is."""

    code = "scenario"


@click.command("sandbox", help=_HELP)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port; without it a free one.")
@click.option(
    "--scenario",
    metavar="FILE",
    shell_complete=offer("files"),
    help="What to play beside the keys: a file of YAML or JSON.",
)
@click.option(
    "--record", metavar="FILE", shell_complete=offer("files"), help="Add a line of JSON to a file for each request."
)
@click.option("--list", "list_keys", is_flag=True, help="Print each key, what a probe should say, and what it plays.")
@click.option("--json", "as_json", is_flag=True, help="Print {url, port, pid}, or the list, as one JSON document.")
@shared_options("color")
def command(port: int, scenario: str | None, record: str | None, *, list_keys: bool, as_json: bool) -> None:
    """Run the sandbox until it is told to end."""
    if list_keys:
        _print_keys(as_json=as_json)
    else:
        _run(port, scenario, record, as_json=as_json)


def _print_keys(*, as_json: bool) -> None:
    from text2llm.sandbox.behaviors import BEHAVIORS
    from text2llm.sandbox.keys import PREFIX

    if as_json:
        print_json({"keys": [{"key": PREFIX + name, **_describe_key(name)} for name in BEHAVIORS]})
        return
    table = [(PREFIX + name, " or ".join(each.says), each.summary) for name, each in BEHAVIORS.items()]
    key_width, says_width = (max(len(row[column]) for row in table) for column in (0, 1))
    for key, says, summary in table:
        print_text(f"{key:{key_width}}  {says:{says_width}}  {summary}\n")
        for words, names in _group_others(key.removeprefix(PREFIX)).items():
            more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
            print_text(f"{'':{key_width}}  {words:{says_width}}  at {', '.join(names[:_MOST_NAMED])}{more}\n")


def _describe_key(name: str) -> dict[str, Any]:
    from text2llm.sandbox.behaviors import BEHAVIORS, differing_statuses

    others = [
        {"provider": played.provider, "api": played.api, "says": list(words)}
        for played, words in differing_statuses(name).items()
    ]
    return {"says": list(BEHAVIORS[name].says), "elsewhere": others, "plays": BEHAVIORS[name].summary}


def _group_others(name: str) -> dict[str, list[str]]:
    """Who lets a probe say something else, by what it says; the API is named where a provider is played in several.

    A provider that only leaves the reason open says nothing else.
    """
    from text2llm.sandbox.behaviors import BEHAVIORS, differing_statuses
    from text2llm.sandbox.providers import base_paths

    apis: dict[str, set[str]] = {}
    for played, _ in base_paths():
        apis.setdefault(played.provider, set()).add(played.api)
    groups: dict[str, list[str]] = {}
    usual = {each.partition("/")[0] for each in BEHAVIORS[name].says}
    for played, words in differing_statuses(name).items():
        if usual.issuperset(words):
            continue
        shown = played.provider if len(apis[played.provider]) == 1 else f"{played.provider} ({played.api})"
        groups.setdefault(" or ".join(words), []).append(shown)
    return groups


def _run(port: int, scenario: str | None, record: str | None, *, as_json: bool) -> None:
    from text2llm.sandbox.scenario import Scenario

    played = Scenario() if scenario is None else _read_scenario(scenario)
    ended = Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    with nullcontext() if record is None else _Record(record, ended) as recorder:
        with _start(port, played, recorder) as sandbox:
            _announce(sandbox, as_json=as_json)
            ended.wait()
        if recorder is not None and recorder.failure is not None:
            raise recorder.failure


def _start(port: int, scenario: Scenario, record: _Record | None) -> Sandbox:
    from text2llm.sandbox.server import serve

    try:
        return serve(
            port, watch=_tell if sys.stderr.isatty() and not is_quiet() else None, record=record, scenario=scenario
        )
    except OSError as error:
        raise Text2llmError(
            f"cannot listen on 127.0.0.1:{port}: {error.strerror}", hint="leave --port out to take a free one"
        ) from error


class _Record:
    """The file of --record. Where a line cannot be written the sandbox ends: a record with gaps would mislead."""

    def __init__(self, path: str, ended: Event) -> None:
        from text2llm.storage.appending import LineFile

        self.failure: Text2llmError | None = None
        self._ended = ended
        self._file = LineFile(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def __call__(self, values: dict[str, Any]) -> None:
        try:
            self._file.add(json.dumps(values))
        except Text2llmError as error:
            self.failure = error
            self._ended.set()


def _read_scenario(path: str) -> Scenario:
    """The scenario in a file. The sandbox imports nothing of text2llm, so that it is read and checked here."""
    from text2llm.config.load import read_file
    from text2llm.config.schema import check_text
    from text2llm.config.schema_files import schema_text
    from text2llm.sandbox.behaviors import BEHAVIORS
    from text2llm.sandbox.scenario import parse_scenario

    document = read_file(path)
    if document.root is None:
        raise ScenarioError(f"{path} is empty", hint=f"`text2llm schema {_SCHEMA}` describes what it may say")
    found = [(each.message, each.hint, each.location) for each in check_text(document, schema_text(_SCHEMA))]
    found = found or _find_unknown(document)
    if found:
        (message, hint, location), more = found[0], len(found) - 1
        raise ScenarioError(message + (f" (and {more} more)" if more else ""), hint=hint, location=location)
    data: Any = document.data
    return parse_scenario(data, BEHAVIORS)


def _find_unknown(document: Document) -> list[tuple[str, str | None, Location]]:
    from text2llm.config.suggest import Suggestions
    from text2llm.sandbox.behaviors import BEHAVIORS
    from text2llm.sandbox.scenario import list_unknown

    suggestions = Suggestions()
    found: list[tuple[str, str | None, Location]] = []
    data: Any = document.data
    for pointer, word in list_unknown(data, BEHAVIORS):
        near = suggestions.near(word, BEHAVIORS)
        hint = f"did you mean '{near}'?" if near else "`text2llm sandbox --list` shows them, after their sandbox-"
        found.append((f"there is no behavior '{word}'", hint, document.locate(pointer)))
    return found


def _announce(sandbox: Sandbox, *, as_json: bool) -> None:
    if sys.stderr.isatty():
        say_note("the key decides the answer: `text2llm sandbox --list`; Ctrl-C ends it")
    if as_json:
        # On one line: a script reads it while the sandbox runs on.
        click.echo(f'{{"url": "{sandbox.url}", "port": {sandbox.port}, "pid": {os.getpid()}}}')
    else:
        click.echo(sandbox.url)
    sys.stdout.flush()


def _tell(recorded: Recorded, status: int) -> None:
    from text2llm.report.sanitize import clean_line

    click.echo(clean_line(f"{recorded.method} {recorded.path} {recorded.behavior} {status}"), err=True)
