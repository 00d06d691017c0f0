"""The resolved document as text."""

from __future__ import annotations

import json

from tests.resolved.test_build import CONFIG, read, resolve
from text2llm.report.resolved.json_document import resolved_json
from text2llm.report.resolved.table import resolved_plain, resolved_text
from text2llm.report.style import Style
from text2llm.resolved.build import resolve_agents
from text2llm.resolved.document import ResolvedDocument

PLAIN, COLORS = Style(enabled=False), Style(enabled=True)
NOTHING = "version: 1\nagents: {entries: {coder: {model: gpt-5.2}}}\n"


def with_credentials(text: str, *agents: str) -> ResolvedDocument:
    reading = read(text)
    return resolve_agents(reading, agents, {}, dict.fromkeys(agents, reading))


def test_json_has_an_entry_a_line() -> None:
    text = "".join(resolved_json(resolve()))
    assert text.splitlines()[7].startswith('            {"ref": "anthropic/claude-opus-4-5", "provider": "anthropic", ')
    document = json.loads(text)
    assert list(document["agents"]) == ["main", "coder", "other"]
    assert document["agents"]["main"] == document["agents"]["other"]
    assert text.endswith("\n}\n")


def test_narrow_terminal_gets_a_paragraph_per_agent() -> None:
    text = NOTHING.replace("gpt-5.2", "{primary: gpt-5.2, fallbacks: [a/b]}")
    assert resolved_text(with_credentials(text, "main", "coder"), PLAIN, 40).splitlines() == [
        "main",
        "  main  no model",
        "coder",
        "  main  anthropic/gpt-5.2  missing",
        "    → a/b  missing",
    ]


def test_no_line_is_wider_than_the_terminal() -> None:
    text = resolved_text(with_credentials(CONFIG, "main", "coder"), PLAIN, 60)
    assert max(map(len, text.splitlines())) <= 60
    assert "  main      anthropic/claude-opus-4-5  missing\n            → lab/m1  missing\n" in text


def test_colors_change_nothing_else() -> None:
    from re import sub

    for width in (None, 50):
        colored = resolved_text(resolve(), COLORS, width)
        assert sub("\x1b\\[[0-9]*m", "", colored) == resolved_text(resolve(), PLAIN, width)
        assert "\x1b[" in colored


def test_names_are_no_commands_of_a_ci_system() -> None:
    document = resolve(NOTHING.replace("gpt-5.2", '"lab/##vso[x]"'), "coder")
    assert "##vso[" not in resolved_plain(document) + resolved_text(document, PLAIN, None)
    assert "##vso[" not in "".join(resolved_json(document))


def test_header_of_a_parameter_is_one_of_the_request() -> None:
    models = "{anthropic/o: {alias: opus, params: {context1m: true}}}"
    text = f"version: 1\nagents: {{defaults: {{model: opus, models: {models}}}}}\n"
    document = json.loads("".join(resolved_json(resolve(text, "main"))))
    entry = document["agents"]["main"]["roles"]["main"]["chain"][0]
    assert (entry["params"], entry["dropped"]) == ({"context1m": True}, {})
    assert entry["request"] == {"extra_headers": {"anthropic-beta": "context-1m-2025-08-07"}}
