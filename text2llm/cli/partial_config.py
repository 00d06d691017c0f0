"""Reading what ``plan`` and ``apply`` are given: a partial configuration, a saved plan."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from text2llm.config.document import Document, drop_empty, find_empty
from text2llm.config.load import read_file
from text2llm.config.reader import MAX_BYTES, read_document
from text2llm.config.schema import check_text
from text2llm.config.schema_files import schema_text
from text2llm.diagnostics import Diagnostic
from text2llm.errors import InvalidConfigError
from text2llm.plan.saved import KIND, VERSION
from text2llm.rules.environments import EMPTY, empty_value

_WHEN_EMPTY = "name the keys to set, such as `agents: {defaults: {model: openai/gpt-5.2}}`"


def read_partial(file: str) -> tuple[dict[str, Any], tuple[Diagnostic, ...]]:
    """The data of a partial configuration, where a null removes a key, and warnings; ``-`` is standard input.

    Raises:
        InvalidConfigError: what it names is not as the schema wants it.
    """
    document = read_document("<stdin>", sys.stdin.buffer.read(MAX_BYTES + 1)) if file == "-" else read_file(file)
    findings = check_text(document, _partial_schema(), _WHEN_EMPTY)
    if findings:
        first = findings[0]
        raise InvalidConfigError(first.message, hint=first.hint, location=first.location)
    return drop_empty(document), tuple(_warn_empty(document))


def _warn_empty(document: Document) -> Iterator[Diagnostic]:
    for pointer in find_empty(document):
        location = document.locate(pointer, key=True)
        yield Diagnostic(empty_value.id, empty_value.severity, f"{location}: {EMPTY}", location, empty_value.hint)


def _partial_schema() -> str:
    """The schema of an environment, with what only a configuration has."""
    schema, config = (json.loads(schema_text(kind)) for kind in ("environment", "config"))
    own = {key: value for key, value in schema["properties"].items() if key != "environment"}
    defs = {**config["$defs"], **schema["$defs"]}
    return json.dumps({**schema, "properties": {**config["properties"], **own}, "$defs": defs})


def describe_plan_problem(data: Any) -> str | None:
    """What is wrong with the data of a saved plan, or ``None``."""
    from text2llm.config.schema import iter_errors

    if isinstance(data, dict) and data.get("kind") == KIND and data.get("version") != VERSION:
        return f"its format is version {data.get('version')!r}, and this text2llm reads version {VERSION}"
    error = next(iter_errors(json.loads(schema_text("plan")), data), None)
    if error is None:
        return None
    place = "/".join(map(str, error.absolute_path))
    return f"{place or 'its content'} does not match the plan schema"
