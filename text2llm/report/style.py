"""Colors with a meaning. A plain style leaves the text unchanged, so color is never the only signal."""

from __future__ import annotations

from typing import NamedTuple

_RESET = "\x1b[0m"


class Style(NamedTuple):
    """The palette of a report; not ``enabled`` off a terminal, with ``NO_COLOR`` or ``--no-color``.

    ``good``: healthy, added. ``warn``: needs attention soon. ``bad``: failing, removed. ``name``: a model or profile,
    which the reader looks for. ``quiet``: a detail, such as a source.
    """

    enabled: bool

    def good(self, text: str) -> str:
        return self._paint("32", text)

    def warn(self, text: str) -> str:
        return self._paint("33", text)

    def bad(self, text: str) -> str:
        return self._paint("31", text)

    def title(self, text: str) -> str:
        return self._paint("1", text)

    def name(self, text: str) -> str:
        return self._paint("36", text)

    def quiet(self, text: str) -> str:
        return self._paint("2", text)

    def _paint(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}{_RESET}" if self.enabled and text else text
