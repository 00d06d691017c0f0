"""Running the program: in this process, where nothing of the operating system is under test."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Done(NamedTuple):
    code: int
    out: str
    err: str


class Run(Protocol):
    def __call__(self, *arguments: str, stdin: str = "") -> Done: ...
