"""The provider descriptors as their files say them."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "text2llm" / "providers" / "descriptors"
DESCRIPTORS: dict[str, dict[str, Any]] = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted(FOLDER.glob("*.yaml"), key=lambda path: path.stem)
}
