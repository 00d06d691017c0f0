"""Whatever a store, an environment and a config hold: the report obeys its schema, and no secret is in it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.probe.making import NOW, granted, view
from text2llm.config.schema_files import schema_text
from text2llm.report.sanitize import json_text
from text2llm.report.status_json import status_json
from text2llm.report.status_text import status_text
from text2llm.report.style import Style
from text2llm.status.model import StatusReport
from text2llm.status.summary import summarise

_VALIDATOR = Draft202012Validator(json.loads(schema_text("outputs/status")))
SECRET = "Zq7Xw9Kp2Lm4Nv6R"
HOUR = 3_600_000

_PROVIDERS = st.sampled_from(["anthropic", "OpenAI", "Z.AI", "lab", "ollama", "amazon-bedrock", "nobody"])
_IDS = st.sampled_from(["anthropic:a", "openai:a", "lab:a", "::error::x", "\x1b[31m##vso[x]\n\u202e", "z"])
_PLAIN_IDS = _IDS.filter(str.isprintable)  # the reader refuses others in a config
_TIMES = st.sampled_from([None, 0, -5, NOW - 1, NOW, NOW + HOUR, NOW + 99 * HOUR, 2**60, "soon", True])
_SECRETS = st.sampled_from(["", " ", SECRET, {"source": "env", "id": "LAB"}, {"source": "file", "id": "/x"}])
_ENTRIES = st.fixed_dictionaries(
    {"type": st.sampled_from(["api_key", "token", "oauth", "mtls"]), "provider": _PROVIDERS},
    optional={"email": st.just("me@x\u202e"), "expires": _TIMES}
    | dict.fromkeys(("key", "token", "access", "refresh"), _SECRETS),
)
_STATS = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("cooldownUntil", "disabledUntil", "refreshFailedAt", "lastUsed"), _TIMES)
)
_STORES = st.fixed_dictionaries(
    {"profiles": st.dictionaries(_IDS, _ENTRIES, max_size=5)},
    optional={
        "order": st.dictionaries(_PROVIDERS, st.lists(_IDS, max_size=3), max_size=2),
        "usageStats": st.dictionaries(_IDS, _STATS, max_size=4),
    },
)
_MODELS = st.sampled_from(["opus", "anthropic/x", "openai/y", "lab/m", "zai/glm", "ollama/l", "nobody/n"])
_CHOICES = st.none() | _MODELS | st.fixed_dictionaries({"primary": _MODELS, "fallbacks": st.lists(_MODELS, max_size=3)})
_LABS = st.fixed_dictionaries(
    {"api": st.just("openai-completions")},
    optional={
        "baseUrl": st.sampled_from(["https://lab.example/v1", "http://127.0.0.1:1/v1", "http://127.0.0.999"]),
        "apiKey": st.sampled_from(["${LAB}", "${UNSET}", SECRET, "sandbox-ok"]),
        "headers": st.sampled_from([{}, {"X-A": "${LAB}"}, {"X-A": "${UNSET}"}, {"X-A": "plain"}]),
    },
)
_CONFIGS = st.fixed_dictionaries(
    {"model": _CHOICES, "imageModel": _CHOICES, "lab": _LABS, "order": st.lists(_PLAIN_IDS, max_size=2)}
)
_ENVIRONS = st.dictionaries(
    st.sampled_from(["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "LAB", "AWS_PROFILE"]), st.sampled_from(["", SECRET])
)


def report_on(config: dict[str, Any], store: dict[str, Any], environ: dict[str, str]) -> StatusReport:
    chosen = {slot: config[slot] for slot in ("model", "imageModel") if config.get(slot) is not None}
    text = {
        "version": 1,
        "agents": {"defaults": {**chosen, "models": {"anthropic/claude-opus-4-5": {"alias": "opus"}}}},
        "models": {"providers": {"lab": config.get("lab", {})}},
        "auth": {"order": {"lab": config["order"]}} if config.get("order") else {},
    }
    return summarise(view(json.dumps(text), store, environ))


@given(_CONFIGS, _STORES, _ENVIRONS, st.sampled_from([20, 40, 80, 200]))
def test_every_report_is_valid_and_silent_about_secrets(
    config: dict[str, Any], store: dict[str, Any], environ: dict[str, str], width: int
) -> None:
    report = report_on(config, store, environ)
    document = json_text(status_json(report))
    assert [error.message for error in _VALIDATOR.iter_errors(json.loads(document))] == []
    text = status_text(report, Style(enabled=False), width)
    assert not any(part in document + text for part in (SECRET, SECRET[:6], SECRET[-6:], "##vso[", "None\n"))
    assert not any(character in text for character in "\x1b\u202e")
    assert not [line for line in text.splitlines() if line.lstrip().startswith("::")]


@pytest.mark.parametrize("kind", ["one provider", "one provider each"])
def test_thousands_of_profiles_are_told_in_time(kind: str) -> None:
    import time

    providers = ["lab" if kind == "one provider" else f"p{number}" for number in range(8000)]
    entries = {f"{name}:{number}": name for number, name in enumerate(providers)}
    profiles = {name: {"type": "api_key", "provider": provider, "key": "k"} for name, provider in entries.items()}
    started = time.process_time()
    report = report_on({"order": ["lab:1"]}, {"profiles": profiles}, {})
    assert len(status_text(report, Style(enabled=False), 80).splitlines()) > 8000
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("lab", "environ", "kind", "status"),
    [
        ({"headers": {"X-A": "${LAB}"}}, {"LAB": "k"}, "none", "static"),
        ({"headers": {"X-A": "${LAB}"}}, {}, "missing", "missing"),
        ({"headers": {"X-A": "${LAB}"}}, {"LAB": " "}, "missing", "missing"),
        ({"headers": {"X-A": "${LAB}"}, "apiKey": "${KEY}"}, {"KEY": "k"}, "missing", "missing"),
        ({"headers": {"X-A": "${LAB}"}, "apiKey": "${KEY}"}, {"KEY": "k", "LAB": "k"}, "config", "static"),
        ({"headers": {"X-A": "plain"}}, {}, "missing", "missing"),
    ],
)
def test_headers_of_a_provider_can_be_its_credential(
    lab: dict[str, Any], environ: dict[str, str], kind: str, status: str
) -> None:
    base = {"api": "openai-completions", "baseUrl": "https://lab.example/v1"}
    grants = granted("https://lab.example", "env:LAB", "env:KEY")
    report = report_on({"model": "lab/m", "lab": base | lab}, {"profiles": {}}, environ | grants)
    (route,) = report.routes
    assert (route.credential.kind.value, route.health.status.value) == (kind, status)
    assert int(report.verdict) == (1 if kind == "missing" else 0)
