"""AWS Signature Version 4 by botocore over our own request, with the credentials that botocore's chain finds.

botocore opens connections only where a profile or a role needs them (STS, IAM Identity Center, a container's endpoint).
The metadata service of EC2 is asked only if ``AWS_EC2_METADATA_DISABLED`` is ``false``. A ``credential_process`` gets
no variable with a credential.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from text2llm.net.message import Request, SecretHeader
from text2llm.providers.tenancy import DEFAULT_REGION, is_region
from text2llm.secret import Secret
from text2llm.trust.bindings import NamedSecret
from text2llm.trust.origin import parse_origin
from text2llm.upstream.exchange.identity import AwsIdentity, Prepared, Signer
from text2llm.upstream.exchange.library import attempt, start_program
from text2llm.upstream.verdict import Reason, Verdict

if TYPE_CHECKING:
    from text2llm.child import Child

_SERVICE = "bedrock"
_SCHEME = "AWS4-HMAC-SHA256 "
#: What a ``credential_process`` may read of AWS's variables: none is a secret.
_PROCESS = (
    *("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_CA_BUNDLE"),
    *("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SDK_LOAD_CONFIG"),
)
#: Seconds that botocore waits for a service.
_WAIT = 5
_DEFAULT_ORIGIN = f"https://bedrock-runtime.{DEFAULT_REGION}.amazonaws.com"


@dataclass(frozen=True, slots=True, repr=False)
class _Found:
    """What botocore found: ``frozen`` are its credentials at this moment."""

    frozen: Any
    region: str


def find_signer(identity: AwsIdentity) -> Signer | Verdict:
    """What signs the requests of an identity. It blocks.

    Raises:
        ModuleNotFoundError: botocore is not installed.
    """
    found = attempt(_PROBLEM, _HINT, partial(_find, identity))
    return found if isinstance(found, Verdict) else partial(_sign, identity, found)


_HINT = "check it with `aws sts get-caller-identity`"
_PROBLEM = "botocore finds no credentials"


def _find(identity: AwsIdentity) -> _Found | Verdict:
    from botocore import exceptions

    try:
        session = _open_session(identity.region)
        found = session.get_credentials()
        frozen = None if found is None else found.get_frozen_credentials()
        region = identity.region or session.get_config_variable("region") or DEFAULT_REGION
    except exceptions.ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        return Verdict(Reason.FORBIDDEN, f"AWS does not accept the identity: {code}", _HINT)
    except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
        return _explain_unreached(error)
    if frozen is None:
        return Verdict(Reason.UNRESOLVED_REF, f"{_PROBLEM} for {identity.name}", _HINT)
    if not is_region(region):
        return Verdict(Reason.UNRESOLVED_REF, "the region of the AWS profile is not valid", _REGION_HINT)
    texts = (frozen.access_key, frozen.secret_key, frozen.token or "")
    if not all(isinstance(text, str) for text in texts):
        return Verdict(Reason.UNRESOLVED_REF, f"{_PROBLEM} that are texts", _HINT)
    for text in texts[1:]:
        Secret(text)  # no output may contain it
    return _Found(frozen, region)


_REGION_HINT = "correct `region` in the AWS configuration, or set the variable AWS_REGION"


def _explain_unreached(error: Any) -> Verdict:
    """The verdict of a service that botocore did not reach, with its host: the rest of a URL may be a secret."""
    host = urlsplit(str(error.kwargs.get("endpoint_url", ""))).hostname
    text = f"botocore cannot reach {host or 'a service of AWS'}: {type(error).__name__}"
    return Verdict(Reason.NETWORK, text, "check the network, and the endpoints that the AWS configuration names")


def _open_session(region: str | None) -> Any:
    from botocore.config import Config
    from botocore.session import Session

    _limit_processes()
    session = Session()
    limits = Config(connect_timeout=_WAIT, read_timeout=_WAIT, retries={"total_max_attempts": 1})
    session.set_default_client_config(limits)
    if region is not None:  # botocore reads AWS_DEFAULT_REGION alone, and its requests for a role need one
        session.set_config_variable("region", region)
    if os.environ.get("AWS_EC2_METADATA_DISABLED", "").strip().lower() != "false":
        session.get_component("credential_provider").remove("iam-role")
    return session


def _limit_processes() -> None:
    """Make botocore start each ``credential_process``, that of a source profile too, in a minimal environment.

    It takes no function for that but where it makes the provider, from this name of its module.
    """
    from botocore import credentials

    class LimitedProcesses(credentials.ProcessProvider):  # type: ignore[misc]
        def __init__(self, profile_name: str, load_config: Any) -> None:
            super().__init__(profile_name, load_config, popen=_start)

    if credentials.ProcessProvider.__name__ != LimitedProcesses.__name__:
        credentials.ProcessProvider = LimitedProcesses


def _start(command: list[str], **_options: Any) -> Child:
    return start_program(command, os.environ, *_PROCESS)


def _move(request: Request, region: str) -> Request:
    """The request at its profile's region, unless another address is set."""
    if str(request.origin) != _DEFAULT_ORIGIN or region == DEFAULT_REGION:
        return request
    return replace(request, origin=parse_origin(f"https://bedrock-runtime.{region}.amazonaws.com"))


def _sign(identity: AwsIdentity, found: _Found, request: Request) -> Prepared | Verdict:
    return attempt(
        "botocore cannot sign", _HINT, partial(_add_signature, identity, found, _move(request, found.region))
    )


def _add_signature(identity: AwsIdentity, found: _Found, request: Request) -> Prepared:
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest

    frozen = found.frozen
    signed = AWSRequest(
        request.method, f"{request.origin}{request.path}", headers=dict(request.headers), data=request.body
    )
    SigV4Auth(frozen, _SERVICE, found.region).add_auth(signed)
    secrets = [SecretHeader("Authorization", _SCHEME, _name(identity, signed.headers["Authorization"]))]
    if frozen.token:
        secrets.append(SecretHeader("X-Amz-Security-Token", "", _name(identity, frozen.token)))
    dated = (*request.headers, ("X-Amz-Date", signed.headers["X-Amz-Date"]))
    return Prepared(replace(request, headers=dated), tuple(secrets))


def _name(identity: AwsIdentity, value: str) -> NamedSecret:
    return NamedSecret(identity.name, Secret(value.removeprefix(_SCHEME)))
