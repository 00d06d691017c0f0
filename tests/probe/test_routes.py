from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.probe.making import NOW, granted, view
from text2llm.auth.reading import Reading
from text2llm.config.model import Name
from text2llm.config.resolve import Resolved, Resolver
from text2llm.config.roles import IMAGE, MAIN
from text2llm.errors import UsageError
from text2llm.probe import routes as gate_routes
from text2llm.probe.routes import GatePlan, GateRoute, RouteChoice, Views, find_routes, plan_gate
from text2llm.refs import ModelRef
from text2llm.upstream.access import Access, find_access
from text2llm.upstream.verdict import Verdict
from text2llm.upstream.wire.shape import CompletionCall

CONFIG = """
version: 1
agents:
  defaults:
    model: {primary: anthropic/claude-opus-4-5, fallbacks: [fast, lab/m1]}
    imageModel: openai/gpt-5-mini
    models:
      openai/gpt-5-mini: {alias: fast}
  entries:
    main: {default: true}
    coder: {model: {primary: lab/m1, fallbacks: []}}
models:
  providers:
    lab: {api: openai-completions, baseUrl: "https://lab.example/v1", apiKey: "${LAB}", models: [{id: m1}]}
"""
ENVIRON = {
    "ANTHROPIC_API_KEY": "a-key",
    "OPENAI_API_KEY": "o-key",
    "LAB": "l-key",
    **granted("https://lab.example", "env:LAB"),
}


def plan(choice: RouteChoice | None = None, stores: Mapping[str, Any] | None = None) -> GatePlan:
    views: dict[str, Reading] = {}
    for agent in ("main", "coder"):
        seen = view(CONFIG, (stores or {}).get(agent), ENVIRON)
        views[agent] = seen
    return plan_all(views, seen.resolver, choice or RouteChoice())


def plan_all(views: Views, resolver: Resolver, choice: RouteChoice) -> GatePlan:
    return plan_gate(views, find_routes(tuple(views), resolver, choice), choice)


def told(found: GatePlan) -> list[tuple[str, list[str]]]:
    return [
        (f"{route.label}: {route.ref}", [found.targets[index].subject.label for index in indexes])
        for route, indexes in found.routes
    ]


def test_every_position_of_every_agent_is_a_route_with_the_credential_it_would_use() -> None:
    assert told(plan()) == [
        ("main model: anthropic/claude-opus-4-5", ["ANTHROPIC_API_KEY"]),
        ("main fallback 1: openai/gpt-5-mini", ["OPENAI_API_KEY"]),
        ("main fallback 2: lab/m1", ["LAB"]),
        ("main image model: openai/gpt-5-mini", ["OPENAI_API_KEY"]),
        ("coder model: lab/m1", ["LAB"]),
        ("coder image model: openai/gpt-5-mini", ["OPENAI_API_KEY"]),
    ]


def test_missing_credential_is_explained_per_agent() -> None:
    gone = {"openai:a": {"type": "token", "provider": "openai", "token": "t", "expires": NOW - 1}}
    empty = {"openai:b": {"type": "api_key", "provider": "openai", "key": ""}}
    seen = {agent: view(CONFIG, {"profiles": store}, {}) for agent, store in (("main", gone), ("coder", empty))}
    found = plan_all(seen, seen["main"].resolver, RouteChoice(role=IMAGE))
    calls = [target.call for target in found.targets]
    assert [(call.reason and call.reason.word, call.error) for call in calls if isinstance(call, Verdict)] == [
        ("expired", "openai:a: it has expired"),
        ("missing_credential", "openai:b: it holds no secret"),
    ]
    hint = "set OPENAI_API_KEY, or run `text2llm models auth add`"
    assert [call.hint for call in calls if isinstance(call, Verdict)] == [hint, hint]


def test_equal_pairs_are_probed_once() -> None:
    found = plan()
    assert len(found.targets) == 4
    assert [indexes for _, indexes in found.routes] == [(0,), (1,), (2,), (3,), (2,), (3,)]


def test_two_agents_with_keys_of_their_own_are_two_probes() -> None:
    def store(value: str) -> dict[str, Any]:
        return {"profiles": {"anthropic:a": {"type": "api_key", "provider": "anthropic", "key": value}}}

    choice = RouteChoice(models=(ModelRef("anthropic", "claude-opus-4-5"),))
    same = plan(choice, {"main": store("one"), "coder": store("one")})
    assert told(same) == [("main model: anthropic/claude-opus-4-5", ["anthropic:a"])]


def test_a_route_says_which_line_names_it() -> None:
    routes = [route for route, _ in plan().routes]
    assert [route.location.line for route in routes] == [5, 5, 5, 6, 11, 6]


def test_an_image_route_sends_a_picture_and_a_text_route_may_force_a_tool() -> None:
    calls = [target.call for target in plan(RouteChoice(tool=True)).targets]
    assert [(call.image, call.tool) for call in calls if isinstance(call, CompletionCall)] == [
        (False, True),
        (False, True),
        (False, True),
        (True, False),
    ]


def test_routes_can_be_narrowed() -> None:
    assert told(plan(RouteChoice(agents=("coder",), role=MAIN))) == [("coder model: lab/m1", ["LAB"])]


def test_a_model_that_no_route_uses_can_be_asked_for() -> None:
    asked = RouteChoice(models=(ModelRef("lab", "m1"), ModelRef("openai", "gpt-5.2")))
    assert told(plan(asked)) == [
        ("main fallback 2: lab/m1", ["LAB"]),
        ("coder model: lab/m1", ["LAB"]),
        ("main requested: openai/gpt-5.2", ["OPENAI_API_KEY"]),
    ]
    assert str(plan(asked).routes[-1][0].location) == "text2llm.yaml:1:1"


def test_every_credential_can_be_probed() -> None:
    profiles = {f"anthropic:{name}": {"type": "api_key", "provider": "anthropic", "key": name} for name in "ab"}
    choice = RouteChoice(agents=("main",), role=MAIN, every_credential=True)
    found = plan(choice, {"main": {"profiles": profiles}})
    assert told(found)[0] == (
        "main model: anthropic/claude-opus-4-5",
        ["anthropic:a", "anthropic:b", "ANTHROPIC_API_KEY"],
    )


def test_an_expired_token_is_reported_as_expired() -> None:
    stored = {"anthropic:a": {"type": "token", "provider": "anthropic", "token": "t", "expires": NOW - 1}}
    seen = view(CONFIG, {"profiles": stored}, {})
    found = plan_all({"main": seen}, seen.resolver, RouteChoice(role=MAIN))
    verdict = found.targets[0].call
    assert isinstance(verdict, Verdict)
    assert verdict.reason is not None
    assert (verdict.reason.word, verdict.error) == ("expired", "anthropic:a: it has expired")


def write_many(agents: int, fallbacks: int) -> str:
    entries = {f"a{number}": {"model": f"openai/m{number}"} for number in range(agents)}
    defaults = {"model": {"primary": "openai/m", "fallbacks": [f"openai/f{each % 2}" for each in range(fallbacks)]}}
    return json.dumps({"version": 1, "agents": {"defaults": defaults, "entries": entries}})


def test_routes_beyond_the_bound_are_refused_before_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, made = view(write_many(50, 20)), list[str]()

    def count(agent: str, *member: Any) -> GateRoute:
        made.append(agent)
        return GateRoute(agent, *member)

    monkeypatch.setattr(gate_routes, "MAX_ROUTES", 30)
    monkeypatch.setattr(gate_routes, "GateRoute", count)
    with pytest.raises(UsageError, match="more than 30 routes to probe") as raised:
        find_routes(tuple(seen.config.by_id), seen.resolver, RouteChoice())
    assert (len(made), "--agent, --models or --role" in str(raised.value.hint)) == (31, True)
    chosen = RouteChoice(agents=("a7",), models=(ModelRef("openai", "f1"),))
    assert len(find_routes(tuple(seen.config.by_id), seen.resolver, chosen)) == 10


def test_what_agents_inherit_is_resolved_once_and_asked_for_once_an_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, names, asked = view(write_many(5, 20)), list[str](), list[str]()
    resolve = Resolver.resolve_name

    def count_names(self: Resolver, name: Name) -> Resolved:
        names.append(name.text)
        return resolve(self, name)

    def count_asked(provider: str, reading: Reading, model: str | None) -> Access:
        asked.append(str(model))
        return find_access(provider, reading, model)

    monkeypatch.setattr(Resolver, "resolve_name", count_names)
    monkeypatch.setattr("text2llm.probe.routes.find_access", count_asked)
    found = plan_all(dict.fromkeys(seen.config.by_id, seen), seen.resolver, RouteChoice(role=MAIN))
    assert (len(found.routes), names.count("openai/f1"), len(asked)) == (105, 10, 15)
