"""The edits that add and remove agents. Pure."""

from __future__ import annotations

from shlex import quote

from text2llm.auth.agents import require_agent
from text2llm.auth.reading import Reading
from text2llm.config.model import AgentSettings
from text2llm.config.nodes import Pointer, Value
from text2llm.diagnostics import Diagnostic
from text2llm.edit.change import Action, DataChange
from text2llm.errors import EditError
from text2llm.plan.arguments import Argument, environment_option, resolve_argument
from text2llm.plan.edits import EditOutcome
from text2llm.refs import parse_agent_id

_ENTRIES: Pointer = ("agents", "entries")


def add_agent(reading: Reading, *, agent: str, name: str | None, force: bool = False) -> EditOutcome:
    """Add an agent; without a model of its own (``name``) it has that of the defaults.

    Raises:
        ReferenceFormatError: the id is not one of an agent.
        EditError: the configuration has the agent, or the model is known to be wrong.
    """
    added = parse_agent_id(agent)
    known = reading.config.agent(added)
    if known is not None:
        place = reading.config.locate(known.pointer, key=True)
        hint = f"`text2llm models set --agent {added}{environment_option(reading)} REF` changes its model"
        raise EditError(f"there is an agent {added!r} already", hint=hint, location=place)
    entry: dict[str, Value] = {}
    notes: tuple[Diagnostic, ...] = ()
    if name is not None:
        command = f"models agents add {added} --model {{}}"
        wanted, notes = resolve_argument(reading, Argument(name, command, force))
        entry["model"] = str(wanted)
    return EditOutcome((DataChange(Action.SET, (*_ENTRIES, added), entry),), notes, force)


def remove_agent(reading: Reading, *, agent: str) -> EditOutcome:
    """Remove the settings of an agent; an environment removes one that has a file of its own, too.

    Raises:
        UnknownAgentError: there is no such agent.
        EditError: it is the default one, or not in the configuration, or in a file of its own.
    """
    found = _find_listed(reading, agent)
    config = reading.config
    if found.id in config.included and config.environment is None:
        path = config.included[found.id].path
        raise EditError(
            f"the agent {found.id!r} has a file of its own, {path}",
            hint=f"remove that file: `git rm {quote(path)}`",
            location=config.locate(found.pointer),
        )
    if found.default:
        raise EditError(
            f"{found.id!r} is the default agent, which is used when none is named",
            hint="set `default: true` at another agent instead, then remove this one",
            location=config.locate((*found.pointer, "default"), key=True),
        )
    return EditOutcome((DataChange(Action.REMOVE, found.pointer),))


def _find_listed(reading: Reading, agent: str) -> AgentSettings:
    found = reading.config.agent(require_agent(agent, reading.config))
    if found is None:
        raise EditError(f"the agent {agent!r} has no settings of its own", hint="there is nothing to remove")
    return found
