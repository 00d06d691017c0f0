"""Which plugins are found, which are loaded, and what is said of those that are not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.providers.plugin_making import PLAIN, acme, code, install
from text2llm.providers.plugin import InstalledPlugin, PluginSet, normalise
from text2llm.providers.plugins import discover_plugins
from text2llm.providers.registry import load_registry
from text2llm.trust.plugin_facts import find_fault

METHODS = acme(oauth=None, keyFormats=None)
TICKET = "login_methods={'acme-ticket': print}"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place on the import path; the modules in it are forgotten afterwards."""
    place = tmp_path / "installed"
    place.mkdir()
    monkeypatch.setattr(sys, "path", [str(place), *sys.path])
    monkeypatch.chdir(tmp_path)
    yield place
    for name in [name for name in sys.modules if name.endswith("_code")]:
        del sys.modules[name]


def discover(*enabled: str, python_path: str = "") -> PluginSet:
    environ = {"PYTHONPATH": python_path} if python_path else {}
    return discover_plugins(enabled, find_fault, load_registry(), environ)


def problem(*enabled: str) -> tuple[str, str]:
    found = discover(*enabled)
    assert found.loaded == ()
    (only,) = found.problems
    return only.message, only.hint


def test_a_plugin_that_is_not_enabled_is_named_and_not_imported(folder: Path) -> None:
    module = install(folder, "text2llm-acme", "raise SystemExit(9)")
    found = discover()
    assert found == PluginSet((InstalledPlugin("text2llm-acme", "it", "1.0"),))
    assert module not in sys.modules


@pytest.mark.parametrize("name", ["text2llm-acme", "Text2LLM_acme", "text2llm.acme"])
def test_an_enabled_plugin_is_loaded(folder: Path, name: str) -> None:
    install(folder, "text2llm-acme", code(PLAIN))
    found = discover(name, "text2llm--ACME")
    assert [(each.provider, each.descriptor) for each in found.loaded] == [("acme", PLAIN)]
    assert found.problems == ()


def test_login_methods_come_with_it(folder: Path) -> None:
    install(folder, "text2llm-acme", code(METHODS, TICKET))
    assert list(discover("text2llm-acme").loaded[0].login_methods) == ["acme-ticket"]


def test_the_name_of_the_entry_point_enables_nothing(folder: Path) -> None:
    install(folder, "other", code(PLAIN), "acme = MODULE:plugin")
    assert problem("acme") == ("no distribution has this name", "it is a plugin of other: use other")


def test_missing_distribution_is_reported(folder: Path) -> None:
    install(folder, "without", "", "")
    for name in ("nothing", "without"):
        assert problem(name) == (
            "no installed distribution of this name has a plugin",
            "install it where text2llm is installed; the working directory is not searched",
        )


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("raise ValueError('sk-canary')", "importing MODULE:plugin failed: ValueError"),
        ("raise SystemExit(0)", "importing MODULE:plugin failed: SystemExit"),
        ("raise GeneratorExit", "importing MODULE:plugin failed: GeneratorExit"),
        ("import absent_module", "importing MODULE:plugin failed: ModuleNotFoundError"),
        ("", "importing MODULE:plugin failed: AttributeError"),
        ("plugin = {'descriptor': {}}", "MODULE:plugin is not a ProviderPlugin"),
        (code({**PLAIN, "label": {1, 2}}), "its descriptor is not plain data"),
        (code({**PLAIN, "label": float("inf")}).replace("inf", "float('inf')"), "its descriptor is not plain data"),
        (code({}).replace("{}", "None"), "its descriptor is not plain data"),
        (
            "class Odd(dict):\n def keys(self): 1 / 0\n __iter__ = keys\n" + code({}).replace("{}", "Odd()"),
            "its descriptor is not plain data",
        ),
        (code(PLAIN, "login_methods=None"), "its `login_methods` is not a mapping"),
        (code({**PLAIN, "id": "openai"}), "the name 'openai' belongs to the provider openai"),
        (code(METHODS), "its descriptor has the login method 'acme-ticket', and its code does not"),
        (code(PLAIN, TICKET), "its code has the login method 'acme-ticket', and its descriptor does not"),
        (code(METHODS, "login_methods={'acme-ticket': 1}"), "its login method 'acme-ticket' is not a function"),
        (
            "from text2llm.plugin import descriptor_from_package\ndescriptor_from_package('text2llm', 'no.yaml')",
            "cannot read text2llm/no.yaml: No such file or directory",
        ),
        (
            "from text2llm.plugin import descriptor_from_package\ndescriptor_from_package('text2llm', 'errors.py')",
            "text2llm/errors.py:",
        ),
    ],
)
def test_a_plugin_that_cannot_be_used_is_a_problem_and_no_crash(folder: Path, source: str, message: str) -> None:
    module = install(folder, "text2llm-acme", source)
    told, hint = problem("text2llm-acme")
    assert told.startswith(message.replace("MODULE", module))
    assert "canary" not in told + hint
    assert hint


def test_ctrl_c_while_a_plugin_loads_is_heard(folder: Path) -> None:
    install(folder, "text2llm-acme", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        discover("text2llm-acme")


def test_one_that_fails_stops_no_other(folder: Path) -> None:
    install(folder, "first", "1/0")
    install(folder, "second", code(PLAIN))
    found = discover("first", "second")
    assert [each.installed.distribution for each in found.loaded] == ["second"]
    assert [(each.enabled, each.installed) for each in found.problems] == [
        ("first", InstalledPlugin("first", "it", "1.0"))
    ]


def test_of_two_with_the_same_provider_the_first_enabled_is_used(folder: Path) -> None:
    install(folder, "first", code({**PLAIN, "label": "First"}))
    install(folder, "second", code({**PLAIN, "label": "Second"}))
    found = discover("second", "first")
    assert [each.descriptor["label"] for each in found.loaded] == ["Second"]
    assert [each.message for each in found.problems] == ["the name 'acme' belongs to the provider acme"]


def test_a_distribution_may_bring_several(folder: Path) -> None:
    other = {**PLAIN, "id": "bcme", "aliases": [], "env": [{"name": "BCME_KEY", "kind": "api_key"}]}
    source = code(PLAIN) + code(other).replace("plugin = ", "another = ")
    install(folder, "several", source, "b = MODULE:another\na = MODULE:plugin")
    assert [each.provider for each in discover("several").loaded] == ["acme", "bcme"]


def test_the_first_of_two_installations_is_used(folder: Path, tmp_path: Path) -> None:
    install(folder, "text2llm-acme", code(PLAIN))
    install(tmp_path / "later", "text2llm-acme", "1/0")
    sys.path.append(str(tmp_path / "later"))
    found = discover("text2llm-acme")
    assert [each.provider for each in found.loaded] == ["acme"]
    assert len(found.installed) == 1


def test_a_broken_installation_is_reported_if_enabled(folder: Path) -> None:
    install(folder, "broken", code(PLAIN), "no line of an entry point")
    assert discover().problems == ()
    assert problem("broken")[0] == "its entry_points.txt cannot be read"


@pytest.mark.parametrize("file", ["METADATA", "entry_points.txt"])
def test_a_distribution_that_is_no_text_stops_no_other(folder: Path, file: str) -> None:
    install(folder, "garbled", code(PLAIN))
    (folder / "garbled-1.0.dist-info" / file).write_bytes(b"\xff[text2llm.providers]")
    install(folder, "sound", code(PLAIN))
    assert [each.installed.distribution for each in discover("sound").loaded] == ["sound"]


def test_a_working_directory_that_is_gone_stops_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(folder, "sound", code(PLAIN))
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert [each.installed.distribution for each in discover("sound").loaded] == ["sound"]
    monkeypatch.chdir(tmp_path)


def test_a_distribution_without_a_name_is_passed_over(folder: Path) -> None:
    install(folder, "nameless", code(PLAIN))
    (folder / "nameless-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\n")
    install(folder, "factless", code(PLAIN))
    (folder / "factless-1.0.dist-info" / "METADATA").unlink()
    assert discover().installed == ()


def test_what_a_plugin_prints_does_not_reach_standard_output(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install(folder, "text2llm-acme", "print('hello')\n" + code(PLAIN))
    assert len(discover("text2llm-acme").loaded) == 1
    assert capsys.readouterr() == ("", "hello\n")


def test_a_descriptor_cannot_change_after_it_was_checked(folder: Path) -> None:
    module = install(folder, "text2llm-acme", code(PLAIN))
    descriptor = discover("text2llm-acme").loaded[0].descriptor
    theirs: dict[str, Any] = sys.modules[module].plugin.descriptor
    theirs["origins"].append("https://evil.example")
    assert descriptor == PLAIN


@pytest.mark.parametrize(
    ("entry", "python_path"), [("", ""), (".", "."), ("HERE", "HERE"), ("HERE", ":"), ("HERE/plugins", "plugins")]
)
def test_nothing_is_found_where_the_working_directory_decides(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: str, python_path: str
) -> None:
    marker = tmp_path / "ran"
    repository = tmp_path / "repository"
    for place in (repository, repository / "plugins"):
        install(place, "evil", f"open({str(marker)!r}, 'w')")
    monkeypatch.chdir(repository)
    sys.path.insert(0, entry.replace("HERE", str(repository)))
    found = discover("evil", python_path=python_path.replace("HERE", str(repository)))
    assert found.installed == ()
    assert [each.message for each in found.problems] == ["no installed distribution of this name has a plugin"]
    assert not marker.exists()


def test_code_comes_from_the_installation_not_from_the_working_directory(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = install(folder, "text2llm-acme", code(PLAIN))
    repository = tmp_path / "repository"
    repository.mkdir()
    (repository / f"{module}.py").write_text("1/0")
    monkeypatch.chdir(repository)
    sys.path.insert(0, str(repository))
    assert len(discover("text2llm-acme").loaded) == 1
    assert str(repository) not in sys.path


def test_names_of_distributions_compare_as_installers_compare_them() -> None:
    assert normalise("Corp__Gate.way") == normalise("corp-gate-way") == "corp-gate-way"
