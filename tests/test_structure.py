"""The house stays in order: no circle among files, one name for one thing, no folder that is a heap."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import text2llm

ROOT = Path(text2llm.__file__).parent
TREES = {
    ".".join(("text2llm", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__"): ast.parse(
        path.read_text(encoding="utf-8")
    )
    for path in ROOT.rglob("*.py")
}
MOST_MODULES = 26


def find_imports(name: str) -> Iterator[str]:
    """The modules that a module imports, also inside functions and for types alone."""
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.ImportFrom) and node.module in TREES:
            inner = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (module if module in TREES else node.module for module in inner)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in TREES)


def test_no_file_imports_itself_through_others() -> None:
    imports = {name: set(find_imports(name)) - {name} for name in TREES}
    circle: object = None
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        circle = error.args[1]
    assert circle is None


def test_a_public_class_has_a_name_of_its_own() -> None:
    homes = defaultdict(list)
    for name, tree in TREES.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(name)
    assert {name: places for name, places in homes.items() if len(places) > 1} == {}


def test_no_folder_has_more_modules_than_can_be_overlooked() -> None:
    sizes = {folder: len(list(folder.glob("*.py"))) - 1 for folder in ROOT.rglob("*") if folder.is_dir()}
    assert {folder.name: size for folder, size in sizes.items() if size > MOST_MODULES} == {}
