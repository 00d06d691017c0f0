"""``text2llm diff`` on real repositories."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from tests.cli.test_output_schemas import obey
from tests.git.repository import CONFIG, Repo
from tests.running import Run

SECRET = "sk-proj-" + "a1B2c3D4" * 8


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path)


def lines(text: str) -> list[str]:
    """The lines of the report that tell a change."""
    return [re.sub(" +", " ", line) for line in text.splitlines() if re.match("danger|warning|change", line)]


def test_head_is_compared_with_the_working_tree(run: Run, repo: Repo) -> None:
    repo.write(text2llm=CONFIG % "x/a")
    repo.commit()
    repo.write(text2llm=CONFIG % "x/b")
    done = run("diff")
    assert done.code == 0
    assert re.fullmatch(
        r"text2llm\.yaml: HEAD \([0-9a-f]{10}\) → working tree\n1 change\n"
        r"change   default model: x/a → x/b\n         at HEAD:text2llm.yaml:2 → text2llm.yaml:2\n",
        done.out,
    )


@pytest.mark.parametrize("flag", ["--staged", "--cached"])
def test_what_would_be_committed_is_compared(run: Run, repo: Repo, flag: str) -> None:
    root = "version: 1\ninclude: [agents/*.yaml]\n"
    repo.write(conf__text2llm=root, conf__agents__a="id: a\nmodel: x/a\n", conf__agents__b="id: b\nmodel: x/a\n")
    repo.commit()
    repo.write(conf__agents__a="id: a\nmodel: x/b\n")
    repo.git("add", "--all")
    repo.write(conf__agents__a="id: a\nmodel: x/c\n", conf__agents__b="id: b\nmodel: x/c\n")
    done = run("diff", flag, "--config", "conf/text2llm.yaml")
    assert "→ index\n" in done.out
    assert lines(done.out) == ["change agent a model: x/a → x/b"]
    assert "at HEAD:conf/agents/a.yaml:2 → index:conf/agents/a.yaml:2\n" in done.out


def leave_unresolved(repo: Repo, path: str) -> None:
    entry = repo.git("ls-files", "--stage", path)
    repo.git("update-index", "--force-remove", path)
    repo.git("update-index", "--index-info", stdin=f"{entry.replace(' 0', ' 2')}\n".encode())


def test_a_merge_that_nobody_resolved_cannot_be_compared(run: Run, repo: Repo) -> None:
    repo.write(text2llm=CONFIG % "x/a")
    repo.commit()
    leave_unresolved(repo, "text2llm.yaml")
    done = run("diff", "--staged")
    assert (done.code, done.err.splitlines()[0]) == (
        1,
        "error: the index has an unresolved merge of the configuration",
    )


def test_a_merge_of_another_file_is_none_of_its_business(run: Run, repo: Repo) -> None:
    repo.write(text2llm=CONFIG % "x/a", other="x")
    repo.commit()
    leave_unresolved(repo, "other.yaml")
    repo.write(text2llm=CONFIG % "x/b")
    repo.git("add", "text2llm.yaml")
    assert lines(run("diff", "--staged").out) == ["change default model: x/a → x/b"]


def test_what_is_only_announced_is_not_in_the_index(run: Run, repo: Repo) -> None:
    repo.commit()
    repo.write(text2llm=CONFIG % "x/a")
    repo.git("add", "--intent-to-add", "text2llm.yaml")
    done = run("diff", "--staged")
    assert (done.code, done.err.splitlines()[0]) == (1, "error: text2llm.yaml is neither at HEAD nor in the index")


@pytest.mark.parametrize("arguments", [["--all"], ["text2llm.yaml"]])
def test_a_hook_compares_what_is_being_committed(run: Run, repo: Repo, arguments: list[str]) -> None:
    repo.write(text2llm=CONFIG % "x/a")
    repo.commit()
    repo.write(text2llm=CONFIG % "x/b")
    hook = repo.path / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\nexec {sys.executable} -m text2llm diff --staged >told\n")
    hook.chmod(0o755)
    repo.git("commit", "--quiet", "--message", "x", *arguments)
    assert lines((repo.path / "told").read_text()) == ["change default model: x/a → x/b"]


def test_an_index_that_is_broken_is_told(run: Run, repo: Repo) -> None:
    repo.write(text2llm=CONFIG % "x/a")
    repo.commit()
    (repo.path / ".git" / "index").write_bytes(b"no index")
    done = run("diff", "--staged")
    assert (done.code, done.err.splitlines()[0]) == (1, "error: git's index cannot be read")


def test_the_index_is_compared_with_one_revision(run: Run, repo: Repo) -> None:
    repo.write(text2llm=CONFIG % "x/a")
    repo.commit()
    assert run("diff", "--staged", "HEAD", "HEAD").code == 64
    assert run("diff", "--staged", "HEAD..HEAD").code == 64


def test_a_place_in_the_working_tree_is_told_from_the_top_of_the_repository(
    run: Run, repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.write(text2llm=CONFIG % "x/a", sub__other="a: 1\n")
    repo.commit()
    repo.write(text2llm=CONFIG % "x/b")
    monkeypatch.chdir(repo.path / "sub")
    assert "at HEAD:text2llm.yaml:2 → text2llm.yaml:2\n" in run("diff").out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["HEAD~1"], "x/a → x/c"),
        (["HEAD~1", "HEAD"], "x/a → x/b"),
        (["HEAD~1..HEAD"], "x/a → x/b"),
        (["HEAD~1.."], "x/a → x/b"),
        (["..HEAD~1"], "x/b → x/a"),
        (["main", "side"], "x/b → x/s"),
        (["main...side"], "x/a → x/s"),
        (["v1"], "x/a → x/c"),
        (["--", "HEAD"], "x/b → x/c"),
    ],
)
def test_revisions_are_named_as_in_git(run: Run, repo: Repo, arguments: list[str], told: str) -> None:
    repo.write(text2llm=CONFIG % "x/a")
    repo.commit()
    repo.git("tag", "--annotate", "--message", "v1", "v1")
    repo.git("checkout", "--quiet", "-b", "side")
    repo.write(text2llm=CONFIG % "x/s")
    repo.commit()
    repo.git("checkout", "--quiet", "main")
    repo.write(text2llm=CONFIG % "x/b")
    repo.commit()
    repo.write(text2llm=CONFIG % "x/c")
    assert lines(run("diff", *arguments).out) == [f"change default model: {told}"]


def test_where_two_lines_of_history_part_is_called_so(run: Run, repo: Repo) -> None:
    repo.write(text2llm=CONFIG % "x/a")
    base = repo.commit()[:10]
    repo.git("checkout", "--quiet", "-b", "side")
    repo.write(text2llm=CONFIG % "x/s")
    side = repo.commit()[:10]
    repo.git("checkout", "--quiet", "main")
    repo.write(text2llm=CONFIG % "x/b")
    repo.commit()
    told = run("diff", "main...side").out.splitlines()
    assert told[0] == f"text2llm.yaml: merge base of main and side ({base}) → side ({side})"
    assert told[-1].strip().startswith(f"at {base}:text2llm.yaml:")


@pytest.mark.parametrize("arguments", [["a", "b", "c"], ["a..b", "c"], ["a", "b..c"]])
def test_more_than_two_revisions_are_wrong_usage(run: Run, repo: Repo, arguments: list[str]) -> None:
    done = run("diff", *arguments)
    assert done.code == 64
    assert "give one revision, two, or a range" in done.err
    assert repo.path.exists()


def test_another_spelling_is_no_change_in_meaning(run: Run, repo: Repo) -> None:
    repo.write(text2llm=CONFIG % "anthropic/claude-opus-4-5")
    repo.commit()
    repo.write(text2llm="# new\r\nversion: 1\r\nagents:\r\n  defaults:\r\n    model: {primary: anthropic/opus-4.5}\r\n")
    assert run("diff", "--exit-code").out.splitlines()[1:] == ["no change in meaning"]
    assert run("diff", "--exit-code").code == 0
    assert run("diff", "--format", "markdown").out.endswith("\n\nNo change in meaning.\n")
    assert json.loads(run("diff", "--json").out)["changed"] is False


def test_exit_code_tells_a_change(run: Run, repo: Repo) -> None:
    repo.write(text2llm=CONFIG % "x/a")
    repo.commit()
    repo.write(text2llm=CONFIG % "x/b")
    assert (run("diff").code, run("diff", "--exit-code").code) == (0, 1)


@pytest.mark.parametrize(
    ("before", "after", "codes"),
    [
        ("", "", (0, 0, 0)),
        ("", "agents: {defaults: {model: x/b}}\n", (0, 0, 1)),
        ("", "rules: {unknown-model: off}\n", (0, 1, 1)),
        ("policy: {context: 9}\n", "", (1, 1, 1)),
    ],
)
def test_fail_on_fails_for_a_change_of_that_level_or_worse(
    run: Run, repo: Repo, before: str, after: str, codes: tuple[int, int, int]
) -> None:
    repo.write(text2llm=f"version: 1\n{before}")
    repo.commit()
    repo.write(text2llm=f"version: 1\n{after}")
    assert tuple(run("diff", "--fail-on", level).code for level in ("danger", "warning", "change")) == codes


def test_agent_files_are_those_of_each_side(run: Run, repo: Repo) -> None:
    repo.write(text2llm="version: 1\ninclude: [agents/*.yaml]\n", agents__ops="id: ops\nmodel: x/a\n")
    repo.write(agents__gone="id: gone\nmodel: x/g\n")
    repo.commit()
    repo.git("rm", "--quiet", "agents/gone.yaml")
    repo.write(agents__ops="id: ops\nmodel: x/b\n", agents__new="id: new\nmodel: x/n\n")
    done = run("diff")
    assert lines(done.out) == [
        "change agent new added: model x/n",
        "change agent gone removed: model x/g",
        "change agent ops model: x/a → x/b",
    ]
    assert "at HEAD:agents/ops.yaml:2 → agents/ops.yaml:2" in done.out


def test_the_agents_that_inherit_a_change_are_told(run: Run, repo: Repo) -> None:
    text = "version: 1\nagents: {defaults: {model: x/a}, entries: {ops: {}, dev: {model: x/a}}}\n"
    repo.write(text2llm=text)
    repo.commit()
    repo.write(text2llm=text.replace("x/a}", "x/b}", 1) + "auth: {order: {zai: []}}\n")
    shown = run("diff").out.splitlines()[3:]
    assert shown == [
        "warning  auth order of zai: not set → none",
        "change   default model: x/a → x/b",
        "         inherited by ops",
        "         at HEAD:text2llm.yaml:2 → text2llm.yaml:2",
    ]


def test_what_a_model_costs_comes_from_the_catalog(run: Run, repo: Repo) -> None:
    repo.write(text2llm=CONFIG % "anthropic/claude-opus-4-5")
    repo.commit()
    repo.write(text2llm=CONFIG % "anthropic/claude-haiku-4-5")
    out = run("diff").out
    assert re.search(r"\n +input price: \$[0-9.]+ → \$[0-9.]+ per million tokens\n +output price: \$", out)


def test_one_agent_is_asked_for(run: Run, repo: Repo) -> None:
    text = "version: 1\nagents: {defaults: {model: x/a}, entries: {ops: {}, dev: {model: x/d}}}\n"
    repo.write(text2llm=text)
    repo.commit()
    repo.write(text2llm=text.replace("x/a", "x/b").replace("x/d", "x/e"))
    assert lines(run("diff", "--agent", "OPS").out) == ["change agent ops model: x/a (inherited) → x/b (inherited)"]
    done = run("diff", "--agent", "nobody")
    assert (done.code, done.err) == (
        1,
        "error: there is no agent 'nobody' on either side\nhint: known agents: main, ops, dev\n",
    )


def test_a_configuration_that_comes_goes_or_moves(run: Run, repo: Repo) -> None:
    repo.commit("empty")
    repo.write(conf__text2llm=CONFIG % "x/a")
    assert "new configuration" in run("diff", "--config", "conf/text2llm.yaml").out
    repo.commit("added")
    repo.git("mv", "conf/text2llm.yaml", "text2llm.yaml")
    assert "new configuration" in run("diff").out
    assert lines(run("diff", "--config", "conf/text2llm.yaml").out)[0] == "warning configuration removed"
    repo.commit("moved")
    (repo.path / "text2llm.yaml").unlink()
    assert lines(run("diff").out)[0] == "warning configuration removed"


def test_a_configuration_that_is_gone_is_found_above(run: Run, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write(text2llm=CONFIG % "x/a", deep__other="x: 1")
    repo.commit()
    (repo.path / "text2llm.yaml").unlink()
    monkeypatch.chdir(repo.path / "deep")
    done = run("diff")
    assert lines(done.out)[0] == "warning configuration removed"
    assert done.out.startswith("text2llm.yaml: HEAD")


def test_a_configuration_that_is_nowhere_is_told(run: Run, repo: Repo) -> None:
    repo.commit()
    done = run("diff")
    assert done.code == 1
    assert done.err.startswith("error: text2llm.yaml is neither at HEAD nor in the working tree\n")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("version: 1\nx: 1\n", CONFIG % "x/a", "HEAD:text2llm.yaml:2:1: the configuration at HEAD is not valid: "),
        (CONFIG % "x/a", "version: 1\nx: 1\n", "text2llm.yaml:2:1: the configuration in the working tree is not valid"),
        ("a: [\n", CONFIG % "x/a", "HEAD:text2llm.yaml:2:1: the configuration at HEAD: "),
        (CONFIG % "x/a", "a: [\n", "text2llm.yaml:2:1: the configuration in the working tree: "),
    ],
)
def test_a_side_that_is_not_valid_is_named(run: Run, repo: Repo, before: str, after: str, message: str) -> None:
    repo.write(text2llm=before)
    repo.commit()
    repo.write(text2llm=after)
    done = run("diff")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"error: {message}")
    assert "\nhint: " in done.err


def test_outside_a_repository_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text2llm.yaml").write_text(CONFIG % "x/a")
    done = run("diff")
    assert done.code == 1
    assert "is not inside a git repository\nhint: run it inside one" in done.err
    obey("outputs/error", run("diff", "--json").out)


def test_an_option_is_no_revision(run: Run, repo: Repo) -> None:
    repo.write(text2llm=CONFIG % "x/a")
    repo.commit()
    assert run("diff", "--output=x").code == 64
    done = run("diff", "--", "--output=x")
    assert (done.code, done.err.splitlines()[0]) == (1, "error: '--output=x' is not a valid revision")
    assert [path.name for path in repo.path.iterdir()] == [".git", "text2llm.yaml"]


HOSTILE = (
    "www.evil.example/x",
    "a/@team",
    "a/https://evil.example",
    "a/<img/src=x>",
    "a/[x](http://e.example)",
    "a/#12",
    "a/GH-12",
    "a/!7",
    "a/$7",
    "a/`x`|y",
    "a/::error::x",
    "a/##vso[x]",
    "a/~b~%2",
)


@pytest.mark.parametrize("model", HOSTILE)
def test_no_name_of_a_model_acts_in_markdown(run: Run, repo: Repo, model: str) -> None:
    repo.write(text2llm=CONFIG % "x/a")
    repo.commit()
    repo.write(text2llm=CONFIG % json.dumps(model))
    (row,) = [line for line in run("diff", "--format", "markdown").out.splitlines() if "default model" in line]
    assert len(re.findall(r"(?<!\\)\|", row)) == 5
    plain = re.sub(r"\\[\\`*_{}\[\]()#+!|<>~$:@&]", "", row)
    assert not re.search(r"www\.|@\w|://|<|#\d|GH-\d|`|\]\(", plain)
    assert not re.search(r"[!$%~&]\w", row)


def test_no_name_of_a_model_acts_in_a_log(run: Run, repo: Repo) -> None:
    repo.write(text2llm=CONFIG % "x/a")
    repo.commit()
    repo.write(text2llm=CONFIG % json.dumps("a/##vso[task]"), keep="x: 1")
    assert "##vso[" not in run("diff").out
    assert "##vso[" not in run("diff", "--json").out


LITERALS = """version: 1
agents: {defaults: {model: lab/SECRET}}
models:
  providers:
    lab:
      baseUrl: https://h.example
      apiKey: SECRET
      headers: {X-Key: SECRET, X-Plain: x-SECRET-x}
      models: [{id: m, name: SECRET}]
auth: {profiles: {"lab:SECRET": {provider: lab, mode: api_key, email: SECRET}}}
probe: {} # SECRET text2llm: ignore[x] SECRET
"""


@pytest.mark.parametrize("secret", [SECRET, "hunter2-hunter2", "Zq9Lk2mN8pQ4rT6vX1yB3c"])
@pytest.mark.parametrize("layout", ["text", "json", "markdown"])
def test_no_literal_credential_of_an_old_revision_is_shown(run: Run, repo: Repo, secret: str, layout: str) -> None:
    repo.write(text2llm=LITERALS.replace("SECRET", secret))
    repo.commit()
    repo.write(text2llm=LITERALS.replace("SECRET", secret[::-1]))
    done = run("diff", "--format", layout)
    assert done.code == 0
    assert secret not in done.out
    assert secret[::-1] not in done.out
    assert "value hidden" in done.out


@pytest.mark.parametrize("arguments", [[], ["--agent", "main"], ["HEAD"]])
def test_json_obeys_its_schema(run: Run, repo: Repo, arguments: list[str]) -> None:
    root = Path(__file__).parents[2] / "fixtures" / "configs" / "valid" / "everything.yaml"
    repo.write(text2llm=CONFIG % "anthropic/claude-opus-4-5")
    commit = repo.commit()
    repo.write(text2llm=root.read_text())
    out = run("diff", *arguments, "--json").out
    obey("outputs/diff", out)
    found = json.loads(out)
    assert found["before"] == {"name": "HEAD", "commit": commit, "present": True}
    assert found["after"] == {"name": "working tree", "commit": None, "present": True}
    assert found["changed"]


def test_dangers_come_first(run: Run, repo: Repo) -> None:
    lab = "version: 1\nmodels: {providers: {lab: {baseUrl: 'https://%s.example', apiKey: '${LAB}'}}}\n"
    repo.write(text2llm=lab % "one")
    repo.commit()
    repo.write(text2llm=lab % "two" + "agents: {defaults: {model: lab/m, modelPolicy: {allow: [lab/*]}}}\n")
    moved = "origin changed, requests and credentials would be sent elsewhere"
    assert lines(run("diff").out) == [
        f"danger provider lab: {moved}: https://one.example → https://two.example",
        "change default model: not set → lab/m",
        "change policy narrowed to lab/* (before: every model)",
    ]


def test_a_long_comment_is_cut(run: Run, repo: Repo) -> None:
    models = ", ".join(f"x/m{number}: {{alias: a{number}}}" for number in range(120))
    repo.write(text2llm="version: 1\n")
    repo.commit()
    repo.write(text2llm=f"version: 1\nagents: {{defaults: {{models: {{{models}}}}}}}\n")
    out = run("diff", "--format", "markdown").out
    assert out.count("\n| change |") == 100
    assert out.endswith("\nand 20 more: run `text2llm diff`\n")


def test_a_variable_names_a_configuration_that_is_gone(run: Run, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write(other=CONFIG % "x/a")
    repo.commit()
    (repo.path / "other.yaml").unlink()
    monkeypatch.setenv("TEXT2LLM_CONFIG", "other.yaml")
    assert lines(run("diff").out)[0] == "warning configuration removed"
    monkeypatch.setenv("TEXT2LLM_CONFIG", "no/such/folder/other.yaml")
    assert run("diff").err.startswith("error: no/such/folder/other.yaml is neither at HEAD")
