"""Checking a configuration under each of its environments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from text2llm.commands.checked_file import as_finding
from text2llm.config.document import Document
from text2llm.config.environment import BASE, MAX_ENVIRONMENTS, RULE, check_environment
from text2llm.config.environment_files import read_environment
from text2llm.config.load import Loaded
from text2llm.config.model import Config
from text2llm.config.schema import check_schema
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.errors import ReadError
from text2llm.rules.check_config import CheckContext, check_environments
from text2llm.rules.check_files import check_files
from text2llm.workspace import Workspace


def judge_environments(
    base: Loaded,
    environments: Mapping[str, str] | str,
    workspace: Workspace,
    read: Callable[[str], Document],
    context: CheckContext,
) -> tuple[tuple[Document, ...], list[Diagnostic], list[Config]]:
    """The files of a configuration and its environments, the findings in them, and what is valid.

    ``environments`` are their paths by name, or the name of the only one under which the configuration is checked.
    ``read`` reads a file.

    Raises:
        UnknownEnvironmentError: it does not have that one.
    """
    findings, views = list[Diagnostic](), dict[str, Loaded]()
    if isinstance(environments, str):
        document = read(read_environment(base.document.path, environments).path)
        views = {environments: workspace.apply_environment(base, environments, document)}
    else:
        findings += _check_list(base, environments)
        views = {} if base.config is not None and base.config.abstract else {BASE: base}
        for name, path in list(environments.items())[:MAX_ENVIRONMENTS]:
            try:
                views[name] = workspace.apply_environment(base, name, read(path))
            except ReadError as error:
                findings.append(as_finding(error, path))
    configs = [loaded.config for loaded in (base, *views.values()) if loaded.config is not None]
    if not views:
        return base.documents, [*findings, *base.findings, *check_files(base.documents)], configs
    documents = {each.path: each for loaded in (base, *views.values()) for each in loaded.documents}
    complete = not isinstance(environments, str) and all(name in views for name in environments)
    found = [*findings, *check_environments(views, context, complete=complete)]
    if not isinstance(environments, str):
        found = _place_findings(found, environments)
    return tuple(documents.values()), found, configs


def _place_findings(findings: list[Diagnostic], environments: Mapping[str, str]) -> list[Diagnostic]:
    """The findings; one about the file of an environment by itself concerns that one only, and its place says so."""
    names = {path: (name,) for name, path in environments.items()}
    return [
        each if each.environments else each._replace(environments=names.get(each.location.path, ()))
        for each in findings
    ]


def _check_list(base: Loaded, environments: Mapping[str, str]) -> Iterator[Diagnostic]:
    if len(environments) > MAX_ENVIRONMENTS:
        message = f"{len(environments)} environments; at most {MAX_ENVIRONMENTS} are checked"
        yield Diagnostic(RULE, Severity.ERROR, message, Location(base.document.path), "keep fewer")
    if not environments:
        location = base.document.locate(("abstract",))
        if base.config is not None and base.config.abstract:
            message = "this configuration is abstract, and it has no environment: nothing can use it"
            hint = "write an environment beside it, or remove this key"
            yield Diagnostic(RULE, Severity.WARNING, message, location, hint)


def judge_misnamed(paths: Iterable[str], read: Callable[[str], Document]) -> Iterator[Diagnostic]:
    """The findings in environments that no name chooses."""
    for path in paths:
        try:
            yield from check_alone(read(path), None)
        except ReadError as error:
            yield as_finding(error, path)


def check_alone(document: Document, parts: tuple[str, str] | None) -> list[Diagnostic]:
    """The findings in an environment whose file is not called as one (``parts`` is ``None``), or has no base."""
    location = document.locate(("environment",), key=True)
    if parts is None:
        message = "an environment's file is called as its configuration is, and its name: text2llm.prod.yaml"
        own = check_schema(document, "environment")
        hint = "rename the file, or remove this key if it is a configuration"
    else:
        message, own = f"the configuration {parts[0]} is missing", check_environment(document, parts[1])
        hint = "an environment is only what differs: write the configuration beside it"
    return [*own, Diagnostic(RULE, Severity.ERROR, message, location, hint), *check_files([document])]


def concerns(finding: Diagnostic, environment: str) -> bool:
    """Whether a finding is one of all environments, or of this one."""
    return not finding.environments or environment in finding.environments
