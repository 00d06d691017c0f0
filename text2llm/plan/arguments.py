"""What is wrong with a model on a command line: a refusal, a warning, or nothing. Pure.

A name that is known to be wrong is refused with the command that was meant; one that is only unknown gets a warning,
since models appear daily.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from text2llm.auth.reading import Reading
from text2llm.config.resolve import Resolved, Via
from text2llm.config.roles import Role
from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.errors import EditError, ReferenceFormatError
from text2llm.providers.publishers import FREE, PUBLISHERS, ROUTER
from text2llm.refs import ModelRef
from text2llm.rules.names import find_elsewhere, find_respelled, near_models

_COMMAND_LINE = Location("the command line")


@dataclass(frozen=True, slots=True)
class Argument:
    """A model that a command names.

    ``command`` is that command with ``{}`` in place of the model; with ``force`` nothing is refused. Without ``chat``
    the model need not answer chat requests.
    """

    text: str
    command: str
    force: bool = False
    chat: bool = True


def name_argument(text: str, command: str, role: Role, agent: str | None, *, force: bool) -> Argument:
    """The argument of a command below ``models`` that sets the models of a role."""
    option = "" if agent is None else f" --agent {agent}"
    return Argument(text, f"models {command} {{}}{option}", force, role.is_chat)


def environment_option(reading: Reading) -> str:
    """The option, after a space, that a command about the same environment needs."""
    layer = reading.config.environment
    return "" if layer is None else f" --env {layer.name}"


@dataclass(frozen=True, slots=True)
class NameFault:
    """``meant`` are the references that were meant, the likeliest first; ``can_insist``: ``--force`` is of use."""

    message: str
    meant: tuple[str, ...]
    can_insist: bool = True


def resolve_argument(reading: Reading, argument: Argument) -> tuple[ModelRef, tuple[Diagnostic, ...]]:
    """The model that an argument means, with a warning if nobody knows it.

    Raises:
        ReferenceFormatError: it is not a name of a model.
        EditError: it is known to be wrong.
    """
    if not argument.text.strip():
        raise ReferenceFormatError(
            f"invalid model reference: {argument.text!r}", hint="write provider/model or an alias"
        )
    resolved = reading.resolver.resolve(argument.text)
    found = judge_name(reading, resolved, chat=argument.chat)
    if isinstance(found, NameFault):
        if not argument.force:
            raise EditError(found.message, hint=_name_command(found, argument.command + environment_option(reading)))
        found = warn_bare(reading, resolved) if resolved.via is Via.BARE else None
    return resolved.ref, () if found is None else (found,)


def _name_command(refusal: NameFault, command: str) -> str:
    first, *others = refusal.meant
    more = f" (or {', '.join(others)})" if others else ""
    return f"run `text2llm {command.format(first)}`{more}" + ("; --force insists" if refusal.can_insist else "")


def judge_name(reading: Reading, resolved: Resolved, *, chat: bool = True) -> NameFault | Diagnostic | None:
    """What is wrong with a name. One that the provider's own list has, as it was fetched last, is not refused."""
    if resolved.via in (Via.ALIAS, Via.KNOWN_ID):
        return None
    if resolved.ref.model not in reading.fetched.get(resolved.ref.provider, ()):
        for find in _REFUSALS:
            refusal = find(reading, resolved)
            if refusal is not None:
                return refusal
    if resolved.via is Via.BARE:
        return warn_bare(reading, resolved)
    return next(_find_doubts(reading, resolved.ref, _slug(resolved)), None) if chat else None


def warn_bare(reading: Reading, resolved: Resolved) -> Diagnostic:
    """The warning about an unknown name on the command line, with suggestions."""
    near = near_models(resolved.text.strip(), reading.config, reading.resolver, reading.catalog)
    hint = f"did you mean {' or '.join(near)}?" if near else "write provider/model, or add an alias first"
    lists = ", nor in its provider's fetched list" if _is_unlisted(reading, resolved.ref) else ""
    message = f"{resolved.text.strip()!r} is neither an alias nor a known model{lists}; resolved to {resolved.ref}"
    return Diagnostic("bare-reference", Severity.WARNING, message, _COMMAND_LINE, hint)


def _is_unlisted(reading: Reading, ref: ModelRef) -> bool:
    """Whether the provider's own list was fetched, and nothing has the model."""
    fetched = reading.fetched.get(ref.provider, ())
    return len(fetched) > 0 and ref.model not in fetched and reading.catalog.find(ref) is None


# -- refusals ---------------------------------------------------------------------------------------------------------


def _refuse_colon(reading: Reading, resolved: Resolved) -> NameFault | None:
    """``provider:model``, if that model is known, or the name could mean nothing else."""
    provider, colon, model = resolved.text.strip().partition(":")
    if not colon or not model or not _is_provider(reading, provider):
        return None
    ref = reading.spellings.ref(provider, model)
    if reading.catalog.find(ref) is None and "/" not in model:
        return None
    message = f"{resolved.text.strip()!r} has a ':' between the provider and the model, where a '/' belongs"
    return NameFault(message, (str(ref),), can_insist="/" not in model)


def _refuse_publisher(reading: Reading, resolved: Resolved) -> NameFault | None:
    """A name as OpenRouter writes it, if the provider is unknown, or has no such model while OpenRouter has."""
    slug = _slug(resolved)
    if slug is None or reading.catalog.find(resolved.ref) is not None:
        return None
    publisher, _, model = slug.partition("/")
    routed = ModelRef(ROUTER, slug)
    has_routed = reading.catalog.find(routed) is not None or slug in reading.fetched.get(ROUTER, ())
    known = _is_provider(reading, publisher)
    if known and not (has_routed and _lacks_at_home(reading, resolved.ref, model)):
        return None
    if not known and not has_routed and publisher not in PUBLISHERS:
        return None
    own = reading.spellings.ref(PUBLISHERS.get(publisher) or publisher, model)
    meant = (str(routed), *((str(own),) if own != resolved.ref and reading.catalog.find(own) else ()))
    if known:
        return NameFault(f"the catalog has no model {model!r} of {resolved.ref.provider}, but OpenRouter has it", meant)
    return NameFault(f"{publisher!r} is a publisher on OpenRouter, not a provider", meant, can_insist=False)


def _refuse_spelling(reading: Reading, resolved: Resolved) -> NameFault | None:
    """A model that differs from a known one only in case or punctuation."""
    meant = find_respelled(resolved.ref, reading)
    if meant is None:
        return None
    return NameFault(f"{resolved.ref} differs from the known model {meant} only in case or punctuation", (str(meant),))


def _refuse_bare(reading: Reading, resolved: Resolved) -> NameFault | None:
    """A name without provider that others have, and the default provider has not."""
    if resolved.via is not Via.BARE or not reading.lacks(resolved.ref):
        return None
    meant = find_elsewhere(resolved.text.strip(), reading.catalog)
    message = f"{resolved.text.strip()!r} is a model of another provider, not of {resolved.ref.provider}"
    return NameFault(message, tuple(meant[:3])) if meant else None


_REFUSALS: tuple[Callable[[Reading, Resolved], NameFault | None], ...] = (
    _refuse_colon,
    _refuse_publisher,
    _refuse_spelling,
    _refuse_bare,
)


def _is_provider(reading: Reading, name: str) -> bool:
    provider = reading.spellings.provider(name)
    return provider in reading.customs or reading.registry.get(provider) is not None


def _lacks_at_home(reading: Reading, ref: ModelRef, model: str) -> bool:
    """Whether the provider's own API has no such model: only OpenRouter has ids that end in ``:free``."""
    custom = reading.customs.get(ref.provider)
    return not (custom is not None and custom.moved) and (reading.lacks(ref) or model.endswith(FREE))


def _slug(resolved: Resolved) -> str | None:
    """``publisher/model``, if the name can be one of OpenRouter's."""
    provider, slash, model = resolved.text.strip().partition("/")
    publisher = provider.strip().lower()
    return f"{publisher}/{model.strip()}" if slash and publisher != ROUTER else None


# -- warnings ---------------------------------------------------------------------------------------------------------


def _find_doubts(reading: Reading, ref: ModelRef, slug: str | None) -> Iterator[Diagnostic]:
    """What the check of the edited configuration cannot know, or cannot tell as well."""
    if reading.catalog.find(ref) is not None:
        return
    custom = reading.customs.get(ref.provider)
    if slug is not None and not (custom is not None and custom.moved):
        publisher, _, model = slug.partition("/")
        if model.endswith(FREE) or (publisher in PUBLISHERS and reading.lacks(ref)):
            message = f"{ref.model!r} is not known as a model of {ref.provider}"
            yield _unknown(message, f"at OpenRouter it is {ROUTER}/{slug}")
    if _is_unlisted(reading, ref):
        message = f"{ref.model!r} is not in the list that `text2llm models refresh` fetched of {ref.provider}"
        yield _unknown(message, f"`text2llm models list --all --provider {ref.provider}` shows that list")


def _unknown(message: str, hint: str) -> Diagnostic:
    return Diagnostic("unknown-model", Severity.WARNING, message, _COMMAND_LINE, hint)
