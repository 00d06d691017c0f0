"""A world with a secret in every place that can hold one, in its good state and in each of its bad ones."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.canary.canaries import hunt, value
from tests.status.world import write_store

_VARIABLES = {
    "ANTHROPIC_API_KEY": "variable of a provider",
    "OPENAI_API_KEY": "another variable of a provider",
    "MISTRAL_API_KEY": "variable of a provider without a form",
    "LAB_KEY": "variable of a custom provider",
    "LAB_HEADER": "variable of a header",
    "DEPLOY_TOKEN": "variable that nothing names",
    "REF_KEY": "variable of a reference",
    "GATEWAY_SECRET": "variable of a client secret",
}

_GOOD = """\
version: 1
agents:
  defaults:
    model: {primary: anthropic/claude-opus-4-5, fallbacks: [openai/gpt-5.2, lab/m1, mistral/mistral-large-latest]}
    imageModel: openai/gpt-5.2
    models:
      anthropic/claude-opus-4-5: {alias: opus}
  entries: {main: {}, coder: {model: openai-codex/gpt-5.2-codex}}
models:
  providers:
    lab:
      api: openai-completions
      baseUrl: http://127.0.0.1:9/v1
      apiKey: ${LAB_KEY}
      headers: {X-Team-Key: "${LAB_HEADER}"}
      models: [{id: m1}]
"""


def _dirty() -> str:
    return f"""\
version: 1 # the key is {value("comment of the config")}
agents:
  defaults:
    model: {{primary: anthropic/claude-opus-4-5, fallbacks: [openai/gpt-5.2, "lab/{value("model of the config")}"]}}
    imageModel: openai/gpt-5.2
    models:
      anthropic/claude-opus-4-5: {{alias: opus}}
      openai/gpt-5.2: {{alias: "{value("key of the config")}"}}
  entries: {{main: {{}}, coder: {{model: openai-codex/gpt-5.2-codex}}}}
models:
  providers:
    lab:
      api: openai-completions
      baseUrl: http://127.0.0.1:9/v1
      apiKey: {value("literal key of the config")}
      headers: {{X-Team-Key: "{value("literal header of the config")}",
                 Authorization: "{value("known header of the config")}",
                 X-Client-Secret: "{value("client secret of the config")}"}}
      models: [{{id: m1}}]
"""


def _store() -> dict[str, Any]:
    def profile(provider: str, kind: str, **fields: Any) -> dict[str, Any]:
        return {"type": kind, "provider": provider, **fields}

    return {
        "version": 1,
        "profiles": {
            "anthropic:known": profile("anthropic", "api_key", key=value("known api key of the store")),
            "anthropic:setup": profile("anthropic", "token", token=value("token of the store")),
            "mistral:old": profile("mistral", "token", token=value("expired token of the store"), expires=1000),
            "mistral:key": profile(
                "mistral", "api_key", key=value("api key of the store"), note=value("unknown field of a profile")
            ),
            "lab:variable": profile("lab", "api_key", key={"source": "env", "id": "REF_KEY"}),
            "lab:file": profile("lab", "api_key", key={"source": "file", "id": str(Path("key.txt").absolute())}),
            "openai-codex:me": profile(
                "openai-codex",
                "oauth",
                access=value("access token of the store"),
                refresh=value("refresh token of the store"),
                expires=4_000_000_000_000,
                accountId=value("account id of the store"),
            ),
            "openai:other": profile("openai", "mystery", blob=value("unknown type of profile")),
        },
        "order": {"mistral": ["mistral:old", "mistral:key"]},
        "usageStats": {
            "anthropic:known": {
                "disabledUntil": 4_000_000_000_000,
                "disabledReason": f"401 for {value('reason of a cooldown')}",
                "lastError": value("unknown statistics of the store"),
            }
        },
        "futureField": {"a": value("unknown field of the store")},
    }


_SETTINGS = """\
trust:
  - {credential: "env:LAB_KEY", origin: "http://127.0.0.1:9"}
oauth:
  google: {clientId: corp-client, clientSecret: {source: env, id: GATEWAY_SECRET}}
network: {proxy: "http://127.0.0.1:9"}
"""


def plant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put every canary into its place; the working directory is the repository."""
    for name, place in _VARIABLES.items():
        monkeypatch.setenv(name, value(place))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://me:{value('proxy of the environment')}@127.0.0.1:9")
    monkeypatch.setenv("TEXT2LLM_TRUSTED_ORIGINS", "env:LAB_KEY=http://127.0.0.1:9")
    home = Path(os.environ["TEXT2LLM_HOME"])
    temporary = home.parent / "temporary"
    temporary.mkdir(exist_ok=True)
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)
    (home / "config").mkdir(exist_ok=True)
    for path, text in _planted_files(home).items():
        _put(path, text)
    (home / "config" / "settings.yaml").chmod(0o600)
    Path("key.txt").chmod(0o600)
    write_store(_store())


def _planted_files(home: Path) -> dict[Path, str]:
    return {
        home / "config" / "settings.yaml": _SETTINGS,
        Path(".gitignore"): ".env\n",
        Path(".env"): f"ANTHROPIC_API_KEY={value('file .env')}\n",
        Path(".netrc"): f"machine 127.0.0.1 login me password {value('file .netrc')}\n",
        Path("key.txt"): value("file of a reference") + "\n",
        Path("wanted.yaml"): "agents: {defaults: {model: openai/gpt-5.2}}\n",
        Path("text2llm.yaml"): _GOOD,
    }


def _put(path: Path, text: str) -> None:
    """Most commands leave most files alone, and to write one again takes ten times as long as to look."""
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def _break_yaml() -> None:
    Path("text2llm.yaml").write_text(_dirty() + f'  broken: "{value("literal key of the config")}\n  - [\n')


def _misuse_url() -> None:
    url = f"http://me:{value('user info of a URL')}@127.0.0.1:9/v1?key={value('query of a URL')}"
    Path("text2llm.yaml").write_text(_dirty().replace("http://127.0.0.1:9/v1", f'"{url}"'))


def _break_schema() -> None:
    secret = value("literal key of the config")
    wrong = {
        "version": 1,
        "agents": {"defaults": {"model": [value("model of the config")]}},
        "models": {
            "providers": {"lab": {"apiKey": [secret], "headers": {"Authorization": {"a": secret}}, "key": secret}}
        },
        value("key of the config"): 1,
    }
    Path("text2llm.yaml").write_text(json.dumps(wrong, indent=1))


def _store_path() -> Path:
    return Path(os.environ["TEXT2LLM_HOME"], "data", "agents", "main", "agent", "auth-profiles.json")


def _cut_store() -> None:
    _store_path().write_text(json.dumps(_store())[:-40])


def _shape_store() -> None:
    store = _store()
    store["profiles"]["mistral:key"]["key"] = [value("api key of the store")]
    store["profiles"]["mistral:key"]["provider"] = 7
    _store_path().write_text(json.dumps(store))


def _hide_in_reference() -> None:
    store = _store()
    store["profiles"]["lab:variable"]["key"]["id"] = value("known api key of the store")
    _store_path().write_text(json.dumps(store))


def _break_settings() -> None:
    settings = Path(os.environ["TEXT2LLM_HOME"], "config", "settings.yaml")
    settings.write_text(f'network: ["http://me:{value("proxy of the settings")}@h"\n')


def _misuse_settings() -> None:
    settings = Path(os.environ["TEXT2LLM_HOME"], "config", "settings.yaml")
    secret = value("variable of a client secret")
    settings.write_text(f'oauth: {{google: {{clientId: a, clientSecret: {secret}}}}}\nplugins: ["{secret} x"]\n')


def _write_proxy(proxy: str) -> None:
    settings = Path(os.environ["TEXT2LLM_HOME"], "config", "settings.yaml")
    settings.write_text(_SETTINGS.replace('http://127.0.0.1:9"}\n', f'{proxy}"}}\n'))


def _block_state() -> None:
    state = Path(os.environ["TEXT2LLM_HOME"], "state")
    if not state.exists():
        state.write_text("")


def _bad_grants() -> None:
    os.environ["TEXT2LLM_TRUSTED_ORIGINS"] = " ".join(
        (
            f"env:LAB_KEY=http://me:{value('grant with user info')}@127.0.0.1:9",
            value("grant that is none"),
            f"env:LAB_KEY=https://h.example/?key={value('grant with a query')}",
        )
    )


#: What may be wrong, by name; the first is the good state.
WORLDS: dict[str, Callable[[], object]] = {
    "good": lambda: None,
    "literal secrets in the config": lambda: Path("text2llm.yaml").write_text(_dirty()),
    "URL with secrets": _misuse_url,
    "config that is no YAML": _break_yaml,
    "config against its schema": _break_schema,
    "no config": lambda: Path("text2llm.yaml").unlink(),
    "store that others can read": lambda: _store_path().chmod(0o644),
    "store cut off": _cut_store,
    "store of a newer version": lambda: _store_path().write_text(json.dumps({**_store(), "version": 99})),
    "store of another shape": _shape_store,
    "secret as the name of a reference": _hide_in_reference,
    "settings that are no YAML": _break_settings,
    "settings with a secret in a wrong place": _misuse_settings,
    "proxy with a password in the settings": lambda: _write_proxy(f"http://me:{value('proxy of the settings')}@h:9"),
    "proxy with a password in the environment": lambda: _write_proxy("environment"),
    "state directory that cannot be": _block_state,
    "grants that are none": _bad_grants,
}


def tracked_files() -> dict[Path, str]:
    """Every file that a command could have written, with what it holds."""
    home = Path(os.environ["TEXT2LLM_HOME"])
    roots = (Path.cwd(), home, home.parent / "temporary")
    files = (Path(folder, name) for root in roots for folder, _, names in os.walk(root) for name in names)
    return {path: path.read_text(errors="replace") for path in files if path.is_file()}


def hunt_files(before: dict[Path, str], allowed: frozenset[str] = frozenset()) -> dict[str, str]:
    """The canaries in files where they were not before; ``allowed`` are those that a store may have taken up."""
    found = {}
    for path, text in tracked_files().items():
        if text == before.get(path):
            continue
        known = {*hunt(before.get(path, "")), *(allowed if path.name == "auth-profiles.json" else ())}
        found.update({f"{place} in {path.name}": line for place, line in hunt(text, known).items()})
    return found
