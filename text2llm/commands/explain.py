"""Where a key, an agent, an alias, a model or a provider comes from."""

from __future__ import annotations

import json
import os
from typing import Any

from text2llm.config.discovery import CONFIG_NAME, shorten_path
from text2llm.config.schema_files import inline_refs, schema_text
from text2llm.explain.explain import explain_subject
from text2llm.explain.explanation import Explanation, Kind
from text2llm.explain.store import trace_config
from text2llm.explain.subject import find_subject
from text2llm.plan.settings_edit import read_grants
from text2llm.storage.places import find_places
from text2llm.workspace import Workspace


def run(workspace: Workspace, word: str, agent: str | None = None) -> Explanation:
    """Explain what a word means, with the credentials of an agent (``None``: the default one)."""
    subject = find_subject(word, workspace.meaning, _read_schema())
    reading = workspace.read(workspace.find_agent(subject.name if subject.kind is Kind.AGENT else agent))
    own = shorten_path(os.path.join(find_places(workspace.environ).config, CONFIG_NAME))
    chosen = trace_config(workspace.named, workspace.path, own, workspace.environ)
    granted = read_grants(workspace.environ, workspace.registry).list_all()
    return explain_subject(subject, reading, chosen, granted)


def _read_schema() -> dict[str, Any]:
    return inline_refs(json.loads(schema_text("config")))
