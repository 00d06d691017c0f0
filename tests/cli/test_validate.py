"""``text2llm validate``: which files it takes, what it prints, how it ends."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.git.repository import Repo
from tests.running import Run
from text2llm.config.discovery import find_below
from text2llm.config.schema_files import schema_text

ROOT = """version: 1
include: [agents/*.yaml]
agents: {defaults: {model: {primary: opus}, models: {anthropic/claude-opus-4-5: {alias: opus}}}}
"""
#: Several times what it takes, and a small part of what it would if the time grew with a square.
SECONDS = 6 if "coverage" not in sys.modules else 24
KEY = "sk-ant-api03-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZg"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    Repo(tmp_path)
    (tmp_path / "agents").mkdir()
    (tmp_path / "text2llm.yaml").write_text(ROOT)
    (tmp_path / "agents" / "coder.yaml").write_text("id: coder\nmodel: openai/gpt-5.2\n")
    (tmp_path / "agents" / "bad.yaml").write_text("id: bad\nmodel: opsu\n")
    return tmp_path


def findings(out: str) -> list[tuple[str, str]]:
    shown = json.loads(out)
    Draft202012Validator(json.loads(schema_text("outputs/findings"))).validate(shown)
    return [(f"{each['path']}:{each['line']}:{each['column']}", each["rule"]) for each in shown["findings"]]


def test_without_file_the_config_that_is_found_and_what_it_includes(run: Run, project: Path) -> None:
    done = run("validate")
    assert done.code == 0
    assert done.out.splitlines()[0] == (
        "agents/bad.yaml:2:8: warning bare-reference: 'opsu' has no provider and is not an alias: "
        "it resolves to anthropic/opsu"
    )
    assert done.out.splitlines()[1] == "  hint: did you mean 'opus'?"
    assert done.err == "3 files checked: 1 warning\n"


def test_it_is_found_from_a_folder_below(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project / "agents")
    assert findings(run("validate", "--json").out) == [(f"{project}/agents/bad.yaml:2:8", "bare-reference")]


def test_no_config_is_an_error(run: Run) -> None:
    done = run("validate", "--format", "json")
    assert done.code == 1
    Draft202012Validator(json.loads(schema_text("outputs/error"))).validate(json.loads(done.out))
    assert json.loads(done.out)["error"]["code"] == "no-config"


@pytest.mark.parametrize("name", ["text2llm.yml", ".text2llm.yaml", "text2llm.json"])
def test_a_configuration_of_another_name_is_pointed_at(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("version: 1\n")
    assert run("validate").err == (
        f"error: no text2llm.yaml, but {tmp_path / name}\nhint: rename it, or name it: --config {tmp_path / name}\n"
    )


def test_a_configuration_in_a_folder_below_is_pointed_at(run: Run, tmp_path: Path) -> None:
    for name in (".hidden", "a", "my service", "other"):
        (tmp_path / name).mkdir()
        if name != "a":
            (tmp_path / name / "text2llm.yaml").write_text("version: 1\n")
    assert run("validate").err == (
        f"error: no text2llm.yaml in {tmp_path}, but one in {tmp_path / 'my service'}\n"
        f"hint: go there, or name it: --config '{tmp_path / 'my service' / 'text2llm.yaml'}'; "
        "`text2llm validate .` checks those below\n"
    )


def test_in_a_folder_that_cannot_be_listed_nothing_is_pointed_at(tmp_path: Path) -> None:
    assert find_below(str(tmp_path / "gone")) is None


def test_an_empty_name_is_wrong_usage(run: Run) -> None:
    done = run("validate", "")
    assert (done.code, "a FILE is empty" in done.err) == (64, True)


def test_strict_fails_on_warnings(run: Run, project: Path) -> None:
    assert run("validate", "--strict").code == 1


def test_of_an_agent_file_only_errors_elsewhere_are_told_too(run: Run, project: Path) -> None:
    (project / "text2llm.yaml").write_text(ROOT + "modelPolicy: {}\n")
    assert findings(run("validate", "--json", "agents/coder.yaml").out) == [("text2llm.yaml:4:1", "schema")]
    (project / "text2llm.yaml").write_text(ROOT)
    assert findings(run("validate", "--json", "agents/bad.yaml").out) == [("agents/bad.yaml:2:8", "bare-reference")]
    assert findings(run("validate", "--json", "agents/coder.yaml").out) == []
    assert run("validate", "agents/coder.yaml").err == "1 file checked: no errors, no warnings\n"


def test_an_agent_file_is_reported_under_the_name_it_was_given(run: Run, project: Path) -> None:
    given = "./agents/../agents/bad.yaml"
    assert findings(run("validate", "--json", given).out) == [(f"{given}:2:8", "bare-reference")]
    assert findings(run("validate", "--json", "text2llm.yaml", given).out) == [(f"{given}:2:8", "bare-reference")]
    assert findings(run("validate", "--json", str(project / given)).out)[0][0] == f"{project / given}:2:8"


def test_an_agent_file_that_nothing_includes_says_so(run: Run, project: Path) -> None:
    (project / "loose.yaml").write_text("id: loose\nmodel: opsu\n")
    done = run("validate", "loose.yaml")
    assert done.code == 0
    assert done.out.splitlines()[0] == (
        "loose.yaml:1:1: warning include: nothing includes this agent file: text2llm.yaml does not"
    )


def test_an_agent_file_without_any_config_says_so(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("id: a\n")
    assert "there is no text2llm.yaml that could" in run("validate", "a.yaml").out


def test_an_agent_file_of_the_config_in_use_outside_a_repository(run: Run, project: Path) -> None:
    shutil.rmtree(project / ".git")
    assert findings(run("validate", "--json", "agents/bad.yaml").out) == [("agents/bad.yaml:2:8", "bare-reference")]


def test_the_root_of_an_agent_file_can_be_named(run: Run, project: Path) -> None:
    (project / "text2llm.yaml").rename(project / "other.yaml")
    shown = findings(run("validate", "--json", "--config", "other.yaml", "agents/bad.yaml").out)
    assert shown == [("agents/bad.yaml:2:8", "bare-reference")]


@pytest.mark.parametrize("root", ["version: [\n", "verson: 1\n"])
def test_a_broken_root_does_not_hide_the_agent_files_own_findings(run: Run, project: Path, root: str) -> None:
    (project / "text2llm.yaml").write_text(root)
    (project / "agents" / "bad.yaml").write_text("id: bad\nmodle: x\n")
    assert findings(run("validate", "--json", "agents/bad.yaml").out) == [
        ("agents/bad.yaml:1:1", "include"),
        ("agents/bad.yaml:2:1", "schema"),
    ]


def test_an_agent_file_below_a_root_that_cannot_be_read_is_not_called_checked(run: Run, project: Path) -> None:
    (project / "text2llm.yaml").write_text("a: [")
    done = run("validate", "agents/coder.yaml")
    assert done.code == 0
    assert done.out == (
        "agents/coder.yaml:1:1: warning include: checked by itself only: text2llm.yaml cannot be read\n"
        "  hint: run `text2llm validate text2llm.yaml`\n"
    )


@pytest.mark.parametrize("beside", [(), ("text2llm.yaml",), ("agents/bad.yaml",)])
def test_an_agent_file_beside_a_broken_one_is_not_called_good(run: Run, project: Path, beside: tuple[str, ...]) -> None:
    (project / "agents" / "bad.yaml").write_text("id: bad\nmodle: x\n")
    assert findings(run("validate", "--json", "agents/coder.yaml", *beside).out) == [("agents/bad.yaml:2:1", "schema")]


def test_two_agent_files_of_one_id_are_an_error_whichever_is_named(run: Run, project: Path) -> None:
    (project / "agents" / "a-first.yaml").write_text("id: Coder\n")
    for name in ("a-first", "coder"):
        done = run("validate", f"agents/{name}.yaml")
        assert (done.code, "the agent 'coder' is also defined at agents/a-first.yaml:1:5" in done.out) == (1, True)


def test_a_config_that_is_named_must_exist(run: Run, project: Path) -> None:
    done = run("validate", "--json", "--config", "nope.yaml", "agents/coder.yaml")
    assert (done.code, json.loads(done.out)["error"]["message"]) == (1, "nope.yaml: no such file")


def test_a_schema_error_of_an_included_file_is_reported_once(run: Run, project: Path) -> None:
    (project / "agents" / "bad.yaml").write_text("id: bad\nmodle: x\n")
    for files in ((), ("text2llm.yaml",), ("agents/bad.yaml",), ("text2llm.yaml", "agents/bad.yaml")):
        assert findings(run("validate", "--json", *files).out) == [("agents/bad.yaml:2:1", "schema")]


def test_a_file_that_cannot_be_read_does_not_stop_the_others(run: Run, project: Path) -> None:
    (project / "broken.yaml").write_text("version: 1\nversion: 1\n")
    (project / "folder.yaml").mkdir()
    done = run("validate", "--json", "missing.yaml", "broken.yaml", "folder.yaml", "agents/bad.yaml")
    assert done.code == 1
    assert findings(done.out) == [
        ("agents/bad.yaml:2:8", "bare-reference"),
        ("broken.yaml:2:1", "syntax"),
        ("folder.yaml:1:1", "unreadable"),
        ("missing.yaml:1:1", "unreadable"),
    ]
    assert json.loads(done.out)["files"] == 3


def test_an_included_file_that_cannot_be_read_is_a_finding_beside_the_roots_own(run: Run, project: Path) -> None:
    (project / "text2llm.yaml").write_text(ROOT + f"# {KEY}\n")
    (project / "agents" / "bad.yaml").write_text("id: [\n")
    shown = findings(run("validate", "--json").out)
    assert shown == [("agents/bad.yaml:2:1", "syntax"), ("text2llm.yaml:4:3", "secret-in-config")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("services: {}\n", "this is not a type of file that text2llm knows"),
        ('{"version": 1, "profiles": {"a": {"type": "api_key", "key": "hunter2"}}}', "this is a credential store"),
    ],
)
def test_a_file_of_no_known_kind_is_an_error(run: Run, tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "x.yaml").write_text(text)
    done = run("validate", "x.yaml")
    assert done.code == 1
    assert done.out.startswith(f"x.yaml:1:1: error unknown-kind: {message}")
    assert "hunter2" not in done.out + done.err


def test_a_file_called_text2llm_yaml_is_a_config_whatever_it_holds(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text2llm.yaml").write_text("")
    assert findings(run("validate", "--json", "text2llm.yaml").out) == [("text2llm.yaml:1:1", "schema")]


def test_standard_input(run: Run) -> None:
    done = run("validate", "-", stdin="version: 1\nagents: 3\n")
    assert done.code == 1
    assert done.out.splitlines() == ["<stdin>:2:9: error schema: 'agents': expected a map, got a whole number"]
    assert run("validate", "-", stdin="a: [").out.startswith("<stdin>:")


def test_a_file_named_twice_is_checked_once(run: Run, project: Path) -> None:
    assert json.loads(run("validate", "--json", "text2llm.yaml", "./text2llm.yaml").out)["files"] == 3


def test_many_files_in_one_run(run: Run, tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"c{number:02}.yaml").write_text("version: 1\nx: 1\n")
    done = run("validate", "--json", *[f"c{number:02}.yaml" for number in range(30)])
    assert [place for place, _ in findings(done.out)] == [f"c{number:02}.yaml:2:1" for number in range(30)]


def test_no_secret_reaches_any_output(run: Run, tmp_path: Path) -> None:
    text = f"version: 1\n{KEY}: {KEY}\nmodels: {{providers: {{lab: {{apiKey: hunter2, baseUrl: '{KEY}'}}}}}}\n"
    text += f"agents: {{defaults: {{model: {KEY}, provider: {KEY}}}}}\n"
    (tmp_path / "text2llm.yaml").write_text(text)
    for arguments in (("validate",), ("validate", "--json")):
        done = run(*arguments)
        assert done.code == 1
        assert "hunter2" not in done.out + done.err
        assert KEY[10:20] not in done.out + done.err


def test_usage_errors_are_64(run: Run) -> None:
    assert run("validate", "--format", "yaml").code == 64


def on_terminal(directory: Path, *arguments: str, **environ: str) -> str:
    """What the program prints when its standard output is a terminal."""
    master, slave = pty.openpty()
    program = "from text2llm.cli.main import run; run()"
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        cwd=directory,
        stdout=slave,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TERM": "xterm", **environ},
    )
    os.close(slave)
    pieces = []
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:  # Linux: the other end is closed
            break
        if not piece:
            break
        pieces.append(piece)
    process.wait()
    os.close(master)
    return b"".join(pieces).decode().replace("\r\n", "\n")


def test_on_a_terminal_the_line_is_shown_with_a_caret(tmp_path: Path) -> None:
    (tmp_path / "text2llm.yaml").write_text("version: 1\nx: {apiKey: hunter2} # \n")
    (tmp_path / "broken.yaml").write_text("version: 1\na: 1\na: 2\n")
    shown = on_terminal(tmp_path, "validate", "text2llm.yaml", "broken.yaml", NO_COLOR="1")
    assert "    2 | x: {apiKey: [secret]} #\n      | ^\n" in shown
    assert "    3 | a: 2\n      | ^\n" in shown
    assert "hunter2" not in shown
    assert "\x1b" not in shown
    assert "\x1b[31merror\x1b[0m" in on_terminal(tmp_path, "validate")


def test_a_credential_store_is_never_shown(tmp_path: Path) -> None:
    (tmp_path / "auth-profiles.json").write_text('{"version": 1,\n"x": "hunter2"')
    shown = on_terminal(tmp_path, "validate", "auth-profiles.json")
    assert "syntax" in shown
    assert "hunter2" not in shown


def test_a_large_hostile_file_takes_seconds_and_not_minutes(run: Run, tmp_path: Path) -> None:
    lines = "".join(f"      zzz{number}/m: {{alias: a}}\n" for number in range(18_000))
    (tmp_path / "text2llm.yaml").write_text(f"version: 1\nagents:\n  defaults:\n    models:\n{lines}")
    started = time.process_time()
    shown: dict[str, Any] = json.loads(run("validate", "--json").out)
    assert time.process_time() - started < SECONDS
    assert shown["errors"] == 100


def test_findings_that_are_left_out_are_told(run: Run, tmp_path: Path) -> None:
    names = "".join(f"      openai/m{number}: {{}}\n" for number in range(150))
    (tmp_path / "text2llm.yaml").write_text(
        f"version: 1\nagents:\n  defaults:\n    models:\n{names}"
        "models: {providers: {lab: {api: openai-completions, baseUrl: https://lab.example/v1, apiKey: hunter2}}}\n"
    )
    done = run("validate", "text2llm.yaml")
    assert done.code == 1
    assert done.out.count(": warning ") == 99
    assert done.out.count(": error secret-in-config: ") == 1
    assert done.err.endswith("note: text2llm.yaml: 100 findings are shown; there may be more\n")


def test_a_comment_does_not_tell_the_credential_that_it_names(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text2llm.yaml").write_text(
        "version: 1\n"
        "models: {providers: {lab: {api: openai-completions, baseUrl: https://lab.example/v1, apiKey: hunter2}}}\n"
        "# text2llm: ignore[hunter2] why\n"
    )
    done = run("validate", "text2llm.yaml", "--json")
    assert "invalid-ignore" in done.out
    assert "hunter2" not in done.out + done.err


def test_known_only_asks_the_configurations_which_files_matter(run: Run, tmp_path: Path) -> None:
    for name in (".git", "agents", "charts", "inner/bots"):
        (tmp_path / name).mkdir(parents=True)
    root = "version: 1\ninclude: [{}/*.yaml]\nagents: {{defaults: {{model: anthropic/claude-opus-4-5}}}}\n"
    (tmp_path / "text2llm.yaml").write_text(root.format("agents"))
    (tmp_path / "inner" / "text2llm.yaml").write_text(root.format("bots"))
    (tmp_path / "agents" / "coder.yaml").write_text("id: coder\nmodle: a/b\n")
    (tmp_path / "inner" / "bots" / "bot.yaml").write_text("id: bot\n\tmodel: a/b\n")
    for name in ("agents.yaml", "charts/values.yaml"):
        (tmp_path / name).write_text("version: 1\nnothing: {of: ours}\n--- {}\n")
    names = ("agents.yaml", "charts/values.yaml", "agents/coder.yaml", "inner/bots/bot.yaml")
    done = run("validate", "--known-only", "--json", *names)
    assert [(each["rule"], each["path"]) for each in json.loads(done.out)["findings"]] == [
        ("schema", "agents/coder.yaml"),
        ("syntax", "inner/bots/bot.yaml"),
    ]
    assert run("validate", "--known-only", *names[:2]).err == "0 files checked: no errors, no warnings\n"
    assert run("validate", "--known-only", "text2llm.yaml").code == 1
    (tmp_path / "text2llm.yaml").write_text("a: [")
    assert run("validate", "--known-only", "agents/coder.yaml").code == 0
    assert run("validate", "--known-only", "--secrets-only", "agents.yaml").code == 64


@pytest.mark.parametrize("roots", [["text2llm.staging.yaml"], ["text2llm.yaml", "text2llm.staging.yaml"]])
def test_known_only_asks_every_configuration_of_a_name(run: Run, tmp_path: Path, roots: list[str]) -> None:
    Repo(tmp_path)
    (tmp_path / "agents").mkdir()
    for name in roots:
        text = "version: 1\ninclude: [agents/*.yaml]\nagents: {defaults: {model: anthropic/claude-opus-4-5}}\n"
        (tmp_path / name).write_text(text)
    (tmp_path / "agents" / "coder.yaml").write_text("id: coder\nmodel: openai/gpt-5.2\n")
    done = run("validate", "--known-only", "--strict", "agents/coder.yaml")
    assert (done.out, done.err) == ("", f"{len(roots) + 1} files checked: no errors, no warnings\n")
    assert run("validate", "--strict", "agents/coder.yaml").code == 0


def test_secrets_only_looks_into_any_text(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("café\r\nkey sk-ant-api03-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5 # text2llm: ignore\r\n")
    (tmp_path / "values.yaml").write_text("password: hunter2\nversion: 99\n")
    done = run("validate", "--secrets-only", "--json", "notes.txt", "./notes.txt", "values.yaml")
    assert (done.code, findings(done.out)) == (1, [("notes.txt:2:5", "secret-in-config")])
    assert "Zm9v" not in done.out


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_secrets_only_reads_what_other_editors_write(run: Run, tmp_path: Path, encoding: str) -> None:
    (tmp_path / "notes.txt").write_text("one\nsk-ant-api03-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5\n", encoding=encoding)
    done = run("validate", "--secrets-only", "notes.txt")
    assert (done.code, done.out.startswith("notes.txt:2:1: error secret-in-config")) == (1, True)


@pytest.mark.parametrize("flags", [[], ["--secrets-only"]])
def test_a_pipe_with_a_name_is_refused_and_not_waited_for(run: Run, tmp_path: Path, flags: list[str]) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    done = run("validate", *flags, "pipe.yaml")
    assert (done.code, "pipe.yaml is not a regular file" in done.out) == (1, True)


def test_secrets_only_knows_a_credential_store_by_its_name_and_by_its_content(run: Run, tmp_path: Path) -> None:
    store = {"version": 1, "profiles": {"m:a": {"type": "api_key", "provider": "m", "key": "of-no-form"}}}
    (tmp_path / "auth-profiles.json").write_text("{}")
    (tmp_path / "backup.json").write_text(json.dumps(store))
    (tmp_path / "other.json").write_text('{"profiles": {"dev": {"type": "browser"}, "x": 1}}')
    (tmp_path / "half.json").write_text('{"profiles": ')
    names = ("auth-profiles.json", "backup.json", "other.json", "half.json")
    assert findings(run("validate", "--secrets-only", "--json", *names).out) == [
        ("auth-profiles.json:1:1", "secret-in-config"),
        ("backup.json:1:1", "secret-in-config"),
    ]


def test_a_file_with_the_name_of_standard_input_is_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "<stdin>").write_text("sk-ant-api03-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5\n")
    assert run("validate", "--secrets-only", "<stdin>", stdin="nothing").code == 1


def test_an_included_file_that_is_none_is_told_at_the_include(run: Run, project: Path) -> None:
    os.mkfifo(project / "agents" / "pipe.yaml")
    assert findings(run("validate", "--json").out) == [("text2llm.yaml:2:10", "include")]


def test_secrets_only_says_what_nobody_looked_into(run: Run, tmp_path: Path) -> None:
    (tmp_path / "huge").write_bytes(b"a" * (16 * 1024 * 1024 + 1))
    done = run("validate", "--secrets-only", "huge", "absent")
    assert done.code == 1
    assert "huge:1:1: error unreadable: larger than 16 MiB: not scanned for credentials" in done.out
    assert "absent:1:1: error unreadable: cannot read absent: No such file or directory" in done.out


def test_secrets_only_reads_standard_input(run: Run) -> None:
    assert run("validate", "--secrets-only", "-", stdin="sk-ant-api03-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5").code == 1
    assert run("validate", "--secrets-only", "-", stdin="nothing").code == 0


def test_provider_descriptors_and_scenarios_are_checked_by_their_schemas(run: Run, tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    descriptors = set((root / "text2llm" / "providers" / "descriptors").glob("*.yaml"))
    # The one tells a form of keys that is itself of a key's form; the other has nothing but what settings have, too.
    told = {path for path in descriptors if path.stem == "amazon-bedrock"}
    files = [*(descriptors - told), *(root / "fixtures" / "scenarios").glob("[!s]*.yaml")]
    assert len(files) > 40
    done = run("validate", "--strict", *map(str, files))
    assert (done.code, done.out) == (0, "")
    (tmp_path / "p.yaml").write_text("id: lab\nbaseUrl: https://llm.example.com\n")
    (tmp_path / "s.yaml").write_text("answers: [{key: sandbox-x, plays: nonsense, hwen: 1}]\n")
    assert {rule for _, rule in findings(run("validate", "--json", "p.yaml", "s.yaml").out)} == {"schema"}


def test_a_pattern_that_no_file_matches_is_told(run: Run, project: Path) -> None:
    (project / "text2llm.yaml").write_text("version: 1\ninclude: [agent/*.yaml]\n")
    done = run("validate", "--strict")
    assert (done.code, done.out.splitlines()[0]) == (
        1,
        "text2llm.yaml:2:11: warning include: no file is called agent/*.yaml",
    )


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("../other/*.yaml", "an include leads out of the repository"),
        ("../other/a.yaml", "an include leads out of the repository"),
        ("sub/*.yaml", "an include leads into another repository, whose files no review of this one shows"),
        ("sub/a.yaml", "an include leads into another repository, whose files no review of this one shows"),
        ("sub/b.yaml", "an include leads into another repository, whose files no review of this one shows"),
        ("s*/a.yaml", "an include leads into another repository, whose files no review of this one shows"),
    ],
)
def test_an_include_stays_in_its_repository_whether_there_is_a_file_or_not(
    run: Run, project: Path, pattern: str, said: str
) -> None:
    (project / "sub" / ".git").mkdir(parents=True)
    (project / "sub" / "a.yaml").write_text("id: a\n")
    (project / "text2llm.yaml").write_text(f"version: 1\ninclude: ['{pattern}']\n")
    done = run("validate")
    assert (done.code, done.out.splitlines()[0]) == (1, f"text2llm.yaml:2:11: error include: {said}")
