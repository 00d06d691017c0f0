"""What kind of file a document is, by its content."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from enum import Enum

from text2llm.config.document import Document

_AGENT_KEYS = frozenset({"id", "default", "model", "imageModel", "roles"})
_SETTINGS_KEYS = frozenset({"trust", "oauth", "oidc", "plugins", "network"})
_SCENARIO_KEYS = frozenset({"answers", "latencyMs", "catalog", "usage"})
_CONFIG_KEYS = frozenset({"version", "include", "agents", "models", "auth", "policy", "rules", "probe", "environment"})
_POLICY_KEYS = frozenset({"version", "policy"})


class FileKind(Enum):
    """The kinds of files; the value is the schema's name where there is one."""

    CONFIG = "config"
    AGENT = "agent"
    ENVIRONMENT = "environment"
    SETTINGS = "settings"
    POLICY = "policy"
    PROVIDER = "provider"
    SCENARIO = "sandbox-scenario"
    STORE = "auth-store"
    UNKNOWN = "unknown"


def recognize(document: Document) -> FileKind:
    keys = document.data.keys() if isinstance(document.data, dict) else frozenset[str]()
    if "profiles" in keys and "agents" not in keys:
        return FileKind.STORE
    if "id" in keys and "version" not in keys:
        return FileKind.PROVIDER if keys & {"baseUrl", "origins"} else FileKind.AGENT
    if keys & _SCENARIO_KEYS and not keys & {"version", "agents"}:
        return FileKind.SCENARIO
    if keys & _CONFIG_KEYS or "environment" in keys:
        return _recognize_versioned(keys)
    if keys & _SETTINGS_KEYS:
        return FileKind.SETTINGS
    return FileKind.AGENT if keys & _AGENT_KEYS else FileKind.UNKNOWN


def _recognize_versioned(keys: AbstractSet[str]) -> FileKind:
    if "environment" in keys:
        return FileKind.ENVIRONMENT
    return FileKind.POLICY if keys == _POLICY_KEYS else FileKind.CONFIG
