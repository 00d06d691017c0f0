"""The files in which the tools of clouds keep the user's identity, found as the SDKs find them without a variable.

They are the user's own, wherever a repository is. Sources: botocore/credentials.py and configloader.py;
google/auth/_cloud_sdk.py, get_application_default_credentials_path.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from text2llm.storage.reading import open_to_read

_MAX_BYTES = 256 * 1024
#: What makes a section of AWS's configuration an identity; it may only set a region.
_IDENTITY = frozenset(
    {
        *("aws_access_key_id", "credential_process", "login_session", "role_arn"),
        *("sso_account_id", "sso_session", "sso_start_url", "web_identity_token_file"),
    }
)


def find_cloud_files(environ: Mapping[str, str]) -> dict[str, str]:
    """The path of the identity of each provider that has one without a variable, by the provider's id."""
    home = environ.get("HOME", "").strip()
    found = {"amazon-bedrock": _find_aws(home, environ), "google-vertex": _find_google(home, environ)}
    return {provider: path for provider, path in found.items() if path is not None}


def _find_aws(home: str, environ: Mapping[str, str]) -> str | None:
    profile = environ.get("AWS_DEFAULT_PROFILE", "").strip() or "default"
    files = (("AWS_SHARED_CREDENTIALS_FILE", "credentials"), ("AWS_CONFIG_FILE", "config"))
    paths = (_locate(environ.get(variable, ""), home, ".aws", name) for variable, name in files)
    return next((path for path in paths if path and any(_find_keys(path, profile))), None)


def _find_google(home: str, environ: Mapping[str, str]) -> str | None:
    folder = _locate(environ.get("CLOUDSDK_CONFIG", ""), home, ".config", "gcloud")
    path = os.path.join(folder, "application_default_credentials.json") if folder else ""
    return path if path and os.path.isfile(path) else None


def _locate(written: str, home: str, *default: str) -> str:
    """A path that the environment sets, or the default below the home directory; empty without one."""
    if written.strip():
        return os.path.expanduser(written.strip())
    return os.path.join(home, *default) if os.path.isabs(home) else ""


def _find_keys(path: str, profile: str) -> Iterator[str]:
    """The keys of a profile that make it an identity."""
    inside = False
    for line in _read_lines(path):
        text = line.strip()
        if text.startswith("["):
            name = text.partition("]")[0].removeprefix("[").strip().strip("\"'")
            inside = name.removeprefix("profile").strip().strip("\"'") == profile
        elif inside and text.partition("=")[0].strip().lower() in _IDENTITY:
            yield text.partition("=")[0].strip()


def _read_lines(path: str) -> list[str]:
    try:
        with os.fdopen(open_to_read(path), "rb") as file:
            return file.read(_MAX_BYTES).decode("utf-8", "replace").splitlines()
    except OSError:
        return []
