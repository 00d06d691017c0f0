from __future__ import annotations

import json

import pytest

from tests.providers.descriptors import DESCRIPTORS
from text2llm.config.reader import read_document
from text2llm.config.schema import check_text
from text2llm.config.schema_files import schema_text
from text2llm.providers.endpoints import FreeProbe, load_free_probes
from text2llm.providers.index import build_free_probes
from text2llm.providers.plugin import InstalledPlugin, LoadedPlugin
from text2llm.providers.registry import load_registry

SOURCE = {"source": "docs"}
GOOD = {"method": "GET", "url": "https://a.example/key", "proves": True}


def test_only_verified_probes_are_built_the_best_first() -> None:
    probes = [
        {**GOOD, "url": "https://a.example/second", **SOURCE},
        {**GOOD, "recommended": True, "note": "x", **SOURCE},
        {**GOOD, "proves": False, **SOURCE},
        {**GOOD, "unverified": True, **SOURCE},
    ]
    nothing = [{**GOOD, "proves": False, **SOURCE}]
    built = build_free_probes([{"id": "a", "freeProbes": probes}, {"id": "b", "freeProbes": nothing}, {"id": "c"}])
    assert built == {"a": [{**GOOD, "recommended": True}, {**GOOD, "url": "https://a.example/second"}]}


def test_shipped_probes_are_values() -> None:
    probes = load_free_probes(load_registry())
    assert probes["cohere"] == (
        FreeProbe(
            "POST", "https://api.cohere.com/v1/check-api-key", None, None, (200,), "/valid == true", partial=False
        ),
    )
    assert probes["anthropic"][0].credential == "token"
    assert probes["ollama-cloud"][0].accepts == (200, 400)
    assert not {"huggingface", "lmstudio"} & set(probes)


def test_plugin_adds_its_own_free_probe_and_replaces_no_others() -> None:
    own = {**GOOD, "success": "/id", **SOURCE}
    descriptors = ({**DESCRIPTORS["groq"], "id": name, "aliases": [], "freeProbes": [own]} for name in ("lab", "xai"))
    plugins = [LoadedPlugin(InstalledPlugin("dist", "name", "1"), each, {}) for each in descriptors]
    probes = load_free_probes(load_registry().with_plugins(plugins))
    assert [(each.url, each.success) for each in probes["lab"]] == [("https://a.example/key", "/id")]
    assert probes["xai"][0].url == "https://api.x.ai/v1/api-key"


@pytest.mark.parametrize("success", ["status 200 = key accepted", "/a and /b", "valid", "/valid ==", "/x == y z"])
def test_uncheckable_success_condition_is_rejected(success: str) -> None:
    free = {**GOOD, "success": success, **SOURCE}
    text = json.dumps({**DESCRIPTORS["groq"], "freeProbes": [free]})
    (finding,) = check_text(read_document("p.yaml", text.encode()), schema_text("provider"))
    assert finding.message.startswith("'success': expected a JSON pointer such as ")
