"""Reading what ``plan`` and ``apply`` are given: a partial configuration, a saved plan."""

from __future__ import annotations

import json
import sys
from typing import Any

from text2llm.config.document import Document
from text2llm.config.load import read_file
from text2llm.config.reader import MAX_BYTES, read_document
from text2llm.config.schema import check_text
from text2llm.config.schema_files import schema_text
from text2llm.errors import InvalidConfigError

_WHEN_EMPTY = "name the keys to set, such as `agents: {defaults: {model: openai/gpt-5.2}}`"


def read_partial(file: str) -> dict[str, Any]:
    """The data of a partial configuration; ``-`` is standard input.

    Raises:
        InvalidConfigError: what it names is not as the schema wants it.
    """
    document = read_document("<stdin>", sys.stdin.buffer.read(MAX_BYTES + 1)) if file == "-" else read_file(file)
    findings = check_text(document, _partial_schema(), _WHEN_EMPTY)
    if findings:
        first = findings[0]
        raise InvalidConfigError(first.message, hint=first.hint, location=first.location)
    return _data_of(document)


def _data_of(document: Document) -> dict[str, Any]:
    return document.data if isinstance(document.data, dict) else {}


def _partial_schema() -> str:
    """The schema of a configuration, with nothing required at the top."""
    schema = json.loads(schema_text("config"))
    return json.dumps({key: value for key, value in schema.items() if key != "required"})


def describe_plan_problem(data: Any) -> str | None:
    """What is wrong with the data of a saved plan, or ``None``."""
    from text2llm.config.schema import iter_errors

    error = next(iter_errors(json.loads(schema_text("plan")), data), None)
    if error is None:
        return None
    place = "/".join(map(str, error.absolute_path))
    return f"{place or 'its content'} does not match the plan schema"
