"""An include with a fault: what it names besides is checked all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from text2llm.config.load import load_file


def test_files_before_one_that_leads_outside_are_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "repo" / "agents").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "repo")
    Path("agents", "a.yaml").write_text("modle: openai/gpt-5.2\n")
    Path("agents", "b.yaml").symlink_to("/etc/hosts")
    Path("text2llm.yaml").write_text("version: 1\ninclude: ['agents/*.yaml']\n")
    findings = load_file("text2llm.yaml").findings
    places = {(each.location.path, each.rule) for each in findings}
    assert places == {("agents/a.yaml", "schema"), ("text2llm.yaml", "include")}
