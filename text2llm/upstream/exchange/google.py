"""Google's application default credentials by google-auth: its requests are sent by our client, under our rules.

Tokens and assertions go only to Google's endpoints, whatever the file names: another needs a grant.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, quote

from text2llm.net.client import Client
from text2llm.net.message import Encoding, Failure, Request, Response, SecretBody, SecretHeader
from text2llm.secret import Secret
from text2llm.trust.bindings import NamedSecret
from text2llm.trust.origin import OriginError, parse_base_url
from text2llm.upstream.exchange.identity import GoogleIdentity, Prepared, Signer
from text2llm.upstream.exchange.library import attempt, start_program
from text2llm.upstream.exchange.token import judge_exchange
from text2llm.upstream.verdict import Reason, Verdict

_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_PROVIDER = "google-vertex"
#: The fields of a token request that are secrets.
_SECRET_FIELDS = frozenset({"assertion", "refresh_token", "client_secret", "subject_token", "actor_token"})
_HINT = "check the file with `gcloud auth application-default print-access-token`"
#: Where google-auth asks for the project of a workload's pool; no completion needs it, so that no token is sent there.
_RESOURCE_MANAGER = "https://cloudresourcemanager.googleapis.com"
_NOT_FOUND = 404
#: What google-auth tells the program that a file names, by the beginning of the variables.
_TOLD = "GOOGLE_EXTERNAL_ACCOUNT_"
#: A project in a path, if the environment names none.
_PROJECT = "{project}"


@dataclass(frozen=True, slots=True, repr=False)
class _Found:
    """What google-auth found. ``quota`` is the project that pays for a user's requests, of gcloud's file."""

    token: Any
    project: Any
    quota: Any


def find_signer(
    identity: GoogleIdentity, client: Client, loop: asyncio.AbstractEventLoop, deadline: float
) -> Signer | Verdict:
    """What puts an access token on requests. It blocks outside of the ``loop`` in which the client sends.

    Raises:
        ModuleNotFoundError: google-auth is not installed.
    """
    import google.auth  # noqa: F401 - that it is installed

    sender = _Sender(identity, client, loop, deadline)
    found = attempt("google-auth cannot use the file", _HINT, partial(_find, identity.path, sender))
    if isinstance(found, Verdict):
        return sender.last or found
    if not isinstance(found.token, str) or not found.token:
        return Verdict(Reason.UNRESOLVED_REF, "google-auth finds no token", _HINT)
    return partial(_carry, NamedSecret(identity.name, Secret(found.token)), found)


def _find(path: str, sender: _Sender) -> _Found:
    import google.auth
    from google.auth import pluggable

    pluggable.subprocess = SimpleNamespace(run=_run, PIPE=None, STDOUT=None)
    credentials, project = google.auth.load_credentials_from_file(path, scopes=[_SCOPE], request=sender)
    if not credentials.valid:
        credentials.refresh(sender)
    return _Found(credentials.token, project, getattr(credentials, "quota_project_id", None))


def _run(command: Sequence[str], *, timeout: float, env: Mapping[str, str], **_options: Any) -> SimpleNamespace:
    """Run the program that a file names, in place of Python's function."""
    told = [name for name in env if name.startswith(_TOLD)]
    process = start_program(command, env, *told)
    output, _ = process.communicate(timeout=timeout)
    return SimpleNamespace(returncode=process.returncode, stdout=output)


def _carry(token: NamedSecret, found: _Found, request: Request) -> Prepared | Verdict:
    project, quota = (value if isinstance(value, str) else "" for value in (found.project, found.quota))
    if _PROJECT in request.path and not project:
        return Verdict(Reason.BAD_REQUEST, "the project is not known", "set the variable GOOGLE_CLOUD_PROJECT")
    path = request.path.replace(_PROJECT, quote(project, safe=""))
    headers = (*request.headers, *((("x-goog-user-project", quota),) if quota else ()))
    return Prepared(replace(request, path=path, headers=headers), (SecretHeader("Authorization", "Bearer ", token),))


class _Sender:
    """What google-auth calls to send a request; ``last`` is the verdict of the last one, should it be the last."""

    def __init__(
        self, identity: GoogleIdentity, client: Client, loop: asyncio.AbstractEventLoop, deadline: float
    ) -> None:
        self._name, self._client, self._loop, self._deadline = identity.name, client, loop, deadline
        self.last: Verdict | None = None

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> Any:
        from google.auth.exceptions import TransportError

        try:
            base = parse_base_url(url)
        except OriginError as error:
            raise TransportError("invalid URL") from error
        if str(base.origin) == _RESOURCE_MANAGER:
            return _Answer(Response(_NOT_FOUND, {}, b"{}", 0))
        plain = {name: value for name, value in (headers or {}).items() if not name.lower().startswith("x-goog-api-")}
        response = asyncio.run_coroutine_threadsafe(
            self._send(Request(method, base.origin, base.path or "/"), body or b"", plain), self._loop
        ).result(self._deadline)
        self.last = judge_exchange(_PROVIDER, base.origin, response)
        if isinstance(response, Failure):
            raise TransportError(response.message)
        return _Answer(response)

    async def _send(self, request: Request, body: bytes | str, headers: dict[str, str]) -> Response | Failure:
        raw = body.encode() if isinstance(body, str) else body
        secrets = tuple(
            SecretHeader(name, "", self._wrap(value))
            for name, value in headers.items()
            if name.lower() == "authorization"
        )
        kept = {name: value for name, value in headers.items() if name.lower() not in ("authorization", "content-type")}
        if raw and not raw.lstrip().startswith(b"{"):
            fields = parse_qsl(raw.decode(), keep_blank_values=True)
            form = SecretBody(
                Encoding.FORM,
                tuple((name, self._wrap(value) if name in _SECRET_FIELDS else value) for name, value in fields),
            )
            sent = replace(request, headers=tuple(kept.items()))
            return await self._client.send(sent, credentials=secrets, body=form, deadline=self._deadline)
        typed = (*kept.items(), *((("content-type", "application/json"),) if raw else ()))
        return await self._client.send(
            replace(request, headers=typed, body=raw), credentials=secrets, deadline=self._deadline
        )

    def _wrap(self, value: str) -> NamedSecret:
        return NamedSecret(self._name, Secret(value))


class _Answer:
    """A response as google-auth reads it."""

    def __init__(self, response: Response) -> None:
        self.status, self.headers = response.status, response.headers
        self.data = response.body if response.answer is None else response.answer.reveal().encode()
