"""SARIF logs held against the standard's own schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema.validators import validator_for

SCHEMA = json.loads((Path(__file__).parents[2] / "fixtures" / "sarif" / "sarif-2.1.0.schema.json").read_text())


def assert_sarif(log: Any) -> None:
    """Fail unless the log obeys the schema."""
    validator_for(SCHEMA)(SCHEMA).validate(log)
