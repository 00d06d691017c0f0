"""Use cases without a command line: what a command prints is a value that anybody can ask for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.status.world import NOW, with_model, write_config
from text2llm.auth.pasted import Paste, PasteKind
from text2llm.commands import edit, explain, keep, paste, roots, status, store, trust, validate
from text2llm.commands import list as listing
from text2llm.config.discovery import find_config
from text2llm.config.roles import MAIN
from text2llm.errors import RefusedError
from text2llm.plan.edits import set_primary
from text2llm.plan.settings_edit import allow_edit
from text2llm.trust.bindings import CredentialKind, CredentialName, Grant
from text2llm.trust.origin import parse_origin
from text2llm.workspace import Workspace

KEY = "sk-ant-api03-" + "a1B2" * 23 + "aAA"


class Somebody(NamedTuple):
    """A person who is there or not, and says yes to everything."""

    secret: str
    there: bool = False

    def has_terminal(self) -> bool:
        return self.there

    def confirm(self, _question: str) -> bool:
        return True

    def obtain_secret(self, _prompt: str, _command: str) -> str:
        return self.secret

    def say(self, text: str) -> None:
        raise AssertionError(text)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.chdir(tmp_path)
    write_config(with_model("anthropic/claude-opus-4-5"))
    return Workspace({"TEXT2LLM_HOME": str(tmp_path / "home")}, now=NOW)


def test_configuration_is_checked_listed_and_explained(workspace: Workspace) -> None:
    assert validate.run(workspace, validate.CheckRequest(("text2llm.yaml",))).findings == []
    assert [str(row.ref) for row in listing.run(workspace, listing.ListRequest()).rows] == ["anthropic/claude-opus-4-5"]
    assert explain.run(workspace, "anthropic").parts[0].value == "https://api.anthropic.com"
    assert status.run(workspace, status.StatusRequest()).missing == ("anthropic",)


def test_configurations_are_searched_once_for_each_folder_of_agent_files(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    (Path("agents")).mkdir()
    files = [f"agents/a{number}.yaml" for number in range(5)]
    for number, name in enumerate(files):
        Path(name).write_text(f"id: a{number}\nmodel: openai/gpt-5.2\n")
    searched: list[str] = []

    def search(explicit: str | None, environ: Mapping[str, str], folder: str) -> str:
        searched.append(folder)
        return find_config(explicit, environ, folder)

    monkeypatch.setattr(roots, "find_config", search)
    validate.run(workspace, validate.CheckRequest(tuple(files)))
    assert len(searched) == len(set(searched)) == 2


def test_edit_shows_what_it_writes_and_tells_what_that_means(workspace: Workspace) -> None:
    shown: list[object] = []
    wanted = edit.EditRequest(partial(set_primary, name="openai/gpt-5.2", role=MAIN, agent=None))
    plan = edit.run(workspace, wanted, shown.append)
    assert shown == [plan]
    assert Path("text2llm.yaml").read_text() == plan.after.text
    assert "default model: anthropic/claude-opus-4-5 → openai/gpt-5.2" in edit.plan_meaning(workspace, plan)[0].message


def test_pasted_key_is_stored_ordered_and_forgotten(workspace: Workspace) -> None:
    request, kind = keep.StoreRequest("anthropic"), Paste(PasteKind.API_KEY, "anthropic")
    assert paste.run(workspace, kind, request, Somebody(KEY)).action == "stored"
    store.write_order(workspace, "anthropic", ("anthropic:manual",))
    assert store.read_order(workspace, "anthropic").order == ("anthropic:manual",)
    assert store.list_all(workspace, "anthropic").listings[0].credentials[0].taken
    assert store.forget(workspace, "anthropic:manual").changed.after is None


def test_what_only_the_configuration_says_needs_a_person(workspace: Workspace) -> None:
    lab = {"api": "openai-completions", "baseUrl": "https://lab.example/v1"}
    write_config({"models": {"providers": {"lab": lab}}})
    kind = Paste(PasteKind.API_KEY, "lab")
    with pytest.raises(RefusedError):
        paste.run(workspace, kind, keep.StoreRequest("lab"), Somebody("lab-key-of-some-length"))
    told = paste.run(
        workspace, kind, keep.StoreRequest("lab", keyring=False), Somebody("lab-key-of-some-length", there=True)
    )
    assert str(told.granted) == "https://lab.example"
    assert [str(each.grant.credential) for each in trust.list_grants(workspace).grants.list_all()] == [
        "profile:lab:manual"
    ]


def test_grant_that_is_only_previewed_is_not_given(workspace: Workspace) -> None:
    grant = Grant(CredentialName(CredentialKind.ENV, "LAB_KEY"), parse_origin("https://lab.example"))
    previewed = trust.change_grants(workspace, allow_edit(grant), write=False)
    assert trust.grant_meaning(previewed)[0].message == "granted: env:LAB_KEY may be sent to https://lab.example"
    assert trust.list_grants(workspace).grants.list_all() == ()
