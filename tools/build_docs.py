"""Build docs/reference from the program: its commands, schemas and rules; with --check, fail if a page is stale."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from text2llm.cli.main import main as program
from text2llm.config import reader
from text2llm.config.include import MAX_INCLUDED
from text2llm.config.scalars import MAX_DIGITS
from text2llm.config.schema import MAX_FINDINGS
from text2llm.config.schema_files import read_tree, schema_text
from text2llm.config.suggest import MAX_SUGGESTIONS
from text2llm.config.walk import MAX_COMPARED
from text2llm.diff.chains import MAX_INHERITED
from text2llm.git.repository import OUTPUT_LIMIT, TIME_LIMIT
from text2llm.params.wires import LACKING, OF_CLIENT, WIRES, Field
from text2llm.params.words import WORDS
from text2llm.probe.routes import MAX_ROUTES
from text2llm.report.diff import MAX_HEIRS
from text2llm.report.rules import rules_markdown
from text2llm.resolved.build import MAX_ENTRIES
from text2llm.rules.explain import list_explanations

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"
BENCHMARKS = REFERENCE.parent / "benchmarks.md"
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


BOUNDS = (
    ("bytes of a file", f"{reader.MAX_BYTES:,}"),
    ("values and keys of a file", f"{reader.MAX_EVENTS:,}, begins and ends of maps and lists included"),
    ("nesting", f"{reader.MAX_DEPTH} maps and lists"),
    ("uses of anchors in a file", f"{reader.MAX_ALIASES}"),
    ("values of a file when each use of an anchor counts", f"{reader.MAX_EXPANDED:,}"),
    ("digits of a number", f"{MAX_DIGITS}"),
    ("included files", f"{MAX_INCLUDED:,}"),
    (
        "names that the patterns of `include` are compared with",
        f"{MAX_COMPARED:,}; a directory or a link counts as ten or more, a long path or pattern as several",
    ),
    ("findings that are shown for a file", f"{MAX_FINDINGS}, errors first"),
    ('suggestions ("did you mean") for a file', f"{MAX_SUGGESTIONS}"),
    ("models of all chains in one document of `resolve`", f"{MAX_ENTRIES:,}; `--agent` chooses among more"),
    ("routes of one run of `probe`", f"{MAX_ROUTES:,}; `--agent`, `--models` and `--role` choose among more"),
    ("inherited fallbacks that `diff` names for an agent that is added or removed", f"{MAX_INHERITED}"),
    ("agents that `diff` names as heirs of a change", f"{MAX_HEIRS}; all with `--json`"),
    ("what `diff` reads from a commit", f"{OUTPUT_LIMIT >> 20} MiB, and {TIME_LIMIT:g} s for each answer of git"),
)


def limits_page() -> str:
    bounds = "".join(
        f"| {what} | {bound} |\n" for what, bound in (*BOUNDS, *size_bounds(read_tree(schema_text("config"))))
    )
    measured = [
        line for line in BENCHMARKS.read_text(encoding="utf-8").splitlines() if line.startswith("| At the bounds")
    ]
    return (
        "# Bounds\n\nWhat is beyond a bound is an error that names the bound; further findings and suggestions are\n"
        "left out. The time of a check grows with the length of the files alone.\n\n"
        "| what | at most |\n|---|---|\n" + bounds + "\n## The worst within the bounds\n\n"
        "The most expensive files and directories that are known, as `make bench` measured them on two cores:\n\n"
        "| what | measured | target | |\n|---|---|---|---|\n" + "".join(f"{line}\n" for line in measured)
    )


def size_bounds(node: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """The lists and maps of the configuration that have a longest length."""
    for bound, unit in (("maxItems", "items"), ("maxProperties", "keys")):
        if bound in node:
            yield f"`{path}`", f"{node[bound]:,} {unit}"
    entries = {f"{path}.{key}".lstrip("."): inner for key, inner in node.get("properties", {}).items()}
    for below, key in (("additionalProperties", f"{path}.*"), ("items", f"{path}[]")):
        if isinstance(node.get(below), dict):
            entries[key] = node[below]
    for name, inner in entries.items():
        yield from size_bounds(inner, name)


PARAMETERS = """# Parameters

What is sent with requests: a temperature, a limit, how much a model reasons. Each is a key of a map `params`, under a
word of text2llm or under the provider's own name; `null` means that it is not sent, whatever a wider place says.

## Places

Of two places with the same parameter the later one in this list applies; maps are merged, other values replaced.

{places}
The main model and the image model have no parameters of their own; an alias has none, they are its model's.

## Words

{words}
A provider's own names stay allowed (`thinking`, `provider.only`). Where one says the same as a word, in any of the
forms below, it is that word: `reasoning_effort: high` and `effort: low` are one value, and the narrower place applies.

A word that the model's API does not have is left out and shown as `dropped`; where it is written for that one model,
`validate` reports it (`unknown-param`), as it does misspelled names and values that a parameter cannot have. A level of
`effort` is sent as written, also if the model is not known to have it.

## What each API calls them

An empty cell is a word that the API does not have. The field of `maxTokens` is that of `compat.maxTokensField` or of
the provider's descriptor, if there is one.

{table}
Sources:

{sources}"""
PLACES = (
    "models.providers.P.params",
    "models.providers.P.models[].params",
    "agents.defaults.params",
    "agents.defaults.roles.ROLE.params",
    "agents.defaults.models.MODEL.params",
    "agents.entries.ID.params",
    "agents.entries.ID.roles.ROLE.params",
    "agents.entries.ID.models.MODEL.params",
)


def parameters_page() -> str:
    words = "".join(
        f"| `{word}` | {meaning.meaning}{' For the client; never part of a request.' if word in OF_CLIENT else ''} "
        f"| {meaning.value.text} | `{json.dumps(meaning.example)}` |\n"
        for word, meaning in WORDS.items()
    )
    sent = [word for word in WORDS if word not in OF_CLIENT]
    head = f"| word | {' | '.join(WIRES)} |\n|---|{'---|' * len(WIRES)}\n"
    rows = (f"| `{word}` | {' | '.join(show_field(wire.fields[word]) for wire in WIRES.values())} |\n" for word in sent)
    lacking = (f"- `{name}` has no {', '.join(sorted(words))} at its own servers.\n" for name, words in LACKING.items())
    return PARAMETERS.format(
        places="".join(f"{number}. `{place}`\n" for number, place in enumerate(PLACES, 1)),
        words=f"| word | meaning | value | example |\n|---|---|---|---|\n{words}",
        table=head + "".join(rows) + "\n" + "".join(lacking),
        sources="".join(f"- {api}: {wire.source}\n" for api, wire in WIRES.items()),
    )


def show_field(field: Field | None) -> str:
    if field is None:
        return ""
    if field.header:
        return f"header `{field.path}`"
    return " or ".join(f"`{path}`" for path in (field.path, *field.others))


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "rules.md": lambda: rules_markdown(list_explanations()),
    "configuration.md": lambda: schema_page(
        "The configuration",
        "Every key of `text2llm.yaml`; `*` is a name that you choose. `text2llm schema config` prints the schema.",
        "config",
    ),
    "limits.md": limits_page,
    "parameters.md": parameters_page,
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
