"""Roles: what an agent uses its models for, and where the model of each is set.

Two roles have keys of their own, ``model`` and ``imageModel``; every other stands under ``roles``, by its name.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from text2llm.config.nodes import Pointer
from text2llm.config.suggest import find_near
from text2llm.errors import UsageError

# Compiled when they are used: a status needs neither.
_NAME = r"[a-z][A-Za-z0-9-]{0,31}"
_KEYS = {"main": "model", "image": "imageModel"}
_ROLES = "roles"
#: Names with another meaning where a role is named.
RESERVED = frozenset({"main", "model", "image", "primary", "fallbacks", "imageFallbacks", "roles", "all"})
#: The roles that other tools have; all other names are the user's own.
KNOWN_ROLES = (
    *("small", "subagent", "plan", "editor", "review", "utility", "heartbeat", "compaction", "title", "summary"),
    *("explore", "general", "pdf", "imageGeneration", "embedding", "audio"),
)
_NOT_CHAT = frozenset({"imageGeneration", "embedding", "audio"})


class RoleWords(NamedTuple):
    """The names of a role's first model and of its fallbacks.

    ``heading`` is the first one's in ``models status``; the tags are those of ``models list``; ``command`` of
    ``text2llm models`` sets it, and ``group`` with ``option`` changes the fallbacks; ``kind`` begins the kinds of its
    changes in ``diff``.
    """

    primary: str
    fallback: str
    heading: str
    tag: str
    fallback_tag: str
    command: str
    group: str
    option: str
    kind: str


#: The one place for these words; where they name something for programs they have hyphens.
_WORDS = {
    "main": RoleWords("model", "fallback", "Default", "default", "fallback", "set", "fallbacks", "", ""),
    "image": RoleWords(
        *("image model", "image fallback", "Image model", "image", "img-fallback"),
        *("set-image", "image-fallbacks", "", "image-"),
    ),
}


def _own_words(name: str) -> RoleWords:
    option = f" --role {name}"
    return RoleWords(
        *(f"{name} model", f"{name} fallback", f"{name} model", name, f"{name}-fallback"),
        *(f"set{option}", "fallbacks", option, "role-"),
    )


class Role(NamedTuple):
    """A use of models. ``name`` is ``main``, ``image``, or the key under ``roles``."""

    name: str

    @property
    def pointer(self) -> Pointer:
        """Where its model is set, below an agent or the defaults."""
        key = _KEYS.get(self.name)
        return (_ROLES, self.name) if key is None else (key,)

    @property
    def key(self) -> str:
        """The last key of the pointer."""
        return _KEYS.get(self.name, self.name)

    @property
    def is_own(self) -> bool:
        """Whether it stands under ``roles``."""
        return self.name not in _KEYS

    @property
    def is_chat(self) -> bool:
        """Whether its models answer chat requests."""
        return self.name not in _NOT_CHAT

    @property
    def words(self) -> RoleWords:
        return _WORDS.get(self.name) or _own_words(self.name)


MAIN = Role("main")
IMAGE = Role("image")
#: The position of the primaries of all roles that stand under ``roles``.
EVERY_ROLE = "roles"
#: The words of ``probe.require`` for a role's primary and its fallbacks; those of other roles have a name in them.
_POSITIONS = {MAIN: ("primary", "fallbacks"), IMAGE: ("image", "imageFallbacks")}
#: The positions without a name in them.
POSITIONS = (*_POSITIONS[MAIN], *_POSITIONS[IMAGE], EVERY_ROLE)
_NAMED_POSITION = rf"role:({_NAME})(\.fallbacks)?"
#: The roles that every agent has.
BUILT_IN = (MAIN, IMAGE)


def read_role(steps: Pointer) -> tuple[Role, Pointer] | None:
    """The role whose setting a pointer below an agent or the defaults leads to, and the steps below that setting."""
    match steps:
        case ("roles", str(name), *rest):
            return Role(name), tuple(rest)
        case (str(key), *rest):
            return next(((role, tuple(rest)) for role in BUILT_IN if role.key == key), None)
        case _:
            return None


def name_positions(role: Role) -> tuple[str, str]:
    """The positions of a role's primary and of its fallbacks, as ``probe.require`` and reports name them."""
    return _POSITIONS.get(role, (f"role:{role.name}", f"role:{role.name}.fallbacks"))


def read_position(word: str) -> tuple[Role, bool] | None:
    """The role of a position, and whether it is that of the fallbacks; ``None`` for ``roles`` and other words."""
    named = re.fullmatch(_NAMED_POSITION, word)
    if named is not None:
        return Role(named[1]), named[2] is not None
    return next(((role, word == words[1]) for role, words in _POSITIONS.items() if word in words), None)


def parse_role(text: str) -> Role:
    """The role of that name.

    Raises:
        UsageError: a role cannot have this name.
    """
    if text in _KEYS:
        return Role(text)
    if text in RESERVED or re.fullmatch(_NAME, text) is None:
        own = next((name for name, key in _KEYS.items() if key == text), None)
        near = own or find_near(text, (*_KEYS, *KNOWN_ROLES))
        raise UsageError(
            f"{text!r} is not a role",
            hint=f"did you mean {near!r}?" if near else "use main, image, or a name of letters, digits and '-'",
        )
    return Role(text)
