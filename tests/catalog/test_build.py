"""The tool that builds the bundle, with a wheel made for the test."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from text2llm.catalog.bundle import parse_bundle
from text2llm.catalog.facts import Catalog, ModelFacts
from text2llm.refs import ModelRef

ROOT = Path(__file__).parents[2]
DATA = ROOT / "text2llm" / "catalog" / "data"
TOOL = ROOT / "tools" / "build_catalog.py"
TABLE = {
    "sample_spec": {"litellm_provider": "one of https://docs", "mode": "one of: chat", "deprecation_date": "date when"},
    "claude-x": {
        "litellm_provider": "anthropic",
        "mode": "chat",
        "max_input_tokens": 200_000,
        "max_output_tokens": 64_000,
        "input_cost_per_token": 1.1e-06,
        "output_cost_per_token": 5e-06,
        "supports_vision": True,
        "supports_pdf_input": True,
        "supports_function_calling": True,
        "supports_reasoning": False,
        "deprecation_date": "2027-01-01",
    },
    "claude-blind": {"litellm_provider": "anthropic", "mode": "responses", "supports_vision": False},
    "claude-embed": {"litellm_provider": "anthropic", "mode": "embedding"},
    "gemini/talks": {"litellm_provider": "gemini", "mode": "chat", "supported_modalities": ["audio", "text"]},
    "gemini/free": {"litellm_provider": "gemini", "mode": "chat", "input_cost_per_token": 0, "max_input_tokens": 0},
    "gemini/skipped-1": {"litellm_provider": "gemini", "mode": "chat"},
    "vertex_ai/talks": {"litellm_provider": "vertex", "mode": "chat", "max_input_tokens": 5, "supports_vision": False},
    "other/x": {"litellm_provider": "other", "mode": "chat"},
}
PROVIDERS = """
providers:
  anthropic: {from: [anthropic], own: ['ft:']}
  google: {from: [{name: gemini, strip: gemini/}, {name: vertex, strip: vertex_ai/}], skip: ['skipped-*']}
"""
RETIREMENTS = """
anthropic:
  claude-gone: {date: 2025-07-21, source: somewhere}
  claude-x: {date: 2026-12-31, source: somewhere}
"""


def make_wheel(folder: Path, table: dict[str, Any]) -> Path:
    path = folder / "litellm-9.9.9-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("litellm/model_prices_and_context_window_backup.json", json.dumps(table))
        archive.writestr("litellm-9.9.9.dist-info/METADATA", "Metadata-Version: 2.4\nName: litellm\nVersion: 9.9.9\n")
        archive.writestr("litellm-9.9.9.dist-info/licenses/LICENSE", "MIT License\n")
        sbom = {"metadata": {"timestamp": "2026-11-12T01:43:43.9Z"}}
        archive.writestr("litellm-9.9.9.dist-info/sboms/bridge.cyclonedx.json", json.dumps(sbom))
    return path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A checkout with the tool, its tables, and the modules that it uses."""
    for name in ("tools/build_catalog.py", "text2llm/catalog", "text2llm/refs.py", "text2llm/errors.py"):
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, target)
    (tmp_path / "text2llm" / "__init__.py").touch()
    (tmp_path / "tools" / "catalog_providers.yaml").write_text(PROVIDERS)
    (tmp_path / "text2llm" / "catalog" / "data" / "retirements.yaml").write_text(RETIREMENTS)
    return tmp_path


def build(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    tool = project / "tools" / "build_catalog.py"
    command = [sys.executable, str(tool), *arguments]
    return subprocess.run(
        command, env={"PYTHONPATH": str(project)}, capture_output=True, text=True, check=False, cwd=project
    )


def build_from(project: Path, table: dict[str, Any] | None = None) -> subprocess.CompletedProcess[str]:
    return build(project, "--wheel", str(make_wheel(project, TABLE if table is None else table)))


def read(project: Path) -> Catalog:
    return parse_bundle((project / "text2llm" / "catalog" / "data" / "models.jsonl").read_bytes())


def test_the_committed_catalog_fits_its_tables() -> None:
    subprocess.run([sys.executable, str(TOOL), "--check"], check=True)


def test_the_source_and_its_license_are_recorded(project: Path) -> None:
    assert build_from(project).returncode == 0
    assert tuple(read(project).source) == ("litellm", "9.9.9", "2026-11-12")
    assert (project / "text2llm/catalog/data/LICENSE.litellm").read_text() == "MIT License\n"


def test_chat_models_are_taken_under_our_names_with_what_is_known(project: Path) -> None:
    build_from(project)
    found = {provider: dict(models) for provider, models in read(project).providers.items()}
    assert found == {
        "anthropic": {
            "claude-blind": ModelFacts(inputs=("text",)),
            "claude-gone": ModelFacts(retires="2025-07-21"),
            "claude-x": ModelFacts(
                context_window=200_000,
                max_tokens=64_000,
                inputs=("text", "image", "pdf"),
                tools=True,
                reasoning=False,
                input_price=1.1,
                output_price=5,
                retires="2027-01-01",
            ),
        },
        "google": {
            "free": ModelFacts(input_price=0),
            "talks": ModelFacts(context_window=5, inputs=("text", "audio")),
        },
    }
    assert not read(project).expects(ModelRef("anthropic", "ft:claude-x:acme"))


def test_a_date_that_differs_from_the_source_is_reported(project: Path) -> None:
    assert build_from(project).stderr == (
        "anthropic/claude-x: the source says 2027-01-01, retirements.yaml 2026-12-31\n"
    )


def test_a_provider_missing_from_the_source_stops_the_build(project: Path) -> None:
    done = build_from(project, {"claude-x": TABLE["claude-x"]})
    assert done.returncode == 1
    assert "the source has no models of google" in done.stderr


def test_the_same_input_gives_the_same_bytes(project: Path) -> None:
    models = project / "text2llm" / "catalog" / "data" / "models.jsonl"
    build_from(project)
    first = models.read_bytes()
    build_from(project)
    assert models.read_bytes() == first


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("text2llm/catalog/data/models.jsonl", "was changed by hand"),
        ("text2llm/catalog/data/retirements.yaml", "is older than its tables"),
        ("tools/catalog_providers.yaml", "is older than its tables"),
    ],
)
def test_check_finds_what_was_changed_since(name: str, says: str, project: Path) -> None:
    build_from(project)
    assert build(project, "--check").returncode == 0
    path = project / name
    path.write_text(path.read_text() + "\n")
    done = build(project, "--check")
    assert done.returncode == 1
    assert says in done.stderr
    assert "run python tools/build_catalog.py" in done.stderr


def test_check_wants_the_licence_notice(project: Path) -> None:
    build_from(project)
    (project / "text2llm/catalog/data/LICENSE.litellm").unlink()
    assert "has no license notice" in build(project, "--check").stderr
