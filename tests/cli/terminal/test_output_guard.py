"""The guarded streams: no secret passes, in one piece or many, and everything else passes at once."""

from __future__ import annotations

import asyncio
import base64
import io
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from text2llm.cli.boundary import run_guarded
from text2llm.cli.terminal.output_guard import GuardedText, Outlet, guard_streams
from text2llm.errors import ExitCode
from text2llm.secret import Secret, forget_values

KEY = "sk_Zq7Xw9Kp2Lm4Nv6Rt8YbHc3"


class Terminal:
    """A text stream that tells what has reached the other side."""

    def __init__(self) -> None:
        self.raw = io.BytesIO()
        self.stream = io.TextIOWrapper(self.raw, encoding="utf-8", write_through=True)
        self.guard = GuardedText(self.stream)

    @property
    def shown(self) -> str:
        return self.raw.getvalue().decode()


@pytest.fixture(autouse=True)
def _one_secret() -> Iterator[None]:
    forget_values()
    Secret(KEY)
    yield
    forget_values()


def test_secret_is_replaced_and_the_length_is_that_of_the_text() -> None:
    terminal = Terminal()
    assert terminal.guard.write(f"key {KEY}!\n") == len(KEY) + 6
    assert terminal.shown == "key [redacted]!\n"


@given(st.lists(st.integers(0, len(KEY) + 8), max_size=8), st.booleans())
def test_secret_in_pieces_is_caught(cuts: list[int], flushed: bool) -> None:  # noqa: FBT001
    terminal, text, at = Terminal(), f"key {KEY} end", 0
    for cut in [*sorted(cuts), len(text)]:
        terminal.guard.write(text[at:cut])
        at = cut
        if flushed:
            terminal.guard.flush()
    terminal.guard.finish()
    assert KEY[7:] not in terminal.shown
    assert terminal.shown.startswith("key ")
    assert terminal.shown.endswith("[redacted] end")
    assert len(terminal.shown) <= len("key [redacted] end") + 7


@pytest.mark.parametrize("prompt", ["apply this plan? [y/N]: ", "Token:", "\r\x1b[K3 of 7 anthropic/claude-s", "sk_"])
def test_prompt_without_a_newline_appears_when_it_is_flushed(prompt: str) -> None:
    terminal = Terminal()
    terminal.guard.write(prompt)
    terminal.guard.flush()
    assert terminal.shown == prompt
    terminal.guard.write("next\n")
    terminal.guard.finish()
    assert terminal.shown == prompt + "next\n"


def test_long_beginning_of_a_secret_is_held_and_let_out_when_it_is_none() -> None:
    terminal = Terminal()
    terminal.guard.write(f"wants {KEY[:10]}")
    terminal.guard.flush()
    assert terminal.shown == "wants "
    terminal.guard.write("…\n")
    assert terminal.shown == f"wants {KEY[:10]}…\n"


def test_most_of_a_secret_is_not_shown_at_the_end() -> None:
    terminal = Terminal()
    terminal.guard.write(f"wants {KEY[:20]}")
    terminal.guard.finish()
    assert terminal.shown == "wants [redacted]"


def test_bytes_are_guarded_too_and_kept_as_they_are() -> None:
    terminal = Terminal()
    data = b"\xff\xc3 " + base64.b64encode(b"user:" + KEY.encode())
    assert terminal.guard.buffer.write(data[:12]) == 12
    terminal.guard.buffer.write(memoryview(data[12:]))
    terminal.guard.buffer.write(b" end")
    terminal.guard.finish()
    assert terminal.raw.getvalue().startswith(b"\xff\xc3 dXNlcj")
    assert terminal.raw.getvalue().endswith(b"[redacted]w== end")


def test_half_a_character_of_bytes_passes() -> None:
    terminal = Terminal()
    for byte in "aß€\n".encode():
        terminal.guard.buffer.write(bytes([byte]))
    assert terminal.shown == "aß€\n"


def test_what_the_stream_is_shows_through() -> None:
    with open(os.devnull, "w", encoding="utf-8") as stream:
        guard = GuardedText(stream)
        assert (guard.isatty(), guard.fileno(), guard.encoding) == (False, stream.fileno(), "utf-8")
        guard.reconfigure(errors="backslashreplace")
        assert guard.errors == "backslashreplace"
        assert guard.buffer.fileno() == stream.fileno()
        assert guard.writable()
        assert not guard.closed


def test_lines_and_print_pass() -> None:
    terminal = Terminal()
    terminal.guard.writelines([f"{KEY[:9]}", f"{KEY[9:]}\n"])
    print("a", KEY, file=terminal.guard)
    assert terminal.shown == "[redacted]\na [redacted]\n"


def test_words_are_not_taken_for_bytes() -> None:
    with pytest.raises(TypeError, match="must be str"):
        Terminal().guard.write(b"")  # type: ignore[arg-type]


def test_streams_are_given_back(capsys: pytest.CaptureFixture[str]) -> None:
    before = (sys.stdout, sys.stderr)
    with guard_streams() as outer:
        with guard_streams() as inner:
            assert inner == outer == (sys.stdout, sys.stderr)
        click.echo(KEY)
        click.echo(KEY, err=True)
    assert (sys.stdout, sys.stderr) == before
    assert capsys.readouterr() == ("[redacted]\n", "[redacted]\n")


@click.command()
@click.argument("way")
def leaky(way: str) -> None:
    Secret(KEY)
    match way:
        case "echo":
            click.echo(KEY)
        case "bytes":
            click.echo(KEY.encode(), err=True)
        case "pieces":
            click.echo(KEY[:12], nl=False)
            click.echo(KEY[12:])
        case "beginning":
            click.echo(KEY[:12], nl=False)
        case "thread":
            thread = threading.Thread(target=_fail)
            thread.start()
            thread.join()
        case "logging":
            logging.getLogger("some.library").warning("sent %s", KEY)
        case "asyncio":
            asyncio.run(_leave_failure())
        case "unraisable":
            _Ending()
        case "exit":
            raise SystemExit(KEY)
        case _:
            raise click.UsageError(f"no way {way} like {KEY}")


def _fail() -> None:
    raise ValueError(KEY)


async def _leave_failure() -> None:
    asyncio.get_running_loop().call_exception_handler({"message": f"lost {KEY}", "exception": ValueError(KEY)})


class _Ending:
    def __del__(self) -> None:
        raise ValueError(KEY)


_WAYS = ["echo", "bytes", "pieces", "thread", "logging", "asyncio", "unraisable", "exit", KEY]
_ALONE = (
    "import sys; from tests.cli.terminal.test_output_guard import leaky, run_guarded; run_guarded(leaky, sys.argv[1:])"
)


@pytest.mark.parametrize("way", _WAYS)
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_whoever_writes_is_guarded(way: str, encoding: str) -> None:
    environ = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": "."}
    done = subprocess.run(
        [sys.executable, "-c", _ALONE, way], capture_output=True, text=True, timeout=30, check=False, env=environ
    )
    shown = done.stdout + done.stderr
    assert "[redacted]" in shown or "[secret]" in shown or way == "exit"
    assert not [at for at in range(len(KEY) - 7) if KEY[at : at + 8] in shown]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_rest_that_nobody_takes_is_no_crash() -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        command = [sys.executable, "-c", _ALONE, "beginning"]
        environ = {**os.environ, "PYTHONPATH": "."}
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=30, check=False, env=environ)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_run_forgets_the_secrets_of_the_last_one(capsys: pytest.CaptureFixture[str]) -> None:
    @click.command()
    def harmless() -> None:
        click.echo(KEY)

    assert run_guarded(harmless, []) == ExitCode.OK
    assert capsys.readouterr().out == f"{KEY}\n"


def test_texts_for_files_are_redacted() -> None:
    assert Outlet().redact(f"a {KEY} b") == "a [redacted] b"


def test_each_part_of_a_long_text_is_searched_for_forms() -> None:
    key = "sk-ant-api03-" + "a1B2" * 23 + "aAA"
    joined = Outlet().join_parts(["one ", key, " two ", key, "", " one "])
    assert joined == "one [secret] two [secret] one "


def test_searched_text_is_still_without_held_values(capsys: pytest.CaptureFixture[str]) -> None:
    _ = Secret("a-value-that-this-process-holds").reveal()
    with guard_streams() as streams:
        sys.stdout.write(Outlet().join_parts(["it is ", "a-value-that-", "this-process-holds", "."]))
        for stream in streams:
            stream.finish()
    assert capsys.readouterr().out == "it is [redacted]."
