"""A request as a line of a record, without anything that could be a secret.

Nothing of a real key sent by mistake is kept, not even a digest: a short key could be found by brute force.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from text2llm.sandbox.answers import Answer
from text2llm.sandbox.behaviors import BEHAVIORS
from text2llm.sandbox.exchange import UNKNOWN_KEY, read_body
from text2llm.sandbox.keys import find_behavior
from text2llm.sandbox.providers import find_endpoints
from text2llm.sandbox.scenario import Scenario
from text2llm.sandbox.values import HttpRequest, Json

HIDDEN = "[redacted]"
#: What tools send if no key is needed but their API requires one.
_PLACEHOLDERS = {"none", "ollama", "EMPTY"}
_KEY_HEADERS = ("x-api-key", "x-goog-api-key", "api-key")
_SIGNER = re.compile(r"^AWS4\S* .*?Credential=([^/\s,]+)")  # the access key id of a signature
#: The fields of a conversation; all others are parameters.
_CONTENT = {
    "model", "messages", "input", "instructions", "tools", "system", "contents", "systemInstruction", "prompt",
    "suffix", "prediction", "images", "mcp_servers",
}  # fmt: skip
_SECRET_NAME = re.compile(r"key|token|secret|auth|passw|credential|cookie|signature|code|state|session", re.IGNORECASE)
#: A UUID, or a run of letters and digits longer than words.
_OPAQUE = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|(?=[A-Za-z]*[0-9])[A-Za-z0-9]{16,}|\w{25,}")
_LONGEST_TEXT, _LONGEST_PARAM = 200, 1000  # characters
_MOST_ITEMS, _DEEPEST = 64, 4
_SHORTEST_SECRET = 6  # shorter ones occur in ordinary words


def describe_request(request: HttpRequest, found: Answer, scenario: Scenario) -> Json:
    keys = {key: _name_key(key, scenario) for key in _find_keys(request)}
    secrets = tuple(key for key, name in keys.items() if name == UNKNOWN_KEY and len(key) >= _SHORTEST_SECRET)
    data = {} if found.behavior == "login" else read_body(request) or {}
    model = find_endpoints(request).model or data.get("model")
    return {
        "method": request.method,
        "path": _hide(request.path, secrets),
        "query": _list_plain(request.query, secrets),
        "model": _hide(model, secrets) if isinstance(model, str) and model else None,
        "key": ", ".join(dict.fromkeys(keys.values())) or None,
        "params": _list_plain({name: data[name] for name in data if name not in _CONTENT}, secrets),
        "status": found.response.status,
        "behaviour": found.behavior,
    }


def _find_keys(request: HttpRequest) -> Iterator[str]:
    token = request.headers.get("authorization", "")
    signer = _SIGNER.search(token)
    values = (
        signer[1] if signer else token.partition(" ")[2].strip() or token,
        *map(request.headers.get, _KEY_HEADERS),
    )
    yield from filter(None, (*values, request.query.get("key")))


def _name_key(key: str, scenario: Scenario) -> str:
    """The key itself if it is public: a key of the sandbox or the scenario, or a placeholder."""
    named = any(rule.subject.get("key") == key for rule in scenario.rules)
    return key if named or key in _PLACEHOLDERS or find_behavior(key, BEHAVIORS) else UNKNOWN_KEY


def _list_plain(values: Mapping[str, Any], secrets: tuple[str, ...], depth: int = 1) -> Json:
    """Names and values; long values and texts with a secret's name are hidden."""
    plain: Json = {}
    for name, value in islice(values.items(), _MOST_ITEMS):
        made = HIDDEN if isinstance(value, str) and _SECRET_NAME.search(name) else _make_plain(value, secrets, depth)
        plain[_hide(name, secrets)] = made if len(str(made)) <= _LONGEST_PARAM else HIDDEN
    return plain


def _make_plain(value: Any, secrets: tuple[str, ...], depth: int) -> Any:
    match value:
        case str():
            return _hide(value, secrets)
        case float() if not math.isfinite(value):
            return HIDDEN  # JSON cannot express it
        case dict() | list() if depth > _DEEPEST:
            return HIDDEN
        case dict():
            return _list_plain(value, secrets, depth + 1)
        case list():
            return [_make_plain(item, secrets, depth + 1) for item in value[:_MOST_ITEMS]]
        case _:
            return value


def _hide(text: str, secrets: tuple[str, ...]) -> str:
    if len(text) > _LONGEST_TEXT:
        return HIDDEN
    for key in secrets:
        text = text.replace(key, HIDDEN)
    return _OPAQUE.sub(HIDDEN, text)
