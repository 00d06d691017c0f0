"""The choice of the configuration, and of an agent's credential store. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from text2llm.auth.agents import find_directory_variable
from text2llm.config.discovery import CONFIG_NAME, CONFIG_OPTION, find_origin
from text2llm.explain.explanation import Step, StepSource
from text2llm.storage.places import HOME_VARIABLE


def trace_store(agent: str | None, agent_dir: str, store_path: str, environ: Mapping[str, str]) -> tuple[Step, ...]:
    """The steps to a store; ``agent`` is ``None`` for the default one, whose directory a variable can set."""
    variable = find_directory_variable(environ) if agent is None else None
    if variable is not None:
        first = Step("the variable sets the agent's directory", StepSource.ENVIRONMENT, name=variable)
    elif environ.get(HOME_VARIABLE):
        first = Step("the variable sets the root of all user directories", StepSource.ENVIRONMENT, name=HOME_VARIABLE)
    else:
        first = Step("the agent's directory in the user's data directory", StepSource.DEFAULT)
    if store_path.startswith(agent_dir):
        return (first,)
    return (
        first,
        Step("the agent has no store of its own; the main agent's applies", StepSource.STORE, name=store_path),
    )


def trace_config(explicit: str | None, path: str, own: str, environ: Mapping[str, str]) -> Step:
    """What chose the configuration at ``path``; ``own`` is the path of the user's."""
    origin = find_origin(explicit, environ)
    if origin is not None:
        word, source = (
            ("option", StepSource.OPTION) if origin == CONFIG_OPTION else ("variable", StepSource.ENVIRONMENT)
        )
        return Step(f"set by the {word}", source, name=origin)
    if path == own:
        return Step(f"your own: no {CONFIG_NAME} in the working directory or above", StepSource.DEFAULT)
    return Step(f"the nearest {CONFIG_NAME} from the working directory up", StepSource.DEFAULT)
