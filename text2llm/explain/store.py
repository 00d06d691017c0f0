"""What chose the configuration, and the store that an agent's credentials come from. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from text2llm.auth.agents import DIRECTORY_VARIABLES
from text2llm.config.discovery import CONFIG_NAME, CONFIG_VARIABLE
from text2llm.explain.explanation import Step, StepSource

_HOME = "TEXT2LLM_HOME"


def trace_store(agent: str | None, agent_dir: str, store_path: str, environ: Mapping[str, str]) -> tuple[Step, ...]:
    """The steps to a store; ``agent`` is ``None`` for the default one, whose directory a variable may name."""
    named = next((name for name in DIRECTORY_VARIABLES if environ.get(name)), None) if agent is None else None
    if named is not None:
        first = Step("the variable names the agent's directory", StepSource.ENVIRONMENT, name=named)
    elif environ.get(_HOME):
        first = Step("all directories of the user are under one root", StepSource.ENVIRONMENT, name=_HOME)
    else:
        first = Step("the agent's directory is among the user's data", StepSource.DEFAULT)
    if store_path.startswith(agent_dir):
        return (first,)
    return (
        first,
        Step("the agent has no store of its own: the main agent's is read", StepSource.STORE, name=store_path),
    )


def trace_config(explicit: str | None, path: str, own: str, environ: Mapping[str, str]) -> Step:
    """What chose the configuration at ``path``; ``own`` is the user's, which counts where there is no other."""
    if explicit:
        return Step("named by the option", StepSource.OPTION, name="--config")
    if environ.get(CONFIG_VARIABLE):
        return Step("named by the variable", StepSource.ENVIRONMENT, name=CONFIG_VARIABLE)
    if path == own:
        return Step(f"your own: there is no {CONFIG_NAME} from the working directory up", StepSource.DEFAULT)
    return Step(f"the nearest {CONFIG_NAME} from the working directory up", StepSource.DEFAULT)
