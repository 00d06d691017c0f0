from __future__ import annotations

from text2llm.storage.child_environment import make_environment, search_path


def test_only_what_is_needed_or_named_is_passed_on() -> None:
    environ = {"HOME": "/h", "PATH": "/bin", "OPENAI_API_KEY": "k", "OP_ACCOUNT": "a", "LD_PRELOAD": "/x.so"}
    assert make_environment(environ, "OP_ACCOUNT", "UNSET") == {"HOME": "/h", "PATH": "/bin", "OP_ACCOUNT": "a"}


def test_programs_are_not_searched_in_the_working_directory() -> None:
    assert search_path({"PATH": ":.:/usr/bin:bin:/bin"}) == "/usr/bin:/bin"
    assert search_path({}) == "/bin:/usr/bin"
