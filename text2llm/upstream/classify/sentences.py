"""The sentences of an error text, in a plain form that its meaning is read from. Pure.

What other people wrote is masked, for it must not decide: addresses, resource names, and quoted text. A quoted single
word without digits stays, as it may be the subject (``'model' is unknown``).
"""

from __future__ import annotations

import re

#: Stands for quoted text: the name of a model, a parameter's value, or an echoed prompt.
QUOTED = "§"
#: Stands for an address or a resource name.
ADDRESS = "¤"

_MOST = 24
_ADDRESSES = re.compile(
    r"\bhttps?://\S*[^\s.,;:)\u3002\uff0c\uff1b]|\barn:\S*[^\s.,;:)]|//[a-z0-9.-]+\.[a-z]{2,}/\S+|\b[\w.+-]+@[\w-]+\.[\w.]+"
)
_QUOTES = re.compile(
    r'"([^"\n]{1,300})"|`([^`\n]{1,300})`|“([^”\n]{1,300})”|「([^」\n]{1,300})」|(?<!\w)\'([^\'\n]{1,300})\'(?!\w)'
)
_WHOLE = re.compile(r'^\s*["\'`](.*)["\'`]\s*$', re.DOTALL)
_WORD = re.compile(r"[a-z_]+")
#: The ends of a sentence; the last ones are the full-width marks of Chinese.
_ENDS = re.compile(r"\n|[.!?;](?=\s|$)|[\u3002\uff01\uff1f\uff1b]| - (?=[a-z])")
_SPACE = re.compile(r"[ \t\r]+")


def read_sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text in lower case; a newline ends one."""
    whole = _WHOLE.match(text)
    plain = whole[1] if whole and "\n" not in whole[1] and not set("\"'`") & set(whole[1]) else text
    masked = _SPACE.sub(" ", _QUOTES.sub(_mask, _ADDRESSES.sub(ADDRESS, plain)))
    found = (each.strip(" .,:!-") for each in _ENDS.split(masked))
    return tuple(dict.fromkeys(each for each in found if each))[:_MOST]


def _mask(match: re.Match[str]) -> str:
    inner = next(filter(None, match.groups()), "").strip()
    return inner if _WORD.fullmatch(inner) else QUOTED
