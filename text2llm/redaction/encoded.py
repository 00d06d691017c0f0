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


def find_encoded(text: str, forms: Forms) -> Iterator[SecretSpan]:
    """The runs of base64 in ``text`` that hold a credential of a known form, alone or with other text."""
    for match in _RUN.finditer(text):
        found = next(_find_inside(match[0], forms), None)
        if found is not None:
            yield SecretSpan(match.start(), match.end(), f"{found} in base64")


def _find_inside(run: str, forms: Forms) -> Iterator[str]:
    standard = run.rstrip("=").replace("-", "+").replace("_", "/")
    for start in range(4):  # the run may begin with other characters, such as a name before an underscore
        part = standard[start:]
        whole = part[: len(part) - (len(part) % 4 == 1)]  # one character alone encodes no byte
        # UTF-16 is ASCII with zeros between.
        plain = a2b_base64(whole + "=" * (-len(whole) % 4)).decode("latin-1").replace("\0", "")
        yield from (span.name for span in forms.find(plain) if not PLACEHOLDER.search(plain, span.start, span.end))
