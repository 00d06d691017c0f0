"""Build docs/reference from the program: its commands, schemas and rules; with --check, fail if a page is stale."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from text2llm.cli.main import main as program
from text2llm.config.schema_files import schema_text
from text2llm.report.rules import rules_markdown
from text2llm.rules.explain import list_explanations

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"
WIDTH = 100


def commands_page() -> str:
    sections = (
        f"\n## {path}\n\n```text\n{command.get_help(context).rstrip()}\n```\n"
        for path, command, context in walk(program, open_context(program, "text2llm"))
    )
    return "# Commands\n\nThe output of `--help` for each command.\n" + "".join(sections)


def walk(command: click.Command, context: click.Context) -> Iterator[tuple[str, click.Command, click.Context]]:
    context.terminal_width = context.max_content_width = WIDTH
    yield context.command_path, command, context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None, name
            yield from walk(inner, open_context(inner, name, context))


def open_context(command: click.Command, name: str, parent: click.Context | None = None) -> click.Context:
    return click.Context(command, info_name=name, parent=parent, **command.context_settings)


def schema_page(title: str, head: str, name: str) -> str:
    schema = json.loads(schema_text(name))
    rows = "".join(keys(schema, schema, ""))
    return f"# {title}\n\n{head}\n\n| key | | default | example |\n|---|---|---|---|\n{rows}"


def keys(node: dict[str, Any], schema: dict[str, Any], path: str) -> Iterator[str]:
    """A row for each key below a part of a schema, in schema order."""
    node = follow(node, schema)
    entries = {f"{path}.{key}".lstrip("."): inner for key, inner in node.get("properties", {}).items()}
    if isinstance(node.get("additionalProperties"), dict):
        entries[f"{path}.*".lstrip(".")] = node["additionalProperties"]
    for name, inner in entries.items():
        found = follow(inner, schema)
        default = f"`{json.dumps(found['default'])}`" if "default" in found else ""
        example = f"`{json.dumps(found['examples'][0], ensure_ascii=False)}`" if found.get("examples") else ""
        cells = (f"`{name}`", found.get("description", found.get("title", "")), default, example)
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
        yield from keys(found, schema, name)
    if isinstance(node.get("items"), dict):
        items = follow(node["items"], schema)
        if items.get("properties"):
            yield from keys(items, schema, f"{path}[]")


def follow(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """A part of a schema merged with its reference; keys beside the reference take precedence."""
    reference = node.get("$ref")
    if reference is None:
        return node
    target = schema
    for step in reference.removeprefix("#/").split("/"):
        target = target[step]
    return {**follow(target, schema), **{key: value for key, value in node.items() if key != "$ref"}}


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "rules.md": lambda: rules_markdown(list_explanations()),
    "configuration.md": lambda: schema_page(
        "The configuration",
        "Every key of `text2llm.yaml`; `*` is a name that you choose. `text2llm schema config` prints the schema.",
        "config",
    ),
    "settings.md": lambda: schema_page(
        "The user settings",
        "Every key of `settings.yaml`, the user settings, which are never in a repository.",
        "settings",
    ),
}


def main() -> int:
    """Write the pages, or with ``--check`` compare them; return 1 if one is stale."""
    parser = argparse.ArgumentParser(description="Build the reference pages of the documentation.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a page is stale")
    check = parser.parse_args().check
    texts = {REFERENCE / name: build() for name, build in PAGES.items()}
    stale = [path for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        if check:
            print(f"{path} is stale: run `make docs`", file=sys.stderr)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(texts[path], encoding="utf-8", newline="\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
