"""Plugins for tests: the example's descriptor, and distributions that look installed."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import yaml

from text2llm.providers.plugin import InstalledPlugin, LoadedPlugin

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "plugins" / "example"
ACME: dict[str, Any] = yaml.safe_load((EXAMPLE / "text2llm_acme" / "acme.yaml").read_text())
PLAIN = {key: value for key, value in ACME.items() if key not in {"oauth", "loginMethods", "keyFormats"}}
GIVES = "from text2llm.plugin import ProviderPlugin\nplugin = ProviderPlugin(descriptor={descriptor}, {more})\n"


def acme(**changes: Any) -> dict[str, Any]:
    """The example's descriptor with other values; ``None`` takes a key out."""
    changed = {**copy.deepcopy(ACME), **changes}
    return {key: value for key, value in changed.items() if value is not None}


def loaded(descriptor: dict[str, Any], **methods: Any) -> LoadedPlugin:
    return LoadedPlugin(InstalledPlugin(f"text2llm-{descriptor['id']}", "it", "1.0"), descriptor, methods)


def code(descriptor: dict[str, Any], more: str = "") -> str:
    """The code of a plugin with this descriptor."""
    return GIVES.format(descriptor=repr(descriptor), more=more)


def install(folder: Path, distribution: str, source: str, entry_points: str = "it = MODULE:plugin") -> str:
    """Put a distribution with one module into ``folder``, as installers do; the name of the module."""
    module = distribution.replace("-", "_").lower() + "_code"
    folder.mkdir(exist_ok=True)
    (folder / f"{module}.py").write_text(source)
    facts = folder / f"{distribution.replace('-', '_')}-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(f"[text2llm.providers]\n{entry_points.replace('MODULE', module)}\n")
    return module


def settings(home: Path, *plugins: str) -> Path:
    """The settings of a user who enables plugins."""
    path = home / "config" / "settings.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"plugins: {json.dumps(plugins)}\n")
    path.chmod(0o600)
    return path
