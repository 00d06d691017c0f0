"""The ``text2llm`` program: the command table, and the one boundary that catches errors."""

from __future__ import annotations

import os
import sys

import click

from text2llm import __version__
from text2llm.cli.boundary import run_guarded
from text2llm.cli.lazy import Lazy, LazyGroup
from text2llm.cli.options import forces_color, quiet_option

_COMMANDS = {
    "init": Lazy("text2llm.cli.init", "command", "Write a commented text2llm.yaml to start from."),
    "validate": Lazy("text2llm.cli.validate", "command", "Check configuration files against the schema and the rules."),
    "models": Lazy("text2llm.cli.models.group", "group", "Show and change models, fallbacks, aliases and credentials."),
    "resolve": Lazy("text2llm.cli.resolve", "command", "Show which models each agent uses, in each role."),
    "probe": Lazy("text2llm.cli.probe", "command", "Verify every route that agents depend on: the gate for CI."),
    "trust": Lazy("text2llm.cli.trust", "group", "Manage the origins each credential may be sent to."),
    "plugins": Lazy("text2llm.cli.plugins", "group", "Providers that do not ship with text2llm."),
    "plan": Lazy("text2llm.cli.plan", "plan_command", "Show the edits that make the config match a file."),
    "apply": Lazy("text2llm.cli.plan", "apply_command", "Apply a saved plan."),
    "diff": Lazy("text2llm.cli.diff", "command", "Show what a change means, between git revisions."),
    "explain": Lazy("text2llm.cli.explain", "command", "Explain where a value, model or credential comes from."),
    "rule": Lazy("text2llm.cli.rule", "command", "Explain a rule of validate."),
    "schema": Lazy("text2llm.cli.schema", "command", "Print a JSON Schema."),
    "completion": Lazy("text2llm.cli.completion", "command", "Print a shell completion script."),
    "sandbox": Lazy("text2llm.cli.sandbox", "command", "Run a loopback provider that plays successes and failures."),
}


_OTHERS = {
    **dict.fromkeys(("check", "lint", "verify"), "validate"),
    **dict.fromkeys(("doctor", "health"), "models status --check"),
    **dict.fromkeys(("gate", "test"), "probe"),
    "fix": "validate --fix",
    "login": "models auth login",
    "help": "--help",
    "version": "--version",
}


@click.group(
    cls=LazyGroup,
    table=_COMMANDS,
    others=_OTHERS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Configuration is found from the working directory up: text2llm.yaml. "
    "Every command takes --help and --quiet; those that print data take --json. NO_COLOR and --no-color disable "
    "color, FORCE_COLOR enables it off a terminal.",
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@quiet_option
@click.pass_context
def main(context: click.Context) -> None:
    """Configuration as code for models: which model each agent uses, in git, checked and verified."""
    if forces_color(os.environ):
        context.color = True  # else click removes color off a terminal


def run() -> None:
    sys.exit(run_guarded(main, sys.argv[1:]))
