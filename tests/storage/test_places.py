from __future__ import annotations

import pytest

from text2llm.errors import UsageError
from text2llm.storage.places import UserDirectories, find_places


def test_home_variable_puts_everything_under_one_root() -> None:
    places = find_places({"TEXT2LLM_HOME": "/srv/t", "XDG_DATA_HOME": "/elsewhere"})
    assert places == UserDirectories("/srv/t/config", "/srv/t/data", "/srv/t/state", "/srv/t/cache")
    assert places.agent_dir("main") == "/srv/t/data/agents/main/agent"


@pytest.mark.parametrize(
    ("platform", "expected"),
    [
        (
            "linux",
            UserDirectories(
                "/h/.config/text2llm",
                "/h/.local/share/text2llm",
                "/h/.local/state/text2llm",
                "/h/.cache/text2llm",
            ),
        ),
        (
            "darwin",
            UserDirectories(
                "/h/Library/Application Support/text2llm",
                "/h/Library/Application Support/text2llm",
                "/h/Library/Application Support/text2llm",
                "/h/Library/Caches/text2llm",
            ),
        ),
    ],
)
def test_defaults_are_those_of_the_platform(platform: str, expected: UserDirectories) -> None:
    assert find_places({"HOME": "/h"}, platform) == expected


def test_absolute_variable_moves_a_directory_and_a_relative_one_is_ignored() -> None:
    places = find_places({"HOME": "/h", "XDG_CACHE_HOME": "/d", "XDG_CONFIG_HOME": "c"}, "linux")
    assert places == UserDirectories(
        "/h/.config/text2llm", "/h/.local/share/text2llm", "/h/.local/state/text2llm", "/d/text2llm"
    )


@pytest.mark.parametrize("home", [".", "home", "./home", "~nobody-of-that-name/x"])
def test_a_home_that_a_working_directory_would_choose_is_refused(home: str) -> None:
    with pytest.raises(UsageError, match="not an absolute path"):
        find_places({"TEXT2LLM_HOME": home})


def test_a_relative_home_keeps_no_credential_in_the_working_directory() -> None:
    with pytest.raises(UsageError, match="HOME is not an absolute path"):
        find_places({"HOME": "here"}, "linux")
