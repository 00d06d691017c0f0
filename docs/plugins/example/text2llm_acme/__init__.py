"""The provider Acme: its facts are in ``acme.yaml``; one login method needs code."""

from text2llm.plugin import ProviderPlugin, descriptor_from_package

from .ticket import exchange_ticket

plugin = ProviderPlugin(
    descriptor=descriptor_from_package(__name__, "acme.yaml"),
    login_methods={"acme-ticket": exchange_ticket},
)
