"""What is wrong with written parameters: misspelled names, and values that a parameter cannot have. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from text2llm.config.suggest import find_misspelled, find_near
from text2llm.params.natives import CREDENTIALS, NATIVES
from text2llm.params.sites import ParamSite, list_sites
from text2llm.params.spelling import camel_case, find_paths, fold_name, says_more
from text2llm.params.values import ANYTHING, ValueRule
from text2llm.params.wires import ROUTING
from text2llm.params.words import WORDS

_Path: TypeAlias = tuple[str, ...]
#: Another level of Groq's ``reasoning_effort``. Source: console.groq.com/docs/reasoning.
_OTHER_EFFORT = "default"
#: How alike two names are if one is a misspelling: "sed" is one of "seed".
_ALMOST = 0.85
#: Names of what is chosen elsewhere, what that is, and where.
_CHOICES = (
    (
        CREDENTIALS,
        "a credential",
        "name the profile under models.providers.PROVIDER.models, or order profiles under an agent's auth",
    ),
    (ROUTING, "another model or server, and is not sent", "name the model in the chain, the server as a baseUrl"),
)
#: A name of so many letters stands for the word that it begins.
_SHORTEST_BEGINNING = 4
#: Names that are compared with the known ones, for one configuration.
MAX_COMPARED = 100


class ParamProblem(NamedTuple):
    """What is wrong with a parameter; ``name``: with its name, and not its value. ``near`` is what was likely meant."""

    keys: _Path
    message: str
    hint: str | None
    name: bool = False
    near: str | None = None


class ParamCheck:
    """Checks the parameters of one configuration, which may have many names that are not known."""

    def __init__(self) -> None:
        self._left = MAX_COMPARED
        self._near: Callable[[_Path, str], str | None] = cache(self._find_near)

    def check(self, params: Mapping[str, Any]) -> Iterator[ParamProblem]:
        said: dict[str, str] = {}
        for site in list_sites(params):
            name = ".".join(site.keys)
            if site.word is not None:
                other = said.setdefault(site.word, name)
                if other != name:
                    yield ParamProblem(site.keys, f"{name} says the same as {other} beside it", "remove one", name=True)
            rule = _find_rule(site)
            if rule is None:
                yield from self._check_name(site)
            elif site.value is not None:
                yield from _check_value(site, rule)

    def _check_name(self, site: ParamSite) -> Iterator[ParamProblem]:
        name = site.keys[-1]
        for names, what, hint in () if site.outer else _CHOICES:
            if fold_name(name) in names:
                yield ParamProblem(site.keys, f"{name} is not a parameter: it would choose {what}", hint, name=True)
                return
        near = self._near(site.outer, name)
        if near is not None:
            message = f"{name} is not a known parameter"
            yield ParamProblem(site.keys, message, f"did you mean '{near}'?", name=True, near=near)

    def _find_near(self, outer: _Path, name: str) -> str | None:
        if not self._left:
            return None
        self._left -= 1
        begun = (word for word in WORDS if not outer and word.casefold().startswith(name.casefold()))
        whole = next(begun, None) if len(name) >= _SHORTEST_BEGINNING else None
        return whole or find_misspelled(name, _known(outer), _ALMOST)


@cache
def _known(outer: _Path) -> tuple[str, ...]:
    """The names below a path in both forms, those of the words first."""
    folded = (path[-1] for path in (*find_paths(), *NATIVES) if path[:-1] == outer)
    words = () if outer else tuple(WORDS)
    return tuple(dict.fromkeys((*words, *(form for name in folded for form in (name, camel_case(name))))))


def _find_rule(site: ParamSite) -> ValueRule | None:
    """The rule for a parameter's value; ``None`` if its name is not known."""
    if site.word is None:
        return ANYTHING if says_more(site.path, site.value) else NATIVES.get(site.path)
    is_other = site.keys[-1] == "reasoning_effort" and site.value == _OTHER_EFFORT
    return ANYTHING if is_other else WORDS[site.word].value


def _check_value(site: ParamSite, rule: ValueRule) -> Iterator[ParamProblem]:
    name, value = ".".join(site.keys), site.value
    if not rule.fits(value):
        near = find_near(value, rule.choices) if isinstance(value, str) and value else None
        yield ParamProblem(site.keys, f"{name} must be {rule.text}", near and f"did you mean '{near}'?", near=near)
    elif isinstance(value, str) and value.lower() not in rule.choices:
        near = find_misspelled(value, rule.choices)
        if near is not None:
            message = f"{name} has a value that is not known"
            yield ParamProblem(site.keys, message, f"did you mean '{near}'?", near=near)
