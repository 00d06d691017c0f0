"""All rules."""

from __future__ import annotations

from typing import Any

from text2llm.auth.reading import Reading
from text2llm.diagnostics import Severity
from text2llm.rules.auth import AUTH_RULES
from text2llm.rules.catalog import CATALOG_RULES
from text2llm.rules.environments import ENVIRONMENT_RULES
from text2llm.rules.facts import FACT_RULES
from text2llm.rules.files import FILE_RULES
from text2llm.rules.identity import IDENTITY_RULES
from text2llm.rules.ignores import IGNORE_RULES
from text2llm.rules.models import MODEL_RULES
from text2llm.rules.params import PARAM_RULES
from text2llm.rules.policy import POLICY_RULES
from text2llm.rules.providers import PROVIDER_RULES
from text2llm.rules.rule import Rule

#: The rules over the configuration as a whole; those over single files are in ``FILE_RULES``. Errors come first.
CONFIG_RULES: tuple[Rule[Reading], ...] = tuple(
    sorted(
        (
            *(*IDENTITY_RULES, *PROVIDER_RULES, *MODEL_RULES, *PARAM_RULES, *POLICY_RULES, *AUTH_RULES),
            *(*FACT_RULES, *CATALOG_RULES),
        ),
        key=lambda rule: rule.severity is not Severity.ERROR,
    )
)
RULES: tuple[Rule[Any], ...] = (*FILE_RULES, *ENVIRONMENT_RULES, *CONFIG_RULES, *IGNORE_RULES)
