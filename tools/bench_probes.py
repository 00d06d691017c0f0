"""Probes: a thousand of them, bad servers beside a good one, and each hostile server alone."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from measuring import PROGRAM, ROOT, Row, Used, measure

sys.path.insert(0, str(ROOT))

from tests.net.certificates import make_certificates
from tests.net.hostile import answer, listen
from tests.net.test_tls import serving
from tests.probe.hostile_cases import CASES, GOOD, HostileCase

TOOLS = ROOT / "tools"
COUNT, WORKERS, DELAY = 1000, 100, 0.2
IDEAL = COUNT / WORKERS * DELAY
TIMEOUT_MS = 2000
BAD = 20
KEY = "sk-bench-0123456789abcdefghijklmnop"


@dataclass(frozen=True)
class Hostile:
    """The result of probing one hostile server."""

    name: str
    told: str
    expected: str
    seconds: float
    growth: float


@contextmanager
def late_server() -> Iterator[int]:
    command = [sys.executable, str(TOOLS / "plain_http.py"), "serve", str(DELAY)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def many_models(port: int) -> str:
    """A configuration of a thousand routes to one provider."""
    fallbacks = ", ".join(f"lab/m{number}" for number in range(1, COUNT))
    models = ", ".join(f"{{id: m{number}}}" for number in range(COUNT))
    return (
        f"version: 1\nagents: {{defaults: {{model: {{primary: lab/m0, fallbacks: [{fallbacks}]}}}}}}\n"
        f"models: {{providers: {{lab: {{api: openai-completions, baseUrl: 'http://127.0.0.1:{port}/v1', "
        f"apiKey: '${{LAB_API_KEY}}', models: [{models}]}}}}}}\n"
    )


def measure_thousand(folder: Path, home: Path, rounds: int) -> list[Row]:
    """The program with a thousand routes. Its start-up is the time for one route beyond the server's delay."""
    command = [PROGRAM, "probe", "--json", "--concurrency", str(WORKERS)]
    one: list[float] = []
    plain: list[float] = []
    ours: list[Used] = []
    with late_server() as port:
        (folder / "text2llm.yaml").write_text(many_models(port))
        key = {"LAB_API_KEY": KEY, "TEXT2LLM_TRUSTED_ORIGINS": f"env:LAB_API_KEY=http://127.0.0.1:{port}"}
        ask = [sys.executable, str(TOOLS / "plain_http.py"), "ask", str(port), str(COUNT), str(WORKERS)]
        for _ in range(rounds):
            one.append(measure([*command, "--models", "lab/m0"], folder, home, environ=key).wall)
            plain.append(measure(ask, folder, home).wall)
            ours.append(measure(command, folder, home, environ=key))
            routes = json.loads(ours[-1].printed)["routes"]
            assert [route["probes"][0]["status"] for route in routes] == ["ok"] * COUNT
    start_up, bare = statistics.median(one) - DELAY, statistics.median(plain)
    wall = statistics.median(used.wall for used in ours) - start_up
    memory = statistics.median(used.memory for used in ours)
    what = f"{COUNT:,} probes, {WORKERS} at once, of a server that answers in {DELAY * 1000:.0f} ms"
    beside = f"beyond a start-up of {start_up:.1f} s; plain asyncio {bare:.1f} s"
    return [
        Row(f"{what}, {beside}", wall, 1.25 * IDEAL, "s"),
        Row(f"{COUNT:,} probes, peak memory", memory, 120, "MiB"),
    ]


def measure_bad_servers(folder: Path, home: Path, rounds: int) -> list[Row]:
    """Twenty hostile servers and a good one, probed at once."""
    names = [name for name in CASES if CASES[name].certificate is None][:BAD]
    with ExitStack() as stack:
        good = stack.enter_context(listen(answer(GOOD)))
        bad = [stack.enter_context(listen(CASES[name].make())) for name in names]
        urls = {"good": good.origin} | {f"bad{number}": each.origin for number, each in enumerate(bad)}
        providers = ", ".join(
            f"{name}: {{api: openai-completions, baseUrl: '{url}', apiKey: sandbox-ok, models: [{{id: m1}}]}}"
            for name, url in urls.items()
        )
        fallbacks = ", ".join(f"{name}/m1" for name in urls if name != "good")
        (folder / "text2llm.yaml").write_text(
            f"version: 1\nagents: {{defaults: {{model: {{primary: good/m1, fallbacks: [{fallbacks}]}}}}}}\n"
            f"models: {{providers: {{{providers}}}}}\n"
        )
        options = ["--timeout", str(TIMEOUT_MS), "--concurrency", str(len(urls))]
        runs = [measure([PROGRAM, "probe", "--json", *options], folder, home) for _ in range(rounds)]
    reports = [json.loads(run.printed) for run in runs]
    for report in reports:
        results = [route["probes"][0] for route in report["routes"]]
        told = [result["status"] + (f"/{result['reason']}" if result.get("reason") else "") for result in results]
        assert told == ["ok", *(CASES[name].told for name in names)], told
    duration = statistics.median(report["durationMs"] for report in reports) / TIMEOUT_MS
    memory = statistics.median(run.memory for run in runs)
    what = f"{BAD} bad servers beside a good one"
    return [
        Row(f"{what}, all done", duration, 2, "times the deadline"),
        Row(f"{what}, peak memory", memory, 120, "MiB"),
    ]


def measure_hostile(folder: Path, home: Path) -> list[Hostile]:
    """Each hostile server, probed by a separate process."""
    with_tls = shutil.which("openssl") is not None
    if with_tls:
        make_certificates(folder)
    cases = {name: case for name, case in CASES.items() if with_tls or case.certificate is None}
    with listen(answer(GOOD)) as good:
        return [measure_case(name, case, str(good.origin), folder, home) for name, case in cases.items()]


def measure_case(name: str, case: HostileCase, good: str, folder: Path, home: Path) -> Hostile:
    own = serving(folder, case.certificate) if case.certificate and case.speaks_tls else None
    with listen(case.make(), own, reads=case.speaks_tls) as server:
        url = f"{'https' if case.certificate else 'http'}://127.0.0.1:{server.origin.port}"
        trusted = [str(folder / f"{case.certificate}.pem")] if case.trusted else []
        command = [sys.executable, str(TOOLS / "probe_once.py"), good, url, str(TIMEOUT_MS), *trusted]
        used = measure(command, folder, home, environ={"PYTHONPATH": str(ROOT)})
    found = json.loads(used.printed)
    return Hostile(name, found["told"], case.told, found["seconds"], found["growth"])


def sum_up(found: list[Hostile]) -> list[Row]:
    limit = TIMEOUT_MS / 1000 + 1
    return [
        Row("hostile servers, wrong results", sum(each.told != each.expected for each in found), 0, f"of {len(found)}"),
        Row("hostile servers, the longest", max(each.seconds for each in found) / limit, 1, "of the deadline + 1 s"),
        Row("hostile servers, the most growth of memory", max(each.growth for each in found), 64, "MiB"),
    ]


def hostile_table(found: list[Hostile]) -> str:
    limit = TIMEOUT_MS / 1000 + 1
    lines = ["| server | result | time / (deadline + 1 s) | growth / 64 MiB |", "|---|---|---|---|"]
    for each in found:
        told = f"`{each.told}`" + ("" if each.told == each.expected else f", **not `{each.expected}`**")
        lines.append(f"| {each.name} | {told} | {each.seconds / limit:.2f} | {each.growth / 64:.2f} |")
    return "\n".join(lines) + "\n"
