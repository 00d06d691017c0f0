"""A cloud provider's addresses with the user's part filled in: region, project, resource. Pure.

The part comes from the environment, never from a repository's files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from text2llm.providers.descriptor import ApiEndpoint, Provider

#: The variables that hold each part, in the order of precedence, as the providers' SDKs read them.
VARIABLES: Mapping[str, tuple[str, ...]] = {
    "region": ("AWS_REGION", "AWS_DEFAULT_REGION"),
    "location": ("GOOGLE_CLOUD_LOCATION", "GOOGLE_VERTEX_LOCATION"),
    "project": ("GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "GOOGLE_VERTEX_PROJECT"),
    "resource": ("AZURE_OPENAI_RESOURCE_NAME", "AZURE_RESOURCE_NAME"),
}
#: What a value looks like, for messages.
EXAMPLES: Mapping[str, str] = {
    "region": "us-east-1",
    "location": "europe-west1",
    "project": "my-project",
    "resource": "my-resource",
}
DEFAULT_REGION = "us-east-1"
_PART = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_ENDPOINT = "AZURE_OPENAI_ENDPOINT"
_AZURE = re.compile(r"https://([A-Za-z0-9-]{1,63})\.openai\.azure\.com(?:/.*)?", re.IGNORECASE)
_AZURE_VERSION = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}(?:-preview)?")
_VERSION = re.compile(r"(?<=api-version=)[^&]*")


#: The parts that name a region of the provider: whatever they are, the host is its own.
_REGIONS = ("region", "location")


def find_family(pattern: str) -> re.Pattern[str] | None:
    """What the origins of a pattern match; ``None`` if its part is a customer's, who could be anyone."""
    if any(name not in _REGIONS for name in _PLACEHOLDER.findall(pattern)):
        return None
    literal = [re.escape(part) for part in re.split(r"\{[a-z_]+\}", pattern)]
    return re.compile("[a-z0-9]+(?:-[a-z0-9]+)*".join(literal))


def find_tenant_origins(provider: Provider, environ: Mapping[str, str]) -> list[str]:
    """The base URLs that the environment fills in."""
    filled = fill_endpoints(provider, environ)
    if filled is provider:
        return []
    own = {endpoint.base_url for endpoint in provider.endpoints}
    urls = (endpoint.base_url for endpoint in filled.endpoints)
    return [url for url in urls if url not in own and "{" not in url]


def fill_endpoints(provider: Provider, environ: Mapping[str, str]) -> Provider:
    """The provider with its addresses filled in; a part that the environment does not set remains a placeholder."""
    if not any("{" in endpoint.base_url for endpoint in provider.endpoints):
        return provider
    parts = {name: value for name in VARIABLES if (value := find_part(name, environ)) is not None}
    endpoints = tuple(_fill_endpoint(endpoint, parts, environ) for endpoint in provider.endpoints)
    if _AZURE_VERSION.fullmatch(environ.get("AZURE_OPENAI_API_VERSION", "").strip()):
        # Who names a dated version uses the deployments that need one.
        endpoints = tuple(sorted(endpoints, key=lambda each: each.api != "azure-openai"))
    return provider._replace(endpoints=endpoints)


def select_parts(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that hold a part of an address."""
    names = (*(name for names in VARIABLES.values() for name in names), _ENDPOINT)
    return {name: environ[name] for name in names if name in environ}


def is_region(value: object) -> bool:
    """Whether it can be a part of a host's name."""
    return isinstance(value, str) and _PART.fullmatch(value) is not None


def find_part(name: str, environ: Mapping[str, str]) -> str | None:
    """The value of a placeholder; ``None`` if it is not set, or not a label of a host name."""
    variable = _find_variable(name, environ)
    if variable is None:
        return DEFAULT_REGION if name == "region" else None
    value = environ[variable].strip()
    if variable == _ENDPOINT:
        endpoint = _AZURE.fullmatch(value)
        value = "" if endpoint is None else endpoint[1]
    return value if is_region(value) else None


def find_invalid(name: str, environ: Mapping[str, str]) -> str | None:
    """The variable that sets a placeholder to a value that cannot be used; ``None`` if there is none."""
    return None if find_part(name, environ) is not None else _find_variable(name, environ)


def _find_variable(name: str, environ: Mapping[str, str]) -> str | None:
    """The variable that decides about a placeholder: the first that is set."""
    variables = (*VARIABLES[name], *((_ENDPOINT,) if name == "resource" else ()))
    return next((each for each in variables if environ.get(each, "").strip()), None)


def _fill_endpoint(endpoint: ApiEndpoint, parts: Mapping[str, str], environ: Mapping[str, str]) -> ApiEndpoint:
    version = environ.get("AZURE_OPENAI_API_VERSION", "").strip()
    path = _fill(endpoint.probe.path, parts)
    if _AZURE_VERSION.fullmatch(version):
        path = _VERSION.sub(version, path)
    # The location "global" has no part in the host: seen in recorded traffic.
    url = _fill(endpoint.base_url, parts).replace("://global-aiplatform.", "://aiplatform.")
    return ApiEndpoint(endpoint.api, url, endpoint.probe._replace(path=path))


def _fill(text: str, parts: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: parts.get(found[1], found[0]), text)
