"""What an edit does to one file, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass

from text2llm.config.document import Document
from text2llm.diagnostics import Diagnostic
from text2llm.edit.change import DataChange


@dataclass(frozen=True, slots=True, eq=False)
class FileChange:
    """An edit of one file. ``before`` has no text if there is no file yet.

    ``changes`` are the edits of its data, in order, and ``notes`` remarks for the user.
    """

    before: Document
    after: Document
    changes: tuple[DataChange, ...]
    notes: tuple[Diagnostic, ...]

    @property
    def path(self) -> str:
        return self.after.path

    @property
    def is_empty(self) -> bool:
        return self.before.text == self.after.text
