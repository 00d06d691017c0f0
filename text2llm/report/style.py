"""Colours with meaning. A plain style gives the text as it is, so meaning never hangs on colour alone."""

from __future__ import annotations

from typing import NamedTuple

_RESET = "\x1b[0m"


class Style(NamedTuple):
    """The palette of a report: ``Style(enabled=False)`` off a terminal, with ``NO_COLOR`` or ``--no-color``."""

    enabled: bool

    def good(self, text: str) -> str:
        """Healthy, added."""
        return self._paint("32", text)

    def warn(self, text: str) -> str:
        """Needs attention soon."""
        return self._paint("33", text)

    def bad(self, text: str) -> str:
        """Failing, removed."""
        return self._paint("31", text)

    def title(self, text: str) -> str:
        """A heading."""
        return self._paint("1", text)

    def name(self, text: str) -> str:
        """A model, a profile: what the reader looks for."""
        return self._paint("36", text)

    def quiet(self, text: str) -> str:
        """A detail: a place, a source."""
        return self._paint("2", text)

    def _paint(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}{_RESET}" if self.enabled and text else text
