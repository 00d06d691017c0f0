"""Ignore comments: ``# text2llm: ignore[rule] reason``, beside the value or on a line above it.

``[rule until 2027-01-31]`` ends with that day.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from text2llm.config.document import Document
from text2llm.config.nodes import Mapping as YamlMap
from text2llm.config.nodes import Node, Scalar, Sequence
from text2llm.config.scalars import is_date
from text2llm.diagnostics import Diagnostic, Severity
from text2llm.edit.yaml.splice import line_end, starts_line, whole_lines
from text2llm.fix import Fix, TextEdit
from text2llm.rules.rule import FOLLOWS, Finding, Rule, define_rule

#: An ignore comment, well formed or not.
_COMMENT = re.compile(r"(?:^|(?<=[ \t\n]))#[ \t]*text2llm:[ \t]*ignore\b([^\n]*)")
_LONGEST_RULE = 40
_RULE_AND_END = re.compile(r"(\S+) +until +(\S+)")
_RULES_AND_REASON = re.compile(r"\[([a-z0-9, -]*)\][ \t]*(.*)")


class Ignore(NamedTuple):
    """A comment that ignores ``rules`` on one line. ``start`` is its offset; lines count from 1.

    ``ends`` are the last days, ``YYYY-MM-DD``, of the rules that it ignores for some time only.
    """

    start: int
    line: int
    rules: tuple[str, ...]
    reason: str
    ends: Mapping[str, str] = {}

    def show_rule(self, rule: str) -> str:
        """One of the rules as it is written, with its last day."""
        return f"{rule} until {self.ends[rule]}" if rule in self.ends else rule


class IgnoreContext(NamedTuple):
    """The subject of a rule over a file's ignore comments.

    ``rules`` has every rule, and whether it can be ignored. ``findings`` are the file's, before any was ignored;
    ``None`` when they are not complete.
    """

    document: Document
    ignores: tuple[Ignore, ...]
    rules: Mapping[str, bool]
    findings: tuple[Diagnostic, ...] | None = None


def find_ignores(document: Document) -> tuple[Ignore, ...]:
    """The ignore comments of a file, in order; the same words in a value are not a comment."""
    text = document.text
    if "text2llm:" not in text:
        return ()
    values = [(-1, -1), *sorted(_span(scalar, text) for scalar in _scalars(document.root))]
    begins, covered = [start for start, _ in values], _covered_lines(text)
    return tuple(
        _read(match, covered[document.place(match.start()).line - 1])
        for match in _COMMENT.finditer(text)
        if match.start() >= values[bisect_right(begins, match.start()) - 1][1]
    )


def _span(scalar: Scalar, text: str) -> tuple[int, int]:
    begins = text.find("\n", scalar.start) if scalar.style in ("|", ">") else scalar.start
    return begins, scalar.end


def _read(match: re.Match[str], line: int) -> Ignore:
    parts = _RULES_AND_REASON.match(match[1])
    items = [item.strip() for item in parts[1].split(",") if item.strip()] if parts else []
    ending = {item: found for item in items if (found := _RULE_AND_END.fullmatch(item))}
    rules = tuple(ending[item][1] if item in ending else item for item in items)
    ends = {found[1]: found[2] for found in ending.values()}
    return Ignore(match.start(), line, rules, parts[2].strip() if parts else "", ends)


def _covered_lines(text: str) -> list[int]:
    """The line that a comment in each line applies to: the same, or the next one with a value."""
    covered: list[int] = []
    lines = text.split("\n")
    below = None
    for number in range(len(lines), 0, -1):
        if _has_value(lines[number - 1]):
            below = number
        covered.append(below or number)
    return covered[::-1]


def _has_value(line: str) -> bool:
    first = next((word for word in line.split() if word not in ("-", "---")), "#")
    return not first.startswith("#")


def _scalars(root: Node | None) -> Iterator[Scalar]:
    stack: list[Node] = [] if root is None else [root]
    while stack:
        match stack.pop():
            case Scalar() as scalar:
                yield scalar
            case Sequence() as sequence:
                stack += sequence.items
            case YamlMap() as mapping:
                stack += (node for entry in mapping.items for node in entry)


def find_effective(document: Document, rules: Mapping[str, bool]) -> tuple[Ignore, ...]:
    return tuple(ignore for ignore in find_ignores(document) if _find_problem(ignore, rules) is None)


def drop_ignored(
    findings: Iterable[Diagnostic],
    ignores: Mapping[str, tuple[Ignore, ...]],
    rules: Mapping[str, bool],
    today: str | None = None,
) -> Iterator[Diagnostic]:
    """The findings that no comment ignores ``today`` (``YYYY-MM-DD``; ``None``: no comment has ended)."""
    ignored: dict[tuple[str, int, str], str | None] = {}
    for path, found in ignores.items():
        for ignore in found:
            if _find_problem(ignore, rules) is None:
                ignored.update({(path, ignore.line, rule): ignore.ends.get(rule) for rule in ignore.rules})
    for finding in findings:
        path, line, _ = finding.location
        keys = ((path, line, rule) for rule in _list_names(finding.rule))
        ends = [ignored[key] for key in keys if key in ignored]
        over = [end for end in ends if end is not None and today is not None and end < today]
        if not ends:
            yield finding
        elif len(over) == len(ends):
            note = f"the comment that ignored it ended on {max(over)}"
            yield finding._replace(hint=f"{note}; {finding.hint}" if finding.hint else note)


def _list_names(rule: str) -> tuple[str, ...]:
    """The rules that a comment may name to ignore a finding of this one."""
    return (rule, FOLLOWS[rule]) if rule in FOLLOWS else (rule,)


@define_rule(
    "invalid-ignore",
    Severity.ERROR,
    "An ignore comment names no rule, or no reason.",
    "write `# text2llm: ignore[rule] reason`; `text2llm rule` lists the rules",
    fixed=True,
)
def invalid_ignore(context: IgnoreContext) -> Iterator[Finding]:
    """A comment ignores a finding only if it names the rule and gives a reason.

    Later readers need the reason to decide whether it still holds. With ``[rule until 2027-01-31]`` the comment ends
    after that day, by the reference date, and the finding comes back. JSON files cannot have comments. Some rules
    cannot be ignored, because no reason makes their finding harmless.
    """
    for ignore in context.ignores:
        problem = _find_problem(ignore, context.rules)
        if problem is not None:
            yield Finding(ignore.start, problem)


def _find_problem(ignore: Ignore, rules: Mapping[str, bool]) -> str | None:
    if not ignore.rules:
        return "this comment names no rule to ignore"
    for rule in ignore.rules:
        if not rules.get(rule, False):
            if rule in rules:
                return f"'{rule}' cannot be ignored"
            named = rule if len(rule) <= _LONGEST_RULE else f"{rule[:_LONGEST_RULE]}…"
            return f"there is no rule '{named}' that can be ignored"
    if not all(map(is_date, ignore.ends.values())):
        return "the end of this comment is not a date as YYYY-MM-DD"
    return None if ignore.reason else "this comment gives no reason"


@define_rule(
    "unused-ignore", Severity.WARNING, "An ignore comment matches no finding.", "remove the comment", has_fix=True
)
def unused_ignore(context: IgnoreContext) -> Iterator[Finding]:
    """The finding that a comment ignores no longer exists, so the next mistake on that line would go unreported."""
    if context.findings is None:
        return
    found = {(each.location.line, name) for each in context.findings for name in _list_names(each.rule)}
    for ignore in context.ignores:
        if _find_problem(ignore, context.rules) is not None:
            continue
        unused = [rule for rule in ignore.rules if (ignore.line, rule) not in found]
        for rule in unused:
            message = f"no {rule} finding to ignore on line {ignore.line}"
            yield Finding(ignore.start, message, fix=_drop_rules(context.document.text, ignore, unused))


def _drop_rules(text: str, ignore: Ignore, unused: list[str]) -> Fix:
    """Remove rules from a comment; with the last one the comment goes, and its line if nothing else is on it."""
    kept = [rule for rule in ignore.rules if rule not in unused]
    if kept:
        start = text.index("[", ignore.start) + 1
        edit = TextEdit(start, text.index("]", start), ", ".join(map(ignore.show_rule, kept)))
        return Fix("remove what it does not ignore from the comment", edits=(edit,), safe=True, neutral=True)
    if starts_line(text, ignore.start):
        line = whole_lines(text, ignore.start, ignore.start)
        edit = TextEdit(line.start, line.end)
    else:
        edit = TextEdit(len(text[: ignore.start].rstrip(" \t")), line_end(text, ignore.start))
    return Fix("remove the comment", edits=(edit,), safe=True, neutral=True)


IGNORE_RULES: tuple[Rule[IgnoreContext], ...] = (invalid_ignore, unused_ignore)
