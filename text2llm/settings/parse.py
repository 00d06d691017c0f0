"""Parse settings, and check what the schema cannot. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple, TypeVar, final

from text2llm.config.document import Document
from text2llm.config.nodes import Pointer
from text2llm.config.scalars import parse_duration
from text2llm.config.schema import check_text
from text2llm.config.schema_files import schema_text
from text2llm.diagnostics import Diagnostic, Severity
from text2llm.refs import Spellings
from text2llm.secret import RefSource, SecretRef
from text2llm.settings.model import FROM_ENVIRONMENT, NetworkSettings, OAuthClient, OidcGateway, SecretSource, Settings
from text2llm.trust.bindings import Grant, parse_credential_name, spell_name
from text2llm.trust.origin import OriginError, parse_base_url, parse_origin, parse_proxy

KIND = "settings"
_RULE = "settings"
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PATH = re.compile(r"~?/.+")
#: The format of a reference's ``id``, also in words; a keyring entry may have any name.
_REF_FORMS = {
    RefSource.ENV: (_VARIABLE, "the name of a variable, such as CORP_CLIENT_SECRET"),
    RefSource.FILE: (_PATH, "an absolute path, such as /run/secrets/corp-client"),
}
_Parsed = TypeVar("_Parsed")


class ParsedSettings(NamedTuple):
    """``settings`` is ``None`` if there are findings, each of error severity."""

    settings: Settings | None
    findings: tuple[Diagnostic, ...] = ()


def parse_settings(document: Document, spellings: Spellings) -> ParsedSettings:
    if document.root is None:
        return ParsedSettings(Settings(document.path))
    findings = check_text(document, schema_text(KIND))
    if findings:
        return ParsedSettings(None, tuple(findings))
    reader = _Reader(document, spellings)
    settings = reader.read()
    if reader.findings:
        return ParsedSettings(None, tuple(sorted(reader.findings, key=lambda finding: finding.location)))
    return ParsedSettings(settings)


@final
class _Reader:
    """Reads data that the schema has accepted, and collects findings; invalid entries are left out."""

    def __init__(self, document: Document, spellings: Spellings) -> None:
        self.document, self.spellings = document, spellings
        self.findings: list[Diagnostic] = []

    def read(self) -> Settings:
        data: Any = self.document.data
        return Settings(
            path=self.document.path,
            grants=tuple(self._grants(data.get("trust", []))),
            clients=dict(self._clients(data.get("oauth", {}))),
            gateways={each.id: each for each in self._gateways(data.get("oidc", {}), data.get("oauth", {}))},
            plugins=tuple(data.get("plugins", ())),
            network=self._network(data.get("network", {})),
            sources=dict(self._sources(data.get("secrets", {}).get("sources", {}))),
        )

    def _grants(self, entries: list[Mapping[str, str]]) -> Iterator[Grant]:
        for index, entry in enumerate(entries):
            name = parse_credential_name(entry["credential"])
            if name is None:
                where = ("trust", index, "credential")
                self._note(
                    where,
                    "this is not a credential's name",
                    "write env:NAME, profile:ID, provider:ID or secret:SOURCE:ENTRY",
                )
            origin = self._url(("trust", index, "origin"), entry["origin"], partial(parse_origin, plain=True))
            if name is not None and origin is not None:
                yield Grant(spell_name(name, self.spellings), origin)

    def _sources(self, entries: Mapping[str, Any]) -> Iterator[tuple[str, SecretSource]]:
        for name, entry in entries.items():
            timeout = parse_duration(entry.get("timeout", "5s"))
            if not entry["command"][0].startswith("/"):
                place = ("secrets", "sources", name, "command", 0)
                self._note(place, "the program is not named by an absolute path", "write its whole path")
            yield name, SecretSource(name, tuple(entry["command"]), tuple(entry.get("env", ())), timeout)

    def _clients(self, entries: Mapping[str, Any]) -> Iterator[tuple[str, OAuthClient]]:
        for name, provider in self._providers("oauth", entries):
            yield provider, self._client(("oauth", name), entries[name])

    def _gateways(self, entries: Mapping[str, Any], clients: Mapping[str, Any]) -> Iterator[OidcGateway]:
        taken = {self.spellings.provider(name) for name in clients}
        for name, provider in self._providers("oidc", entries):
            pointer, entry = ("oidc", name), entries[name]
            if provider in taken:
                self._note(pointer, f"{provider} is defined under oauth, too", "keep one of the two", key=True)
            self._url((*pointer, "issuer"), entry["issuer"], parse_base_url)
            origins = (
                self._url((*pointer, "origins", index), text, parse_origin)
                for index, text in enumerate(entry.get("origins", ()))
            )
            usual = OidcGateway(provider, entry["issuer"], self._client(pointer, entry))
            yield usual._replace(
                scopes=tuple(entry.get("scopes", usual.scopes)),
                flows=tuple(entry.get("flows", usual.flows)),
                origins=tuple(str(origin) for origin in origins if origin is not None),
            )

    def _providers(self, section: str, entries: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """The keys of a section and their canonical ids, each id once."""
        seen: set[str] = set()
        for name in entries:
            provider = self.spellings.provider(name)
            if provider in seen:
                text = f"{provider} is defined twice, under another spelling"
                self._note((section, name), text, "keep one of the two", key=True)
            else:
                seen.add(provider)
                yield name, provider

    def _client(self, pointer: Pointer, entry: Mapping[str, Any]) -> OAuthClient:
        redirect = entry.get("redirect")
        if redirect is not None:
            self._url((*pointer, "redirect"), redirect.replace(":{port}", ":1", 1), parse_base_url)
        return OAuthClient(entry["clientId"], self._secret((*pointer, "clientSecret"), entry), redirect)

    def _secret(self, pointer: Pointer, entry: Mapping[str, Any]) -> SecretRef | None:
        written = entry.get("clientSecret")
        if written is None:
            return None
        source = RefSource(written["source"])
        form = _REF_FORMS.get(source)
        if form is not None and not form[0].fullmatch(written["id"]):
            self._note((*pointer, "id"), f"expected {form[1]}", "never put the secret itself here")
        return SecretRef(source, written["id"])

    def _network(self, entry: Mapping[str, str]) -> NetworkSettings:
        proxy = entry.get("proxy")
        if proxy is not None and proxy != FROM_ENVIRONMENT:
            parsed = self._url(("network", "proxy"), proxy, parse_proxy)
            proxy = None if parsed is None else str(parsed)
        return NetworkSettings(proxy, entry.get("caFile"))

    def _url(self, pointer: Pointer, text: str, parse: Callable[[str], _Parsed]) -> _Parsed | None:
        try:
            return parse(text)
        except OriginError as error:
            self._note(pointer, error.message, error.hint)
            return None

    def _note(self, pointer: Pointer, message: str, hint: str | None, *, key: bool = False) -> None:
        place = self.document.locate(pointer, key=key)
        self.findings.append(Diagnostic(_RULE, Severity.ERROR, message, place, hint))
