"""Who has no credential that anything can be told of pays nothing for usage."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.status.test_command import partial_run

_USAGE = ("text2llm.usage", "text2llm.status.usage", "text2llm.providers.endpoints")
_ASKING = ("text2llm.usage", "text2llm.net.client", "asyncio", "ssl")


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [(["--json"], _USAGE), ([], _USAGE), (["--usage"], _ASKING), (["--json", "--usage"], _ASKING)],
)
def test_who_has_no_such_credential_imports_nothing_of_it(
    arguments: list[str], absent: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "text2llm.yaml").write_text("version: 1\nagents: {defaults: {model: anthropic/x}}\n")
    code = (
        "import sys; from text2llm.cli.main import main; from text2llm.cli.boundary import run_guarded\n"
        f"code = run_guarded(main, ['models', 'status', *{arguments}])\n"
        "print(*sys.modules, file=sys.stderr); sys.exit(code)"
    )
    done = partial_run(code, tmp_path)
    assert done.returncode == 0
    loaded = done.stderr.split()
    assert "text2llm.status.summary" in loaded
    assert not [name for name in loaded if name.startswith(absent)]
