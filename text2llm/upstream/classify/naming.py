"""The requested model's id in the text of an error, which is a subject like the word "model". Pure.

An id may consist of any words: in ``credit-scorer-v2`` none of them is about credit.
"""

from __future__ import annotations

import re
from functools import lru_cache

from text2llm.upstream.identity import list_spellings

_LETTER = re.compile(r"[^\W\d_]")
_PLAIN = re.compile(r"[^\W\d_]+")
_SEPARATORS = re.compile(r"[-._]")
#: A plain word is a name only if it is quoted; a shorter one may be a value: ``"auto"``.
_LEAST_PLAIN = 5
#: Publisher and path before an id: ``accounts/lab/models/``, ``us.lab.``.
_BEFORE = r"(?<![\w./@-])(?:[\w.:@-]{1,60}/){0,6}(?:[a-z-]{1,20}\.){0,3}"
#: Date, version and route behind it, and no other word of a longer id.
_BEHIND = (
    r"(?:[-@](?:20\d{6}|20\d\d-\d\d-\d\d|\d{3,4}|latest|preview)|-v\d{1,2}(?::\d{1,2})?"
    r"|:(?:free|beta|nitro|floor|online|thinking|extended|exacto|latest|cloud|preview)){0,3}(?![\w-]|[.:/@]\w)"
)
_WORD = "model"


def name_model(text: str, model: str | None) -> str:
    """The text with the word "model" for the requested id, in any of its spellings."""
    pattern = _pattern(model) if model else None
    return text if pattern is None else pattern.sub(_WORD, text)


@lru_cache(maxsize=64)
def _pattern(model: str) -> re.Pattern[str] | None:
    spellings = [each for each in list_spellings(model) if _LETTER.search(each)]
    names = [_spelled(each) for each in spellings if not _PLAIN.fullmatch(each)]
    words = [each for each in spellings if _PLAIN.fullmatch(each) and len(each) >= _LEAST_PLAIN]
    free = [f"{_BEFORE}(?:{'|'.join(names)}){_BEHIND}"] if names else []
    quoted = [rf"(?<=[\"'`“「])(?:{'|'.join(words)})(?=[\"'`”」])"] if words else []
    return re.compile("|".join((*free, *quoted)), re.IGNORECASE) if free or quoted else None


def _spelled(name: str) -> str:
    """The pattern of an id whose separators vary: ``4.5`` is ``4-5``, and a numbered name has spaces as a label."""
    between = "[-._ ]" if re.search(r"\d", name) else "[-._]"
    return between.join(map(re.escape, _SEPARATORS.split(name)))
