"""The options of ``--probe``, checked before anything is sent; a complaint names the flag."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from text2llm.errors import UsageError
from text2llm.probe.result import ProbeOptions

_MAX_TIMEOUT_MS = 10 * 60 * 1000
_MAX_CONCURRENCY = 256
_MAX_TOKENS = 4096
_MAX_ATTEMPTS = 10
_DEFAULTS = ProbeOptions()


class Flags(NamedTuple):
    """What the flags of a command are called."""

    timeout: str
    concurrency: str
    max_tokens: str
    attempts: str = "--attempts"


STATUS_FLAGS = Flags("--probe-timeout", "--probe-concurrency", "--probe-max-tokens")
GATE_FLAGS = Flags("--timeout", "--concurrency", "--max-tokens")


def check_options(  # noqa: PLR0913 - one parameter an option
    timeout_ms: float | None = None,
    concurrency: float | None = None,
    max_tokens: float | None = None,
    provider: str | None = None,
    profiles: Iterable[str] = (),
    *,
    attempts: float | None = None,
    free: bool = False,
    flags: Flags = STATUS_FLAGS,
) -> ProbeOptions:
    """The options, in range; ``None`` is the default. ``profiles`` are the values of a flag that may be repeated.

    Raises:
        UsageError: a value is no whole number above zero, or beyond what makes sense.
    """
    timeout_ms = _DEFAULTS.timeout_ms if timeout_ms is None else timeout_ms
    concurrency = _DEFAULTS.concurrency if concurrency is None else concurrency
    max_tokens = _DEFAULTS.max_tokens if max_tokens is None else max_tokens
    return ProbeOptions(
        timeout_ms=_check(flags.timeout, timeout_ms, _MAX_TIMEOUT_MS, "a positive number (ms)"),
        concurrency=_check(flags.concurrency, concurrency, _MAX_CONCURRENCY, "> 0"),
        max_tokens=_check(flags.max_tokens, max_tokens, _MAX_TOKENS, "> 0"),
        attempts=_check(flags.attempts, 1 if attempts is None else attempts, _MAX_ATTEMPTS, "> 0"),
        provider=provider,
        profile_ids=split_profiles(profiles),
        free=free,
    )


def _check(flag: str, value: float, most: int, wanted: str) -> int:
    if not value > 0:  # also refuses NaN
        raise UsageError(f"{flag} must be {wanted}", hint=f"give a whole number from 1 to {most}")
    if value > most or value != int(value):
        hint = f"give at most {most:,}" if value > most else "leave the fraction out"
        raise UsageError(f"{flag} must be a whole number from 1 to {most}", hint=hint)
    return int(value)


def split_profiles(values: Iterable[str]) -> tuple[str, ...]:
    """The profile ids of a flag that may be repeated and may hold several, separated by commas; each once.

    Raises:
        UsageError: a value has none. `--probe-profile "$UNSET"` must not mean all of them.
    """
    ids: dict[str, None] = {}
    for value in values:
        parts = [part.strip() for part in value.split(",") if part.strip()]
        if not parts:
            raise UsageError("--probe-profile is empty", hint="name a profile, or leave the flag out")
        ids |= dict.fromkeys(parts)
    return tuple(ids)
