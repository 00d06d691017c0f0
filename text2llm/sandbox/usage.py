"""Usage: the used part of a plan, in the format of each provider's endpoint.

Formats: clawdbot/clawdbot:src/infra/provider-usage.fetch.{claude,zai,codex}.ts; steipete/CodexBar:docs and
Tests/CodexBarTests; https://openrouter.ai/docs/api-reference/limits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from text2llm.sandbox.apis.ollama import format_time
from text2llm.sandbox.exchange import Exchange
from text2llm.sandbox.values import Json

_HOUR, _DAY = 3600, 86400

#: The values that a scenario may change, by provider: percentages, US dollars and names of plans.
NUMBERS: Mapping[str, Mapping[str, Any]] = {
    "anthropic": {"fiveHour": 37.0, "sevenDay": 12.0, "sonnet": 8.0, "opus": None},
    "openrouter": {"limit": 10.0, "used": 2.5, "credits": 50.0, "creditsUsed": 12.5},
    "zai": {"fiveHour": 20, "weekly": 11, "monthly": 5, "plan": "pro"},
    "openai-codex": {"fiveHour": 30, "weekly": 64, "plan": "plus"},
}


def show_usage(exchange: Exchange) -> Json:
    return _FORMATS[exchange.endpoint.played.provider](exchange.request.now, _numbers(exchange))


def show_credits(exchange: Exchange) -> Json:
    numbers = _numbers(exchange)
    return {"data": {"total_credits": numbers["credits"], "total_usage": numbers["creditsUsed"]}}


def show_litellm_key(_exchange: Exchange) -> Json:
    """LiteLLM's report about the key of the request: steipete/CodexBar docs/litellm.md."""
    info = {"key_name": "sandbox", "spend": 2.5, "max_budget": 10.0, "expires": None, "user_id": None, "team_id": None}
    return {"key": "sandbox", "info": info}


def _numbers(exchange: Exchange) -> Mapping[str, Any]:
    provider = exchange.endpoint.played.provider
    return {**NUMBERS[provider], **exchange.state.scenario.usage.get(provider, {})}


def _anthropic(now: float, numbers: Mapping[str, Any]) -> Json:
    def window(name: str, seconds: int) -> Json | None:
        used = numbers[name]
        return None if used is None else {"utilization": used, "resets_at": format_time(int(now) + seconds)}

    return {
        "five_hour": window("fiveHour", 2 * _HOUR),
        "seven_day": window("sevenDay", 3 * _DAY),
        "seven_day_oauth_apps": None,
        "seven_day_opus": window("opus", 3 * _DAY),
        "seven_day_sonnet": window("sonnet", 3 * _DAY),
        "seven_day_cowork": None,
        "extra_usage": {"is_enabled": False, "monthly_limit": None, "used_credits": None, "utilization": None},
    }


def _openrouter(_now: float, numbers: Mapping[str, Any]) -> Json:
    limit, used = numbers["limit"], numbers["used"]
    return {
        "data": {
            "label": "sandbox",
            "limit": limit,
            "limit_reset": None if limit is None else "monthly",
            "limit_remaining": None if limit is None else max(0, limit - used),
            "include_byok_in_limit": False,
            "usage": used,
            "usage_daily": 0,
            "usage_weekly": used,
            "usage_monthly": used,
            "byok_usage": 0,
            "is_free_tier": False,
            "is_provisioning_key": False,
            "rate_limit": {"requests": -1, "interval": "10s"},
        }
    }


def _zai(now: float, numbers: Mapping[str, Any]) -> Json:
    def limit(kind: str, unit: int, number: int, name: str, seconds: int) -> Json:
        span = {"type": kind, "unit": unit, "number": number}
        return {**span, "percentage": numbers[name], "nextResetTime": (int(now) + seconds) * 1000}

    # Unit 5, number 1 looks like one minute and is the month of the tools that a plan includes.
    monthly = limit("TIME_LIMIT", 5, 1, "monthly", 12 * _DAY)
    limits = [
        {**monthly, "usage": 100, "currentValue": numbers["monthly"], "usageDetails": []},
        limit("TOKENS_LIMIT", 3, 5, "fiveHour", 2 * _HOUR),
        limit("TOKENS_LIMIT", 6, 1, "weekly", 3 * _DAY),
    ]
    data = {"limits": limits, "planName": numbers["plan"]}
    return {"code": 200, "msg": "Operation successful", "success": True, "data": data}


def _codex(now: float, numbers: Mapping[str, Any]) -> Json:
    def window(name: str, seconds: int, left: int) -> Json:
        reset = {"reset_after_seconds": left, "reset_at": int(now) + left}
        return {"used_percent": numbers[name], "limit_window_seconds": seconds, **reset}

    windows = {
        "primary_window": window("fiveHour", 5 * _HOUR, 2 * _HOUR),
        "secondary_window": window("weekly", 7 * _DAY, 3 * _DAY),
    }
    reached = any(each["used_percent"] >= 100 for each in windows.values())  # noqa: PLR2004
    return {
        "plan_type": numbers["plan"],
        "rate_limit": {"allowed": not reached, "limit_reached": reached, **windows},
        "code_review_rate_limit": None,
        "additional_rate_limits": None,
        "credits": {"has_credits": False, "unlimited": False, "balance": "0"},
    }


_FORMATS: Mapping[str, Callable[[float, Mapping[str, Any]], Json]] = {
    "anthropic": _anthropic,
    "openrouter": _openrouter,
    "zai": _zai,
    "openai-codex": _codex,
}
