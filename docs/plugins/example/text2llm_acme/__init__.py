"""The provider Acme: all facts are in ``acme.yaml``, and one way of logging in needs code."""

from text2llm.plugin import ProviderPlugin, descriptor_from_package

from .ticket import exchange_ticket

plugin = ProviderPlugin(
    descriptor=descriptor_from_package(__name__, "acme.yaml"),
    login_methods={"acme-ticket": exchange_ticket},
)
