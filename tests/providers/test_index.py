import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.providers.descriptors import DESCRIPTORS, FOLDER, ROOT
from text2llm.providers.descriptor import parse_key_formats, parse_provider
from text2llm.providers.registry import load_registry

INDEX = FOLDER.parent / "index.json"


def build(*arguments: str) -> subprocess.CompletedProcess[str]:
    tool = ROOT / "tools" / "build_provider_index.py"
    return subprocess.run([sys.executable, tool, *arguments], capture_output=True, text=True, check=False)


@pytest.fixture
def providers(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER, tmp_path / "descriptors")
    return tmp_path


def test_the_index_is_fresh() -> None:
    assert build("--check").returncode == 0


def test_the_index_is_small() -> None:
    assert INDEX.stat().st_size < 40_000


def test_building_gives_the_same_bytes(providers: Path) -> None:
    assert build("--providers", str(providers)).returncode == 0
    assert (providers / "index.json").read_bytes() == INDEX.read_bytes()


def test_check_writes_nothing_and_names_the_command(providers: Path) -> None:
    run = build("--check", "--providers", str(providers))
    assert run.returncode == 1
    assert "run python tools/build_provider_index.py" in run.stderr
    assert not (providers / "index.json").exists()


def test_check_fails_after_a_change(providers: Path) -> None:
    build("--providers", str(providers))
    changed = providers / "descriptors" / "groq.yaml"
    changed.write_text(changed.read_text().replace("label: Groq", "label: Other"))
    assert build("--check", "--providers", str(providers)).returncode == 1


@pytest.mark.parametrize("provider_id", DESCRIPTORS)
def test_the_index_says_what_the_descriptor_says(provider_id: str) -> None:
    descriptor, registry = DESCRIPTORS[provider_id], load_registry()
    assert registry.get(provider_id) == parse_provider(descriptor)
    assert registry.key_formats(provider_id) == parse_key_formats(descriptor.get("keyFormats", []))
