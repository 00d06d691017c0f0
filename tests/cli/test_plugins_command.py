"""``plugins list``, and how plugins reach the other commands: in the program as it is installed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_output_schemas import obey
from tests.providers.plugin_making import ACME, PLAIN, acme, code, install, settings
from tests.running import Done, Run

TICKET = "login_methods={'acme-ticket': print}"
CONFIG = "version: 1\nagents:\n  defaults:\n    model: acme-ai/anvil-9\n"


class Machine:
    """A user's home, a place for installed plugins, and a repository in which the console script runs."""

    def __init__(self, folder: Path) -> None:
        self.home, self.installed, self.repository = folder / "home", folder / "installed", folder / "repository"
        self.repository.mkdir()
        (self.repository / "text2llm.yaml").write_text(CONFIG)

    def __call__(self, *arguments: str, python_path: str | None = None, **variables: str) -> Done:
        path = str(self.installed) if python_path is None else python_path
        program = [str(Path(sys.executable).parent / "text2llm"), *arguments]
        environ = {**os.environ, "TEXT2LLM_HOME": str(self.home), "PYTHONPATH": path, **variables}
        done = subprocess.run(program, cwd=self.repository, env=environ, capture_output=True, text=True, check=False)
        return Done(done.returncode, done.stdout, done.stderr)

    def list(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = json.loads(self("plugins", "list", "--json").out)["plugins"]
        return listed


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_user_without_settings_sees_what_ships(run: Run) -> None:
    done = run("plugins", "list")
    assert done.out.splitlines()[:4] == [
        "no plugins",
        "",
        "BUILT IN               LOGINS",
        "alibaba                api-key",
    ]
    assert "anthropic              pkce-loopback*, paste-code*, setup-token, api-key\n" in done.out
    assert "openrouter             pkce-loopback, paste-code, api-key\n" in done.out
    assert "ollama                 none\n" in done.out
    assert "\n* with a client that you or your company registered: `oauth:` in " in done.out
    obey("outputs/plugins", run("plugins", "list", "--json").out)


def test_every_state_of_a_plugin_is_shown(machine: Machine) -> None:
    install(machine.installed, "text2llm-acme", code(ACME, TICKET))
    install(machine.installed, "broken", "raise RuntimeError('sk-ant-api03-QQQQQQQQQQQQQQQQ')")
    install(machine.installed, "sleeping", "1/0")
    path = settings(machine.home, "text2llm-acme", "broken", "absent")
    done = machine("plugins", "list")
    assert done.out.split("\n\n")[0].splitlines() == [
        "PLUGIN             STATE          PROVIDER",
        "broken 1.0         left out",
        "sleeping 1.0       not enabled",
        "text2llm-acme 1.0  loaded         acme: device-code*, acme-ticket, api-key",
        "absent             not installed",
        "broken: importing broken_code:plugin failed: RuntimeError",
        "  hint: its author must fix it; until then, remove it from `plugins` in your settings",
        "absent: no installed distribution of this name has a plugin",
        "  hint: install it where text2llm is installed; the working directory is not searched",
        f"hint: to enable a plugin, add its name to `plugins:` in {path}",
    ]
    assert done.err == ""


def test_json_has_every_state(machine: Machine) -> None:
    install(machine.installed, "text2llm-acme", code(ACME, TICKET))
    install(machine.installed, "sleeping", "1/0")
    path = settings(machine.home, "absent", "text2llm.acme")
    obey("outputs/plugins", machine("plugins", "list", "--json").out)
    sleeping, loaded, absent = machine.list()
    assert (sleeping["state"], sleeping["enabledAt"], sleeping["provider"]) == ("disabled", None, None)
    assert (absent["state"], absent["name"], absent["version"]) == ("missing", None, None)
    assert loaded == {
        "distribution": "text2llm-acme",
        "name": "it",
        "version": "1.0",
        "state": "loaded",
        "enabledAt": {"path": str(path), "line": 1, "column": 21},
        "problem": None,
        "provider": {
            "id": "acme",
            "label": "Acme",
            "methods": [
                {"name": "device-code", "needsClientId": True},
                {"name": "acme-ticket", "needsClientId": False},
                {"name": "api-key", "needsClientId": False},
            ],
        },
    }


def test_commands_know_the_provider_of_a_plugin(machine: Machine) -> None:
    install(machine.installed, "text2llm-acme", code(PLAIN))
    settings(machine.home, "text2llm-acme")
    status = machine("models", "status", "--json", ACME_API_KEY="acme_" + "x" * 32)
    assert json.loads(status.out)["resolvedDefault"] == "acme/anvil-9"
    assert (machine("validate", "--strict").code, status.err) == (0, "")
    assert machine("models", "fallbacks", "add", "ACME-AI/anvil-8", "--strict").code == 0
    assert json.loads(machine("models", "fallbacks", "list", "--json").out) == {"fallbacks": ["acme/anvil-8"]}
    order = machine("models", "auth", "order", "get", "--provider", "acme-ai", "--json")
    assert json.loads(order.out)["provider"] == "acme"


def test_without_the_plugin_the_provider_is_unknown(machine: Machine) -> None:
    install(machine.installed, "text2llm-acme", code(PLAIN))
    assert "acme" in machine("validate").out
    assert machine("models", "fallbacks", "add", "acme/anvil-8", "--strict").code == 1


def test_what_is_wrong_with_a_plugin_is_told_once_and_stops_nothing(machine: Machine) -> None:
    install(machine.installed, "evil", code(acme(env=[{"name": "OPENAI_API_KEY", "kind": "api_key"}])))
    settings(machine.home, "evil")
    done = machine("models", "set", "openai/gpt-5.2")
    assert done.code == 0
    assert re.findall("warning: the plugin.*", done.err) == [
        "warning: the plugin evil is left out: the variable OPENAI_API_KEY belongs to another provider"
    ]


def test_keys_of_a_plugins_provider_are_known_for_secrets(machine: Machine) -> None:
    install(machine.installed, "text2llm-acme", code(acme(loginMethods=None)))
    settings(machine.home, "text2llm-acme")
    done = machine("models", "set", "acme/acme_" + "q3" * 16)
    assert done.err.startswith("error: text2llm.yaml:4:17: this edit would write a credential into the configuration")
    assert "q3q3" not in done.out + done.err


@pytest.mark.parametrize("python_path", ["", ".", ":", "lib", "HERE", "./lib:INSTALLED"])
def test_a_repository_brings_no_plugin_along(machine: Machine, tmp_path: Path, python_path: str) -> None:
    marker = tmp_path / "ran"
    for place in (machine.repository, machine.repository / "lib"):
        install(place, "evil", f"open({str(marker)!r}, 'w')")
    settings(machine.home, "evil")
    path = python_path.replace("HERE", str(machine.repository)).replace("INSTALLED", str(machine.installed))
    for arguments in (("models", "status"), ("validate",), ("plugins", "list")):
        machine(*arguments, python_path=path)
    assert not marker.exists()


def test_settings_in_a_repository_enable_nothing(machine: Machine) -> None:
    install(machine.installed, "text2llm-acme", code(PLAIN))
    settings(machine.repository, "text2llm-acme")
    (machine.repository / "settings.yaml").write_text("plugins: [text2llm-acme]\n")
    assert [each["state"] for each in machine.list()] == ["disabled"]


def test_broken_settings_stop_what_reads_them_and_can_be_validated(machine: Machine) -> None:
    path = settings(machine.home)
    path.write_text("plugins: [../evil]\n")
    for arguments in (("models", "status"), ("validate",), ("plugins", "list")):
        done = machine(*arguments)
        assert (done.code, "expected the name of a plugin" in done.err) == (1, True)
    assert "expected the name of a plugin" in machine("validate", str(path)).out


def test_no_plugin_costs_no_import(machine: Machine) -> None:
    script = (
        "import sys; from text2llm.cli.boundary import run_guarded; from text2llm.cli.main import main; "
        "run_guarded(main, ['models', 'status', '--json']); "
        "print(*sys.modules, file=sys.stderr)"
    )
    environ = {**os.environ, "TEXT2LLM_HOME": str(machine.home)}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=machine.repository, env=environ, capture_output=True, text=True, check=True
    )
    loaded = set(done.stderr.split())
    assert "text2llm.workspace" in loaded
    assert loaded & {"importlib.metadata", "text2llm.providers.plugins", "text2llm.providers.oauth"} == set()


def test_plugins_are_read_once_in_a_run(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path / "installed"), *sys.path])
    settings(Path(os.environ["TEXT2LLM_HOME"]), "once")
    install(tmp_path / "installed", "once", "with open('count', 'a') as file:\n    file.write('x')\n1/0")
    (tmp_path / "text2llm.yaml").write_text(CONFIG)
    done = run("models", "set", "openai/gpt-5.2")
    assert (done.code, (tmp_path / "count").read_text()) == (0, "x")
    assert done.err.count("warning: the plugin once is left out") == 1
