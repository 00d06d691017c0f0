"""Google's application default credentials by google-auth: its requests are sent by our client, under our rules.

Tokens and assertions go only to Google's endpoints, whatever the file names: another needs a grant.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote

from text2llm.net.client import Client
from text2llm.net.message import Encoding, Failure, Request, Response, SecretBody, SecretHeader
from text2llm.secret import Secret
from text2llm.trust.bindings import NamedSecret
from text2llm.trust.origin import OriginError, parse_base_url
from text2llm.upstream.exchange.identity import GoogleIdentity, Prepared
from text2llm.upstream.exchange.token import judge_refusal
from text2llm.upstream.judge import judge_failure
from text2llm.upstream.verdict import Reason, Verdict

_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_PROVIDER = "google-vertex"
#: The fields of a token request that are secrets.
_SECRET_FIELDS = frozenset({"assertion", "refresh_token", "client_secret", "subject_token", "actor_token"})
_HINT = "check the file with `gcloud auth application-default print-access-token`"
#: Where google-auth asks for the project of a workload's pool; no completion needs it, so that no token is sent there.
_RESOURCE_MANAGER = "https://cloudresourcemanager.googleapis.com"
_NOT_FOUND = 404
#: A project in a path, if the environment names none.
_PROJECT = "{project}"


def obtain_token(
    identity: GoogleIdentity, request: Request, client: Client, loop: asyncio.AbstractEventLoop, deadline: float
) -> Prepared | Verdict:
    """The request with an access token. Called outside of the ``loop`` in which the client sends.

    Raises:
        ImportError: google-auth is not installed.
    """
    import google.auth
    from google.auth.exceptions import GoogleAuthError

    sender = _Sender(identity, client, loop, deadline)
    try:
        credentials, project = google.auth.load_credentials_from_file(identity.path, scopes=[_SCOPE], request=sender)
        if not credentials.valid:
            credentials.refresh(sender)
    except (GoogleAuthError, OSError, ValueError) as error:
        return _explain(sender.last, error)
    if not isinstance(credentials.token, str) or not credentials.token:
        return Verdict(Reason.UNRESOLVED_REF, "google-auth finds no token", _HINT)
    if _PROJECT in request.path and not project:
        return Verdict(Reason.BAD_REQUEST, "the project is not known", "set the variable GOOGLE_CLOUD_PROJECT")
    path = request.path.replace(_PROJECT, quote(project or "", safe=""))
    token = NamedSecret(identity.name, Secret(credentials.token))
    quota = getattr(credentials, "quota_project_id", None)  # of gcloud's file: who pays for a user's requests
    headers = (*request.headers, *((("x-goog-user-project", quota),) if isinstance(quota, str) and quota else ()))
    return Prepared(replace(request, path=path, headers=headers), (SecretHeader("Authorization", "Bearer ", token),))


def _explain(last: Response | Failure | None, error: Exception) -> Verdict:
    """The verdict of the last response, or that the file cannot be used: the library's texts may quote it."""
    if isinstance(last, Failure):
        return judge_failure(_PROVIDER, last)
    if last is not None:
        return judge_refusal(_PROVIDER, last)
    return Verdict(Reason.UNRESOLVED_REF, f"google-auth cannot use the file: {type(error).__name__}", _HINT)


class _Sender:
    """What google-auth calls to send a request; ``last`` is the last response."""

    def __init__(
        self, identity: GoogleIdentity, client: Client, loop: asyncio.AbstractEventLoop, deadline: float
    ) -> None:
        self._name, self._client, self._loop, self._deadline = identity.name, client, loop, deadline
        self.last: Response | Failure | None = None

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
        self.last = asyncio.run_coroutine_threadsafe(
            self._send(Request(method, base.origin, base.path or "/"), body or b"", plain), self._loop
        ).result(self._deadline)
        if isinstance(self.last, Failure):
            raise TransportError(self.last.message)
        return _Answer(self.last)

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
