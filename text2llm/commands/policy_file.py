"""The file of a policy from outside the repository."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from text2llm.config.document import Document
from text2llm.config.kind import FileKind
from text2llm.config.load import read_file
from text2llm.config.scalars import is_date
from text2llm.config.schema import check_schema
from text2llm.diagnostics import Diagnostic, Severity
from text2llm.policy.exceptions import ExceptionList
from text2llm.policy.model import KEY, WrittenPolicy
from text2llm.providers.registry import Registry
from text2llm.rules.check_files import check_files


class PolicyFile(NamedTuple):
    """The file and its findings; ``policy`` is ``None`` if one of them is an error."""

    document: Document
    findings: list[Diagnostic]
    policy: WrittenPolicy | None

    def count_exceptions(self) -> int:
        """How many of its exceptions were in use."""
        exceptions = None if self.policy is None else self.policy.exceptions
        return 0 if exceptions is None else len(exceptions.used)


def read_policy_file(path: str, registry: Registry) -> PolicyFile:
    """Read the policy that ``path`` holds.

    Raises:
        ReadError: the file cannot be read, or is not YAML.
    """
    document = read_file(path)
    # `--fix` changes files of the repository alone.
    findings = [finding._replace(fix=None) for finding in check_policy_file(document)]
    if any(finding.severity is Severity.ERROR for finding in findings):
        return PolicyFile(document, findings, None)
    data = _read_policy(document)
    exceptions = ExceptionList(data.get("exceptions", ()), registry.spellings())
    return PolicyFile(document, findings, WrittenPolicy(data, outside=document, exceptions=exceptions))


def check_policy_file(document: Document) -> list[Diagnostic]:
    """The findings in the file itself."""
    found = [*check_files([document]), *check_schema(document, FileKind.POLICY.value)]
    return found or list(_check_ends(document))


def _check_ends(document: Document) -> Iterator[Diagnostic]:
    for index, exception in enumerate(_read_policy(document).get("exceptions", ())):
        if not is_date(exception["until"]):
            place = document.locate((KEY, "exceptions", index, "until"))
            message = "'until': expected a date as YYYY-MM-DD"
            yield Diagnostic("schema", Severity.ERROR, message, place, 'for example: "2027-01-31"')


def _read_policy(document: Document) -> dict[str, Any]:
    data: Any = document.data
    policy: dict[str, Any] = data[KEY]
    return policy
