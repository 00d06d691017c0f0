"""How others install the text2llm that runs: what a hook and a workflow have to name."""

from __future__ import annotations

import json
import re
from typing import NamedTuple

#: What may stand between quotes in YAML and in a shell: a host, a path, perhaps a port; nobody's credentials.
_PUBLIC_URL = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/[A-Za-z0-9._~-]+)+")
_COMMIT = re.compile(r"[0-9a-f]{40,64}")


class Requirement(NamedTuple):
    """A requirement as pip reads it. ``assumed``: nothing says that others can install it so."""

    text: str
    assumed: bool


def find_requirement(version: str) -> Requirement:
    """The requirement for the distribution that runs."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        origin = distribution("text2llm").read_text("direct_url.json")
    except PackageNotFoundError:
        return Requirement(f"text2llm=={version}", assumed=True)
    return read_origin(origin, version)


def read_origin(origin: str | None, version: str) -> Requirement:
    """The requirement for a distribution with this ``direct_url.json`` (PEP 610), which those of an index lack."""
    if origin is None:
        return Requirement(f"text2llm=={version}", assumed=False)
    facts = json.loads(origin)
    url, source = str(facts.get("url")), facts.get("vcs_info") or {}
    commit = str(source.get("commit_id"))
    if source.get("vcs") == "git" and _PUBLIC_URL.fullmatch(url) and _COMMIT.fullmatch(commit):
        return Requirement(f"text2llm @ git+{url}@{commit}", assumed=False)
    return Requirement(f"text2llm=={version}", assumed=True)
