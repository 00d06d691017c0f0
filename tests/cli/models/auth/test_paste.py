from __future__ import annotations

import itertools
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.auth.file_keyring import entries
from tests.running import Done, Run
from tests.status.world import NOW, assert_valid, freeze_clock, profiles, write_config, write_store

LAB_KEY = "lab-key-of-thirty-characters-1"
LAB_PRINT = "25bd8218"
ANTHROPIC_KEY = "sk-ant-api03-" + "a1_B" * 23 + "cAA"
ANTHROPIC_TOKEN = "sk-ant-oat01-" + "a1_B" * 17
CORP = "https://llm.corp.example"
LAB = {"models": {"providers": {"lab": {"api": "openai-completions", "baseUrl": f"{CORP}/v1"}}}}


@pytest.fixture(autouse=True)
def _clock(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze_clock(monkeypatch)


def store_path(agent: str = "main") -> Path:
    return Path(os.environ["TEXT2LLM_HOME"], "data", "agents", agent, "agent", "auth-profiles.json")


def stored(agent: str = "main") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(store_path(agent).read_text())
    return found


def grants() -> str:
    path = Path(os.environ["TEXT2LLM_HOME"], "config", "settings.yaml")
    return path.read_text() if path.exists() else ""


def refused(done: Done, code: int, says: str) -> None:
    """A refusal that stored nothing and says how to mend it."""
    assert done.code == code
    assert says in done.err
    assert "hint: " in done.err
    assert done.out == ""
    assert not store_path().exists()
    assert grants() == ""


def test_stranger_without_any_file_stores_a_key(run: Run) -> None:
    done = run("models", "auth", "paste-api-key", "--provider", "Claude", stdin=f"{ANTHROPIC_KEY}\r\n")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"stored anthropic:manual (api_key, sha256:232f3550) in {store_path()}\n"
    entry = {"type": "api_key", "provider": "anthropic", "key": ANTHROPIC_KEY}
    assert stored() == {"version": 1, "profiles": {"anthropic:manual": entry}}
    assert (store_path().stat().st_mode & 0o777, store_path().parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert grants() == ""


def test_result_as_json(run: Run) -> None:
    arguments = ["--profile-id", "anthropic:work", "--expires-in", "365d", "--json"]
    done = run("models", "auth", "paste-token", "--provider", "anthropic", *arguments, stdin=ANTHROPIC_TOKEN)
    document = json.loads(done.out)
    assert_valid(document, "outputs/auth-change")
    assert document == {
        "action": "stored",
        "agentId": "main",
        "authStorePath": str(store_path()),
        "profileId": "anthropic:work",
        "provider": "anthropic",
        "type": "token",
        "source": "store",
        "fingerprint": "edf1b41c",
        "expiresAt": NOW + 365 * 86_400_000,
        "granted": None,
        "mentions": [],
        "notes": [],
    }
    assert stored()["profiles"]["anthropic:work"]["expires"] == NOW + 365 * 86_400_000


def test_setup_token_is_a_token_of_anthropic(run: Run) -> None:
    done = run("models", "auth", "setup-token", "--expires-in", "30d", stdin=ANTHROPIC_TOKEN)
    assert done.out.startswith("stored anthropic:manual (token, sha256:edf1b41c, expires in 30d) in ")
    assert stored()["profiles"]["anthropic:manual"]["token"] == ANTHROPIC_TOKEN


def test_time_goes_by_while_it_is_stored(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = itertools.count(NOW, 1000)
    for module in ("paste", "keep"):
        monkeypatch.setattr(f"text2llm.commands.{module}.read_clock", lambda: next(ticks))
    done = run("models", "auth", "setup-token", "--expires-in", "1h", stdin=ANTHROPIC_TOKEN)
    assert "expires in 1h) in " in done.out


def test_old_one_is_replaced_and_that_is_said(run: Run) -> None:
    login = {"type": "oauth", "access": "x", "refresh": "r"}
    write_store({**profiles(anthropic_manual=login), "usageStats": {"anthropic:manual": {"cooldownUntil": NOW + 9}}})
    done = run("models", "auth", "paste-api-key", "--provider", "anthropic", stdin=ANTHROPIC_KEY)
    assert done.out.startswith("replaced anthropic:manual (api_key, sha256:232f3550) in ")
    assert done.err == "warning: it replaced a credential of the type oauth\n"
    assert "usageStats" not in stored()


@pytest.mark.parametrize("is_stored", [False, True])
def test_nothing_is_stored_where_others_can_write(run: Run, *, is_stored: bool) -> None:
    command = ("models", "auth", "paste-api-key", "--provider", "anthropic")
    if is_stored:
        assert run(*command, stdin=ANTHROPIC_KEY).code == 0
    store_path().parent.mkdir(parents=True, exist_ok=True)
    store_path().parent.chmod(0o777)
    before = store_path().read_bytes() if is_stored else None
    done = run(*command, stdin=f"{ANTHROPIC_KEY[:-3]}bAA")
    assert done.code == 1
    assert f"can be replaced by others: they can write {store_path().parent} (mode 0777)" in done.err
    assert f"run `chmod go-w {store_path().parent}`" in done.err
    assert (store_path().read_bytes() if store_path().exists() else None) == before


def test_profile_that_no_request_uses_is_told(run: Run) -> None:
    key = {"type": "api_key", "key": "k"}
    write_store({**profiles(anthropic_a=key), "order": {"anthropic": ["anthropic:a"]}})
    done = run("models", "auth", "paste-api-key", "--provider", "anthropic", stdin=ANTHROPIC_KEY)
    assert done.err == "warning: it is not used: the store order for anthropic does not name it\n"


def test_profile_that_the_agents_own_order_leaves_out_is_told(run: Run) -> None:
    write_config({"agents": {"entries": {"main": {"auth": {"order": {"anthropic": ["anthropic:a"]}}}}}})
    done = run("models", "auth", "paste-api-key", "--provider", "anthropic", stdin=ANTHROPIC_KEY)
    assert done.err == "warning: it is not used: the agent's auth.order for anthropic does not name it\n"


def test_profile_that_one_model_alone_uses_is_told(run: Run) -> None:
    models = [{"id": "claude-opus-4-5", "profile": "anthropic:manual"}]
    write_config(
        {
            "auth": {"order": {"anthropic": ["anthropic:a"]}},
            "models": {"providers": {"anthropic": {"models": models}}},
        }
    )
    done = run("models", "auth", "paste-api-key", "--provider", "anthropic", stdin=ANTHROPIC_KEY)
    assert done.err == "warning: it is used only for claude-opus-4-5\n"


def test_agents_own_store_and_what_it_hides(run: Run) -> None:
    write_config({"agents": {"entries": {"coder": {}}}})
    write_store(profiles(zai_a={"type": "api_key", "key": "k"}))
    done = run("models", "auth", "paste-api-key", "--provider", "anthropic", "--agent", "Coder", stdin=ANTHROPIC_KEY)
    assert done.out.endswith(f" in {store_path('coder')}\n")
    assert done.err == (
        "warning: the agent coder now has its own store, and no longer reads the main agent's profile\n"
    )
    assert list(stored("coder")["profiles"]) == ["anthropic:manual"]
    assert list(stored()["profiles"]) == ["zai:a"]


def test_agent_directory_of_the_environment_is_used(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXT2LLM_AGENT_DIR", str(tmp_path / "elsewhere"))
    done = run("models", "auth", "paste-api-key", "--provider", "anthropic", stdin=ANTHROPIC_KEY)
    assert done.out.endswith(f" in {tmp_path}/elsewhere/auth-profiles.json\n")
    assert not store_path().exists()


# -- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "\n", " \r\n"])
@pytest.mark.parametrize("command", ["paste-api-key", "paste-token", "setup-token"])
def test_without_terminal_and_text_the_form_is_named(run: Run, command: str, text: str) -> None:
    done = run("models", "auth", command, "--provider", "anthropic", stdin=text)
    refused(done, 64, "no terminal for prompts, and standard input is empty")
    assert f"`text2llm models auth {command} --provider anthropic < file`" in done.err


@pytest.mark.parametrize(
    ("arguments", "text", "says"),
    [
        ("paste-api-key --provider anthropic", "no key of theirs", "has white space inside"),
        ("paste-api-key --provider anthropic", "no-key-of-theirs", "which looks like sk-ant-api03-…"),
        ("paste-api-key --provider anthropic", ANTHROPIC_TOKEN, "`text2llm models auth setup-token --provider anth"),
        ("paste-api-key --provider groq", ANTHROPIC_KEY, "this looks like the API key of anthropic, not of groq"),
        ("setup-token", "sk-ant-oat01-short", "run `claude setup-token`: it makes one"),
        ("setup-token --provider openai", "x", "openai has no setup tokens"),
        ("paste-api-key --provider anthropic", "k" * 70_000, "standard input has more than 64 KiB"),
    ],
)
def test_wrong_secret_is_refused_without_repeating_it(run: Run, arguments: str, text: str, says: str) -> None:
    done = run("models", "auth", *arguments.split(), stdin=text)
    refused(done, 1, says)
    assert len(text) < 8 or text not in done.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("paste-api-key", "Missing option '--provider'"),
        ("paste-api-key --provider anthropic pasted-by-mistake", "too many arguments"),
        ("paste-api-key --provider anthropic --pasted-by-mistake", "there is no such option"),
        ("paste-token --provider anthropic --key=pasted-by-mistake", "there is no such option"),
        ("paste-token --provider anthropic --json=pasted-by-mistake", "'--json' does not take a value"),
        ("paste-api-key --provider pasted-by-mistake", "neither text2llm nor the configuration knows this provider"),
        ("paste-api-key --provider anthropic --profile-id pasted-by-mistake", "--profile-id is not an id of anthropic"),
        ("paste-api-key --provider anthropic --profile-id openai:pasted", "--profile-id is not an id of anthropic"),
        ("paste-api-key --provider anthropic --origin pasted-by-mistake", "--origin: the URL has no scheme"),
        ("paste-api-key --provider anthropic --origin https://user:pasted@x", "--origin: the URL has user info"),
        ("paste-token --provider anthropic --expires-in pasted-by-mistake", "--expires-in is not a duration"),
        ("paste-token --provider anthropic --expires-in 0d", "--expires-in is not a duration"),
        ("setup-token --provider ", "--provider is empty"),
        ("pasted-By-mistake-1", "there is no such command"),
        ("order pasted-By-mistake-1", "there is no such command"),
        ("logout anthropic:a pasted-by-mistake", "too many arguments"),
        ("clear-cooldown --pasted-by-mistake", "there is no such option"),
        ("list pasted-by-mistake", "too many arguments"),
        ("order get --provider anthropic pasted-by-mistake", "too many arguments"),
    ],
)
def test_wrong_usage_repeats_nothing(run: Run, arguments: str, says: str) -> None:
    done = run("models", "auth", *arguments.split(" "), stdin=ANTHROPIC_KEY)
    refused(done, 64, says)
    assert "pasted" not in done.err.lower()


def test_key_as_an_id_is_none(run: Run) -> None:
    done = run(
        "models", "auth", "paste-api-key", "--provider", "anthropic", "--profile-id", f"anthropic:{ANTHROPIC_KEY}"
    )
    refused(done, 64, "--profile-id is not an id of anthropic")
    assert ANTHROPIC_KEY[:20] not in done.err


def test_new_form_is_taken_on_ones_word(run: Run) -> None:
    done = run("models", "auth", "paste-api-key", "--provider", "anthropic", "--any-form", stdin="a-form-of-tomorrow-2")
    assert done.code == 0
    assert stored()["profiles"]["anthropic:manual"]["key"] == "a-form-of-tomorrow-2"


def test_configuration_that_is_named_must_be_there(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    paste = ["models", "auth", "paste-api-key", "--provider", "anthropic"]
    refused(run(*paste, "--config", "absent.yaml", stdin=ANTHROPIC_KEY), 1, "absent.yaml: no such file")
    monkeypatch.setenv("TEXT2LLM_CONFIG", "absent.yaml")
    refused(run(*paste, stdin=ANTHROPIC_KEY), 1, "absent.yaml: no such file")


def test_unknown_agent_gets_no_store(run: Run) -> None:
    done = run("models", "auth", "paste-api-key", "--provider", "anthropic", "--agent", "codr", stdin=ANTHROPIC_KEY)
    refused(done, 1, "there is no agent 'codr'")


def test_existing_id_of_any_form_can_be_replaced(run: Run) -> None:
    write_store({"version": 1, "profiles": {"my key": {"type": "api_key", "provider": "lab", "key": "k"}}})
    write_config(LAB)
    done = run(
        "models",
        "auth",
        "paste-api-key",
        "--provider",
        "lab",
        "--profile-id",
        "my key",
        "--origin",
        CORP,
        stdin=LAB_KEY,
    )
    assert (done.code, "the id of this profile cannot be used in a grant" in done.err) == (64, True)
    assert stored()["profiles"]["my key"]["key"] == "k"


# -- where it may go --------------------------------------------------------------------------------------------------


def test_origin_of_a_configuration_is_nobodys_word(run: Run) -> None:
    write_config(LAB)
    done = run("models", "auth", "paste-api-key", "--provider", "lab", stdin=LAB_KEY)
    refused(done, 4, f"text2llm.yaml:7:16 sends this credential to {CORP}, and there is no terminal to confirm that")
    assert f"hint: if you trust it, add --origin {CORP}\n" in done.err


def test_origin_that_is_given_is_granted(run: Run) -> None:
    write_config(LAB)
    done = run("models", "auth", "paste-api-key", "--provider", "lab", "--origin", CORP, stdin=LAB_KEY)
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        f"stored lab:manual (api_key, sha256:{LAB_PRINT}) in {store_path()}\n"
        f"granted: profile:lab:manual may be sent to {CORP}\n"
    )
    assert f'credential: "profile:lab:manual", origin: "{CORP}"' in grants()


def test_provider_of_ones_own_needs_no_configuration(run: Run) -> None:
    done = run("models", "auth", "paste-api-key", "--provider", "lab", "--origin", CORP, "--json", stdin=LAB_KEY)
    document = json.loads(done.out)
    assert_valid(document, "outputs/auth-change")
    assert (document["provider"], document["granted"]) == ("lab", CORP)


def test_configuration_that_says_otherwise_is_told(run: Run) -> None:
    write_config({"models": {"providers": {"lab": {"api": "openai-completions", "baseUrl": "https://evil.example"}}}})
    done = run("models", "auth", "paste-api-key", "--provider", "lab", "--origin", CORP, stdin=LAB_KEY)
    assert done.code == 0
    assert done.err.endswith("text2llm.yaml:7:16 sends it to https://evil.example, which is not allowed\n")
    assert "evil" not in grants()


def test_public_value_for_the_sandbox_needs_no_grant(run: Run) -> None:
    write_config(
        {"models": {"providers": {"lab": {"baseUrl": "http://127.0.0.1:8080/v1", "api": "openai-completions"}}}}
    )
    assert run("models", "auth", "paste-api-key", "--provider", "lab", stdin="sandbox-ok").code == 0
    assert grants() == ""


def test_provider_without_an_address_is_told(run: Run) -> None:
    done = run("models", "auth", "paste-api-key", "--provider", "litellm", stdin=LAB_KEY)
    assert done.code == 0
    assert "no origin of litellm is known yet" in done.err
    assert "`text2llm trust allow --credential profile:litellm:manual --origin https://HOST`" in done.err


def test_settings_that_cannot_be_used_stop_it_first(run: Run) -> None:
    path = Path(os.environ["TEXT2LLM_HOME"], "config", "settings.yaml")
    path.parent.mkdir(parents=True)
    path.write_text("trust: [nonsense]\n")
    path.chmod(0o600)
    done = run("models", "auth", "paste-api-key", "--provider", "lab", "--origin", CORP, stdin=LAB_KEY)
    assert done.code == 1
    assert not store_path().exists()


# -- the keyring ------------------------------------------------------------------------------------------------------


def test_value_goes_to_the_keyring(run: Run, kept_in_file: Path) -> None:
    done = run("models", "auth", "paste-api-key", "--provider", "anthropic", "--keyring", stdin=ANTHROPIC_KEY)
    assert done.out.startswith("stored anthropic:manual (api_key, sha256:232f3550) in the keyring, named in ")
    assert list(entries().values()) == [ANTHROPIC_KEY]
    assert ANTHROPIC_KEY not in store_path().read_text()


@pytest.mark.parametrize(("flags", "kept"), [([], 1), (["--no-keyring"], 0)])
def test_rotated_value_stays_where_the_old_one_was(run: Run, kept_in_file: Path, flags: list[str], kept: int) -> None:
    paste = ["models", "auth", "paste-api-key", "--provider", "perplexity"]
    run(*paste, "--keyring", stdin="pplx-" + "a1B2" * 12)
    run(*paste, *flags, stdin="pplx-" + "c3D4" * 12)
    assert list(entries().values()) == ["pplx-" + "c3D4" * 12] * kept


def test_keyring_that_is_locked_stops_it(run: Run, kept_in_file: Path) -> None:
    kept_in_file.write_text("locked")
    done = run("models", "auth", "paste-api-key", "--provider", "anthropic", "--keyring", stdin=ANTHROPIC_KEY)
    refused(done, 1, "the keyring failed to write the keyring entry anthropic:manual:")


DEEPSEEK_KEY = "sk-" + "0123456789abcdef" * 2


def paste_deepseek(run: Run, text: str, *options: str) -> Done:
    return run("models", "auth", "paste-api-key", "--provider", "deepseek", *options, stdin=text)


def test_key_without_the_form_that_is_thought_usual_is_taken_with_a_warning(run: Run) -> None:
    done = paste_deepseek(run, "abcdefgh")
    assert done.code == 0
    assert "warning: this does not look like the usual API key of deepseek, sk-[0-9a-f]{32}" in done.err
    assert "abcdefgh" not in done.out + done.err
    done = paste_deepseek(run, "ijklmnop")
    assert (done.code, "does not look like" in done.err) == (0, True)


@pytest.mark.parametrize("text", [DEEPSEEK_KEY, "sandbox-ok"])
def test_key_of_the_usual_form_and_a_public_value_need_no_warning(run: Run, text: str) -> None:
    assert "does not look like" not in paste_deepseek(run, text).err


@pytest.mark.parametrize("text", ["abcdefgh", DEEPSEEK_KEY[:20]])
def test_key_without_the_usual_form_replaces_none_that_has_it(run: Run, text: str) -> None:
    paste_deepseek(run, DEEPSEEK_KEY)
    done = paste_deepseek(run, text)
    assert (done.code, "the stored deepseek:manual looks like one" in done.err, text in done.err) == (1, True, False)
    assert stored()["profiles"]["deepseek:manual"]["key"] == DEEPSEEK_KEY
    assert paste_deepseek(run, text, "--any-form").code == 0
    assert stored()["profiles"]["deepseek:manual"]["key"] == text


def test_provider_of_ones_own_has_no_usual_form(run: Run) -> None:
    write_config(LAB)
    done = run("models", "auth", "paste-api-key", "--provider", "lab", "--origin", CORP, stdin="abcdefgh")
    assert (done.code, "does not look like" in done.err) == (0, False)
