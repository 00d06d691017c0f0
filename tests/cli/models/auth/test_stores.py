"""What every writing command does to a store that is there: a bad one stays as it is, a good one keeps all the rest."""

from __future__ import annotations

import difflib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import Run
from tests.status.world import freeze_clock

STORES = Path(__file__).parents[4] / "fixtures" / "stores"
REFUSED = [json.loads(line) for line in (STORES / "refused.jsonl").read_text().splitlines()]
WRITING = {
    "paste-api-key": "paste-api-key --provider openai --profile-id openai:default --any-form",
    "paste-token": "paste-token --provider openai --profile-id openai:default --any-form",
    "setup-token": "setup-token",
    "logout": "logout openai:default",
    "clear-cooldown": "clear-cooldown openai:default",
    "order-set": "order set --provider openai openai:default",
    "order-clear": "order clear --provider zai",
}
SECRET = {"setup-token": "sk-ant-oat01-" + "a1_B" * 17}


@pytest.fixture
def store(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of the reference system, where the environment says."""
    freeze_clock(monkeypatch)
    folder = tmp_path / "agent"
    folder.mkdir(mode=0o700)
    path = folder / "auth-profiles.json"
    path.write_bytes((STORES / "reference" / "auth-profiles.json").read_bytes())
    path.chmod(0o600)
    monkeypatch.setenv("TEXT2LLM_AGENT_DIR", str(folder))
    return path


def write(run: Run, name: str) -> tuple[int, str]:
    done = run("models", "auth", *WRITING[name].split(), stdin=SECRET.get(name, "sk-a-key-of-another-form"))
    return done.code, done.err


@pytest.mark.parametrize("name", WRITING)
@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["id"])
def test_store_that_cannot_be_read_stays_as_it_is(run: Run, store: Path, name: str, case: dict[str, str]) -> None:
    store.write_text(case["text"], encoding="utf-8", errors="surrogatepass")
    before = store.read_bytes()
    code, said = write(run, name)
    assert code == 1
    assert case["says"] in said
    assert (store.read_bytes(), os.listdir(store.parent)) == (before, [store.name])


@pytest.mark.parametrize("name", WRITING)
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_store_that_others_can_open_stays_as_it_is(run: Run, store: Path, name: str, mode: int) -> None:
    store.chmod(mode)
    before = store.read_bytes()
    code, said = write(run, name)
    assert code == 1
    assert f"chmod 600 {store}" in said
    assert (store.read_bytes(), store.stat().st_mode & 0o777) == (before, mode)


CHANGED_LINES = {
    "paste-api-key": (
        ['      "key": "reference-key-0002",', '      "errorCount": 2,', '      "cooldownUntil": 1795376300000,'],
        ['      "key": "sk-a-key-of-another-form",'],
    ),
    "logout": (
        [
            '    "openai:default": {',
            '      "type": "api_key",',
            '      "provider": "openai",',
            '      "key": "reference-key-0002",',
            '      "note": "bezahlt vom Team 🦊 \\"blau\\"",',
            '      "limit": 12.5',
            "    },",
            '    "openai": "openai:default",',
            '    "openai:default": {',
            '      "errorCount": 2,',
            '      "lastUsed": 1795375990000,',
            '      "cooldownUntil": 1795376300000,',
            '      "lastFailureAt": 1795376000000',
            "    },",
        ],
        [],
    ),
    "clear-cooldown": (['      "errorCount": 2,', '      "cooldownUntil": 1795376300000,'], []),
    "order-clear": (['    "zai": [', '      "z.ai:default"', "    ],"], []),
}


@pytest.mark.parametrize("name", CHANGED_LINES)
def test_store_of_the_reference_keeps_every_other_line(run: Run, store: Path, name: str) -> None:
    before = store.read_text()
    assert write(run, name)[0] == 0
    diff = list(difflib.ndiff(before.splitlines(), store.read_text().splitlines()))
    gone, come = ([line[2:] for line in diff if line.startswith(sign)] for sign in "-+")
    assert (sorted(gone), come) == (sorted(CHANGED_LINES[name][0]), CHANGED_LINES[name][1])


@pytest.mark.parametrize("arguments", ["list", "list --json", "order get --provider openai", "logout no:such"])
def test_reading_changes_no_byte(run: Run, store: Path, arguments: str) -> None:
    before = store.read_bytes()
    run("models", "auth", *arguments.split())
    assert (store.read_bytes(), os.listdir(store.parent)) == (before, [store.name])


def test_store_of_the_reference_is_listed(run: Run, store: Path) -> None:
    listed = json.loads(run("models", "auth", "list", "--json").out)["providers"]
    assert {each["provider"]: each["effective"] for each in listed} == {
        "anthropic": "anthropic:default",
        "google-antigravity": "google-antigravity:ops@example.com",
        "openai": "openai:default",
        "someday": None,
        "zai": "z.ai:default",
    }


@pytest.mark.parametrize("umask", ["000", "077", "777"])
def test_new_store_is_private_under_any_umask(tmp_path: Path, umask: str) -> None:
    home = tmp_path / "home"
    program = Path(sys.executable).parent / "text2llm"
    environ = {**os.environ, "TEXT2LLM_HOME": str(home)}
    if umask == "777":  # only the agent's own directory is made private; its parents are the user's
        home.mkdir()
        environ["TEXT2LLM_AGENT_DIR"] = str(home / "agent")
    line = f"umask {umask}; echo sk-a-key-of-some-form | {program} models auth paste-api-key --provider litellm"
    done = subprocess.run(["sh", "-c", line], env=environ, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (path,) = home.rglob("auth-profiles.json")
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
