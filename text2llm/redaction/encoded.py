"""Known forms in base64: an encoded credential is as good as a plain one. Pure."""

from __future__ import annotations

import re
from binascii import a2b_base64
from collections.abc import Iterator

from text2llm.redaction.forms import SHORTEST_REST, Forms, SecretSpan
from text2llm.redaction.names import PLACEHOLDER

_ALPHABET = "A-Za-z0-9+/_-"
# A run of the alphabet of base64 that has both cases: a key in it always has, and few other words of this length do.
_RUN = re.compile(
    rf"(?<![{_ALPHABET}])(?=[a-z0-9+/_-]*+[A-Z])(?=[A-Z0-9+/_-]*+[a-z])"
    rf"[{_ALPHABET}]{{{SHORTEST_REST * 4 // 3},}}+={{0,2}}"
)


#: Characters of runs that are searched together: a search of many short texts costs more than that of one long text.
_BATCH = 1 << 16


def find_encoded(text: str, forms: Forms) -> Iterator[SecretSpan]:
    """The runs of base64 in ``text`` that hold a credential of a known form, alone or with other text."""
    for batch in _batch_runs(text):
        # A form is found between line ends if it is found in a run alone.
        if forms.find(_read(b"\n".join(plain for match in batch for plain in _decode(match[0])))):
            for match in batch:
                found = next(_find_inside(match[0], forms), None)
                if found is not None:
                    yield SecretSpan(match.start(), match.end(), f"{found} in base64")


def _batch_runs(text: str) -> Iterator[list[re.Match[str]]]:
    batch: list[re.Match[str]] = []
    size = 0
    for match in _RUN.finditer(text):
        batch.append(match)
        size += match.end() - match.start()
        if size >= _BATCH:
            yield batch
            batch, size = [], 0
    yield batch


def _find_inside(run: str, forms: Forms) -> Iterator[str]:
    for plain in map(_read, _decode(run)):
        yield from (span.name for span in forms.find(plain) if not PLACEHOLDER.search(plain, span.start, span.end))


def _decode(run: str) -> Iterator[bytes]:
    """What a run encodes from each of its first characters: it may begin with others, such as a name."""
    standard = run.rstrip("=").replace("-", "+").replace("_", "/")
    for start in range(4):
        part = standard[start:]
        whole = part[: len(part) - (len(part) % 4 == 1)]  # one character alone encodes no byte
        yield a2b_base64(whole + "=" * (-len(whole) % 4))


def _read(plain: bytes) -> str:
    # UTF-16 is ASCII with zeros between.
    return plain.decode("latin-1").replace("\0", "")
