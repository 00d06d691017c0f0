"""The facts of an error body in any envelope: machine words, numbers and text. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from text2llm.net.json_body import InvalidJson, parse_json
from text2llm.upstream.classify.naming import name_model

#: Envelopes nest (``{"response": {"error": {…}}}``, ``{"body": {"error": {…}}}``), but not endlessly.
_MAX_NESTING = 5
_MAX_MAPS = 64
_MAX_ITEMS = 8
_MAX_TEXT = 4000
#: The keys of the error itself in an envelope. ``message`` and ``detail`` are texts in most APIs, maps or lists in some
#: (Mistral, FastAPI); ``fault`` is Apigee's (Fireworks), ``base_resp`` MiniMax's, ``innererror`` Azure's.
_NESTED_KEYS = (
    *("error", "response", "body", "errors", "detail", "details", "message", "metadata", "violations"),
    *("fault", "base_resp", "innererror"),
)
#: The keys of an error code, the most specific first.
_WORD_KEYS = (
    *("error_code", "errorcode", "code", "status_code", "reason", "limit_source", "error_type", "type", "__type"),
    *("name", "status", "http_code"),
)
_TEXT_KEYS = (
    "message",
    "Message",
    "detail",
    "msg",
    "status_msg",
    "faultstring",
    "error_description",
    "error",
    "raw",
    "quotaId",
    "description",
)
#: A word used as a code; xAI uses a sentence, so white space may be part of it.
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.:' -]{1,99}")
_DIGITS = re.compile(r"[0-9]{1,9}")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NO_WORD = re.compile(r"[^a-z0-9]+")
#: A text that begins with its error class or code: AWS, LiteLLM, OpenCode and other proxies.
_LEADING = re.compile(r"(?:litellm\.)?([A-Z][A-Za-z]+(?:Exception|Error)|[A-Za-z]+(?:_[A-Za-z0-9]+)+)(?=:|$)")
#: The facts of an error that a proxy wrote as Python prints a mapping.
_PRINTED = re.compile(r"'(message|error|detail|code|type)': '([^'\n]{1,1000})'")
#: Events of a stream name the error by their key: Amazon Bedrock.
_EXCEPTION = re.compile(r"[A-Za-z]+Exception")
#: Whom an error comes from: the keys and wordings of gateways, and the addresses of a provider's own pages.
_ORIGIN_KEYS = ("provider_name", "provider", "llm_provider", "upstreamHost")
_ORIGINS = re.compile(
    r"\b([A-Za-z_]{3,20})Exception\b|\bfrom provider \(([^()\n]{2,40})\)|^([a-zA-Z-]{2,20}) error:"
    r"|https?://([\w.-]{4,80})"
)
#: Words that mean only that there is an error.
_EMPTY_WORDS = frozenset({"error", "null", "none", "failure", "about_blank"})


@dataclass(frozen=True, slots=True)
class ErrorFacts:
    """The content of an error.

    ``words`` are its machine words in ``snake_case``, the most specific first, ``code`` the first of them as sent;
    ``numbers`` those used as codes; ``text`` its messages in lower case, shortened; ``message`` the first one as sent.
    ``origins`` are names and hosts of those that the error comes from, in lower case, if it says so.
    ``param`` is the request field at fault. ``problem``: the body is an RFC 9457 problem, not an API's own error.
    """

    words: tuple[str, ...] = ()
    code: str | None = None
    numbers: tuple[int, ...] = ()
    text: str = ""
    message: str | None = None
    origins: tuple[str, ...] = ()
    param: str | None = None
    problem: bool = False

    @property
    def speaks(self) -> bool:
        """Whether the body has any content: a proxy's page, or an empty body, does not."""
        return bool(self.words or self.numbers or self.text)


def extract_facts(body: Any, headers: Mapping[str, str] | None = None, model: str | None = None) -> ErrorFacts:
    """The facts of a parsed JSON body, or of a plain text; ``headers`` (names in lower case) may add a word.

    Texts have the word "model" for the requested ``model``.
    """
    whole = {"message": body} if isinstance(body, str) else body
    maps = list(islice(_walk(whole, _MAX_NESTING), _MAX_MAPS))
    messages = list(dict.fromkeys(_texts(maps)))
    codes = [value for key in _WORD_KEYS for entry in maps if (value := entry.get(key)) is not None]
    named = ((headers or {}).get("x-amzn-errortype", "").partition(":")[0],)
    texts = [name_model(_prose(each), model).strip() for each in messages]
    sent = [value for value in (*named, *codes, *_leading(texts)) if _is_word(value)]
    return ErrorFacts(
        words=tuple(dict.fromkeys(snake_case(name_model(each, model) if " " in each else each) for each in sent)),
        code=sent[0] if sent and " " not in sent[0] else None,
        numbers=tuple(number for value in (*codes, *messages) if (number := _number(value)) is not None),
        text="\n".join(filter(None, texts))[:_MAX_TEXT].lower().replace("\u2019", "'"),
        message=messages[0] if messages else None,
        origins=tuple(dict.fromkeys(each.lower() for each in _origins(maps, messages))),
        param=next((param for entry in maps if isinstance(param := entry.get("param"), str)), None),
        problem=isinstance(body, dict) and "title" in body and "error" not in body,
    )


def _walk(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """The maps that describe the error, the innermost ``error`` first."""
    if isinstance(value, str):
        value = _embedded(value)
    if isinstance(value, list):
        for item in value[:_MAX_ITEMS]:
            yield from _walk(item, depth - 1)
    if not isinstance(value, dict) or depth < 0:
        return
    for key in _NESTED_KEYS:
        yield from _walk(value.get(key), depth - 1)
    if isinstance(raw := value.get("raw"), str):  # as text it is the wrapped error; as a map, the copy of a part
        yield from _walk(raw, depth - 1)
    for key, inner in value.items():
        if _EXCEPTION.fullmatch(key) and isinstance(inner, dict):
            yield {"name": key, **inner}
    yield value


def _embedded(text: str) -> Any:
    """The JSON in a text: proxies and Google's tools put the real error into the message."""
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or not {'"', "'"} & set(text[start:end]):
        return None
    found = parse_json(text[start : end + 1].encode("utf-8", "replace"))
    return (dict(_PRINTED.findall(text)) or None) if isinstance(found, InvalidJson) else found


def _prose(text: str) -> str:
    """A text without the JSON in it, which is read for itself."""
    start, end = text.find("{"), text.rfind("}")
    return text if start < 0 or _embedded(text) is None else f"{text[:start]}\n{text[end + 1 :]}"


def _texts(maps: list[dict[str, Any]]) -> Iterator[str]:
    for entry in maps:
        for key in _TEXT_KEYS:
            value = entry.get(key)
            if isinstance(value, str) and value.strip():
                yield _unquoted(value.strip())


def _unquoted(text: str) -> str:
    """The text in a string that a proxy passed on as JSON; any other as it is."""
    inner = parse_json(text.encode("utf-8", "replace")) if text.startswith('"') and text.endswith('"') else None
    return inner if isinstance(inner, str) else text


def _origins(maps: list[dict[str, Any]], messages: list[str]) -> Iterator[str]:
    for entry in maps:
        yield from (value for key in _ORIGIN_KEYS if isinstance(value := entry.get(key), str))
    for message in messages:
        for found in islice(_ORIGINS.finditer(message[:_MAX_TEXT]), _MAX_ITEMS):
            yield next(filter(None, found.groups()))


def _leading(messages: list[str]) -> Iterator[str]:
    return (found[1] for message in messages if (found := _LEADING.match(message)))


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and _WORD.fullmatch(value) is not None and snake_case(value) not in _EMPTY_WORDS


def snake_case(word: str) -> str:
    """A machine word as the tables have it: ``InvalidApiKey`` is ``invalid_api_key``."""
    return _NO_WORD.sub("_", _HUMP.sub("_", word).lower()).strip("_")


def _number(value: Any) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else None
