"""Secret sources: commands of the user's settings that return secrets, such as those of a password manager.

A repository cannot name a command: it, a store or a plan only names a source and an entry. A source is asked once for
all entries: JSON on standard input and output, version 1 of the protocol that resolvers of OpenClaw speak
(docs.openclaw.ai/gateway/secrets).
"""

from __future__ import annotations

import json
import os
import shlex
import stat
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from text2llm.auth.pasted import PastedSecretError, parse_secret
from text2llm.child import child_environ, close_pipes, communicate, end_session, start_child
from text2llm.errors import Text2llmError
from text2llm.net.json_body import InvalidJson, parse_json
from text2llm.secret import Secret
from text2llm.settings.model import SecretSource

PROTOCOL = 1
_MAX_OUTPUT = 1024 * 1024
_FOLDER = "/"
#: A group may write a folder, as that of Homebrew.
_FOLDER_BITS = stat.S_IWOTH


class SecretSourceError(Text2llmError):
    code = "secret-source"


def ask_source(source: SecretSource, ids: Sequence[str], environ: Mapping[str, str]) -> dict[str, Secret | str]:
    """The secret of each entry, or the reason why there is none. What the command prints is never repeated."""
    try:
        answer = _parse_answer(_run(source, json.dumps(_make_request(source, ids)).encode(), environ), source)
    except SecretSourceError as error:
        return dict.fromkeys(ids, f"{error.message}; {error.hint}")
    return {name: _find_value(name, answer, source) for name in ids}


def _make_request(source: SecretSource, ids: Sequence[str]) -> dict[str, Any]:
    return {"protocolVersion": PROTOCOL, "provider": source.name, "ids": list(ids)}


def _find_value(name: str, answer: Mapping[str, Any], source: SecretSource) -> Secret | str:
    values = answer.get("values")
    value = values.get(name) if isinstance(values, dict) else None
    if isinstance(value, str) and value.strip():
        try:
            return parse_secret(value, f"the entry {name} of the secret source {source.name}")
        except PastedSecretError as error:
            return f"{error.message}; {error.hint}"
    return f"the secret source {source.name} has no value for {name}; check the name, and that the source is unlocked"


def _parse_answer(output: bytes, source: SecretSource) -> Mapping[str, Any]:
    body = parse_json(output)
    if isinstance(body, InvalidJson) or not isinstance(body, dict) or body.get("protocolVersion") != PROTOCOL:
        raise SecretSourceError(
            f"the secret source {source.name} did not print a response of protocol version {PROTOCOL}",
            hint=f"run its command by hand: {source.command[0]}",
        )
    return body


def _run(source: SecretSource, request: bytes, environ: Mapping[str, str]) -> bytes:
    """The output of a source's command; whatever that has started is ended with it.

    Raises:
        SecretSourceError: others can change the command, or it failed, took too long, or printed too much.
    """
    _check_command(source)
    passed = child_environ(environ, source.env)
    try:
        process = start_child(source.command, passed, piped=("stdin", "stdout"), cwd=_FOLDER, apart=True)
    except OSError as error:
        raise SecretSourceError(
            f"the secret source {source.name} cannot be started: {error.strerror}", hint="check its command"
        ) from None
    try:
        output = communicate(process, request, _MAX_OUTPUT, time.monotonic() + source.timeout_ms / 1000)
    except TimeoutError:
        raise SecretSourceError(
            f"the secret source {source.name} did not respond within {source.timeout_ms} ms",
            hint=f"unlock it, or raise secrets.sources.{source.name}.timeout",
        ) from None
    finally:
        code = process.returncode
        end_session(process)
        close_pipes(process)
    return _check_output(source, output, code)


def _check_output(source: SecretSource, output: bytes, code: int | None) -> bytes:
    if len(output) > _MAX_OUTPUT:
        raise SecretSourceError(f"the secret source {source.name} printed more than 1 MiB", hint="check its command")
    if code != 0:
        raise SecretSourceError(
            f"the secret source {source.name} failed with exit code {code}",
            hint=f"run its command by hand: {source.command[0]}",
        )
    return output


def _check_command(source: SecretSource) -> None:
    """Refuse a command, or a file among its arguments, such as an interpreter's script, that others can change."""
    path = source.command[0]
    try:
        os.stat(path)
    except OSError as error:
        raise SecretSourceError(
            f"the command of the secret source {source.name} cannot be used: {error.strerror}", hint=f"check {path}"
        ) from None
    named = (os.path.join(_FOLDER, argument) for argument in source.command)
    changeable = next(filter(None, map(_find_changeable, named)), None)
    if changeable is not None:
        raise SecretSourceError(
            f"other users can change the command of the secret source {source.name}: {changeable}",
            hint=f"own {changeable}, and run `chmod go-w {shlex.quote(changeable)}`",
        )


def _find_changeable(path: str) -> str | None:
    """What another user can change or replace to change what exists at ``path``; the system's user may."""
    from text2llm.storage.path_walk import walk_path

    with suppress(OSError, ValueError):
        whole = (os.path.realpath(path), os.stat(path), stat.S_IWGRP | stat.S_IWOTH)  # a loop of links fails
        way = os.path.join(path, "file") if os.path.isdir(path) else path
        with walk_path(way, lambda _link: None) as walk:
            links = ((link.path, link.status, 0) for link in walk.links)
            folders = ((folder.path, folder.status, _FOLDER_BITS) for folder in walk.passed)
            return next((each for each, status, bits in (*folders, *links, whole) if _is_open(status, bits)), None)
    return None


def _is_open(status: os.stat_result, bits: int) -> bool:
    """Whether another user owns it, or can write it by these mode bits; the sticky bit protects what is in a folder."""
    sticky = bits == _FOLDER_BITS and status.st_mode & stat.S_ISVTX
    return status.st_uid not in {0, os.geteuid()} or bool(status.st_mode & bits and not sticky)
