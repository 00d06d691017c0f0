"""Why a value is what it is, over values; the command itself is in ``tests/cli/test_explain.py``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.diff.readings import CATALOG, read
from text2llm.auth.reading import Reading
from text2llm.auth.store import parse_store
from text2llm.config.schema_files import inline_refs, schema_text
from text2llm.diagnostics import Location
from text2llm.explain.explain import explain_subject
from text2llm.explain.explanation import Explanation, Step, StepSource
from text2llm.explain.store import trace_store
from text2llm.explain.subject import SubjectError, find_subject
from text2llm.plan.grants import Granted
from text2llm.settings.model import Settings
from text2llm.trust.bindings import parse_trusted_origins

SCHEMA = inline_refs(json.loads(schema_text("config")))
CASES = sorted((Path(__file__).parents[2] / "fixtures" / "explain").iterdir())
NOW = 1_795_376_000_000
KEY = "key-of-forty-characters-or-something-ok"


def ask(
    word: str, text: str, store: dict[str, Any] | None = None, grants: tuple[str, ...] = (), **environ: str
) -> Explanation:
    reading = read(text)
    parsed = parse_store(json.dumps({"version": 1, "profiles": {}, **(store or {})}).encode(), "store.json")
    subject = find_subject(word, reading, SCHEMA)
    granted = [Granted(grant, None) for grant in parse_trusted_origins(environ.get("TEXT2LLM_TRUSTED_ORIGINS", ""))]
    granted += [
        Granted(grant, Location("settings.yaml", line))
        for line, text in enumerate(grants, 1)
        for grant in parse_trusted_origins(text)
    ]
    settings = Settings(grants=tuple(each.grant for each in granted if each.place is not None))
    seen = Reading(
        reading.config,
        parsed,
        environ,
        reading.registry,
        NOW,
        settings=settings,
        store_path="store.json",
        bundle=CATALOG,
    )
    return explain_subject(subject, seen, Step("named", StepSource.OPTION, name="--config"), tuple(granted))


def tell(found: Explanation) -> str:
    lines = [f"{found.kind.value} {found.subject}"]
    for part in found.parts:
        lines.append(f"{part.name}: {part.value}" + (f" | hint: {part.hint}" if part.hint else ""))
        for step in part.steps:
            place = "" if step.place is None else f" {step.place.line}:{step.place.column}"
            lines.append(f"  {step.text} [{step.source.value}{place}{'' if step.name is None else ' ' + step.name}]")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_word_is_explained_step_by_step(case: Path) -> None:
    asked = json.loads((case / "asked.json").read_text())
    text = (case / "text2llm.yaml").read_text()
    told = "\n".join(
        tell(ask(word, text, asked.get("store"), asked.get("grants", ()), **asked.get("environ", {})))
        for word in asked["words"]
    )
    assert told == (case / "explained.txt").read_text()
    assert KEY not in told
    assert "literal-secret" not in told


AMBIGUOUS = """version: 1
agents:
  defaults: {model: lab/lab, models: {lab/lab: {alias: [lab, "agent:x"]}}}
  entries: {lab: {}, probe: {}}
models: {providers: {lab: {baseUrl: "https://h.example"}}}
"""


def test_a_word_that_can_mean_several_things_is_asked_back() -> None:
    with pytest.raises(SubjectError) as raised:
        ask("lab", AMBIGUOUS)
    assert raised.value.message == "'lab' is ambiguous: agent, alias, provider"
    assert raised.value.hint == "use agent:lab or alias:lab or provider:lab"
    with pytest.raises(SubjectError, match="'probe' is ambiguous: key, agent"):
        ask("probe", AMBIGUOUS)


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("agent:lab", "agent lab"),
        ("alias:LAB", "alias LAB"),
        ("provider: lab ", "provider lab"),
        ("key:probe", "key probe"),
        ("alias:agent:x", "alias agent:x"),
        ("model:lab/lab", "model lab/lab"),
        ("models.providers.lab", "provider lab"),
        ("agents.list[lab]", "agent lab"),
    ],
)
def test_a_word_can_say_what_it_means(word: str, told: str) -> None:
    assert tell(ask(word, AMBIGUOUS)).splitlines()[0] == told


NO_IDEA = "use a key such as agents.defaults.model, an agent, an alias, a provider, or provider/model"


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("opsu", "did you mean opus?"),
        ("anthropicc", "did you mean anthropic?"),
        ("anthropc/claude-sonet-4-5", "did you mean anthropic/claude-sonnet-4-5?"),
        ("agents.default.model", "did you mean agents.defaults.model?"),
        ("key:opus", "did you mean opus?"),
        ("agent:", "did you mean agents?"),
        ("model:zzz", NO_IDEA),
        ("qqqqqqqq", NO_IDEA),
        ("", NO_IDEA),
        ("zzzzzz/x", NO_IDEA),
        ("/", NO_IDEA),
    ],
)
def test_a_word_that_means_nothing_is_told_with_near_ones(word: str, hint: str) -> None:
    text = "version: 1\nagents: {defaults: {model: opus, models: {anthropic/claude-sonnet-4-5: {alias: opus}}}}\n"
    with pytest.raises(SubjectError) as raised:
        ask(word, text)
    assert raised.value.hint == hint


@pytest.mark.parametrize(
    ("agent", "directory", "environ", "told"),
    [
        (None, "/d/main", {}, ["the agent's directory in the user's data directory [default]"]),
        (None, "/d/main", {"PI_CODING_AGENT_DIR": "/d"}, ["the variable sets the agent's directory [environment]"]),
        (
            "ops",
            "/d/ops",
            {"PI_CODING_AGENT_DIR": "/d"},
            ["the agent's directory in the user's data directory [default]"],
        ),
        (
            "ops",
            "/d/ops",
            {"TEXT2LLM_HOME": "/d"},
            ["the variable sets the root of all user directories [environment]"],
        ),
        (
            "ops",
            "/d/main",
            {},
            [
                "the agent's directory in the user's data directory [default]",
                "the agent has no store of its own; the main agent's applies [store]",
            ],
        ),
    ],
)
def test_what_chose_the_store_is_told(
    agent: str | None, directory: str, environ: dict[str, str], told: list[str]
) -> None:
    own = "/d/main" if agent is None else f"/d/{agent}"
    steps = trace_store(agent, own, f"{directory}/auth-profiles.json", environ)
    assert [f"{step.text} [{step.source.value}]" for step in steps] == told
