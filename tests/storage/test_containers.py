"""Containers that share only the directory of a file lose nothing: each is process 1, with its own state directory."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.containers import find_way, start_container
from tests.login.rotating import rotating

CONTAINERS, EACH = 8, 7
CONFIG = "version: 1\nagents:\n  defaults:\n    model: openai/gpt-5.2\n"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_way() is None, reason="no process may have a namespace here: containers are NOT tested"),
]


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    folder = tmp_path / "shared"
    folder.mkdir(mode=0o700)
    (folder / "text2llm.yaml").write_text(CONFIG)
    return folder


def make_home(shared: Path, number: int, settings: str = "") -> Path:
    home = shared.parent / f"home{number}"
    (home / "config").mkdir(parents=True)
    if settings:
        path = home / "config" / "settings.yaml"
        path.write_text(settings)
        path.chmod(0o600)
    return home


def run_all(shared: Path, work: Sequence[Sequence[Sequence[str]]], settings: str = "") -> list[list[int]]:
    """The exit codes of the commands of each container, which all run at the same time."""
    started = [
        start_container(shared, make_home(shared, number, settings), json.dumps(commands))
        for number, commands in enumerate(work)
    ]
    outputs = [process.communicate(timeout=120) for process in started]
    assert [process.returncode for process in started] == [0] * len(work), outputs
    return [json.loads(out.splitlines()[-1]) for out, _ in outputs]


def test_keys_that_are_stored_at_the_same_time_are_all_there(shared: Path) -> None:
    ids = [[f"zai:{container}-{number}" for number in range(EACH)] for container in range(CONTAINERS)]
    paste = ("models", "auth", "paste-api-key", "--provider", "zai", "--any-form", "--no-keyring", "--profile-id")
    codes = run_all(shared, [[[*paste, name] for name in names] for names in ids])
    assert codes == [[0] * EACH] * CONTAINERS
    stored = json.loads((shared / "auth-profiles.json").read_bytes())["profiles"]
    assert sorted(stored) == sorted(name for names in ids for name in names)
    assert sorted(path.name for path in shared.iterdir()) == ["auth-profiles.json", "text2llm.yaml"]


def test_edits_at_the_same_time_all_land(shared: Path) -> None:
    names = [[f"c{container}n{number}" for number in range(EACH)] for container in range(CONTAINERS)]
    add = ("models", "aliases", "add")
    codes = run_all(shared, [[[*add, name, "openai/gpt-5.2"] for name in each] for each in names])
    assert codes == [[0] * EACH] * CONTAINERS
    text = (shared / "text2llm.yaml").read_text()
    assert [name for each in names for name in each if name not in text] == []
    assert sorted(path.name for path in shared.iterdir()) == ["text2llm.yaml"]


@pytest.mark.parametrize("_run", range(3))
def test_a_rotating_refresh_token_is_spent_once(shared: Path, _run: int) -> None:
    profile = {"type": "oauth", "provider": "corp", "access": "at-1", "refresh": "rt-1", "expires": 1}
    store = shared / "auth-profiles.json"
    store.write_text(json.dumps({"version": 1, "profiles": {"corp:ada": profile}}))
    store.chmod(0o600)
    with rotating() as provider:
        settings = f"oidc:\n  corp: {{issuer: '{provider.issuer}', clientId: me}}\n"
        codes = run_all(shared, [[["models", "auth", "refresh"]]] * 4, settings)
    assert ([token for token, _ in provider.spent], provider.revoked) == (["rt-1"], False)
    assert codes == [[0]] * 4
    assert json.loads(store.read_bytes())["profiles"]["corp:ada"]["refresh"] == "rt-2"
