"""The environment variables of a provider, as its descriptor or its index entry lists them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

#: The kinds of variables whose value can authenticate a request; in :attr:`EnvVar.kind`.
CREDENTIAL_KINDS = frozenset({"api_key", "oauth_token", "github_token"})
#: The kinds of variables from which a credential is made when a request is sent, by the means of a cloud.
IDENTITY_KINDS = frozenset({"aws", "adc_file", "entra_secret"})


class EnvVar(NamedTuple):
    """An environment variable that a provider's tools read.

    ``kind`` is ``api_key``, ``oauth_token``, ``github_token`` (exchanged before use), ``gateway_token``,
    ``foreign_token`` (read by another product only), ``admin_key``, ``management_key``, ``aws``,
    ``adc_file``, ``entra_secret`` or ``config``.
    """

    name: str
    kind: str

    def is_secret(self) -> bool:
        """Whether its value gives access to something at the provider, even if not to inference."""
        return self.kind != "config"


def parse_env(entry: Mapping[str, Any]) -> tuple[EnvVar, ...]:
    """The variables of a descriptor or an index entry, in order, without unverified ones."""
    return tuple(EnvVar(each["name"], each["kind"]) for each in entry["env"] if not each.get("unverified"))


def credential_vars(variables: tuple[EnvVar, ...]) -> tuple[EnvVar, ...]:
    """Those that can authenticate a request, in the order in which they are tried."""
    return tuple(variable for variable in variables if variable.kind in CREDENTIAL_KINDS)
