"""Parameters without the literal credentials that a file has among them. Pure."""

from __future__ import annotations

import json
from typing import Any

from text2llm.auth.reading import Reading
from text2llm.config.reader import read_document
from text2llm.params.translate import EffectiveParams
from text2llm.redaction.forms import Forms
from text2llm.redaction.places import HIDDEN, Places


def hide_credentials(found: EffectiveParams, view: Reading) -> EffectiveParams:
    """The parameters without a literal credential among them; only they are searched, not the whole file."""
    text = json.dumps({"params": {**found.params, **found.dropped}})
    secrets = Places.of_files([read_document("params", text.encode())], Forms(view.registry))
    return EffectiveParams(*(hide_secrets(part, secrets) for part in found))


def hide_secrets(value: Any, secrets: Places) -> Any:
    if isinstance(value, dict):
        return {name: hide_secrets(inner, secrets) for name, inner in value.items()}
    if isinstance(value, list):
        return [hide_secrets(inner, secrets) for inner in value]
    return HIDDEN if secrets.show_header(str(value)) == HIDDEN else value
