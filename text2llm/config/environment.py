"""Environments: a configuration with a file laid over it. Pure; :mod:`text2llm.config.environment_files` reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from text2llm.config.document import Document
from text2llm.config.load import Loaded, has_error
from text2llm.config.merge import EnvironmentLayer, KeyNames, merge_environment
from text2llm.config.model import Config
from text2llm.config.nodes import Pointer
from text2llm.config.parse import parse_data
from text2llm.config.schema import check_data, check_schema
from text2llm.config.schema_files import schema_text
from text2llm.config.suggest import find_near, list_names
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.errors import Text2llmError

RULE = "environment"
OPTION, VARIABLE = "--env", "TEXT2LLM_ENV"
#: Of one configuration.
MAX_ENVIRONMENTS = 20
#: The configuration alone, in lists of its environments: the name of none.
BASE = "base"
NAME = re.compile(rf"(?!{BASE}\Z)[a-z][a-z0-9-]{{0,31}}")


class UnknownEnvironmentError(Text2llmError):
    """The configuration has no environment of that name, or can only be used with one."""

    code = "unknown-environment"


def refuse_unknown(name: str, known: Iterable[str], base: str, origin: str) -> UnknownEnvironmentError:
    """The error that a configuration does not have the environment that ``origin`` names."""
    names = list(known)
    near = find_near(name, names)
    message = f"{origin}: {base} has no environment {name!r}"
    if near is not None:
        return UnknownEnvironmentError(message, hint=f"did you mean {near!r}?")
    if names:
        return UnknownEnvironmentError(message, hint=f"use {list_names(names)}")
    return UnknownEnvironmentError(message, hint="it has none: write one beside it, with `environment: NAME`")


def refuse_abstract(config: Config, known: Iterable[str]) -> UnknownEnvironmentError:
    """The error that a configuration is used without an environment although it is abstract."""
    names = list(known)
    hint = f"use {OPTION} with {list_names(names)}" if names else "write an environment beside it"
    message = "this configuration is abstract: it is used with an environment only"
    return UnknownEnvironmentError(message, hint=hint, location=config.locate(("abstract",)))


def find_name(document: Document) -> str | None:
    """The environment that a file says it is; ``None`` if it says none."""
    data: Any = document.data if isinstance(document.data, dict) else {}
    return data["environment"] if isinstance(data.get("environment"), str) else None


def check_environment(document: Document, name: str) -> list[Diagnostic]:
    """The findings in a file that is called as the environment ``name`` is."""
    findings = check_schema(document, "environment")
    if isinstance(document.data, dict) and "include" in document.data:
        location = document.locate(("include",), key=True)
        hint = "list them in the configuration; what differs in an agent goes under agents.entries"
        findings = [finding for finding in findings if finding.location != location]
        findings.append(Diagnostic(RULE, Severity.ERROR, "an environment includes no agent files", location, hint))
    written = find_name(document)
    if written is not None and written != name:
        message = f"the file is called as the environment {name!r} is, and says {written!r}"
        location = document.locate(("environment",))
        findings.append(Diagnostic(RULE, Severity.ERROR, message, location, "make the two agree"))
    return findings


def apply_environment(base: Loaded, name: str, document: Document, names: KeyNames) -> Loaded:
    """A configuration with the environment ``name``, whose file is ``document``, laid over it.

    The findings are those of both, and of the whole; each is placed in the file that has the value.
    """
    findings = [*base.findings, *check_environment(document, name)]
    if base.config is None or has_error(findings):
        return base._replace(findings=tuple(findings), config=None, layer=document)
    data, layer = merge_environment(base.config.data, name, document, names)
    config = base.config._replace(data=data, environment=layer)
    findings += _find_doubles(layer)
    whole = check_data(data, schema_text("config"), partial(_locate, config))
    findings += (finding._replace(fix=None) for finding in whole)  # its pointers are those of the whole
    if not has_error(findings):
        config = parse_data(base.document, base.config.included, data, layer)
    return base._replace(findings=tuple(findings), config=None if has_error(findings) else config, layer=document)


def _find_doubles(layer: EnvironmentLayer) -> Iterator[Diagnostic]:
    locate = layer.document.locate
    for first, second in layer.doubles:
        message = f"this key and the one in line {locate(first, key=True).line} are spellings of one name"
        yield Diagnostic(RULE, Severity.ERROR, message, locate(second, key=True), "keep one of the two")


def _locate(config: Config, place: Pointer, key: str) -> Location:
    """The location of a finding about the whole: what is missing is missing where the environment removes it."""
    layer = config.environment
    removed = None if layer is None else layer.removed.get((*place, key.removeprefix("missing ")))
    if layer is None or removed is None:
        return config.locate(place, key=bool(key))
    return layer.document.locate(removed, key=True)
