"""``text2llm init``."""

from __future__ import annotations

import os
import sys

import click

from text2llm import __version__
from text2llm.cli.options import shared_options
from text2llm.cli.source import SOURCE_FORMS, Source, find_source, parse_source
from text2llm.cli.terminal.notes import say_note
from text2llm.cli.terminal.prompts import has_terminal
from text2llm.config.discovery import CONFIG_NAME, find_above, find_repository
from text2llm.errors import EditError, UsageError
from text2llm.storage.atomic import check_creatable, create_file

_HOOKS, _WORKFLOW = ".pre-commit-config.yaml", ".github/workflows/models.yaml"
#: What each template writes, and from what. The first file is the one it is about.
TEMPLATES = {
    "minimal": {"text2llm.yaml": "minimal/text2llm.yaml.j2"},
    "team": {"text2llm.yaml": "team/text2llm.yaml.j2", "agents/coder.yaml": "team/agents/coder.yaml.j2"},
    "environments": {
        "text2llm.yaml": "environments/text2llm.yaml.j2",
        "text2llm.dev.yaml": "environments/text2llm.dev.yaml.j2",
        "text2llm.prod.yaml": "environments/text2llm.prod.yaml.j2",
    },
    "sandbox": {"text2llm.yaml": "sandbox/text2llm.yaml.j2"},
}
#: Written too where they do not exist yet; a repository that has them keeps its own.
COMPANIONS = {_HOOKS: "common/pre-commit-config.yaml.j2", _WORKFLOW: "common/workflow.yaml.j2"}
_UNKNOWN = "no source is known from which others can install this text2llm"
_KEPT = "; a step that checks the config is `text2llm validate`"
_SANDBOX_KEYS = {
    "good": "sandbox-ok",
    "revoked": "sandbox-revoked",
    "limited": "sandbox-limited",
    "unpaid": "sandbox-unpaid",
}


def _read_source(_context: click.Context, _parameter: click.Parameter, text: str | None) -> Source | None:
    if text is None:
        return None
    source = parse_source(text)
    if source is None:
        raise UsageError("SOURCE is neither a commit of a git repository nor a release", hint=f"use {SOURCE_FORMS}")
    return source


@click.command("init")
@click.option("--template", type=click.Choice(list(TEMPLATES)), default="minimal", help="What to start from.")
@click.option("--only-config", is_flag=True, help="Write neither a pre-commit hook nor a CI workflow.")
@click.option("--port", type=click.IntRange(1, 65535), default=8787, help="The sandbox's port, for --template sandbox.")
@click.option(
    "--source",
    callback=_read_source,
    help="Where hook and workflow install text2llm from: git+https://HOST/PATH@COMMIT or text2llm==VERSION. "
    "[default: where this one was installed from]",
)
@shared_options("color")
def command(template: str, port: int, source: Source | None, *, only_config: bool) -> None:
    """Write a commented text2llm.yaml to start from, a pre-commit hook and a CI workflow.

    Nothing that exists is overwritten; with --source, what is missing is added. Hook and workflow are for the top of a
    repository. Templates: minimal; team, with agents in files of their own, a policy and a probe; environments, with
    one for development and one for production; sandbox, which rehearses against `text2llm sandbox` without any key.
    """
    wanted = TEMPLATES[template]
    if source is None:
        _refuse_existing(wanted)
    above = None if os.path.lexists(CONFIG_NAME) else _find_shadowed()
    companions = {} if only_config or template == "sandbox" or not _is_top() else COMPANIONS
    missing = [path for path in companions if not os.path.lexists(path)]
    if missing and source is None:
        source = _find_installed() or _ask_source()
    facts = {**_facts(port), "source": source}
    for path in (*wanted, *(companions if source is not None else ())):
        if not os.path.lexists(path):
            check_creatable(path)
    for path, name in {**wanted, **companions}.items():
        if os.path.lexists(path):
            say_note(f"kept {path}: it exists{_KEPT if path in companions else ''}")
        elif path in wanted or source is not None:
            create_file(path, _render(name, facts).encode())
            click.echo(f"created {path}")
    if missing and source is None:
        say_note(f"note: {' and '.join(missing)} not written: {_UNKNOWN}")
        say_note(f"hint: run `text2llm init --source SOURCE`, where SOURCE is {SOURCE_FORMS}")
    if above is not None:
        say_note(f"note: this file now takes precedence over {above}")
    say_note("next: `text2llm validate`, then `text2llm models status`")


def _find_installed() -> Source | None:
    source = find_source(__version__)
    if source is not None:
        say_note(f"note: hook and workflow use {source}, as this one was installed; --source names another")
    return source


def _ask_source() -> Source | None:
    """Prompt for the source; ``None`` without a terminal, and for an empty answer."""
    if not (has_terminal() and sys.stderr.isatty()):
        return None
    click.echo(f"Hook and workflow install text2llm, but {_UNKNOWN}.\nName {SOURCE_FORMS}.", err=True)
    while text := click.prompt("source (empty: write neither)", default="", show_default=False, err=True).strip():
        if (source := parse_source(text)) is not None:
            return source
        click.echo("that is neither a commit of a git repository nor a release", err=True)
    return None


def _is_top() -> bool:
    """Whether hooks and workflows would be found here: at the top of a repository, or outside of one."""
    here = os.getcwd()
    return find_repository(here) in (None, here)


def _find_shadowed() -> str | None:
    """The configuration of the repository that commands in this folder have found until now."""
    above, root = find_above(os.getcwd()), find_repository(os.getcwd())
    return above if above is not None and root is not None and os.path.dirname(above).startswith(root) else None


def _refuse_existing(paths: dict[str, str]) -> None:
    for path in paths:
        if os.path.lexists(path):
            raise EditError(
                f"{path} exists: nothing was written",
                hint="change it with `text2llm models set`, or move it away first",
            )


def _facts(port: int) -> dict[str, object]:
    import json

    from text2llm.config.schema_files import schema_text

    return {
        "schema": json.loads(schema_text("config"))["$id"],
        "environment_schema": json.loads(schema_text("environment"))["$id"],
        "agent_schema": json.loads(schema_text("agent"))["$id"],
        "keys": _SANDBOX_KEYS,
        "port": port,
    }


def _render(source: str, facts: dict[str, object]) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = os.path.join(os.path.dirname(os.path.dirname(__file__)), "templates")
    # YAML, not HTML: escaping would change it. What is filled in comes from this package only.
    environment = Environment(  # noqa: S701 - see above
        loader=FileSystemLoader(folder), undefined=StrictUndefined, keep_trailing_newline=True
    )
    return environment.get_template(source).render(facts)
