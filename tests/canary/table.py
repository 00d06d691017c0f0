"""How every command is called: a row for each leaf of the command tree. A command without one fails the tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import click

from tests.canary.canaries import value
from text2llm.cli.main import main


class Row(NamedTuple):
    """One way to call a command: its arguments, its exit code where all is good, what it reads, what is stored then."""

    arguments: str = ""
    code: int = 0
    stdin: str = ""
    stored: frozenset[str] = frozenset()


_ARGUMENT = value("argument")
_ORDER = "--provider mistral"
_ABSENT = "--provider mistral absent:profile"
_PASTED = value("standard input")
_SETUP_TOKEN = value("setup token of standard input")
_KNOWN = value("standard input with a form")
_STORED = frozenset({"standard input", "standard input with a form", "setup token of standard input"})


def _paste(provider: str) -> tuple[Row, ...]:
    """What a command that reads a secret is given: the secret, and all that people paste in its place."""
    chosen = f"--provider {provider} --any-form"
    mistakes = (f"Bearer {_PASTED}", f"KEY={_PASTED}", f"{_PASTED} {_PASTED}", f"{_PASTED}\n{_PASTED}", f"'{_PASTED}'")
    return (
        Row(f"{chosen}", stdin=f"{_PASTED}\n", stored=_STORED),
        Row(f"{chosen} --profile-id {provider}:new", stdin=f"{_PASTED}\r\n", stored=_STORED),
        *(Row(f"--provider {provider}", 1, stdin=mistake) for mistake in mistakes),
        Row(f"--provider {provider} --profile-id {_PASTED}", 64, stdin=_PASTED),
    )


#: By the words of the command; the codes are those of the good world.
ROWS: dict[str, tuple[Row, ...]] = {
    "init": (Row("--only-config", 1), Row("--template nothing", 64)),
    "validate": (Row(), Row("--format json"), Row("text2llm.yaml wanted.yaml key.txt .env .netrc", 1)),
    "completion": (Row("bash"), Row("zsh"), Row("fish"), Row("tcsh", 64)),
    "diff": (Row("", 1), Row("--staged", 1), Row("main..HEAD --format markdown", 1), Row("--no-such-option", 64)),
    "explain": (
        Row("agents.defaults.model"),
        Row("models.providers.lab.headers"),
        Row("coder --format markdown"),
        Row("opus"),
        Row("provider:lab"),
        Row("agents"),
        Row("nobody", 1),
    ),
    "resolve": (Row(), Row("--agent coder"), Row("--no-credential"), Row("--agent nobody", 1)),
    "rule": (Row(), Row("secret-in-config"), Row("no-such-rule", 64)),
    "models status": (
        Row(),
        Row("--agent coder"),
        Row("--probe --probe-timeout 300"),
        Row("--probe --probe-provider lab --probe-timeout 300"),
        Row("--probe --probe-free --probe-timeout 300"),
    ),
    "models list": (Row(), Row("--agent coder"), Row("--all --provider lab"), Row("--local"), Row("--provider x", 64)),
    "models refresh": (Row("--provider lab", 4), Row("--provider mistral", 1)),
    "models scan": (
        Row("--provider lab --no-probe", 4),
        Row("--provider lab --timeout 300 --yes", 4),
        Row("--provider mistral --timeout 300", 1),
    ),
    "models set": (
        Row("openai/gpt-5.2"),
        Row("gpt-5.1 --agent coder", 1),
        Row("gpt-x --agent coder"),
        Row("nowhere/x --strict", 1),
    ),
    "models set-image": (Row("opus"),),
    "models agents add": (Row("new --model openai/gpt-5.2"), Row("coder", 1)),
    "models agents remove": (Row("coder"), Row("absent", 1)),
    "models aliases add": (Row("big openai/gpt-5.2"), Row("opus openai/gpt-5.2", 1), Row("opus gpt-5.1 --force")),
    "models aliases list": (Row(),),
    "models aliases remove": (Row("opus"), Row("absent", 1)),
    "models fallbacks add": (Row("openai/gpt-5.1"), Row("lab/m2 --agent coder")),
    "models fallbacks clear": (Row(),),
    "models fallbacks list": (Row(), Row("--agent coder")),
    "models fallbacks move": (Row("openai/gpt-5.2 1"), Row("nobody/x 1", 1)),
    "models fallbacks remove": (Row("openai/gpt-5.2"), Row("nobody/x", 1)),
    "models image-fallbacks add": (Row("openai/gpt-5.1"),),
    "models image-fallbacks clear": (Row(),),
    "models image-fallbacks list": (Row(),),
    "models image-fallbacks move": (Row("openai/gpt-5.2 1", 1),),
    "models image-fallbacks remove": (Row("openai/gpt-5.2", 1),),
    "models auth list": (Row(), Row("--provider mistral"), Row("--agent coder")),
    "models auth add": (Row("", 64),),
    "models auth login": (
        Row("--provider openai", 64),
        Row("--provider mistral --method api-key", stdin=_PASTED, stored=_STORED),
    ),
    "models auth setup-token": (
        Row("", stdin=_SETUP_TOKEN, stored=_STORED),
        Row("", 1, stdin=_SETUP_TOKEN[:-9]),
        Row("", 1, stdin=_KNOWN),
    ),
    "models auth paste-token": (
        *_paste("mistral"),
        Row("--provider mistral --expires-in 30d --any-form", stdin=_PASTED, stored=_STORED),
    ),
    "models auth paste-api-key": (
        *_paste("mistral"),
        Row("--provider anthropic", stdin=_KNOWN, stored=_STORED),
        Row("--provider openai", 1, stdin=_KNOWN),
    ),
    "models auth logout": (Row("mistral:key"), Row("absent:profile", 1)),
    "models auth refresh": (Row(""), Row("openai-codex:me --force", 1)),
    "models auth order get": (Row(_ORDER), Row("--provider lab"), Row("--provider anthropic")),
    "models auth order set": (Row(f"{_ORDER} mistral:key"), Row(_ABSENT, 1)),
    "models auth order clear": (Row(_ORDER),),
    "models auth clear-cooldown": (Row("anthropic:known"), Row("absent:profile", 1)),
    "probe": (
        Row("--timeout 300", 2),
        Row("--all-credentials --timeout 300 --report junit=junit.xml --report sarif=sarif.json", 2),
        Row("--timeout 300 --report markdown=report.md --report json=report.json", 2),
    ),
    "trust list": (Row(), Row("--all"), Row("--provider anthropic")),
    "trust allow": (
        Row("--credential env:LAB_HEADER --origin https://llm.corp.example", 4),
        Row("--credential env:LAB_HEADER --origin https://llm.corp.example --dry-run"),
        Row(f"--credential env:LAB_KEY --origin https://me:{_ARGUMENT}@h.example", 64),
        Row(f"--credential env:LAB_KEY --origin https://h.example/?key={_ARGUMENT}", 64),
        Row(f"--credential {_ARGUMENT} --origin https://h.example", 64),
    ),
    "trust revoke": (Row("--credential env:LAB_KEY"), Row("--credential env:ABSENT", 1)),
    "plugins list": (Row(),),
    "plan": (Row("wanted.yaml"), Row("-", stdin="agents: {defaults: {model: openai/gpt-5.2}}")),
    "apply": (Row("saved.json --yes"), Row("key.txt --yes", 1), Row("text2llm.yaml --yes", 1)),
    "schema": (Row(), Row("config")),
    "sandbox": (Row("--list"),),
}

#: Flags that change what is printed or written; each is tried with every row of a command that has it.
_MODES = ("--json", "--plain", "--dry-run", "--out plan.json", "--check", "--strict", "--detailed-exitcode")


def leaves(command: click.Command = main, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command that is no group, with its words."""
    if not isinstance(command, click.Group):
        yield " ".join(path), command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        child = command.get_command(context, name)
        assert child is not None
        yield from leaves(child, (*path, name))


COMMANDS = dict(leaves())


def modes(name: str) -> list[str]:
    """The flags of a command that are worth trying, and none."""
    known = {spelling for parameter in COMMANDS[name].params for spelling in parameter.opts}
    return ["", *(mode for mode in _MODES if mode.split()[0] in known)]


def misuses(name: str) -> Iterator[list[str]]:
    """Command lines that have a secret where none belongs.

    What stands in the place of a name or a path is one, unless it has the form of a known credential.
    """
    first, known = ROWS[name][0].arguments.split(), value("argument with a form")
    takes_names = any(parameter.nargs == -1 for parameter in COMMANDS[name].params)
    for secret in (known,) if takes_names else (known, value("argument")):
        yield [*first, *[secret] * 3]
    for secret in (known, value("argument")):
        yield [*first, "--api-key", secret]
        yield [*first, f"--api-key={secret}"]
        yield [*first, f"--{secret}"]
        yield [*first, f"--json={secret}"]
    for parameter in COMMANDS[name].params:
        if isinstance(parameter, click.Option) and not parameter.is_flag:
            yield [*first, parameter.opts[0], known]
    yield [known]
    yield [known, known]
