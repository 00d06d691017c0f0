from __future__ import annotations

import cProfile
import pstats

import pytest

from text2llm.policy.patterns import PatternSet, match_pattern, spell_model, spell_origin, spell_provider
from text2llm.providers.registry import load_registry
from text2llm.refs import Spellings

SPELLINGS = load_registry().spellings()


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("a/b", "a/b", True),
        ("a/b", "a/bc", False),
        ("*", "", True),
        ("a/*", "a/b/c", True),
        ("*/claude-*", "openrouter/anthropic/claude-opus-4.5", True),
        ("*/claude-*", "claude-opus", False),
        ("*-preview*", "a/x-preview", True),
        ("a*a", "a", False),
        ("*b*a", "ab/b", False),
        ("a*b*c*", "a--b--c", True),
        ("a*c*b*", "abc", False),
        ("a?[b]", "a?[b]", True),
        ("a.c", "abc", False),
        ("a*bc*c", "abc", False),
    ],
)
def test_only_an_asterisk_is_special_and_it_crosses_slashes(pattern: str, text: str, *, fits: bool) -> None:
    assert match_pattern(pattern, text) is fits
    assert PatternSet([pattern]).matches(text) is fits


def test_what_is_denied_is_compared_without_case_and_what_is_allowed_exactly() -> None:
    assert PatternSet(["*-Preview"], folded=True).matches("openai/GPT-preview")
    assert not PatternSet(["openai/*"]).matches("OpenAI/gpt")


def count_calls(size: int) -> int:
    patterns, profile = PatternSet(["*a" * size + "*b"]), cProfile.Profile()
    profile.runcall(patterns.matches, "a" * 2 * size)
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


def test_no_pattern_takes_more_than_linear_time() -> None:
    assert count_calls(8000) <= 8.1 * count_calls(1000)


def test_the_provider_is_spelled_first() -> None:
    assert spell_provider("Z.ai", SPELLINGS) == "zai"
    assert spell_provider("Z*", SPELLINGS) == "z*"
    assert spell_model("z.ai/glm-*", SPELLINGS) == "zai/glm-*"
    assert spell_model("anthropic/opus-4.5", SPELLINGS) == "anthropic/claude-opus-4-5"
    assert spell_model("*-preview*", SPELLINGS) == "*-preview*"


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("https://GW.corp.example:443/", "https://gw.corp.example"),
        ("http://localhost:8000", "http://127.0.0.1:8000"),
        ("http://GW.corp.example:80/", "http://gw.corp.example"),
        ("https://*.Corp.example/", "https://*.corp.example"),
    ],
)
def test_an_origin_is_spelled_as_requests_have_it(written: str, spelled: str) -> None:
    assert spell_origin(written, Spellings()) == spelled
