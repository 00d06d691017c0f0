from __future__ import annotations

from text2llm.providers.free_probes import FreeProbe, load_free_probes
from text2llm.providers.index import build_free_probes

SOURCE = {"source": "docs"}
GOOD = {"method": "GET", "url": "https://a.example/key", "proves": True}


def test_only_verified_probes_that_prove_something_are_built_the_best_first() -> None:
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
    probes = load_free_probes()
    assert probes["cohere"] == (
        FreeProbe(
            "POST", "https://api.cohere.com/v1/check-api-key", None, None, (200,), "/valid == true", partial=False
        ),
    )
    assert probes["anthropic"][0].credential == "token"
    assert probes["ollama-cloud"][0].accepts == (200, 400)
    assert not {"huggingface", "lmstudio"} & set(probes)
