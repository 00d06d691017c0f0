"""Cloud identities that are odd, slow or shared: none costs another route its result, and each is exchanged once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.integration.test_cloud import (
    AWS_SECRET,
    ENTRA_SECRET,
    PYTHON,
    ROOT,
    SESSION,
    Handler,
    account,
    cloud,
    pytestmark,
    write_aws,
)

__all__ = ["account", "cloud", "pytestmark"]
KEYS = {"Version": 1, "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": AWS_SECRET, "SessionToken": SESSION}
POOL = "//iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/p/providers/x"
WORKLOAD = {
    "type": "external_account",
    "audience": POOL,
    "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
    "token_url": "https://sts.googleapis.com/v1/token",
}


def command(folder: Path, cloud: str, *models: str, timeout: int = 20000) -> list[str]:
    """A gate over routes of one cloud, and a healthy one beside it."""
    provider = models[0].partition("/")[0]
    chain = ", ".join((*models[1:], "lab/dep"))
    (folder / "text2llm.yaml").write_text(
        f"version: 1\nagents: {{defaults: {{model: {{primary: {models[0]}, fallbacks: [{chain}]}}}}}}\n"
        f"models: {{providers: {{{provider}: {{baseUrl: '{cloud}'}},\n"
        f"  lab: {{api: openai-completions, baseUrl: '{cloud}', apiKey: sandbox-ok}}}}}}\n"
    )
    return [str(PYTHON), "-m", "text2llm", "probe", "--json", "--timeout", str(timeout)]


def environment(folder: Path, cloud: str, **environ: str) -> dict[str, str]:
    base = {"PATH": os.environ["PATH"], "HOME": str(folder), "TEXT2LLM_HOME": str(folder / "home")}
    names = ("env:AWS_PROFILE", "env:GOOGLE_APPLICATION_CREDENTIALS", "cloud:amazon-bedrock")
    grants = " ".join(f"{name}={cloud}" for name in names)
    return {**base, "PYTHONPATH": str(ROOT), "TEXT2LLM_TRUSTED_ORIGINS": grants, **environ}


def gate(folder: Path, cloud: str, *models: str, **environ: str) -> tuple[list[dict[str, Any]], str]:
    """The results of the routes, and all that was printed."""
    done = subprocess.run(
        command(folder, cloud, *models),
        cwd=folder,
        env=environment(folder, cloud, **environ),
        capture_output=True,
        text=True,
        check=False,
    )
    return read(done.stdout), done.stdout + done.stderr


def read(document: str) -> list[dict[str, Any]]:
    return [probe for route in json.loads(document)["routes"] for probe in route["probes"]]


def words(results: list[dict[str, Any]]) -> list[str]:
    return [each["reason"] or each["status"] for each in results]


@pytest.mark.parametrize(
    "printed",
    [
        f"not json {ENTRA_SECRET}",
        "[]",
        "null",
        json.dumps({**KEYS, "Expiration": "soon"}),
        json.dumps({**KEYS, "Expiration": 5}),
        json.dumps({**KEYS, "AccessKeyId": 5}),
        json.dumps({**KEYS, "SecretAccessKey": 5}),
        json.dumps({**KEYS, "SecretAccessKey": [AWS_SECRET]}),
        json.dumps({**KEYS, "SessionToken": {"a": SESSION}}),
    ],
)
def test_odd_output_of_a_process_leaves_other_routes_alone(cloud: str, tmp_path: Path, printed: str) -> None:
    (tmp_path / "printed").write_text(printed)
    write_aws(tmp_path, "config", f"[default]\ncredential_process = cat {tmp_path / 'printed'}\n")
    results, told = gate(tmp_path, cloud, "amazon-bedrock/m")
    assert words(results) == ["unresolved_ref", "ok"], told
    assert not [secret for secret in (ENTRA_SECRET, AWS_SECRET, SESSION) if secret in told]


@pytest.mark.parametrize(
    "config",
    [
        "[default]\nregion = evil example/#\naws_access_key_id = A\naws_secret_access_key = B\n",
        "[default]\ncredential_process = /no/such/program\n",
        "[default]\nrole_arn = x\nsource_profile = default\n",
        "[default\n",
        "\x00\xff",
    ],
)
def test_odd_files_of_aws_leave_other_routes_alone(cloud: str, tmp_path: Path, config: str) -> None:
    write_aws(tmp_path, "config", config)
    results, told = gate(tmp_path, cloud, "amazon-bedrock/m", AWS_PROFILE="default")
    assert words(results) == ["unresolved_ref", "ok"], told


@pytest.mark.parametrize(
    "file",
    [
        [],
        "text",
        {"type": []},
        {"type": "service_account"},
        {"type": "service_account", "private_key": 5, "client_email": "a@example.com", "token_uri": "x"},
        {**WORKLOAD, "credential_source": 5},
        {**WORKLOAD, "credential_source": {"file": ["x"]}},
        {**WORKLOAD, "credential_source": {"url": 5}},
        {**WORKLOAD, "credential_source": {"executable": {"command": "/no/such", "timeout_millis": 5000}}},
        {"type": "impersonated_service_account", "source_credentials": 5},
        {"type": "external_account_authorized_user", "token_url": 5},
    ],
)
def test_odd_file_of_google_leaves_other_routes_alone(cloud: str, tmp_path: Path, file: Any) -> None:
    (tmp_path / "adc").write_text(json.dumps(file))
    environ = {"GOOGLE_CLOUD_PROJECT": "p", "GOOGLE_CLOUD_LOCATION": "us-central1"}
    environ |= {
        "GOOGLE_APPLICATION_CREDENTIALS": str(tmp_path / "adc"),
        "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES": "1",
    }
    results, told = gate(tmp_path, cloud, "google-vertex/gemini-x", **environ)
    assert words(results) == ["unresolved_ref", "ok"], told


def write_slow(folder: Path) -> Path:
    """A program that prints nothing for long, and a mark that what it started makes later."""
    path = folder / "slow"
    path.write_text(f"#!/bin/sh\nsetsid sleep 15 &\n(sleep 4; touch {folder}/mark) &\nsleep 15\n")
    path.chmod(0o700)
    return path


def write_identity(folder: Path, kind: str, program: Path) -> dict[str, str]:
    """A cloud's file that names a program; the variables to find it."""
    if kind == "amazon-bedrock":
        write_aws(folder, "config", f"[default]\ncredential_process = {program}\n")
        return {}
    source = {"executable": {"command": str(program), "timeout_millis": 30000}}
    (folder / "adc").write_text(json.dumps({**WORKLOAD, "credential_source": source}))
    file = {"GOOGLE_APPLICATION_CREDENTIALS": str(folder / "adc"), "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES": "1"}
    return {**file, "GOOGLE_CLOUD_PROJECT": "p", "GOOGLE_CLOUD_LOCATION": "us-central1"}


@pytest.mark.parametrize("interrupted", [False, True])
@pytest.mark.parametrize("kind", ["amazon-bedrock", "google-vertex"])
def test_program_of_an_identity_ends_with_its_probe(
    cloud: str, tmp_path: Path, kind: str, *, interrupted: bool
) -> None:
    environ = environment(tmp_path, cloud, **write_identity(tmp_path, kind, write_slow(tmp_path)))
    started = time.monotonic()
    with subprocess.Popen(
        command(tmp_path, cloud, f"{kind}/m", timeout=20000 if interrupted else 2500),
        cwd=tmp_path,
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        if interrupted:
            time.sleep(2.5)
            running.send_signal(signal.SIGINT)
        assert running.stdout is not None
        results = read(running.stdout.read())
    assert time.monotonic() - started < 2.5 + 1.5
    assert words(results) == ([] if interrupted else ["deadline"]) + ["ok"]
    assert running.returncode == (130 if interrupted else 2)
    time.sleep(3)
    assert not (tmp_path / "mark").exists()


def test_program_of_googles_file_gets_no_credential_of_the_environment(cloud: str, tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\nenv > {tmp_path}/noted\n")
    program.chmod(0o700)
    environ = write_identity(tmp_path, "google-vertex", program)
    gate(tmp_path, cloud, "google-vertex/gemini-x", OPENAI_API_KEY=ENTRA_SECRET, **environ)
    noted = (tmp_path / "noted").read_text()
    assert (f"GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE={POOL}" in noted, ENTRA_SECRET in noted) == (True, False)


def test_process_is_started_once_for_all_routes(cloud: str, tmp_path: Path) -> None:
    (tmp_path / "helper").write_text(f"#!/bin/sh\necho >> {tmp_path}/noted\necho '{json.dumps(KEYS)}'\n")
    (tmp_path / "helper").chmod(0o700)
    write_aws(tmp_path, "config", f"[default]\ncredential_process = {tmp_path / 'helper'}\n")
    results, told = gate(tmp_path, cloud, *(f"amazon-bedrock/m{number}" for number in range(12)))
    assert words(results) == ["ok"] * 13, told
    assert (tmp_path / "noted").read_text() == "\n"


def test_token_of_google_is_obtained_once_for_all_routes(cloud: str, account: str, tmp_path: Path) -> None:
    environ = {"GOOGLE_APPLICATION_CREDENTIALS": account, "GOOGLE_CLOUD_LOCATION": "us-central1"}
    results, told = gate(tmp_path, cloud, *(f"google-vertex/gemini-{number}" for number in range(12)), **environ)
    assert len(results) == 13, told
    assert [seen["path"] for seen in Handler.seen].count("/token") == 1


def test_service_of_aws_that_is_not_reached_is_named(cloud: str, tmp_path: Path) -> None:
    keys = "[profile base]\naws_access_key_id = A\naws_secret_access_key = B\n"
    write_aws(tmp_path, "config", f"[default]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = base\n{keys}")
    environ = {"AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9", "AWS_REGION": "eu-west-1"}
    results, told = gate(tmp_path, cloud, "amazon-bedrock/m", **environ)
    assert words(results) == ["network", "ok"], told
    assert "botocore cannot reach 127.0.0.1" in told
