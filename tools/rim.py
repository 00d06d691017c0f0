"""Print the files of the modules that may touch the outside world, for coverage to leave out of its 100 %.

Their one list is in ``pyproject.toml``: the exceptions of the import contract named ``CONTRACT``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

CONTRACT = "The middle is pure"


def list_rim(project: str) -> Iterator[str]:
    """The patterns of files, each once, given the text of ``pyproject.toml``."""
    contracts = tomllib.loads(project)["tool"]["importlinter"]["contracts"]
    (contract,) = (each for each in contracts if each["name"] == CONTRACT)
    for module in dict.fromkeys(line.split(" -> ")[0] for line in contract["ignore_imports"]):
        path = module.removesuffix(".**").replace(".", "/")
        yield f"{path}/*" if module.endswith(".**") else f"{path}.py"


if __name__ == "__main__":
    print(",".join(list_rim((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))))
