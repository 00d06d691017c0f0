"""The recipes for password managers, with stand-ins for their programs."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from text2llm.auth.secret_sources import ask_source
from text2llm.secret import Secret
from text2llm.settings.model import SecretSource

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "secret-sources.md").read_text()
ROWS = re.findall(r"^\| (\S[^|]*?) \| `([^|]*)` \| `([^|]*)` \| `([^|]*)` \|$", PAGE, re.MULTILINE)
KEY = "sk-live-0123456789abcdefghijkl"
#: What each program is called with, for the entry of its row.
CALLS = {
    "1Password": ["read", "op://Team/OpenAI/key"],
    "HashiCorp Vault": ["kv", "get", "-field=key", "secret/openai"],
    "sops": ["--decrypt", "--extract", '["openai"]', "/home/me/keys.yaml"],
    "pass": ["show", "api/openai"],
}


@pytest.mark.parametrize(("program", "command", "variables", "entry"), ROWS, ids=[row[0] for row in ROWS])
def test_recipe_reads_its_entry(tmp_path: Path, program: str, command: str, variables: str, entry: str) -> None:
    parts = [part.strip("\"'") if part.strip("\"'") != '["{id}"]' else '["{id}"]' for part in command.split(", ")]
    stand_in = tmp_path / parts[0]
    expected = CALLS[program]
    stand_in.write_text(
        f"#!{sys.executable}\nimport sys\nprint({KEY!r} if sys.argv[1:] == {expected!r} else sys.exit(1))\n"
    )
    stand_in.chmod(0o700)
    recipe = str(DOCS / "recipes" / "secret-source.py")
    source = SecretSource("it", (sys.executable, recipe, *parts), tuple(variables.split(", ")), 20_000)
    found = ask_source(source, [entry, "-rf"], {"PATH": str(tmp_path)})
    assert found[entry] == Secret(KEY)
    assert "has no value for -rf" in str(found["-rf"])


def test_every_program_has_a_row() -> None:
    assert [row[0] for row in ROWS] == list(CALLS)
