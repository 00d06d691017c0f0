"""Files that a command writes beside its result: reports and saved plans."""

from __future__ import annotations

import os
from collections.abc import Iterable

from text2llm.storage.appending import append_file
from text2llm.storage.atomic import replace_file
from text2llm.storage.streams import find_stream, write_stream
from text2llm.storage.writing import LinkChoice, explain_refusal, open_target


def write_output(path: str, data: bytes, *, append: bool = False) -> None:
    """Replace the file at ``path`` as a whole, or append to it; an open stream, such as /dev/stdout, is written to.

    Raises:
        WriteError: it is a FIFO, a device or a link of a repository, or the operating system refused; a file is as it
            was.
    """
    stream = find_stream(path)
    if stream is not None:
        write_stream(path, stream, data)
    elif append:
        append_file(path, data)
    else:
        replace_file(path, data, follow=LinkChoice.NAMED)


def finds_file(path: str) -> bool:
    """Whether :func:`write_output` would replace a file; reading it does not wait.

    Raises:
        WriteError: it may not write there.
    """
    if find_stream(path) is not None:
        return False
    with open_target(path, LinkChoice.NAMED) as target, explain_refusal(path):
        return target.find_existing() is not None


def is_input(path: str, inputs: Iterable[str]) -> bool:
    """Whether ``path`` is one of the files that a command reads."""
    return os.path.realpath(path) in set(map(os.path.realpath, inputs))
