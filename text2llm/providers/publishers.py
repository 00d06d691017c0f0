"""The names under which OpenRouter lists models: ``x-ai`` in ``openrouter/x-ai/grok-4``. Data only.

Each has the provider here that serves the publisher's models itself, or ``None``. The source of the names is
anomalyco/models.dev, the folders of providers/openrouter/models (2026-07-02); a publisher whose name is a provider's
here needs no entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ROUTER = "openrouter"
#: The end of an id that only OpenRouter gives to models.
FREE = ":free"
_WITHOUT_API = (
    *("ai21", "aion-labs", "allenai", "amazon", "anthracite-org", "arcee-ai", "baidu", "bytedance", "bytedance-seed"),
    *("cognitivecomputations", "deepcogito", "meta-llama", "microsoft", "nousresearch", "xiaomi"),
)
PUBLISHERS: Mapping[str, str | None] = MappingProxyType(
    {
        "mistralai": "mistral",
        "moonshotai": "moonshot",
        "qwen": "alibaba",
        "x-ai": "xai",
        "z-ai": "zai",
        **dict.fromkeys(_WITHOUT_API),
    }
)
