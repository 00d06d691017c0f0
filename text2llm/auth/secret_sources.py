"""Secret sources: commands of the user's settings that return secrets, such as those of a password manager.

A repository cannot name a command: it, a store or a plan only names a source and an entry. A source is asked once for
all entries: JSON on standard input and output, version 1 of the protocol that resolvers of OpenClaw speak
(docs.openclaw.ai/gateway/secrets).
"""

from __future__ import annotations

import json
import os
import stat
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

from text2llm.errors import Text2llmError
from text2llm.net.json_body import InvalidJson, parse_json
from text2llm.secret import Secret
from text2llm.settings.model import SecretSource

PROTOCOL = 1
_MAX_OUTPUT = 1024 * 1024
#: What a program needs to find its files and to speak to an agent; no credential is in any of them.
_ALWAYS = ("HOME", "PATH", "LANG", "LC_ALL", "TMPDIR", "USER", "LOGNAME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR")
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


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
        return Secret(value.strip())
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
    """The output of a source's command.

    Raises:
        SecretSourceError: others can change the command, or it failed, took too long, or printed too much.
    """
    _check_command(source)
    names = (*_ALWAYS, *source.env)
    try:
        process = subprocess.Popen(  # noqa: S603 - an absolute path of the user's settings, no shell
            source.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: environ[name] for name in names if name in environ},
            cwd="/",
            start_new_session=True,
        )
    except OSError as error:
        raise SecretSourceError(
            f"the secret source {source.name} cannot be started: {error.strerror}", hint="check its command"
        ) from None
    with process:
        return _communicate(process, source, request)


def _communicate(process: subprocess.Popen[bytes], source: SecretSource, request: bytes) -> bytes:
    try:
        output, _ = process.communicate(request, timeout=source.timeout_ms / 1000)
    except subprocess.TimeoutExpired:
        process.kill()
        raise SecretSourceError(
            f"the secret source {source.name} did not respond within {source.timeout_ms} ms",
            hint=f"unlock it, or raise secrets.sources.{source.name}.timeout",
        ) from None
    if process.returncode != 0:
        raise SecretSourceError(
            f"the secret source {source.name} failed with exit code {process.returncode}",
            hint=f"run its command by hand: {source.command[0]}",
        )
    if len(output) > _MAX_OUTPUT:
        raise SecretSourceError(f"the secret source {source.name} printed more than 1 MiB", hint="check its command")
    return output


def _check_command(source: SecretSource) -> None:
    path = source.command[0]
    try:
        status = os.stat(path)
    except OSError as error:
        raise SecretSourceError(
            f"the command of the secret source {source.name} cannot be used: {error.strerror}", hint=f"check {path}"
        ) from None
    if status.st_uid not in {0, os.geteuid()} or status.st_mode & _OTHERS_MAY_WRITE:
        raise SecretSourceError(
            f"other users can change the command of the secret source {source.name}",
            hint=f"own {path}, and run `chmod go-w {path}`",
        )
