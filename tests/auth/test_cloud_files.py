"""The identities that the tools of clouds keep in the user's files."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.probe.making import view
from tests.running import Run
from tests.status.world import with_model, write_config
from text2llm.auth.cloud_files import find_cloud_files
from text2llm.upstream.access import find_access

KEYS = "aws_access_key_id = AKIA\naws_secret_access_key = x\n"


def write(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        (".aws/credentials", f"[default]\n{KEYS}", True),
        (".aws/credentials", f"[team]\n{KEYS}", False),
        (".aws/config", "[default]\nregion = eu-west-1\n", False),
        (".aws/config", "[default]\nregion = eu-west-1\n[profile team]\nrole_arn = x\n", False),
        (".aws/config", "[default]\nregion = eu-west-1\nsso_session = corp\n", True),
        (".aws/config", '[profile "default"]\ncredential_process = /bin/helper\n', True),
        (".aws/config", "[default]\nrole_arn=arn:x\nweb_identity_token_file=/t\n", True),
        (".aws/config", "role_arn = x\n", False),
    ],
)
def test_default_profile_of_aws_is_found_if_it_is_an_identity(
    tmp_path: Path, name: str, text: str, *, found: bool
) -> None:
    path = write(tmp_path, name, text)
    assert find_cloud_files({"HOME": str(tmp_path)}) == ({"amazon-bedrock": path} if found else {})


def test_variables_move_the_files_of_aws(tmp_path: Path) -> None:
    path = write(tmp_path, "mine", f"[team]\n{KEYS}")
    environ = {"AWS_SHARED_CREDENTIALS_FILE": path, "AWS_DEFAULT_PROFILE": "team", "HOME": "~"}
    assert find_cloud_files(environ) == {"amazon-bedrock": path}
    assert find_cloud_files({**environ, "AWS_DEFAULT_PROFILE": ""}) == {}
    assert find_cloud_files({}) == {}


def test_file_of_gcloud_is_found(tmp_path: Path) -> None:
    name = "application_default_credentials.json"
    path = write(tmp_path, f".config/gcloud/{name}", "{}")
    assert find_cloud_files({"HOME": str(tmp_path)}) == {"google-vertex": path}
    other = write(tmp_path, f"other/{name}", "{}")
    moved = {"HOME": str(tmp_path), "CLOUDSDK_CONFIG": str(tmp_path / "other")}
    assert find_cloud_files(moved) == {"google-vertex": other}
    assert find_cloud_files({**moved, "CLOUDSDK_CONFIG": str(tmp_path / "none")}) == {}


def test_folder_in_place_of_a_file_is_none(tmp_path: Path) -> None:
    (tmp_path / ".aws" / "credentials").mkdir(parents=True)
    assert find_cloud_files({"HOME": str(tmp_path)}) == {}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A home directory with a default profile of AWS; the path of its file."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    return write(tmp_path, ".aws/credentials", f"[default]\n{KEYS}")


def test_file_is_shown_as_what_it_is(run: Run, home: str) -> None:
    write_config(with_model("amazon-bedrock/anthropic.claude"))
    done = run("models", "status", "--check", "--json")
    assert done.code == 2
    assert json.loads(done.out)["routes"][0]["credential"] == {"kind": "sdk", "label": home}
    explained = " ".join(run("explain", "amazon-bedrock").out.split())
    assert f"file {home} of the provider's own tools" in explained
    assert "cloud:amazon-bedrock may be sent to https://bedrock-runtime.us-east-1.amazonaws.com: yes" in explained
    listed = " ".join(run("models", "auth", "list").out.split())
    assert f"{home} for the provider's own tools unverified" in listed


def test_identity_of_a_file_goes_to_its_cloud_alone(run: Run, home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert home
    place = "https://bedrock.example"
    moved = {"models": {"providers": {"amazon-bedrock": {"baseUrl": place}}}}
    write_config({**with_model("amazon-bedrock/m"), **moved})
    done = run("probe")
    assert (done.code, f"--credential cloud:amazon-bedrock --origin {place}" in " ".join(done.out.split())) == (4, True)
    monkeypatch.setenv("TEXT2LLM_TRUSTED_ORIGINS", f"cloud:bedrock={place}")
    assert run("models", "status", "--check").code == 2
    monkeypatch.setenv("TEXT2LLM_TRUSTED_ORIGINS", f"provider:amazon-bedrock={place}")
    assert run("models", "status", "--check").code == 2


def test_variable_comes_before_a_file(run: Run, home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert home
    monkeypatch.setenv("AWS_PROFILE", "work")
    write_config(with_model("amazon-bedrock/m"))
    assert json.loads(run("models", "status", "--json").out)["routes"][0]["credential"]["label"] == "AWS_PROFILE"


def test_reading_without_files_has_no_such_credential() -> None:
    assert find_access("google-vertex", view("version: 1\n"), "m").credential.label == "missing"
