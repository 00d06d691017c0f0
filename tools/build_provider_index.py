"""Build index.json and logins.json of text2llm/providers from the descriptors; with --check, fail when one is stale.

The index has the providers in the descriptors' own shape without what is not read at run time (sources, notes,
unverified endpoints and variables, listings, usage), the spellings of all of them, and apart from these, so
that they are parsed only when needed, the forms of their credentials.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

PROVIDERS = Path(__file__).parent.parent / "text2llm" / "providers"
ENTRY_KEYS = (
    *("id", "label", "status", "statusNote", "local", "api", "baseUrl", "apis", "apiRules", "origins", "env"),
    *("auth", "setupToken", "probe"),
)
UNREAD_KEYS = frozenset({"source", "note", "headerClaims", "service", "refreshable"})


def main() -> int:
    """Write the index, or with ``--check`` compare it; the exit code is 1 when it is stale."""
    parser = argparse.ArgumentParser(description="Build the index of the provider descriptors.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the index is stale")
    parser.add_argument("--providers", type=Path, default=PROVIDERS, help="the folder with descriptors/ and index.json")
    options = parser.parse_args()
    descriptors = read_descriptors(options.providers / "descriptors")
    texts = {"index.json": render_index(descriptors), "logins.json": render_logins(descriptors)}
    stale = {name: text for name, text in texts.items() if not is_fresh(options.providers / name, text)}
    for name, text in stale.items():
        if options.check:
            print(f"{options.providers / name} is stale: run python tools/build_provider_index.py", file=sys.stderr)
        else:
            (options.providers / name).write_text(text, encoding="utf-8", newline="\n")
    return int(options.check and bool(stale))


def is_fresh(path: Path, text: str) -> bool:
    """Whether a built file says what the descriptors say."""
    return path.is_file() and path.read_text(encoding="utf-8") == text


def read_descriptors(folder: Path) -> list[dict[str, Any]]:
    """The descriptors of a folder, sorted by id."""
    loaded = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in folder.glob("*.yaml")]
    return sorted(loaded, key=lambda descriptor: str(descriptor["id"]))


def render_index(descriptors: list[dict[str, Any]]) -> str:
    """The text of the index: the same bytes for the same descriptors."""
    index = {
        "spellings": {alias: each["id"] for each in descriptors for alias in each["aliases"]},
        "modelSpellings": {each["id"]: each["modelSpellings"] for each in descriptors if "modelSpellings" in each},
        "providers": {
            each["id"]: {key: reduce(each[key]) for key in ENTRY_KEYS if key in each} for each in descriptors
        },
        "keyFormats": {each["id"]: [drop_unread(one) for one in each.get("keyFormats", ())] for each in descriptors},
    }
    index["keyFormats"] = {key: formats for key, formats in index["keyFormats"].items() if formats}
    return json.dumps(index, ensure_ascii=False, separators=(",", ":")) + "\n"


def render_logins(descriptors: list[dict[str, Any]]) -> str:
    """The text of the logins, apart from the index: only a login reads them."""
    logins = {each["id"]: reduce(each["oauth"]) for each in descriptors if "oauth" in each}
    return json.dumps(logins, ensure_ascii=False, separators=(",", ":")) + "\n"


def reduce(value: object) -> object:
    """A part of a descriptor without what is not read and what is unverified."""
    if isinstance(value, Mapping):
        return {key: reduce(each) for key, each in drop_unread(value).items() if not is_unverified(each)}
    if isinstance(value, list):
        return [reduce(each) for each in value if not is_unverified(each)]
    return value


def drop_unread(fact: Mapping[str, Any]) -> dict[str, Any]:
    """A fact without its source and notes."""
    return {key: value for key, value in fact.items() if key not in UNREAD_KEYS}


def is_unverified(value: object) -> bool:
    """Whether a fact is marked so: it decides nothing, so the program need not read it."""
    return isinstance(value, Mapping) and value.get("unverified") is True


if __name__ == "__main__":
    sys.exit(main())
