"""AWS Signature Version 4 by botocore over our own request, with the credentials that botocore's chain finds.

botocore opens connections only where a profile or a role needs them (STS, IAM Identity Center, a container's endpoint).
The metadata service of EC2 is asked only if ``AWS_EC2_METADATA_DISABLED`` is ``false``. A ``credential_process`` gets
no variable with a credential.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from text2llm.child import Child, child_environ, start_child
from text2llm.net.message import Request, SecretHeader
from text2llm.providers.tenancy import DEFAULT_REGION
from text2llm.secret import Secret
from text2llm.trust.bindings import NamedSecret
from text2llm.trust.origin import parse_origin
from text2llm.upstream.exchange.identity import AwsIdentity, Prepared
from text2llm.upstream.verdict import Reason, Verdict

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


def sign(identity: AwsIdentity, request: Request) -> Prepared | Verdict:
    """The signed request.

    Raises:
        ImportError: botocore is not installed.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        session = _open_session(identity.region)
        found = session.get_credentials()
        frozen = None if found is None else found.get_frozen_credentials()
        region = identity.region or session.get_config_variable("region") or DEFAULT_REGION
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        return Verdict(Reason.FORBIDDEN, f"AWS does not accept the identity: {code}", _HINT)
    except (BotoCoreError, AttributeError, LookupError, OSError, TypeError, ValueError) as error:
        # Some are not its own: a program is missing, or prints no JSON. The texts may quote its output.
        text = f"botocore finds no credentials: {type(error).__name__}"
        return Verdict(Reason.UNRESOLVED_REF, text, _HINT)
    if frozen is None:
        return Verdict(Reason.UNRESOLVED_REF, f"botocore finds no credentials for {identity.name}", _HINT)
    return _sign(identity, _move(request, region), frozen, region)


_HINT = "check it with `aws sts get-caller-identity`"


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
    return start_child(command, child_environ(os.environ, _PROCESS), piped=("stdout", "stderr"))


def _move(request: Request, region: str) -> Request:
    """The request at its profile's region, unless another address is set."""
    if str(request.origin) != _DEFAULT_ORIGIN or region == DEFAULT_REGION:
        return request
    return replace(request, origin=parse_origin(f"https://bedrock-runtime.{region}.amazonaws.com"))


def _sign(identity: AwsIdentity, request: Request, frozen: Any, region: str) -> Prepared:
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest

    for value in (frozen.secret_key, frozen.token):
        Secret(value or "")  # no output may contain it
    signed = AWSRequest(
        request.method, f"{request.origin}{request.path}", headers=dict(request.headers), data=request.body
    )
    SigV4Auth(frozen, _SERVICE, region).add_auth(signed)
    secrets = [SecretHeader("Authorization", _SCHEME, _name(identity, signed.headers["Authorization"]))]
    if frozen.token:
        secrets.append(SecretHeader("X-Amz-Security-Token", "", _name(identity, frozen.token)))
    dated = (*request.headers, ("X-Amz-Date", signed.headers["X-Amz-Date"]))
    return Prepared(replace(request, headers=dated), tuple(secrets))


def _name(identity: AwsIdentity, value: str) -> NamedSecret:
    return NamedSecret(identity.name, Secret(value.removeprefix(_SCHEME)))
