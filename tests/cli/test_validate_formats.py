"""``validate`` for programs: each format, on standard output and as a report, with and without findings."""

from __future__ import annotations

import json
import os
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.git.repository import Repo
from tests.report.sarif_schema import assert_sarif
from tests.running import Run

BROKEN = "version: 1\nagents: {defaults: {model: {primary: opsu, fallbakcs: []}}}\n"
DOUBTFUL = "version: 1\nagents: {defaults: {model: opsu}}\n"
GOOD = "version: 1\nagents: {defaults: {model: anthropic/claude-opus-4-5}}\n"


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    for name, text in (("broken", BROKEN), ("doubtful", DOUBTFUL), ("good", GOOD)):
        (tmp_path / f"{name}.yaml").write_text(text)


FILES = ("broken.yaml", "doubtful.yaml", "good.yaml")


def test_github_has_a_command_a_finding(run: Run) -> None:
    done = run("validate", "--format", "github", *FILES)
    levels = [line.split(" ")[0] for line in done.out.splitlines()]
    assert (done.code, levels) == (1, ["::error", "::warning"])
    assert done.out.startswith("::error file=broken.yaml,line=2,col=44,title=text2llm%3A schema::unknown key")


def test_code_hosts_know_files_from_the_top_of_the_repository(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Repo(tmp_path)
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "text2llm.yaml").write_text(BROKEN)
    monkeypatch.chdir(tmp_path / "a" / "b")
    assert run("validate", "--format", "github").out.startswith("::error file=a/text2llm.yaml,line=2,")
    (log,) = json.loads(run("validate", "--format", "sarif", "../text2llm.yaml").out)["runs"]
    assert log["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a/text2llm.yaml"
    assert run("validate", "--format", "github", "-", stdin="x").out.startswith("::error file=<stdin>,")


def test_sarif_has_a_result_a_finding(run: Run) -> None:
    done = run("validate", "--format", "sarif", *FILES)
    (log,) = json.loads(done.out)["runs"]
    assert [(each["ruleId"], each["level"]) for each in log["results"]] == [
        ("schema", "error"),
        ("bare-reference", "warning"),
    ]
    place = log["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "broken.yaml"
    assert place["region"] == {"startLine": 2, "startColumn": 44}


def test_junit_fails_for_a_file_that_was_not_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text2llm.yaml").write_text(f"{GOOD}include: [a.yaml]\n")
    (tmp_path / "a.yaml").write_text("id: [\n")
    suites = ET.fromstring(run("validate", "--format", "junit", "text2llm.yaml").out)
    assert (suites.get("failures"), [suite.get("name") for suite in suites]) == ("1", ["text2llm.yaml", "a.yaml"])


@pytest.mark.parametrize(("strict", "counts"), [((), ("1", "1")), (("--strict",), ("2", "0"))])
def test_junit_fails_what_fails_the_command(run: Run, strict: tuple[str, ...], counts: tuple[str, str]) -> None:
    suites = ET.fromstring(run("validate", "--format", "junit", *strict, *FILES).out)
    assert (suites.get("failures"), suites.get("skipped")) == counts
    assert [suite.get("name") for suite in suites] == list(FILES)
    assert [case.get("name") for case in suites.iter("testcase")] == [
        "schema at 2:44",
        "bare-reference at 2:28",
        "no findings",
    ]


def test_a_report_is_never_written_over_a_file_that_is_checked(run: Run, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("good.yaml")
    for path in ("good.yaml", "./good.yaml", "link"):
        done = run("validate", "--report", f"junit={path}", *FILES)
        assert (done.code, done.out) == (64, "")
    assert (tmp_path / "good.yaml").read_text() == GOOD


@pytest.mark.parametrize("root", [GOOD, BROKEN])
@pytest.mark.parametrize("named", ["text2llm.yaml", "a.yaml"])
def test_nor_over_one_that_belongs_to_it(run: Run, tmp_path: Path, root: str, named: str) -> None:
    texts = {"text2llm.yaml": f"{root}include: [a.yaml]\n", "a.yaml": "id: a\n"}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    for path in texts:
        assert run("validate", "--report", f"json={path}", named).code == 64
    assert {name: (tmp_path / name).read_text() for name in texts} == texts


@pytest.mark.skipif(sys.platform == "darwin", reason="the file system of macOS has no such names")
def test_a_file_whose_name_is_not_text_can_be_reported(run: Run, tmp_path: Path) -> None:
    name = os.fsdecode(b"b\xff.yaml")
    (tmp_path / name).write_text(BROKEN)
    (log,) = json.loads(run("validate", "--format", "sarif", name).out)["runs"]
    assert log["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "b%FF.yaml"


def test_reports_are_written_beside_the_text(run: Run, tmp_path: Path) -> None:
    reports = [f"--report={form}={form}.out" for form in ("json", "sarif", "junit")]
    done = run("validate", *reports, *FILES)
    assert done.code == 1
    assert done.out.startswith("broken.yaml:2:44: error schema:")
    for form in ("json", "sarif", "junit"):
        assert (tmp_path / f"{form}.out").read_text() == run("validate", "--format", form, *FILES).out


@pytest.mark.parametrize("form", ["json", "sarif", "junit", "github"])
def test_nothing_found_is_a_document_too(run: Run, form: str) -> None:
    done = run("validate", "--format", form, "good.yaml")
    assert (done.code, done.out == "", done.err) == (0, form == "github", "")


def test_report_that_cannot_be_written_is_a_failure(run: Run, tmp_path: Path) -> None:
    done = run("validate", "--report", "junit=/dev/full", "good.yaml")
    assert done.code == 1
    assert "cannot write /dev/full: it is not a regular file" in done.err
    (tmp_path / "folder").mkdir()
    done = run("validate", "--report", "junit=folder", "good.yaml")
    assert (done.code, done.out) == (64, "")
    assert "--report junit: folder is a directory" in done.err


def test_sarif_obeys_the_official_schema(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a [odd] näme.yaml").write_text(BROKEN)
    assert_sarif(json.loads(run("validate", "--format", "sarif", "a [odd] näme.yaml", *FILES).out))
    assert_sarif(json.loads(run("validate", "--format", "sarif", "good.yaml").out))
