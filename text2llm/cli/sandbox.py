"""``text2llm sandbox``: the loopback provider as a process."""

from __future__ import annotations

import os
import signal
import sys
from threading import Event
from typing import TYPE_CHECKING

import click

from text2llm.errors import Text2llmError

if TYPE_CHECKING:
    from text2llm.sandbox.server import Sandbox
    from text2llm.sandbox.values import Recorded

_HELP = """Run a loopback provider that plays successes and failures.

It listens on 127.0.0.1 alone, prints its URL on standard output when it is ready, and runs until Ctrl-C or
SIGTERM. It speaks the APIs openai-completions and anthropic-messages, and the key decides what it plays:
sandbox-ok answers, sandbox-revoked is refused, and so on; any other key is an unknown one. The keys need no
grant, and no secret is ever needed.

\b
A provider that uses it, in text2llm.yaml:
  models:
    providers:
      lab:
        api: openai-completions           # or anthropic-messages
        baseUrl: http://127.0.0.1:8787/v1 # for anthropic-messages without /v1
        apiKey: ${SANDBOX_KEY}
        models: [{id: m1}]

\b
and in the shell:
  text2llm sandbox --port 8787 &
  export SANDBOX_KEY=sandbox-limited
  text2llm models status --probe --probe-provider lab
"""


@click.command("sandbox", help=_HELP)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port; without it a free one.")
@click.option("--list", "list_keys", is_flag=True, help="Print each key and what it plays, and end.")
@click.option("--json", "as_json", is_flag=True, help="Print {url, port, pid}, or the list, as one JSON document.")
def command(port: int, *, list_keys: bool, as_json: bool) -> None:
    """Run the sandbox until it is told to end."""
    if list_keys:
        _print_keys(as_json=as_json)
    else:
        _run(port, as_json=as_json)


def _print_keys(*, as_json: bool) -> None:
    from text2llm.sandbox.behaviours import BEHAVIOURS, KEY_PREFIX

    rows = {KEY_PREFIX + name: behaviour.summary for name, behaviour in BEHAVIOURS.items()}
    if as_json:
        _print_json({"keys": [{"key": key, "plays": summary} for key, summary in rows.items()]})
        return
    width = max(map(len, rows))
    for key, summary in rows.items():
        click.echo(f"{key:{width}}  {summary}")


def _run(port: int, *, as_json: bool) -> None:
    from text2llm.sandbox.server import serve

    ended = Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    try:
        sandbox = serve(port, watch=_tell if sys.stderr.isatty() else None)
    except OSError as error:
        raise Text2llmError(
            f"cannot listen on 127.0.0.1:{port}: {error.strerror}", hint="leave --port out to take a free one"
        ) from error
    with sandbox:
        _announce(sandbox, as_json=as_json)
        ended.wait()


def _announce(sandbox: Sandbox, *, as_json: bool) -> None:
    if sys.stderr.isatty():
        click.echo("the key decides the answer: `text2llm sandbox --list`; Ctrl-C ends it", err=True)
    if as_json:
        _print_json({"url": sandbox.url, "port": sandbox.port, "pid": os.getpid()})
    else:
        click.echo(sandbox.url)
    sys.stdout.flush()


def _tell(recorded: Recorded, status: int) -> None:
    from text2llm.report.sanitise import clean_line

    click.echo(clean_line(f"{recorded.method} {recorded.path} {recorded.behaviour} {status}"), err=True)


def _print_json(value: object) -> None:
    import json

    click.echo(json.dumps(value))
