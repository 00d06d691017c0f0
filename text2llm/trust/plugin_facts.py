"""Check a plugin's descriptor before credentials are bound to its origins. Pure.

The checks go beyond the schema; tests apply them to text2llm's own descriptors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from text2llm.providers.claims import find_claim
from text2llm.providers.index import build_logins
from text2llm.providers.oauth import parse_oauth
from text2llm.providers.registry import Registry
from text2llm.trust.origin import OriginError, parse_base_url, parse_origin

#: Of a schema error, which quotes the invalid value.
_MAX_CHARACTERS = 200


def find_fault(descriptor: Mapping[str, Any], registry: Registry) -> str | None:
    """The first reason why a descriptor cannot be used beside those of ``registry``."""
    return (
        _schema_fault(descriptor) or find_claim(descriptor, registry) or next(filter(None, _faults(descriptor)), None)
    )


def _schema_fault(descriptor: Mapping[str, Any]) -> str | None:
    import json

    from text2llm.config.schema import iter_errors
    from text2llm.config.schema_files import inline_refs, schema_text

    error = next(iter_errors(inline_refs(json.loads(schema_text("provider"))), descriptor), None)
    if error is None:
        return None
    unknown = error.validator == "additionalProperties"
    place = "/".join(map(str, (*error.path, *((error.instance,) if unknown else ())))) or "its top"
    return f"its descriptor does not match the provider schema, at {place}: {error.message[:_MAX_CHARACTERS]}"


def _faults(descriptor: Mapping[str, Any]) -> Iterator[str | None]:
    if descriptor["local"] and descriptor["origins"]:
        yield "nothing is bound to a service on the user's machine: `origins` must be empty where `local` is true"
    if descriptor["auth"]["scheme"] == "header" and "header" not in descriptor["auth"]:
        yield "the credential travels in a header, and `auth` names none"
    yield from _form_faults(descriptor)
    for origin in descriptor["origins"]:
        yield _url_fault("the origin", origin, origin=True)
    for url in _login_urls(descriptor):
        yield _url_fault("the login URL", url)


def _form_faults(descriptor: Mapping[str, Any]) -> Iterator[str]:
    for form in descriptor.get("keyFormats", ()):
        for text in (form["pattern"], f"[{form.get('alphabet', 'x')}]"):
            try:
                re.compile(text)
            except re.error:
                yield f"the form of its {form['name']} is not a regular expression"


def _login_urls(descriptor: Mapping[str, Any]) -> tuple[str, ...]:
    entry = build_logins([descriptor]).get(descriptor["id"])
    return () if entry is None else parse_oauth(descriptor["id"], entry).urls()


def _url_fault(what: str, url: str, *, origin: bool = False) -> str | None:
    try:
        found = parse_origin(url) if origin else parse_base_url(url).origin
    except OriginError as error:
        return f"{what} {url!r} cannot be used: {error.message}"
    secure = found.scheme == "https"
    return None if secure else f"{what} {url!r} is not https: other programs on this machine could listen"
