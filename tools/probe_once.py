"""Probe one server in a separate process: ``probe_once.py GOOD URL TIMEOUT_MS [CERTIFICATE]``.

Probes the server ``GOOD`` first, so that the program is in memory before the measurement starts. Prints as JSON the
result, its duration in seconds, and the memory growth in MiB.
"""

from __future__ import annotations

import json
import platform
import resource
import sys
import time

from tests.probe.making import make_call, make_target
from text2llm.net.client import create_tls_context
from text2llm.probe.result import ProbeOptions
from text2llm.probe.runner import run_probes
from text2llm.trust.bindings import Bindings, Trust


def probe(url: str, timeout_ms: int, certificates: list[str]) -> str:
    context = create_tls_context()
    for path in certificates:
        context.load_verify_locations(path)
    target = make_target(make_call("openai-completions", url=url))
    (result,) = run_probes((target,), ProbeOptions(timeout_ms=timeout_ms), Trust(Bindings()), context=context).results
    reason = result.verdict.reason
    return result.verdict.status.value + (f"/{reason.word}" if reason else "")


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if platform.system() == "Darwin" else 1 << 10)


def main() -> None:
    good, url, timeout_ms, *certificates = sys.argv[1:]
    assert probe(good, 8000, []) == "ok"
    before, started = peak(), time.perf_counter()
    told = probe(url, int(timeout_ms), certificates)
    print(json.dumps({"told": told, "seconds": time.perf_counter() - started, "growth": peak() - before}))


if __name__ == "__main__":
    main()
