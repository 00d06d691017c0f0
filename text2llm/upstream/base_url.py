"""The shape of base URLs: what the wire formats append to one, and how one that is a segment off is corrected. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://([^/?#]+))([^?#]*)")
_PASTED = "/(?:chat/completions|completions|responses|messages|embeddings)"
#: The end of a path that a wire format appends itself.
_EXCESS: Mapping[str, re.Pattern[str]] = {
    **dict.fromkeys(
        ("openai-completions", "openai-responses", "azure-openai", "github-copilot"), re.compile(f"{_PASTED}$")
    ),
    "anthropic-messages": re.compile(f"(?:/v1)?{_PASTED}$|/v1$"),
    "google-generative-ai": re.compile("/models(?:/[^/]+)?$"),
    "ollama": re.compile("/api(?:/[a-z]+)?$|/v1(?:/chat/completions)?$"),
    "bedrock-converse": re.compile("/model/[^/]+/converse(?:-stream)?$"),
}
#: The usual path of a wire format's servers.
_USUAL: Mapping[str, str] = {
    "openai-completions": "/v1",
    "openai-responses": "/v1",
    "google-generative-ai": "/v1beta",
}


def mend_base_url(url: str, api: str) -> str | None:
    """The base URL that was probably meant; ``None`` if this one looks right, or cannot be parsed.

    A path that ends with what the wire format ``api`` appends itself loses that. An empty one becomes that of the
    built-in provider there, and at any other host the usual one.
    """
    parsed = _URL.fullmatch(url)
    if parsed is None:
        return None
    origin, path = parsed[1], parsed[3].rstrip("/")
    excess = find_excess(url, api)
    if excess is not None:
        return origin + path.removesuffix(excess)
    if path:
        return None
    paths = _list_paths(parsed[2].lower())
    known = paths.get(api, ()) if paths else (_USUAL.get(api, ""),)
    return None if "" in known or not known else origin + known[0]


def find_excess(url: str, api: str) -> str | None:
    """The end of a base URL that the wire format appends itself; ``None`` if there is none.

    A built-in provider may have such an address: its descriptor says what is appended there.
    """
    parsed, pattern = _URL.fullmatch(url), _EXCESS.get(api)
    found = None if parsed is None or pattern is None else pattern.search(parsed[3].rstrip("/"))
    if parsed is None or found is None or found.string in _list_paths(parsed[2].lower()).get(api, ()):
        return None
    return found[0]


def is_built_in(url: str) -> bool:
    """Whether a built-in provider is at the host and port of a base URL."""
    parsed = _URL.fullmatch(url)
    return parsed is not None and bool(_list_paths(parsed[2].lower()))


def _list_paths(authority: str) -> dict[str, list[str]]:
    """The paths of the built-in providers at a host and port, by wire format."""
    found: dict[str, list[str]] = {}
    for api, url in _list_endpoints():
        _, _, rest = url.partition("://")
        host, slash, path = rest.partition("/")
        pattern = "[a-z0-9-]+".join(map(re.escape, re.split(r"\{[a-z_]+\}", host)))
        if re.fullmatch(pattern, authority) and "{" not in path:
            found.setdefault(api, []).append((slash + path).rstrip("/"))
    return found


def _list_endpoints() -> Iterator[tuple[str, str]]:
    from text2llm.providers.registry import load_registry  # only a URL without a path needs it

    registry = load_registry()
    for provider in filter(None, map(registry.get, registry.ids())):
        yield from ((endpoint.api, endpoint.base_url) for endpoint in provider.endpoints)
