"""Build the .json files of text2llm/providers from the descriptors; with --check, fail if one is stale.

``text2llm/providers/index.py`` describes their content.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import yaml

from text2llm.providers.index import build_free_probes, build_index, build_listings, build_logins, build_usage

PROVIDERS = Path(__file__).parent.parent / "text2llm" / "providers"


def main() -> int:
    """Write the index, or with ``--check`` compare it; return 1 if it is stale."""
    parser = argparse.ArgumentParser(description="Build the index of the provider descriptors.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the index is stale")
    parser.add_argument("--providers", type=Path, default=PROVIDERS, help="the folder with descriptors/ and index.json")
    options = parser.parse_args()
    descriptors = read_descriptors(options.providers / "descriptors")
    built = {
        "index.json": build_index(descriptors),
        "listings.json": build_listings(descriptors),
        "logins.json": build_logins(descriptors),
        "probes.json": build_free_probes(descriptors),
        "usage.json": build_usage(descriptors),
    }
    texts = {name: render(data) for name, data in built.items()}
    stale = {name: text for name, text in texts.items() if not is_fresh(options.providers / name, text)}
    for name, text in stale.items():
        if options.check:
            print(f"{options.providers / name} is stale: run python tools/build_provider_index.py", file=sys.stderr)
        else:
            (options.providers / name).write_text(text, encoding="utf-8", newline="\n")
    return int(options.check and bool(stale))


def is_fresh(path: Path, text: str) -> bool:
    """Whether a built file matches the descriptors."""
    return path.is_file() and path.read_text(encoding="utf-8") == text


def read_descriptors(folder: Path) -> list[dict[str, Any]]:
    """The descriptors of a folder, sorted by id."""
    loaded = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in folder.glob("*.yaml")]
    return sorted(loaded, key=lambda descriptor: str(descriptor["id"]))


def render(built: dict[str, Any]) -> str:
    """The text of a built file: the same bytes for the same descriptors."""
    return json.dumps(built, ensure_ascii=False, separators=(",", ":")) + "\n"


if __name__ == "__main__":
    sys.exit(main())
