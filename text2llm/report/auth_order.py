"""The order of an agent's credentials for a provider, for people and programs."""

from __future__ import annotations

from typing import Any

from text2llm.commands.store import AgentOrder
from text2llm.report.sanitise import clean_line


def order_json(order: AgentOrder) -> dict[str, Any]:
    """The order as plain data, valid against ``schemas/outputs/auth-order.schema.json``."""
    return {
        "agentId": order.agent_id,
        "agentDir": order.agent_dir,
        "provider": order.result.provider,
        "authStorePath": order.path,
        "order": None if order.order is None else list(order.order),
        "effective": {
            "source": order.result.source.value,
            "usable": list(order.result.usable),
            "dropped": [
                {"profileId": item.profile_id, "reason": item.reason.value, "message": item.message}
                for item in order.result.dropped
            ],
        },
    }


def order_text(order: AgentOrder) -> str:
    """The order as text, with a final newline."""
    result = order.result
    kept = "none" if order.order is None else ", ".join(order.order)
    lines = [
        f"Agent           {order.agent_id}",
        f"Provider        {result.provider}",
        f"Auth store      {order.path}",
        f"Order override  {kept}",
        f"Tried           {', '.join(result.usable) or 'no profile'} (by {result.source.value})",
        *(f"Not used        {item.profile_id}: {item.message}" for item in result.dropped),
    ]
    return "".join(f"{clean_line(line)}\n" for line in lines)
