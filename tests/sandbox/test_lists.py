"""Lists of models, OpenRouter's catalog and usage."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.talking import ANTHROPIC, NOW, Quiet

MODELS = [f"m{number}" for number in range(1, 8)]
DAY = 86400


@pytest.fixture
def seven() -> Quiet:
    return Quiet({"models": MODELS})


def ids(page: Any) -> list[str]:
    return [row.get("id") or row["name"] for row in (page["data"] if "data" in page else page["models"])]


def test_lists_have_the_shape_of_their_api(quiet: Quiet) -> None:
    assert quiet.look("/v1/models").data["data"][0] == {
        "id": "gpt-5.2",
        "object": "model",
        "created": 1767225600,
        "owned_by": "system",
    }
    assert quiet.look("/v1/models", "anthropic").data["data"][0] == {
        "type": "model",
        "id": "claude-opus-4-5",
        "display_name": "Claude Opus 4 5",
        "created_at": "2026-01-01T00:00:00Z",
    }
    google = quiet.look("/v1beta/models", "google").data["models"][0]
    assert (google["name"], google["inputTokenLimit"]) == ("models/gemini-2.5-pro", 1048576)
    tag = quiet.look("/api/tags", key=None).data["models"][0]
    assert (tag["name"], tag["details"]["family"]) == ("llama3.3:latest", "llama3.3")
    assert quiet.look("/groq/openai/v1/models").data["object"] == "list"
    assert quiet.look("/api/version", key=None).data == {"version": "0.12.0"}


@pytest.mark.parametrize(
    ("path", "api", "first"),
    [
        ("/v1/models", "openai", "m1"),
        ("/v1/models", "anthropic", "m1"),
        ("/v1beta/models", "google", "models/m1"),
        ("/api/tags", "ollama", "m1"),
    ],
)
def test_scenario_names_the_models(seven: Quiet, path: str, api: str, first: str) -> None:
    page = seven.look(path, api).data
    assert (ids(page)[0], len(ids(page))) == (first, 7)


@pytest.mark.parametrize(
    ("query", "listed", "more"),
    [
        ("?limit=3", ["m1", "m2", "m3"], True),
        ("?limit=3&after_id=m3", ["m4", "m5", "m6"], True),
        ("?limit=3&after_id=m6", ["m7"], False),
        ("?limit=2&before_id=m4", ["m2", "m3"], True),
        ("?limit=5&before_id=m4", ["m1", "m2", "m3"], False),
        ("?after_id=m7", [], False),
        ("?after_id=unknown", MODELS, False),
    ],
)
def test_anthropic_list_has_pages(seven: Quiet, query: str, listed: list[str], more: bool) -> None:  # noqa: FBT001
    page = seven.look(f"/v1/models{query}", "anthropic").data
    assert (ids(page), page["has_more"]) == (listed, more)
    assert (page["first_id"], page["last_id"]) == ((listed[0], listed[-1]) if listed else (None, None))


def test_google_list_has_pages(seven: Quiet) -> None:
    first = seven.look("/v1beta/models?pageSize=4", "google").data
    last = seven.look(f"/v1beta/models?pageSize=4&pageToken={first['nextPageToken']}", "google").data
    assert [name.removeprefix("models/") for name in ids(first) + ids(last)] == MODELS
    assert "nextPageToken" not in last


@pytest.mark.parametrize(
    ("path", "api"),
    [
        ("/v1/models?limit=0", "anthropic"),
        ("/v1/models?limit=1001", "anthropic"),
        ("/v1/models?limit=all", "anthropic"),
        ("/v1beta/models?pageSize=0", "google"),
        ("/v1beta/models?pageToken=9", "google"),
        ("/v1beta/models?pageToken=999999999", "google"),
    ],
)
def test_page_that_there_is_none_of(seven: Quiet, path: str, api: str) -> None:
    assert seven.look(path, api).status == 400


@pytest.mark.parametrize(
    ("path", "api"), [("/v1/models/", "openai"), ("/v1/models/", "anthropic"), ("/v1beta/models/", "google")]
)
def test_one_model_is_shown_and_another_one_not(seven: Quiet, path: str, api: str) -> None:
    assert seven.look(f"{path}m2", api).data.get("id", "m2") == "m2"
    missing = seven.look(f"{path}m9", api)
    assert missing.status == 404
    assert "m9" in missing.body.decode()


def test_ollama_shows_what_a_model_can_do(seven: Quiet) -> None:
    shown = seven.send("POST", "/api/show", {}, b'{"model": "m1"}').data
    assert shown["model_info"]["m1.context_length"] == 131072
    assert shown["capabilities"] == ["completion", "tools", "vision"]
    assert seven.send("POST", "/api/show", {}, b'{"model": "m9"}').status == 404
    assert seven.send("POST", "/api/show", {}, b"nonsense").data == {"error": "model is required"}


@pytest.mark.parametrize("name", ["unpaid", "limited", "no-model", "other-model", "flaky"])
def test_list_proves_a_key_and_nothing_more(quiet: Quiet, name: str) -> None:
    for api in ("openai", "anthropic"):
        assert quiet.look("/v1/models", api, f"sandbox-{name}").status == 200


@pytest.mark.parametrize(
    ("path", "api"), [("/v1/models", "openai"), ("/v1/models", "anthropic"), ("/v1beta/models", "google")]
)
def test_list_refuses_a_dead_key_and_none(quiet: Quiet, path: str, api: str) -> None:
    for key in ("sandbox-revoked", "sandbox-expired", "nonsense", None):
        assert quiet.look(path, api, key).status in {400, 401, 403}


@pytest.mark.parametrize(
    "path", ["/api/v1/models", "/venice/api/v1/models", "/vercel-ai-gateway/v1/models", "/api/tags"]
)
def test_public_list_proves_nothing(quiet: Quiet, path: str) -> None:
    for key in ("sandbox-revoked", "nonsense", None):
        assert quiet.look(path, key=key).status == 200
    assert quiet.look(path, key="sandbox-server-error").status == 500


def catalog(scenario: dict[str, Any] | None = None) -> list[Any]:
    rows: list[Any] = Quiet(scenario).look("/api/v1/models", key=None).data["data"]
    return rows


def test_catalog_has_something_for_every_filter() -> None:
    rows = catalog()
    assert len(rows) == 48
    free = [row for row in rows if row["pricing"]["prompt"] == "0"]
    assert 10 <= len(free) <= 38
    assert all(row["id"].endswith(":free") for row in free)
    assert {"image" in row["architecture"]["input_modalities"] for row in rows} == {True, False}
    assert {"tools" in row["supported_parameters"] for row in rows} == {True, False}
    assert len({row["context_length"] for row in rows}) == 5
    ages = {(int(NOW) - row["created"]) // DAY for row in rows}
    assert min(ages) < 10
    assert max(ages) > 365


def test_catalog_entry_has_the_documented_fields() -> None:
    entry = catalog()[1]
    assert entry["id"] == "birch/birch-8b-vision"
    assert entry["pricing"]["prompt"] == "0.00000008"
    assert entry["architecture"]["modality"] == "text+image->text"
    assert set(entry) == {
        *(
            "id",
            "canonical_slug",
            "hugging_face_id",
            "name",
            "created",
            "description",
            "context_length",
            "architecture",
        ),
        *("pricing", "top_provider", "per_request_limits", "supported_parameters", "default_parameters"),
    }


def test_catalog_can_be_large() -> None:
    rows = catalog({"catalog": {"size": 2000}})
    assert len({row["id"] for row in rows}) == 2000


def test_catalog_may_have_entries_of_a_scenario() -> None:
    (own,) = catalog(
        {"catalog": {"models": [{"id": "acme/a:free", "architecture": {"input_modalities": ["text", "image"]}}]}}
    )
    assert (own["canonical_slug"], own["architecture"]["tokenizer"], own["created"]) == ("acme/a", "Other", int(NOW))
    assert own["architecture"]["input_modalities"] == ["text", "image"]
    assert catalog({"catalog": {"size": 0}}) == []


def test_model_of_the_catalog_does_what_it_says() -> None:
    sandbox = Quiet({"catalog": {"models": [{"id": "a/blind", "supported_parameters": ["max_tokens"]}]}})
    tools = [{"type": "function", "function": {"name": "noop"}}]
    path = "/api/v1/chat/completions"
    refused = sandbox.ask("openai", path=path, model="a/blind", tools=tools, tool_choice="required")
    assert (refused.status, refused.data["error"]["code"]) == (404, 404)
    url = "data:image/png;base64,iVBORw0KGgo="
    picture = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}]
    blind = sandbox.ask("openai", path=path, model="a/blind", messages=picture)
    assert blind.data["error"]["message"] == "No endpoints found that support image input"
    assert sandbox.ask("openai", path=path, model="a/blind").status == 200
    assert sandbox.ask("openai", path=path, model="a/other", tools=tools, tool_choice="required").status == 200


OAUTH = {"authorization": "Bearer sandbox-ok", "anthropic-beta": "oauth-2025-04-20", **ANTHROPIC}


def test_anthropic_reports_the_windows_of_a_login(quiet: Quiet) -> None:
    usage = quiet.send("GET", "/api/oauth/usage", OAUTH).data
    assert usage["five_hour"] == {"utilization": 37.0, "resets_at": "2027-01-15T10:00:00Z"}
    assert usage["seven_day"] == {"utilization": 12.0, "resets_at": "2027-01-18T08:00:00Z"}
    assert usage["seven_day_opus"] is None


def test_anthropic_reports_no_windows_for_a_key(quiet: Quiet) -> None:
    answer = quiet.look("/api/oauth/usage", "anthropic")
    assert (answer.status, quiet.behavior) == (401, "unknown-key")


def test_setup_token_may_ask_and_not_look(quiet: Quiet) -> None:
    token = {**OAUTH, "authorization": "Bearer sandbox-setup"}
    refused = quiet.send("GET", "/api/oauth/usage", token)
    assert (refused.status, refused.data["error"]["type"]) == (403, "permission_error")
    assert quiet.send("GET", "/v1/models", token).status == 200


def test_openrouter_reports_key_and_credits(quiet: Quiet) -> None:
    key = quiet.look("/api/v1/key").data["data"]
    assert (key["limit"], key["limit_remaining"], key["limit_reset"], key["usage"]) == (10.0, 7.5, "monthly", 2.5)
    assert quiet.look("/api/v1/credits").data == {"data": {"total_credits": 50.0, "total_usage": 12.5}}
    unlimited = Quiet({"usage": {"openrouter": {"limit": None}}}).look("/api/v1/key").data["data"]
    assert (unlimited["limit"], unlimited["limit_remaining"], unlimited["limit_reset"]) == (None, None, None)


def test_zai_reports_the_windows_of_a_plan(quiet: Quiet) -> None:
    usage = quiet.look("/api/monitor/usage/quota/limit").data
    assert (usage["success"], usage["code"], usage["data"]["planName"]) == (True, 200, "pro")
    month, hours, week = usage["data"]["limits"]
    assert (hours["type"], hours["unit"], hours["number"], hours["percentage"]) == ("TOKENS_LIMIT", 3, 5, 20)
    assert (hours["nextResetTime"], week["unit"]) == (1800007200000, 6)
    assert (month["type"], month["unit"], month["number"]) == ("TIME_LIMIT", 5, 1)


def test_codex_reports_the_windows_of_a_plan() -> None:
    usage = Quiet({"usage": {"openai-codex": {"fiveHour": 100}}}).look("/backend-api/wham/usage").data
    assert usage["plan_type"] == "plus"
    assert usage["rate_limit"]["limit_reached"] is True
    assert usage["rate_limit"]["primary_window"] == {
        "used_percent": 100,
        "limit_window_seconds": 18000,
        "reset_after_seconds": 7200,
        "reset_at": 1800007200,
    }
    assert usage["rate_limit"]["secondary_window"]["limit_window_seconds"] == 604800


@pytest.mark.parametrize(
    "path", ["/api/v1/key", "/api/v1/credits", "/api/monitor/usage/quota/limit", "/backend-api/wham/usage"]
)
def test_usage_proves_a_key(quiet: Quiet, path: str) -> None:
    assert quiet.look(path).status == 200
    for key in ("sandbox-revoked", "nonsense", None):
        assert quiet.look(path, key=key).status == 401
