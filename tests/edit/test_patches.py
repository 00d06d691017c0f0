"""Every row of fixtures/patches.jsonl: a text, one change of its data, and the text afterwards or the refusal."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from text2llm.config.reader import read_document
from text2llm.edit.change import Action, DataChange
from text2llm.edit.yaml.verify import edit_document
from text2llm.errors import EditError

ROWS = [
    json.loads(line) for line in (Path(__file__).parents[2] / "fixtures" / "patches.jsonl").read_text().splitlines()
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_change_of_data_is_this_change_of_text(row: dict[str, Any]) -> None:
    document = read_document(row["path"], row["before"].encode())
    change = DataChange(Action(row["action"]), tuple(row["pointer"]), row["value"])
    if "refused" in row:
        with pytest.raises(EditError, match=re.escape(row["refused"])):
            edit_document(document, [change])
    else:
        assert edit_document(document, [change]).text == row["after"]
