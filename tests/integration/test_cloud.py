"""Cloud identities with the real libraries: botocore signs, google-auth obtains; a server on loopback looks at both.

The judge of signatures is moto's server, and botocore itself, which recomputes one. moto 5.2 knows InvokeModel alone of
Bedrock's runtime: it checks the signature of a Converse, and the stand-in here answers it.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = Path(f"{os.environ.get('SDKS', ROOT / '.venv')}-cloud") / "bin" / "python"
AWS_SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"
SESSION = "session-token-canary-0123456789"
MADE = "ya29.made-canary-0123456789-0123456789"
ENTRA_SECRET = "entra-secret-canary-0123456789"

pytestmark = [
    pytest.mark.skipif(os.environ.get("INTEGRATION") != "1", reason="needs the environment of `make integration`"),
    pytest.mark.skipif(not PYTHON.exists(), reason="the extras aws and google are not installed: make integration"),
]
#: moto's server: it checks signatures (IAM), and has no Converse, for which it fails once a signature is accepted.
MOTO = Path(f"{os.environ.get('SDKS', ROOT / '.venv')}-moto") / "bin" / "moto_server"
needs_moto = pytest.mark.skipif(not MOTO.exists(), reason="moto is not installed: make integration")
#: The response by a part of the path.
RESPONSES: Mapping[str, Any] = {
    "converse": {
        "output": {"message": {"role": "assistant", "content": [{"text": "pong"}]}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
    },
    "generateContent": {
        "candidates": [{"content": {"role": "model", "parts": [{"text": "pong"}]}, "finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 1},
        "modelVersion": "gemini-x",
    },
    "completions": {
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "pong"}, "finish_reason": "stop"}],
        "model": "dep",
    },
    "token": {"access_token": MADE, "expires_in": 3600, "token_type": "Bearer"},
}
#: The response of AWS's token service to each of its two kinds of requests for a role.
STS = f"""<ACTIONResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><ACTIONResult><Credentials>
<AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>{AWS_SECRET}</SecretAccessKey>
<SessionToken>{SESSION}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
</Credentials></ACTIONResult></ACTIONResponse>"""
#: Recomputes the signature of a request, as botocore makes it at the request's own time.
VERIFY = """
import datetime, json, sys
from unittest import mock
import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
seen = json.load(sys.stdin)
when = datetime.datetime.strptime(seen["headers"]["x-amz-date"], "%Y%m%dT%H%M%SZ")
request = AWSRequest("POST", seen["url"], headers={"content-type": seen["headers"]["content-type"]}, data=seen["body"])
with mock.patch.object(botocore.auth, "get_current_datetime", lambda *a, **k: when):
    botocore.auth.SigV4Auth(Credentials(*seen["credentials"]), "bedrock", "eu-west-1").add_auth(request)
print(request.headers["Authorization"])
"""


class Handler(BaseHTTPRequestHandler):
    seen: ClassVar[list[dict[str, Any]]] = []
    #: Where signed requests are judged first, if anywhere, and what was said there.
    judge: ClassVar[tuple[str, int] | None] = None
    verdicts: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.seen.append({"path": self.path, "headers": headers, "body": body})
        refusal = self.ask_judge(body)
        if refusal is not None:
            self.reply(refusal, "text/xml", 403)
        elif body.startswith("Action="):
            self.reply(STS.replace("ACTION", parse_qs(body)["Action"][0]).encode(), "text/xml")
        else:
            found = next(found for part, found in RESPONSES.items() if part in self.path)
            self.reply(json.dumps(found).encode(), "application/json")

    def ask_judge(self, body: str) -> bytes | None:
        """The refusal of the judge; ``None`` if it accepts it (a 500: it has no Converse), or there is none."""
        if self.judge is None:
            return None
        connection = http.client.HTTPConnection(*self.judge, timeout=30)
        connection.request("POST", self.path, body, dict(self.headers))
        response = connection.getresponse()
        said = response.read()
        self.verdicts.append(said.decode())
        assert response.status in {403, 500}, said
        return said if response.status == 403 else None

    def reply(self, sent: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def cloud() -> Iterator[str]:
    """The URL of a server that plays every cloud, and notes what it was sent."""
    Handler.seen.clear()
    Handler.verdicts.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def probe(folder: Path, model: str, entry: str, **environ: str) -> tuple[int, str]:
    provider = model.partition("/")[0]
    (folder / "text2llm.yaml").write_text(
        f"version: 1\nagents: {{defaults: {{model: {model}}}}}\nmodels: {{providers: {{{provider}: {{{entry}}}}}}}\n"
    )
    base = {"PATH": os.environ["PATH"], "HOME": str(folder), "TEXT2LLM_HOME": str(folder / "home")}
    command = [str(PYTHON), "-m", "text2llm", "probe", "--json"]
    environ = {**base, "PYTHONPATH": str(ROOT), **environ}
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


AWS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": AWS_SECRET, "AWS_REGION": "eu-west-1"}


def test_bedrock_gets_a_request_that_botocore_would_sign_the_same(cloud: str, tmp_path: Path) -> None:
    grant = {"TEXT2LLM_TRUSTED_ORIGINS": f"env:AWS_ACCESS_KEY_ID={cloud}", "AWS_SESSION_TOKEN": SESSION}
    code, told = probe(tmp_path, "amazon-bedrock/anthropic.claude-v1:0", f"baseUrl: '{cloud}'", **AWS, **grant)
    assert (code, AWS_SECRET in told, SESSION in told) == (0, False, False), told
    (seen,) = Handler.seen
    credentials = [AWS["AWS_ACCESS_KEY_ID"], AWS_SECRET, SESSION]
    asked = json.dumps({**seen, "url": cloud + seen["path"], "credentials": credentials})
    signed = subprocess.run([str(PYTHON), "-c", VERIFY], input=asked, capture_output=True, text=True, check=True).stdout
    assert signed.strip() == seen["headers"]["authorization"]


@pytest.fixture(scope="module")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """The address of moto's server, in which every request but the first ones needs a valid signature."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("moto")
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "INITIAL_NO_AUTH_ACTION_COUNT": "3"}
    with (folder / "log").open("w") as log:
        server = subprocess.Popen([MOTO, "-H", "127.0.0.1", "-p", str(port)], env=environ, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 60
        while not _listens(port):
            assert time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.2)
        yield "127.0.0.1", port
    finally:
        server.terminate()
        server.wait()


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def ask_iam(moto: tuple[str, int], **fields: str) -> str:
    """What moto says to a request for its users, which is not signed."""
    connection = http.client.HTTPConnection(*moto, timeout=30)
    credential = "Credential=any/20270101/us-east-1/iam/aws4_request"
    headers = {"Authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request("POST", "/", urlencode({"Version": "2010-05-08", **fields}), headers)
    return connection.getresponse().read().decode()


@pytest.fixture(scope="module")
def aws_key(moto: tuple[str, int]) -> dict[str, str]:
    """The key of a user that may do everything."""
    ask_iam(moto, Action="CreateUser", UserName="u")
    made = ask_iam(moto, Action="CreateAccessKey", UserName="u")
    found = [re.search(f"<{name}>([^<]+)</{name}>", made) for name in ("AccessKeyId", "SecretAccessKey")]
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    ask_iam(moto, Action="PutUserPolicy", UserName="u", PolicyName="p", PolicyDocument=json.dumps(allow))
    assert all(found), made
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    return {name: each[1] for name, each in zip(names, found, strict=True) if each} | {"AWS_REGION": "eu-west-1"}


@needs_moto
@pytest.mark.parametrize("model", ["m", "anthropic.claude-v1:0", "arn:aws:bedrock:eu-west-1:1:inference-profile/x"])
@pytest.mark.parametrize("wrong", [False, True])
def test_moto_accepts_the_signature_of_the_right_key_alone(  # noqa: PLR0917 - pytest passes them by name
    cloud: str,
    moto: tuple[str, int],
    aws_key: dict[str, str],
    model: str,
    wrong: bool,  # noqa: FBT001
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Handler, "judge", moto)
    grant = {"TEXT2LLM_TRUSTED_ORIGINS": f"env:AWS_ACCESS_KEY_ID={cloud}"}
    environ = aws_key | ({"AWS_SECRET_ACCESS_KEY": AWS_SECRET} if wrong else {})
    code, told = probe(tmp_path, f"amazon-bedrock/{model}", f"baseUrl: '{cloud}'", **environ, **grant)
    assert (code, aws_key["AWS_SECRET_ACCESS_KEY"] in told) == (int(wrong), False), told
    assert ("SignatureDoesNotMatch" in Handler.verdicts[-1]) is wrong
    assert len(Handler.verdicts) == 1


def test_profile_of_the_aws_files_is_read(cloud: str, tmp_path: Path) -> None:
    (tmp_path / "credentials").write_text(
        f"[team]\naws_access_key_id = {AWS['AWS_ACCESS_KEY_ID']}\naws_secret_access_key = {AWS_SECRET}\n"
    )
    grant = {"TEXT2LLM_TRUSTED_ORIGINS": f"env:AWS_PROFILE={cloud}", "AWS_REGION": "eu-west-1"}
    files = {"AWS_PROFILE": "team", "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials")}
    code, told = probe(tmp_path, "amazon-bedrock/amazon.nova-lite-v1:0", f"baseUrl: '{cloud}'", **files, **grant)
    assert (code, AWS_SECRET in told) == (0, False), told


def test_signature_is_made_for_no_origin_without_a_grant(cloud: str, tmp_path: Path) -> None:
    code, told = probe(tmp_path, "amazon-bedrock/m", f"baseUrl: '{cloud}'", **AWS)
    assert (code, Handler.seen) == (4, []), told


def write_aws(folder: Path, name: str, text: str) -> None:
    (folder / ".aws").mkdir(exist_ok=True)
    (folder / ".aws" / name).write_text(text)


FILE_GRANT = "TEXT2LLM_TRUSTED_ORIGINS"


def test_default_profile_is_found_without_a_variable(cloud: str, tmp_path: Path) -> None:
    keys = f"aws_access_key_id = {AWS['AWS_ACCESS_KEY_ID']}\naws_secret_access_key = {AWS_SECRET}\n"
    write_aws(tmp_path, "credentials", f"[default]\n{keys}")
    write_aws(tmp_path, "config", "[default]\nregion = eu-west-1\n")
    grant = {FILE_GRANT: f"cloud:amazon-bedrock={cloud}"}
    code, told = probe(tmp_path, "amazon-bedrock/m", f"baseUrl: '{cloud}'", **grant)
    assert (code, AWS_SECRET in told) == (0, False), told
    assert "/eu-west-1/bedrock/" in Handler.seen[0]["headers"]["authorization"]


@pytest.mark.parametrize("through", ["", "role_arn = arn:aws:iam::1:role/r\nsource_profile = base\n"])
def test_process_gets_no_credential_of_the_environment(cloud: str, tmp_path: Path, through: str) -> None:
    helper, noted = tmp_path / "helper", tmp_path / "noted"
    keys = {"Version": 1, "AccessKeyId": AWS["AWS_ACCESS_KEY_ID"], "SecretAccessKey": AWS_SECRET}
    helper.write_text(f"#!/bin/sh\nenv > {noted}\nprintf '%s' '{json.dumps(keys)}'\n")
    helper.chmod(0o700)
    process = f"credential_process = {helper}\n"
    write_aws(tmp_path, "config", f"[default]\n{through or process}[profile base]\n{process}")
    environ = {FILE_GRANT: f"cloud:amazon-bedrock={cloud}", "OPENAI_API_KEY": ENTRA_SECRET, "AWS_REGION": "eu-west-1"}
    environ |= {"AWS_ENDPOINT_URL_STS": cloud}
    code, told = probe(tmp_path, "amazon-bedrock/m", f"baseUrl: '{cloud}'", **environ)
    assert (code, AWS_SECRET in told) == (0, False), told
    names = {line.partition("=")[0] for line in noted.read_text().splitlines()} - {"PWD", "SHLVL", "_"}
    assert names == {"HOME", "PATH", "AWS_REGION"}
    assert ("AssumeRole" in Handler.seen[0]["body"]) is bool(through)


@pytest.mark.parametrize("process", ["/bin/echo no JSON", "/bin/echo []", "/bin/false", "/no/such/program", "'"])
def test_process_that_gives_nothing_is_no_bug(cloud: str, tmp_path: Path, process: str) -> None:
    write_aws(tmp_path, "config", f"[default]\ncredential_process = {process}\n")
    grant = {FILE_GRANT: f"cloud:amazon-bedrock={cloud}", "AWS_REGION": "eu-west-1"}
    code, told = probe(tmp_path, "amazon-bedrock/m", f"baseUrl: '{cloud}'", **grant)
    assert (code, "botocore finds no credentials" in told, Handler.seen) == (1, True, []), told


def test_web_identity_is_exchanged_for_a_session(cloud: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(MADE)
    environ = {
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(tmp_path / "token"),
        "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/r",
        "AWS_ENDPOINT_URL_STS": cloud,
        "AWS_REGION": "eu-west-1",
        FILE_GRANT: f"env:AWS_WEB_IDENTITY_TOKEN_FILE={cloud}",
    }
    code, told = probe(tmp_path, "amazon-bedrock/m", f"baseUrl: '{cloud}'", **environ)
    assert (code, MADE in told, SESSION in told, AWS_SECRET in told) == (0, False, False, False), told
    exchange, completion = Handler.seen
    assert "Action=AssumeRoleWithWebIdentity" in exchange["body"]
    assert completion["headers"]["x-amz-security-token"] == SESSION


@pytest.fixture
def account(cloud: str, tmp_path: Path) -> str:
    """The file of a service account whose tokens come from the server."""
    key = subprocess.run(
        ["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], capture_output=True, check=True
    ).stdout.decode()
    path = tmp_path / "account.json"
    fields = {"type": "service_account", "client_email": "a@example.com", "private_key": key, "private_key_id": "1"}
    path.write_text(json.dumps({**fields, "project_id": "proj-1", "token_uri": f"{cloud}/token"}))
    return str(path)


def test_vertex_gets_the_token_of_a_service_account(cloud: str, account: str, tmp_path: Path) -> None:
    code, told = probe(
        tmp_path,
        "google-vertex/gemini-x",
        f"baseUrl: '{cloud}'",
        GOOGLE_APPLICATION_CREDENTIALS=account,
        GOOGLE_CLOUD_LOCATION="us-central1",
        TEXT2LLM_TRUSTED_ORIGINS=f"env:GOOGLE_APPLICATION_CREDENTIALS={cloud}",
    )
    assert (code, MADE in told) == (0, False), told
    token, completion = Handler.seen
    assert "assertion=" in token["body"]
    assert completion["headers"]["authorization"] == f"Bearer {MADE}"


def test_vertex_gets_the_token_of_the_file_of_gcloud(cloud: str, account: str, tmp_path: Path) -> None:
    folder = tmp_path / ".config" / "gcloud"
    folder.mkdir(parents=True)
    shutil.copy(account, folder / "application_default_credentials.json")
    code, told = probe(
        tmp_path,
        "google-vertex/gemini-x",
        f"baseUrl: '{cloud}'",
        GOOGLE_CLOUD_PROJECT="proj-1",
        GOOGLE_CLOUD_LOCATION="us-central1",
        TEXT2LLM_TRUSTED_ORIGINS=f"cloud:google-vertex={cloud}",
    )
    assert (code, MADE in told) == (0, False), told
    assert Handler.seen[1]["headers"]["authorization"] == f"Bearer {MADE}"


def test_vertex_gets_the_token_of_a_workload(cloud: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(SESSION)
    pool = "//iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/p/providers/x"
    account = {"type": "external_account", "audience": pool, "quota_project_id": "payer"}
    account |= {"subject_token_type": "urn:ietf:params:oauth:token-type:jwt", "token_url": f"{cloud}/token"}
    file = tmp_path / "account.json"
    file.write_text(json.dumps({**account, "credential_source": {"file": str(tmp_path / "token")}}))
    code, told = probe(
        tmp_path,
        "google-vertex/gemini-x",
        f"baseUrl: '{cloud}'",
        GOOGLE_APPLICATION_CREDENTIALS=str(file),
        GOOGLE_CLOUD_PROJECT="proj-1",
        GOOGLE_CLOUD_LOCATION="us-central1",
        TEXT2LLM_TRUSTED_ORIGINS=f"env:GOOGLE_APPLICATION_CREDENTIALS={cloud}",
    )
    assert (code, SESSION in told, MADE in told) == (0, False, False), told
    token, completion = Handler.seen
    assert f"subject_token={SESSION}" in token["body"]
    assert completion["headers"]["authorization"] == f"Bearer {MADE}"
    assert completion["headers"]["x-goog-user-project"] == "payer"


def test_account_is_not_shown_to_a_token_endpoint_without_a_grant(cloud: str, account: str, tmp_path: Path) -> None:
    environ = {"GOOGLE_APPLICATION_CREDENTIALS": account, "GOOGLE_CLOUD_LOCATION": "us-central1"}
    code, told = probe(tmp_path, "google-vertex/gemini-x", "models: [{id: gemini-x}]", **environ)
    assert (code, Handler.seen) == (4, []), told


def test_azure_gets_the_token_of_a_client(cloud: str, tmp_path: Path) -> None:
    environ = {"AZURE_CLIENT_SECRET": ENTRA_SECRET, "AZURE_CLIENT_ID": "client", "AZURE_TENANT_ID": "tenant"}
    grant = {"AZURE_AUTHORITY_HOST": cloud, "TEXT2LLM_TRUSTED_ORIGINS": f"env:AZURE_CLIENT_SECRET={cloud}"}
    entry = f"api: azure-openai, baseUrl: '{cloud}'"
    code, told = probe(tmp_path, "azure-openai/dep", entry, **environ, **grant)
    assert (code, ENTRA_SECRET in told, MADE in told) == (0, False, False), told
    token, completion = Handler.seen
    assert "grant_type=client_credentials" in token["body"]
    assert completion["headers"]["authorization"] == f"Bearer {MADE}"
    assert "/openai/deployments/dep/chat/completions" in completion["path"]
