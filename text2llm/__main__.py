"""``python -m text2llm``: the program, where the folder of scripts is on no path."""

from __future__ import annotations

import os
import sys


def _forget_folder() -> None:
    """Take the working directory, which ``-m`` puts first, off the path: no repository brings its own modules."""
    if not sys.flags.safe_path and sys.path and sys.path[0] in ("", os.getcwd()):
        del sys.path[0]


if __name__ == "__main__":
    _forget_folder()
    from text2llm.entry import run

    run()
