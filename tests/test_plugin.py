"""What plugin authors import stays where it is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import text2llm.plugin
from text2llm.errors import ReadError
from text2llm.net.client import Client
from text2llm.plugin import descriptor_from_package


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "acme_plugin_package"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, folder.name, raising=False)  # of the test before
    return folder


def test_its_names_are_those_that_were_promised() -> None:
    assert set(text2llm.plugin.__all__) == {
        *("ProviderPlugin", "descriptor_from_package", "LoginTerms", "Dialogue", "Client", "Obtained", "LoginError"),
        *("ApiKey", "Token", "OAuth", "Secret", "post_fields", "require_answer", "require_token"),
    }
    assert all(hasattr(text2llm.plugin, name) for name in text2llm.plugin.__all__)
    assert text2llm.plugin.Client is Client
    assert not hasattr(text2llm.plugin, "Server")


def test_a_descriptor_is_read_from_its_package(package: Path) -> None:
    (package / "acme.yaml").write_text("id: acme\nenv:\n  - {name: ACME_API_KEY, kind: api_key}\n")
    assert descriptor_from_package(package.name, "acme.yaml") == {
        "id": "acme",
        "env": [{"name": "ACME_API_KEY", "kind": "api_key"}],
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "cannot read acme_plugin_package/acme.yaml: No such file or directory"),
        ("[acme]", "acme_plugin_package/acme.yaml is not a descriptor"),
        ("", "acme_plugin_package/acme.yaml is not a descriptor"),
        ("id: [", "expected"),
    ],
)
def test_a_file_that_holds_none_is_an_error(package: Path, text: str | None, message: str) -> None:
    if text is not None:
        (package / "acme.yaml").write_text(text)
    with pytest.raises(ReadError) as caught:
        descriptor_from_package(package.name, "acme.yaml")
    assert message in caught.value.message
