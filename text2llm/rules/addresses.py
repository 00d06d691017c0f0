"""Rules about the addresses that requests are sent to: none at all, an unencrypted one, one that is a segment off."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from text2llm.auth.reading import Reading
from text2llm.diagnostics import Severity
from text2llm.fix import write_name
from text2llm.refs import ModelRef
from text2llm.rules.providers import find_addresses
from text2llm.rules.rule import Finding, Rule, define_rule

if TYPE_CHECKING:
    from text2llm.upstream.address import AddressFault


@define_rule(
    "missing-address",
    Severity.ERROR,
    "A model in use is at a provider without an address.",
    "set the provider's baseUrl",
)
def missing_address(reading: Reading) -> Iterator[Finding]:
    """A request for a model needs the address of its provider.

    That is its ``baseUrl``, or the descriptor's for its ``api``, of which variables such as
    ``AZURE_OPENAI_RESOURCE_NAME`` may fill in a part. A provider that no chain uses needs none.
    """

    @cache
    def find_fault(ref: ModelRef) -> AddressFault | None:
        from text2llm.upstream.access import find_address_fault

        return find_address_fault(ref.provider, reading, ref.model)

    for _, ref, _, pointer in reading.used:
        custom = reading.customs.get(ref.provider)
        known = custom is not None or reading.registry.get(ref.provider) is not None
        fault = find_fault(ref) if known and not (custom is not None and custom.moved) else None
        if fault is not None:
            yield Finding(pointer, f"nothing can be sent to {ref}: {fault.text}", fault.hint)


@define_rule(
    "plain-http",
    Severity.WARNING,
    "Requests are sent to another machine without encryption.",
    "use https://, or ignore this finding if you trust the network",
)
def plain_http(reading: Reading) -> Iterator[Finding]:
    """Over plain http, everyone on the way can read and change prompts, replies and the key.

    A credential is sent there only by a grant that names the http origin. At a host of a built-in provider plain http
    is an error.
    """
    for custom, address in find_addresses(reading):
        if address.origin is not None and address.origin.unencrypted:
            message = f"key and prompt travel unencrypted to {address.origin}"
            yield Finding((*custom.pointer, "baseUrl"), message)


@define_rule(
    "base-url-shape",
    Severity.WARNING,
    "A base URL has a segment too many or too few for its API.",
    "write the URL to which the API's own path is appended",
    has_fix=True,
)
def base_url_shape(reading: Reading) -> Iterator[Finding]:
    """An API's own path, such as ``/chat/completions``, is appended to the base URL.

    So a whole endpoint in its place leads nowhere, and so does ``/v1`` for ``anthropic-messages``. An empty path is a
    warning where a built-in provider has another one, and else an info: most servers of ``openai-completions`` and
    ``google-generative-ai`` have one.
    """
    for custom, address in find_addresses(reading):
        from text2llm.upstream.base_url import find_excess, is_built_in, mend_base_url

        url, pointer = custom.base_url or "", (*custom.pointer, "baseUrl")
        mended = None if address.problem is not None else mend_base_url(url, address.api)
        if mended is None:
            continue
        excess, most = find_excess(url, address.api), Severity.ERROR
        if excess is not None:
            message, hint = f"the base URL ends with {excess}, which {address.api} appends", f"write {mended}"
        elif is_built_in(url):
            message, hint = f"the base URL has no path, but {address.api} has one there", f"write {mended}"
        else:
            message = f"the base URL has no path; most servers of {address.api} have one"
            hint, most = f"write {mended} if it is like them", Severity.INFO
        yield Finding(pointer, message, hint, fix=write_name(pointer, mended, neutral=True), most=most)


ADDRESS_RULES: tuple[Rule[Reading], ...] = (missing_address, plain_http, base_url_shape)
