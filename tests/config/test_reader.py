"""The strict reader: what it refuses, with place and bounds; what it takes, with the right values."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from text2llm.config.nodes import Mapping, Scalar
from text2llm.config.reader import read_document
from text2llm.errors import ReadError

FIXTURES = Path(__file__).parents[2] / "fixtures" / "reader"
REFUSED = json.loads((FIXTURES / "refused.json").read_text())
ACCEPTED = json.loads((FIXTURES / "accepted.json").read_text())


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["name"])
def test_refused_with_place_and_reason(case: dict[str, str]) -> None:
    with pytest.raises(ReadError) as caught:
        read_document("c.yaml", case["text"].encode("utf-8", "surrogatepass"))
    assert caught.value.message.startswith(case["message"])
    assert str(caught.value.location) == f"c.yaml:{case['at']}"


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case["name"])
def test_accepted_with_these_values(case: dict[str, str]) -> None:
    assert read_document("c.yaml", case["text"].encode()).data == case["data"]


def test_bytes_that_are_not_utf_8_are_located() -> None:
    with pytest.raises(ReadError, match="not UTF-8") as caught:
        read_document("c.yaml", b"a: \xc3\xa9\nb: \xff\n")
    assert str(caught.value.location) == "c.yaml:2:4"


def test_utf_16_is_refused() -> None:
    with pytest.raises(ReadError):
        read_document("c.yaml", "version: 1\n".encode("utf-16"))


GROWTH = {
    "more-than-1-MiB": b"#" * ((1 << 20) + 1),
    "deep-flow-lists": b"[" * 1_000_000,
    "deep-flow-maps": b"{a: " * 250_000,
    "deep-block-lists": b"- " * 500_000,
    "deep-by-indentation": b"".join(b" " * depth + b"-\n" for depth in range(1_400)),
    "many-values": b"a: [" + b"1," * 300_000 + b"]",
    "many-keys": b"\n".join(b"k%d: 1" % number for number in range(100_000)),
    "many-explicit-keys": b"? " * 500_000,
    "many-anchors": b"a: " + b"&a" * 400_000,
    "many-aliases": b"a: &a 1\nb: [" + b"*a," * 300_000 + b"]",
    "odd-quotes": b"'" * 999_999,
    "unclosed-quote": b'"' + b"a" * 1_000_000,
    "long-key": b"k" * 1_000_000 + b": 1",
    "digits": b"a: " + b"9" * 1_000_000,
    "percent": b"%" * 1_000_000,
    "tabs": b"\t" * 1_000_000,
    "billion-laughs": b"a: &a [x,x,x,x,x,x,x,x,x]\n"
    + b"".join(b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 9)) for n in range(10)),
    "merged-laughs": b"z: &z {x: 1}\n"
    + b"".join(
        b"m%d: &m%d {<<: [%s]}\n" % (n, n, b",".join([b"*m%d" % (n - 1) if n else b"*z"] * 3)) for n in range(33)
    ),
}
#: Coverage in the process would be what is measured.
UNTRACED = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
#: Runs in a process of its own: prints how much memory the reading added, in KiB, and the CPU seconds.
MEASURE = """
import resource, sys
from text2llm.config.nodes import Mapping, Scalar
from text2llm.config.reader import read_document
from text2llm.errors import ReadError
import yaml
def used(): return resource.getrusage(resource.RUSAGE_SELF)
data = sys.stdin.buffer.read()
before = used()
try:
    read_document("c.yaml", data)
except ReadError:
    outcome = "refused"
after = used()
print(outcome, after.ru_maxrss - before.ru_maxrss, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
"""


@pytest.mark.parametrize("name", GROWTH)
def test_hostile_growth_is_refused_within_time_and_memory(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MEASURE], input=GROWTH[name], env=UNTRACED, capture_output=True, check=True, timeout=30
    )
    outcome, growth, seconds = done.stdout.decode().split()
    assert outcome == "refused"
    assert int(growth) < 256 * 1024
    assert float(seconds) < 2


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("more-than-1-MiB", "c.yaml is larger than 1 MiB"),
        ("many-values", "more than 100,000 values and keys"),
        ("billion-laughs", "anchors that expand to more than 200,000 values"),
    ],
)
def test_growth_is_refused_with_its_reason(name: str, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read_document("c.yaml", GROWTH[name])


def test_positions_are_code_points_behind_a_byte_order_mark() -> None:
    document = read_document("c.yaml", '\ufeffa: "é🙂"\r\nb: {c: 1}\r\n'.encode())
    assert str(document.locate(("b", "c"))) == "c.yaml:2:8"
    assert str(document.locate(("b", "c"), key=True)) == "c.yaml:2:5"


def test_location_of_an_absent_key_is_that_of_its_parent() -> None:
    document = read_document("c.yaml", b"a:\n  b: 1\n")
    assert str(document.locate(("a", "x", "y"))) == "c.yaml:2:3"


def test_value_through_alias_and_merge_is_located_where_it_is_written() -> None:
    document = read_document("c.yaml", b"a: &x {b: 1}\nc: *x\nd: {<<: *x}\n")
    assert str(document.locate(("d", "b"))) == "c.yaml:1:11"


def test_a_no_break_space_is_a_character_like_others() -> None:
    assert read_document("c.yaml", "a: b\u00a0c\n".encode()).data == {"a": "b\u00a0c"}


def test_anchor_without_value_ends_behind_its_name() -> None:
    root = read_document("c.yaml", b"a: &x # none\nb: *x\n").root
    assert isinstance(root, Mapping)
    assert root.items[0][1] == Scalar(None, 5, 5, "", "x", 3)
