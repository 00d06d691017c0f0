"""``validate --fix`` on the command line: what is shown, written and left, in every format."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.report.sarif_schema import assert_sarif
from tests.running import Run
from text2llm.edit import pipeline
from text2llm.errors import WriteError
from text2llm.storage import atomic

BROKEN = "version: 1\nagents: {defaults: {model: {primry: openai/gpt-5.2}}}  # mine\n"
FIXED = BROKEN.replace("primry", "primary")
AGENT = "id: x\nmodle: openai/gpt-5.2\n"
NAMED = "version: 1\nagents: {defaults: {model: anthropic/claude-opus-4.5}}\n"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "text2llm.yaml").write_text(BROKEN)
    return tmp_path


def test_fix_shows_the_diff_writes_and_reports_what_is_left(run: Run, here: Path) -> None:
    done = run("validate", "--fix")
    assert (done.code, (here / "text2llm.yaml").read_text()) == (0, FIXED)
    assert "\n-agents: {defaults: {model: {primry:" in done.out
    assert done.err == "fixed 1 finding in 1 file\n1 file checked: no errors, no warnings\n"
    assert run("validate", "--fix").err.startswith("nothing to fix\n")


def test_dry_run_only_shows_it_and_has_the_exit_code_that_a_fix_would_have(run: Run, here: Path) -> None:
    done = run("validate", "--fix", "--dry-run")
    assert (done.code, (here / "text2llm.yaml").read_text()) == (0, BROKEN)
    assert "\n+agents: {defaults: {model: {primary:" in done.out
    assert done.err.startswith("would fix 1 finding in 1 file\n")
    (here / "text2llm.yaml").write_text(f"{BROKEN}zzz: 1\n")
    assert run("validate", "--fix", "--dry-run").code == 1


def test_what_can_be_fixed_is_marked(run: Run, here: Path) -> None:
    done = run("validate")
    assert "error schema: [*] unknown key 'primry'\n" in done.out
    assert done.err.endswith("[*] 1 fixable with --fix\n")
    (here / "named.yaml").write_text(NAMED)
    done = run("validate", "text2llm.yaml", "named.yaml")
    assert done.err.endswith("[*] 1 fixable with --fix, 1 more fixable with --fix unknown-model\n")
    assert run("validate", "named.yaml").err.endswith("\n1 fixable with --fix unknown-model\n")


def test_other_fixes_are_made_by_name_alone(run: Run, here: Path) -> None:
    (here / "text2llm.yaml").write_text(NAMED)
    assert run("validate", "--fix").err.startswith("nothing to fix\n")
    assert run("validate", "--fix", "unknown-model").code == 0
    assert (here / "text2llm.yaml").read_text() == NAMED.replace("4.5", "4-5")
    (here / "text2llm.yaml").write_text(BROKEN)
    assert run("validate", "--fix", "unknown-model", "--fix", "unknown-role").code == 1
    assert run("validate", "--fix=schema").code == 0


def test_a_value_that_is_no_rule_is_a_file(run: Run, here: Path) -> None:
    (here / "other.yaml").write_text(BROKEN)
    (here / "third").mkdir()
    (here / "third" / "text2llm.yaml").write_text(BROKEN)
    assert run("validate", "--fix", "other.yaml", "third").code == 0
    texts = [(here / name).read_text() for name in ("text2llm.yaml", "other.yaml", "third/text2llm.yaml")]
    assert texts == [BROKEN, FIXED, FIXED]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--fix", "unknown-modle"), "did you mean 'unknown-model'?"),
        (("--fix", "alias-collision"), "no finding of alias-collision has a fix"),
        (("--fix", "--", "-"), "'-' is standard input"),
        (("--fix", "-"), "'-' is standard input"),
        (("--fix", "--secrets-only"), "has nothing to fix"),
        (("--dry-run",), "--dry-run needs --fix"),
        (("--all", "x.yaml"), "--all is every configuration of the repository"),
        (("--all",), "this is none"),
        (("--fix", "--report", "json=text2llm.yaml"), "is a file that is checked"),
    ],
)
def test_misuse_is_a_usage_error_and_changes_nothing(
    run: Run, here: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = run("validate", *arguments)
    assert (done.code, done.out) == (64, "")
    assert message in done.err
    assert (here / "text2llm.yaml").read_text() == BROKEN


def test_agent_files_are_fixed_too_and_none_is_if_one_has_changed(
    run: Run, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {"text2llm.yaml": f"{BROKEN}include: [agents/x.yaml]\n", "agents/x.yaml": AGENT}
    (here / "agents").mkdir()
    for name, text in texts.items():
        (here / name).write_text(text)

    def refuse(path: str, _limit: int) -> bytes:
        return b"" if path == "text2llm.yaml" else AGENT.encode()

    with monkeypatch.context() as context:
        context.setattr(pipeline, "read_bytes", refuse)
        done = run("validate", "--fix")
    assert (done.code, {name: (here / name).read_text() for name in texts}) == (1, texts)
    assert "text2llm.yaml changed while this edit was made, so nothing was written" in done.err
    assert run("validate", "--fix", "agents/x.yaml").code == 1
    assert [(here / name).read_text() for name in texts] == [texts["text2llm.yaml"], AGENT.replace("modle", "model")]
    (here / "agents" / "x.yaml").write_text(AGENT)
    assert run("validate", "--fix").code == 0
    assert [(here / name).read_text() for name in texts] == [
        f"{FIXED}include: [agents/x.yaml]\n",
        AGENT.replace("modle", "model"),
    ]


@pytest.mark.parametrize("error", [WriteError("no space left"), None])
def test_a_failure_names_what_was_written_before_it(
    run: Run, here: Path, monkeypatch: pytest.MonkeyPatch, error: WriteError | None
) -> None:
    for name in ("a.yaml", "b.yaml", "c.yaml"):
        (here / name).write_text(BROKEN)
    replace = atomic.replace_file

    def fail(path: str, content: bytes, **options: object) -> None:
        if path == "b.yaml" and error is not None:
            raise error
        if path == "b.yaml":
            (here / "b.yaml").write_text("x: 1\n")
        replace(path, content, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "replace_file", fail)
    done = run("validate", "--fix", "a.yaml", "b.yaml", "c.yaml")
    reason = "it changed meanwhile" if error is None else "no space left"
    assert done.code == 1
    assert f"error: b.yaml was not written ({reason}), but before it a.yaml\n" in done.err
    assert [(here / name).read_text() for name in ("a.yaml", "c.yaml")] == [FIXED, BROKEN]


def test_a_file_that_cannot_be_parsed_is_left_alone(run: Run, here: Path) -> None:
    (here / "text2llm.yaml").write_text("version: [\n")
    assert run("validate", "--fix").code == 1
    assert (here / "text2llm.yaml").read_text() == "version: [\n"


def test_two_configurations_share_an_agent_file(run: Run, here: Path) -> None:
    for name in ("text2llm.yaml", "text2llm.other.yaml"):
        (here / name).write_text(f"{BROKEN}include: [x.yaml]\n")
    (here / "x.yaml").write_text(AGENT)
    assert run("validate", "--fix", "text2llm.yaml", "text2llm.other.yaml").err.startswith(
        "fixed 3 findings in 3 files"
    )
    assert (here / "x.yaml").read_text() == AGENT.replace("modle", "model")


def test_json_says_what_was_fixed_and_what_was_not(run: Run, here: Path) -> None:
    (here / "text2llm.yaml").write_text(BROKEN.replace("model: {", "model: {fallbakcs: x, "))
    done = run("validate", "--fix", "--json")
    document = json.loads(done.out)
    assert (done.code, document["fixes"]["applied"]) == (1, True)
    assert [each["title"] for each in document["fixes"]["made"]] == ["rename the key to 'primary'"]
    (refused,) = document["fixes"]["refused"]
    assert refused["reason"].startswith("it would cause an error: 'fallbacks': expected a list")
    assert document["fixes"]["files"][0]["diff"].startswith("--- text2llm.yaml")
    (left,) = document["findings"]
    assert left["fix"]["safe"] is True
    assert json.loads(run("validate", "--json").out).get("fixes") is None
    assert json.loads(run("validate", "--fix", "--dry-run", "--json").out)["fixes"]["applied"] is False


def apply_edit(text: str, edit: dict[str, object]) -> str:
    """The text with an edit of ``--json`` or, with the same names, of a SARIF fix."""
    lines = text.split("\n")
    offsets = [sum(len(line) + 1 for line in lines[: int(str(edit[key])) - 1]) for key in ("line", "endLine")]
    start, end = (at + int(str(edit[key])) - 1 for at, key in zip(offsets, ("column", "endColumn"), strict=True))
    return text[:start] + str(edit["text"]) + text[end:]


def test_programs_get_the_edit_of_a_fix(run: Run, here: Path) -> None:
    fix = json.loads(run("validate", "--json").out)["findings"][0]["fix"]
    assert apply_edit(BROKEN, fix["edit"]) == FIXED
    log = json.loads(run("validate", "--format", "sarif").out)
    assert_sarif(log)
    (change,) = log["runs"][0]["results"][0]["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "text2llm.yaml"
    (replacement,) = change["replacements"]
    region = replacement["deletedRegion"]
    names = {"line": "startLine", "column": "startColumn", "endLine": "endLine", "endColumn": "endColumn"}
    edit = {ours: region[theirs] for ours, theirs in names.items()}
    assert apply_edit(BROKEN, {**edit, "text": replacement["insertedContent"]["text"]}) == FIXED


def test_other_formats_keep_standard_output_to_themselves(run: Run, here: Path) -> None:
    done = run("validate", "--fix", "--format", "github")
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("--- text2llm.yaml\n")


@pytest.mark.parametrize("name", ["x.yaml", "text2llm.yaml"])
def test_a_hook_fixes_what_it_knows(run: Run, here: Path, name: str) -> None:
    (here / "text2llm.yaml").write_text(f"{BROKEN}include: [x.yaml]\n".replace("primry", "primary"))
    (here / "x.yaml").write_text(AGENT)
    (here / "foreign.yaml").write_text("modle: 1\n")
    assert run("validate", "--known-only", "--strict", "--fix", "--", name, "foreign.yaml").code == 0
    assert (here / "x.yaml").read_text() == AGENT.replace("modle", "model")
    assert (here / "foreign.yaml").read_text() == "modle: 1\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_an_error(run: Run, here: Path) -> None:
    here.chmod(0o500)
    assert run("validate", "--fix").code == 1
    here.chmod(0o700)
    assert (here / "text2llm.yaml").read_text() == BROKEN


def test_an_environment_is_fixed_with_its_configuration(run: Run, here: Path) -> None:
    (here / "text2llm.yaml").write_text(FIXED)
    prod = "version: 1\nenvironment: prod\nagents: {defaults: {model: {fallbakcs: [antropic/claude-opus-4-5]}}}\n"
    (here / "text2llm.prod.yaml").write_text(prod)
    assert run("validate", "--fix").err.startswith("fixed 2 findings in 1 file\n")
    fixed = prod.replace("fallbakcs", "fallbacks").replace("antropic", "anthropic")
    assert (here / "text2llm.prod.yaml").read_text() == fixed
    assert (here / "text2llm.yaml").read_text() == FIXED


@pytest.mark.parametrize("checked", [(), ("--env", "prod")])
def test_no_environment_loses_a_model_by_a_fix_for_another(run: Run, here: Path, checked: tuple[str, ...]) -> None:
    own = "{model: {fallbacks: [openai/gpt-5.2]}}"
    base = f"version: 1\nagents: {{defaults: {{model: google/gemini-2.5-pro}}, entries: {{x: {own}}}}}\n"
    (here / "text2llm.yaml").write_text(base)
    for name, model in (("dev", "anthropic/claude-opus-4-5"), ("prod", "openai/gpt-5.2")):
        layer = f"version: 1\nenvironment: {name}\nagents: {{defaults: {{model: {model}}}}}\n"
        (here / f"text2llm.{name}.yaml").write_text(layer)
    done = run("validate", *checked, "--fix")
    assert "not fixed: text2llm.yaml:2:86: fallback-duplicate: it would change the models" in done.err
    assert (here / "text2llm.yaml").read_text() == base


@pytest.mark.parametrize("options", [(), ("--env", "dev"), ("--env", "prod")])
def test_no_fix_changes_the_models_of_any_environment(run: Run, here: Path, options: tuple[str, ...]) -> None:
    """Under dev the first fallback is the primary again; under prod it is needed."""
    base = "version: 1\nagents: {defaults: {model: {primary: openai/gpt-5.2, fallbacks: [openai/gpt-5.2, opus]}}}\n"
    (here / "text2llm.yaml").write_text(base)
    for name, model in (("dev", "openai/gpt-5.2"), ("prod", "google/gemini-2.5-pro")):
        text = f"version: 1\nenvironment: {name}\nagents: {{defaults: {{model: {model}}}}}\n"
        (here / f"text2llm.{name}.yaml").write_text(text)
    done = run("validate", "--fix", *options)
    assert (here / "text2llm.yaml").read_text() == base
    assert ("it would change the models that an agent uses" in done.err) == (options != ("--env", "prod"))


def test_no_fix_causes_an_error_in_another_environment(run: Run, here: Path) -> None:
    base = "version: 1\nagents: {defaults: {model: openai/gpt5.2}}\n"
    (here / "text2llm.yaml").write_text(base)
    (here / "text2llm.dev.yaml").write_text("version: 1\nenvironment: dev\n")
    strict = "version: 1\nenvironment: prod\npolicy: {models: {deny: [openai/gpt-5.2]}}\n"
    (here / "text2llm.prod.yaml").write_text(strict)
    done = run("validate", "--fix", "unknown-model", "--env", "dev")
    assert "it would cause an error: " in done.err
    assert (here / "text2llm.yaml").read_text() == base
