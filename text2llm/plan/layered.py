"""A configuration with the environments that an edit concerns. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from text2llm.config.document import Document
from text2llm.config.load import Loaded, assemble
from text2llm.config.merge import KeyNames
from text2llm.config.model import Config
from text2llm.config.nodes import Pointer
from text2llm.config.reader import read_document
from text2llm.config.suggest import find_near
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.edit.change import DataChange, apply_changes, format_pointer
from text2llm.plan.layer_changes import find_layer_changes

#: Lays the environment with this name and file over a configuration.
Lay: TypeAlias = Callable[[Loaded, str, Document], Loaded]


@dataclass(frozen=True, slots=True, eq=False)
class Layered:
    """A configuration, and the files of its environments by name: of the ``chosen`` one, or else of all.

    The file of a chosen one has no text if it does not exist yet; ``known`` are the names of those that do.
    """

    base: Loaded
    environments: Mapping[str, Document]
    lay: Lay
    names: KeyNames
    chosen: str | None = None
    known: tuple[str, ...] = ()
    _views: dict[str | None, Loaded] = field(default_factory=dict)

    def load(self, name: str | None = None) -> Loaded:
        """The configuration under the environment that is chosen, or under another one."""
        name = name or self.chosen
        if name not in self._views:
            self._views[name] = self._load(name)
        return self._views[name]

    def _load(self, name: str | None) -> Loaded:
        if name is None:
            return self.base
        document = self.begin() if name == self.chosen else self.environments[name]
        return self.lay(self.base, name, document)

    @property
    def layer(self) -> Document:
        """The file of the environment that is chosen."""
        return self.environments[str(self.chosen)]

    def begin(self) -> Document:
        """The same, a new one with its first keys."""
        layer, head = self.layer, {"version": 1, "environment": self.chosen}
        if layer.text:
            return layer
        lines = "".join(f"{key}: {value}\n" for key, value in head.items())
        text = f"{json.dumps(head)}\n" if layer.path.endswith(".json") else lines
        return read_document(layer.path, text.encode())

    @property
    def documents(self) -> tuple[Document, ...]:
        """Every file that exists."""
        return (*self.base.documents, *(each for each in self.environments.values() if each.text))

    def replace(self, before: Document, after: Document) -> Layered:
        """The same with another document in place of one."""
        if self.chosen is not None:
            return replace(self, environments={self.chosen: after}, _views={})
        root, *agents = (after if each is before else each for each in self.base.documents)
        return replace(self, base=assemble(root, tuple(agents)), _views={})

    def say_changes(
        self, config: Config, changes: tuple[DataChange, ...]
    ) -> tuple[tuple[DataChange, ...], tuple[Diagnostic, ...]]:
        """The changes of the chosen environment's file that make those of the whole, and what to know of them."""
        wanted = apply_changes(dict(config.data), changes)
        assert isinstance(wanted, dict)
        name, base = str(self.chosen), self.base.require().data
        made, lists = find_layer_changes(base, self.begin(), wanted, self.names, name)
        return made, tuple(self._tell(made, lists))

    def _tell(self, made: tuple[DataChange, ...], lists: list[Pointer]) -> Iterator[Diagnostic]:
        path = self.layer.path
        if made and not self.layer.text:
            near = find_near(str(self.chosen), self.known)
            severity = Severity.INFO if near is None else Severity.WARNING
            hint = near and f"did you mean {near!r}?"
            yield Diagnostic(
                "new-environment", severity, f"{self.chosen} is a new environment: {path}", Location(path), hint
            )
        for pointer in lists:
            message = f"{format_pointer(pointer)}: {self.chosen} has its own list from now on"
            yield Diagnostic("own-list", Severity.INFO, message, Location(path), None)
