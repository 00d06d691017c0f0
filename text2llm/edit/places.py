"""Places in a text that an edit would have given, as places in the text that is there: lines the user can open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile

from text2llm.config.document import Document
from text2llm.diagnostics import Diagnostic


def place_before(findings: Iterable[Diagnostic], before: Document, after: Document) -> Iterator[Diagnostic]:
    """Findings in an edited file with the places, in their hints too, of the file as it is.

    What stands on a line of the edit has the line that it replaces, or the one that it would follow.
    """
    old, new = before.text.split("\n"), after.text.split("\n")
    above = _count_equal(old, new)
    below = min(_count_equal(reversed(old), reversed(new)), len(old) - above, len(new) - above)

    def find_line(line: int) -> int:
        if line > len(new) - below:
            return line - len(new) + len(old)
        return max(1, min(line, len(old) - below))

    place = re.compile(rf"{re.escape(after.path)}:(\d+):(\d+)")
    for finding in findings:
        hint = finding.hint and place.sub(lambda at: f"{after.path}:{find_line(int(at[1]))}:{at[2]}", finding.hint)
        location = finding.location
        if location.path == after.path:
            location = location._replace(line=find_line(location.line))
        yield finding._replace(location=location, hint=hint)


def _count_equal(one: Iterable[str], other: Iterable[str]) -> int:
    """How many lines at the beginning are the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
