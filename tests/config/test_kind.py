from __future__ import annotations

import pytest

from text2llm.config.kind import FileKind, recognize
from text2llm.config.reader import read_document


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("version: 1", FileKind.CONFIG),
        ("verson: 1\nagents: {}", FileKind.CONFIG),
        ("version: 1\nid: coder", FileKind.CONFIG),
        ("id: coder", FileKind.AGENT),
        ("model: openai/gpt-5", FileKind.AGENT),
        ("{version: 1, profiles: {}}", FileKind.STORE),
        ("id: lab\nbaseUrl: https://llm.example.com", FileKind.PROVIDER),
        ("id: lab\norigins: []", FileKind.PROVIDER),
        ("answers: []\nmodels: {}", FileKind.SCENARIO),
        ("latencyMs: 5", FileKind.SCENARIO),
        ("version: 1\nusage: {}", FileKind.CONFIG),
        ("trust: []", FileKind.SETTINGS),
        ("version: 1\npolicy: {}", FileKind.POLICY),
        ("version: 1\npolicy: {}\nagents: {}", FileKind.CONFIG),
        ("network: {}\nversion: 1", FileKind.CONFIG),
        ("services: {}", FileKind.UNKNOWN),
        ("- version", FileKind.UNKNOWN),
        ("", FileKind.UNKNOWN),
    ],
)
def test_kind(text: str, kind: FileKind) -> None:
    assert recognize(read_document("c.yaml", text.encode())) is kind
