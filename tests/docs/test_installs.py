"""Whatever people copy, or the program tells them to type, installs exactly what a lock says, checked by hashes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.running import Run

ROOT = Path(__file__).parents[2]
# Packages of a system are not among them: its own signatures cover those.
_INSTALLS = re.compile(
    r"(?:\b(?:pip3?|pipx|uvx?|npm|npx|brew|conda|poetry|pdm)\b[^`\n]*?\b(?:install|inject|add|run|sync|upgrade)\b[^`\n]*"
    r"|\b(?:uvx|npx|pipx run)\b[^`\n]*|\b(?:curl|wget)\b[^\n]*\|\s*\w*sh\b"
    r"|additional_dependencies:.*|^ *language: python\b)",
    re.MULTILINE,
)
_LOCKED = re.compile(
    r"pip install .*--require-hashes\b.* --requirement\b"
    r"|pip install .*--no-deps --no-build-isolation\b[^=]* \.$"  # a folder, built by what is installed
    r"|pip install .*--no-deps --only-binary=:all: text2llm=="  # this program alone; a lock has the rest
    r"(?:[^\s,\[{]+|\{\{ source\.version \}\})$"
)
_COPIED = ("*.md", "action.yml", ".pre-commit-hooks.yaml", "docs/**/*", "tools/demo.sh", "tools/hook")
_FILES = [*_COPIED, "text2llm/**/*.j2", "text2llm/**/*.py"]
PAGES = sorted({path for pattern in _FILES for path in ROOT.glob(pattern) if path.is_file()})
SOURCES = [f"git+https://git.example.com/text2llm@{'0' * 40}", "text2llm==0.1.0"]


def find_unlocked(text: str) -> list[str]:
    """The commands that install, of those that no lock decides."""
    found = (match[0].strip() for match in _INSTALLS.finditer(re.sub(r"\\\n\s*", "", text)))
    return [command for command in found if not _LOCKED.search(command)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_page_installs_only_what_is_locked(page: Path) -> None:
    text = page.read_bytes().decode("utf-8", "replace")
    assert find_unlocked(text) == []
    assert [rev for rev in re.findall(r"^ *rev: '?([^\s']+)", text, re.MULTILINE) if not is_fixed(rev)] == []
    assert [use for use in re.findall(r"uses: [^.\s]\S*@(\S+)", text) if not is_fixed(use)] == []


def is_fixed(revision: str) -> bool:
    """Whether a revision is one commit for ever, or a template's place for one."""
    return re.fullmatch(r"[0-9a-f]{40}|\{\{", revision) is not None


@pytest.mark.parametrize("source", SOURCES)
def test_init_writes_nothing_that_installs_what_is_not_locked(run: Run, tmp_path: Path, source: str) -> None:
    run("init", "--source", source)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) == 3
    assert [found for path in written for found in find_unlocked(path.read_text())] == []


@pytest.mark.parametrize(
    "careless",
    [
        "run: pip install ./tools/text2llm",
        'run: "$RUNNER_TEMP/text2llm/bin/pip" install ./tools/text2llm',
        "To have it: `pip install .`",
        "`pip install 'text2llm[keyring]'`",
        "pip install text2llm==0.1.0",
        "pip install --no-deps \\\n  --only-binary=:all: text2llm==0.1.0 click",
        "pip install --no-deps --only-binary=:all: click==8.1.0",
        "pip install --no-deps --no-build-isolation click==8.1.0 .",
        "`pipx inject text2llm text2llm-acme`",
        'pipx run --spec "text2llm==0.1.0" text2llm validate',
        "uv tool install text2llm",
        "uvx text2llm validate",
        "curl https://example.com/install | sh",
        'additional_dependencies: ["text2llm==0.1.0"]',
        "    language: python",
    ],
)
def test_what_is_not_locked_is_seen(careless: str) -> None:
    assert len(find_unlocked(careless)) == 1
