"""Values in places for credentials that are none: references as other tools write them, and placeholders. Pure.

The sources are the tools' own documentation: docs.litellm.ai/docs/proxy/configs (``os.environ/``),
opencode.ai/docs/config (``{env:…}``, ``{file:…}``), code.visualstudio.com/docs/reference/variables-reference
(``${env:…}``), containers.dev/implementors/json_reference (``localEnv:``), developer.1password.com (``op://``),
docs.github.com (``${{ secrets.… }}``).
"""

from __future__ import annotations

import re
from typing import NamedTuple

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_WRITE = "write ${NAME}, with that variable's name"
#: What a value is, and what to write in its place; the first match applies.
_FORMS = tuple(
    (re.compile(pattern, re.IGNORECASE), what, hint)
    for pattern, what, hint in (
        (rf"\$\{{\{{\s*(?:secrets|env|vars)\.{_NAME}\s*\}}\}}", "a GitHub Actions expression", _WRITE),
        (rf"\$\{{{_NAME}:?[-=?+].*\}}", "a variable with a default, as in a shell", f"{_WRITE} and without a default"),
        (rf"os\.environ/{_NAME}", "a reference of LiteLLM to a variable", _WRITE),
        (rf"process\.env\.{_NAME}", "a reference of Node.js to a variable", _WRITE),
        (rf"\$?\{{?(?:env|localEnv):{_NAME}\}}?", "a reference of another tool to a variable", _WRITE),
        (rf"\${_NAME}", "a reference of a shell to a variable", _WRITE),
        (
            r"\{?file:[^{}]+\}?",
            "a reference of another tool to a file",
            "store that secret with `text2llm models auth add`, or put it into a variable and write ${NAME}",
        ),
        (
            r"op://[^\s]+",
            "a reference of 1Password",
            "write {source: exec, provider: SOURCE, id: 'op://…'}; secrets.sources of your settings has SOURCE",
        ),
    )
)
_SCHEME = re.compile(r"(?:Bearer|Basic|Token)\s+", re.IGNORECASE)
_LONGEST_PLACEHOLDER = 32
#: What people write where a tool wants some key; nothing but these is a placeholder.
_PLACEHOLDER_WORDS = frozenset(
    {"any", "anything", "api", "apikey", "changeme", "dummy", "empty", "fake", "ignored", "key", "llama", "llamacpp"}
    | {"lm", "lmstudio", "local", "localhost", "na", "needed", "no", "none", "not", "nothing", "null", "ollama"}
    | {"placeholder", "required", "sglang", "sk", "studio", "token", "unused", "used", "vllm", "your"}
)


class ForeignValue(NamedTuple):
    """What a value is, and how to fix it; neither contains any of it."""

    what: str
    hint: str


def find_reference(value: str) -> ForeignValue | None:
    """What a value is, if it is a reference as another tool writes it."""
    scheme = _SCHEME.match(value)
    rest = value[scheme.end() :] if scheme else value.strip()
    for pattern, what, hint in _FORMS:
        if pattern.fullmatch(rest):
            whole = "; the variable has the whole value of the header" if scheme else ""
            return ForeignValue(what, hint + whole)
    return None


def find_placeholder(value: str) -> ForeignValue | None:
    """What a value is, if it stands for no key at all."""
    words = re.split(r"[^a-z]+", value.strip().lower())
    if len(value) > _LONGEST_PLACEHOLDER or not words[0] or not _PLACEHOLDER_WORDS.issuperset(words):
        return None
    return ForeignValue("a placeholder", "leave it out: a provider that needs no credential has none here")
