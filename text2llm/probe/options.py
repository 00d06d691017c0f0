"""The options of ``--probe``, validated before anything is sent; errors name the flag."""

from __future__ import annotations

from collections.abc import Iterable

from text2llm.errors import UsageError
from text2llm.probe.result import ProbeOptions

_MAX_TIMEOUT_MS = 10 * 60 * 1000
_MAX_CONCURRENCY = 256
_MAX_TOKENS = 4096
_MAX_ATTEMPTS = 10
_DEFAULTS = ProbeOptions()


def check_options(  # noqa: PLR0913 - one parameter per option
    timeout_ms: float | None = None,
    concurrency: float | None = None,
    max_tokens: float | None = None,
    provider: str | None = None,
    profiles: Iterable[str] = (),
    *,
    attempts: float | None = None,
    free: bool = False,
    prefix: str = "--probe-",
) -> ProbeOptions:
    """The validated options; ``None`` is the default. ``profiles`` are the values of a flag that may be repeated.

    ``prefix`` is that of the flags in errors.

    Raises:
        UsageError: a value is not a whole number above zero, or is too large.
    """
    return ProbeOptions(
        timeout_ms=_check(
            f"{prefix}timeout", timeout_ms, _DEFAULTS.timeout_ms, _MAX_TIMEOUT_MS, "a positive number (ms)"
        ),
        concurrency=_check(f"{prefix}concurrency", concurrency, _DEFAULTS.concurrency, _MAX_CONCURRENCY),
        max_tokens=_check(f"{prefix}max-tokens", max_tokens, _DEFAULTS.max_tokens, _MAX_TOKENS),
        attempts=_check("--attempts", attempts, _DEFAULTS.attempts, _MAX_ATTEMPTS),
        provider=provider,
        profile_ids=split_profiles(profiles),
        free=free,
    )


def _check(flag: str, given: float | None, default: int, most: int, wanted: str = "> 0") -> int:
    value = default if given is None else given
    if not value > 0:  # also refuses NaN
        raise UsageError(f"{flag} must be {wanted}", hint=f"use a whole number from 1 to {most}")
    if value > most or value != int(value):
        hint = f"use at most {most:,}" if value > most else "remove the fraction"
        raise UsageError(f"{flag} must be a whole number from 1 to {most}", hint=hint)
    return int(value)


def split_profiles(values: Iterable[str]) -> tuple[str, ...]:
    """The distinct profile ids of a flag that may be repeated, and may contain several separated by commas.

    Raises:
        UsageError: a value is empty. `--probe-profile "$UNSET"` must not mean all profiles.
    """
    ids: dict[str, None] = {}
    for value in values:
        parts = [part.strip() for part in value.split(",") if part.strip()]
        if not parts:
            raise UsageError("--probe-profile is empty", hint="name a profile, or omit the flag")
        ids |= dict.fromkeys(parts)
    return tuple(ids)
