"""Build the bundled catalog, text2llm/catalog/data, from the model table in a wheel of litellm.

``--version 1.109.1`` fetches that wheel with pip, ``--wheel FILE`` uses a local one; ``--check`` writes nothing, and
fails if the committed catalog cannot be built from the committed tables. ``tools/catalog_providers.yaml`` assigns
models to providers; ``text2llm/catalog/bundle.py`` describes the built file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from text2llm.catalog.bundle import COLUMNS, INPUT_CODES, parse_bundle

ROOT = Path(__file__).parents[1]
DATA = ROOT / "text2llm" / "catalog" / "data"
PROVIDERS = ROOT / "tools" / "catalog_providers.yaml"
PACKAGE = "litellm"
TABLE = "litellm/model_prices_and_context_window_backup.json"
#: The modes of the source's chat models.
CHAT_MODES = frozenset({"chat", "responses"})
#: The source's name for an input, and ours.
FLAGS = {"vision": "image", "audio_input": "audio", "video_input": "video", "pdf_input": "pdf"}

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wheel:
    """The content of a wheel: the table as it is, the license notice, and the build date."""

    version: str
    date: str
    table: bytes
    licence: str


def main() -> int:
    """Build the catalog, or with ``--check`` check the existing one; return 1 if it is wrong."""
    parser = argparse.ArgumentParser(description="Build the bundled catalog of models.")
    parser.add_argument("--version", help="the version of litellm [default: the current one]")
    parser.add_argument("--wheel", type=Path, help="a local wheel of litellm")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the catalog is stale or damaged")
    options = parser.parse_args()
    if options.check:
        faults = list(find_faults(DATA, PROVIDERS))
        print("".join(f"{fault}: run python tools/build_catalog.py\n" for fault in faults), file=sys.stderr, end="")
        return int(bool(faults))
    with tempfile.TemporaryDirectory() as folder:
        wheel = read_wheel(options.wheel or download(options.version or committed_version(), Path(folder)))
    write_catalog(wheel, DATA, PROVIDERS)
    return 0


def committed_version() -> str:
    """The version that the current catalog was built from."""
    with (DATA / "models.jsonl").open(encoding="utf-8") as lines:
        return str(json.loads(next(lines))["source"]["version"])


def download(version: str, folder: Path) -> Path:
    """The wheel of a version, from pip's configured source."""
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"),
            *("--dest", str(folder), f"{PACKAGE}=={version}"),
        ],
        check=True,
    )
    return next(folder.glob("*.whl"))


def read_wheel(path: Path) -> Wheel:
    """Read what the catalog needs from a wheel."""
    with zipfile.ZipFile(path) as archive:
        named = {name.partition("dist-info/")[2] or name: name for name in archive.namelist()}
        metadata = archive.read(named["METADATA"]).decode()
        version = next(line.partition(": ")[2] for line in metadata.splitlines() if line.startswith("Version: "))
        return Wheel(version, read_date(archive), archive.read(TABLE), archive.read(named["licenses/LICENSE"]).decode())


def read_date(archive: zipfile.ZipFile) -> str:
    """The build date of a wheel, from its list of components: its files have no times."""
    for name in archive.namelist():
        if ".dist-info/sboms/" in name:
            return str(json.loads(archive.read(name))["metadata"]["timestamp"])[:10]
    sys.exit("the wheel has no build date")


def write_catalog(wheel: Wheel, data: Path, providers: Path) -> None:
    """Write the catalog and its license notice."""
    rules, retirements = read_yaml(providers), read_yaml(data / "retirements.yaml")
    models = reduce_table(json.loads(wheel.table), rules["providers"])
    for note in add_retirements(models, retirements):
        print(note, file=sys.stderr)
    head = {
        "source": {"name": PACKAGE, "version": wheel.version, "date": wheel.date},
        "table": hashlib.sha256(wheel.table).hexdigest(),
        "inputs": digest_inputs(data, providers),
        "own": {provider: rule["own"] for provider, rule in rules["providers"].items() if "own" in rule},
    }
    (data / "models.jsonl").write_text(render(head, models), encoding="utf-8", newline="\n")
    (data / "LICENSE.litellm").write_text(wheel.licence, encoding="utf-8", newline="\n")


def digest_inputs(data: Path, providers: Path) -> str:
    """The digest of our own tables, which with the source determine the catalog."""
    return hashlib.sha256(providers.read_bytes() + (data / "retirements.yaml").read_bytes()).hexdigest()


def read_yaml(path: Path) -> Any:
    # Dates stay text, as in the catalog.
    return yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 - creates only strings


# -- reducing ---------------------------------------------------------------------------------------------------------


def reduce_table(table: Mapping[str, Facts], rules: Mapping[str, Any]) -> dict[str, dict[str, Facts]]:
    """The chat models of each provider, sorted, with their facts."""
    found = {provider: dict(sorted(pick_models(table, rule).items())) for provider, rule in sorted(rules.items())}
    for provider, models in found.items():
        if not models:
            sys.exit(f"the source has no models of {provider}: fix tools/catalog_providers.yaml")
    return found


def pick_models(table: Mapping[str, Facts], rule: Mapping[str, Any]) -> dict[str, Facts]:
    models: dict[str, Facts] = {}
    for place in rule["from"]:
        name, prefix = (place, "") if isinstance(place, str) else (place["name"], place["strip"])
        for key, entry in table.items():
            model = key.removeprefix(prefix)
            if is_chat(entry, name) and not any(fnmatchcase(model, pattern) for pattern in rule.get("skip", ())):
                models[model] = reduce_entry(entry) | models.get(model, {})
    return models


def is_chat(entry: Facts, provider: str) -> bool:
    return entry.get("litellm_provider") == provider and entry.get("mode") in CHAT_MODES


def reduce_entry(entry: Facts) -> Facts:
    """The facts about a model; those missing in the source are absent."""
    facts = {
        "context_window": entry.get("max_input_tokens") or None,
        "max_tokens": entry.get("max_output_tokens") or None,
        "inputs": find_inputs(entry),
        "tools": entry.get("supports_function_calling"),
        "reasoning": entry.get("supports_reasoning"),
        "input_price": per_million(entry.get("input_cost_per_token")),
        "output_price": per_million(entry.get("output_cost_per_token")),
        "retires": entry.get("deprecation_date"),
    }
    return {key: value for key, value in facts.items() if value is not None}


def find_inputs(entry: Facts) -> list[str] | None:
    """The inputs of a model, if the source lists them or says whether it accepts images."""
    listed = set(entry.get("supported_modalities", ()))
    sees = entry.get("supports_vision")
    if not listed and sees is None:
        return None
    told = {kind for flag, kind in FLAGS.items() if entry.get(f"supports_{flag}")}
    return [kind for kind in INPUT_CODES.values() if kind in {"text", *listed, *told}]


def per_million(price: float | None) -> float | int | None:
    """Convert dollars per token to dollars per million tokens, without binary rounding noise."""
    if price is None:
        return None
    exact = Decimal(repr(price)) * 1_000_000
    rounded = round(exact, 6)
    return int(rounded) if rounded == int(rounded) else float(rounded)


def add_retirements(models: dict[str, dict[str, Facts]], retirements: Mapping[str, Any]) -> Iterator[str]:
    """Add the dates that the source lacks; report those that it now has."""
    for provider, dates in retirements.items():
        for model, fact in dates.items():
            facts = models[provider].setdefault(model, {})
            if facts.setdefault("retires", fact["date"]) != fact["date"]:
                yield f"{provider}/{model}: the source says {facts['retires']}, retirements.yaml {fact['date']}"
        models[provider] = dict(sorted(models[provider].items()))


# -- the file ---------------------------------------------------------------------------------------------------------


def render(head: Facts, models: Mapping[str, Mapping[str, Facts]]) -> str:
    """The text of the built file: the same bytes for the same input."""
    lines = [dump({model: encode(facts) for model, facts in each.items()}) for each in models.values()]
    body = "".join(f"{line}\n" for line in lines)
    digest = hashlib.sha256(body.encode()).hexdigest()
    return f"{dump({**head, 'body': digest, 'providers': list(models)})}\n{body}"


def dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def encode(facts: Facts) -> list[Any]:
    """One model's facts by column, the empty columns at the end left out."""
    codes = {kind: code for code, kind in INPUT_CODES.items()}
    coded = {"inputs": "".join(codes[kind] for kind in facts["inputs"])} if "inputs" in facts else {}
    row = [{**facts, **coded}.get(column) for column in COLUMNS]
    while row and row[-1] is None:
        row.pop()
    return [int(value) if isinstance(value, bool) else value for value in row]


def find_faults(data: Path, providers: Path) -> Iterator[str]:
    """The faults of the existing catalog that can be found without its source."""
    path = data / "models.jsonl"
    raw = path.read_bytes()
    first, _, body = raw.partition(b"\n")
    head = json.loads(first)
    if head["body"] != hashlib.sha256(body).hexdigest():
        yield f"{path} was changed by hand"
        return
    if head["inputs"] != digest_inputs(data, providers):
        yield f"{path} is older than its tables"
    if not (data / "LICENSE.litellm").is_file():
        yield f"{data} has no license notice"
    catalog = parse_bundle(raw)
    for provider in catalog.providers:
        if not catalog.providers[provider]:
            yield f"{path} has no models of {provider}"


if __name__ == "__main__":
    sys.exit(main())
