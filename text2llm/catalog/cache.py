"""The cached listings of providers that ``models refresh`` fetched last: facts about models, with their date.

The file contains no secret. It is replaced atomically, readable only by its user, and treated as untrusted: an invalid
file, or one of another version, is ignored. Its first line names the listings that follow, one per line, so that only
the lines of the needed providers are parsed. A listing is valid only for the place it was fetched from: the gateway of
one repository says nothing about that of another.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from text2llm.catalog.facts import MAX_NAME, MAX_PRICE, MAX_TOKENS, ModelFacts
from text2llm.net.json_body import parse_json
from text2llm.refs import is_printable_word
from text2llm.storage.reading import read_cache_file

CACHE_NAME = "listings.jsonl"
_VERSION = 1
_MAX_BYTES = 32 * 1024 * 1024
#: The oldest listings are dropped.
_MAX_LISTINGS = 64
#: The year 2100, in milliseconds since the epoch.
_END_OF_TIME = 4_102_444_800_000
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Listing(NamedTuple):
    """The models of a provider by id, as fetched from ``place`` at ``taken_at`` (milliseconds since the epoch)."""

    provider: str
    place: str
    taken_at: int
    models: Mapping[str, ModelFacts]

    @property
    def date(self) -> str:
        """The day on which it was fetched, in the local time zone: ``YYYY-MM-DD``."""
        from datetime import datetime

        return datetime.fromtimestamp(self.taken_at / 1000).astimezone().date().isoformat()


def read_listings(path: str, places: Mapping[str, str]) -> dict[str, Listing]:
    """The listings in the cache at ``path`` that were fetched from the place of their provider in ``places``."""
    found = {}
    for head, line in _read_lines(path):
        provider, place, taken_at = head
        if places.get(provider) == place:
            models = _decode(parse_json(line, _MAX_BYTES))
            if models is not None:
                found[provider] = Listing(provider, place, taken_at, models)
    return found


def write_listings(path: str, listings: Iterable[Listing]) -> None:
    """Replace the listings of the same provider and place; keep the others.

    Raises:
        WriteError: the cache cannot be written.
    """
    from text2llm.storage.atomic import replace_file
    from text2llm.storage.writing import LinkChoice

    kept = {head[:2]: (head, line) for head, line in _read_lines(path)}
    for listing in listings:
        head = (listing.provider, listing.place, listing.taken_at)
        kept[head[:2]] = (head, _encode(listing.models))
    newest = sorted(kept.values(), key=lambda entry: -entry[0][2])[:_MAX_LISTINGS]
    first = json.dumps({"version": _VERSION, "listings": [head for head, _ in newest]}).encode()
    data = b"\n".join((first, *(line for _, line in newest), b""))
    # Without a lock, the last writer wins: lost listings are fetched again.
    replace_file(path, data, mode=0o600, follow=LinkChoice.OWN, make=0o700)


_Head = tuple[str, str, int]


def _read_lines(path: str) -> Iterator[tuple[_Head, bytes]]:
    """The listings of a file: provider, place and time of each, and its line."""
    first, *lines = read_cache_file(path, _MAX_BYTES).split(b"\n")
    body = parse_json(first)
    if not isinstance(body, dict) or body.get("version") != _VERSION or not isinstance(body.get("listings"), list):
        return
    for head, line in zip(body["listings"], lines, strict=False):
        match head:
            case [str(provider), str(place), int(taken_at)] if 0 <= taken_at < _END_OF_TIME and not isinstance(
                taken_at, bool
            ):
                yield (provider, place, taken_at), line
            case _:
                return


def _encode(models: Mapping[str, ModelFacts]) -> bytes:
    """One line: the facts of each model in order, without unknown ones at the end."""
    rows = {}
    for model, facts in models.items():
        row = list(facts)
        while row and row[-1] is None:
            row.pop()
        rows[model] = row
    return json.dumps(rows, separators=(",", ":")).encode()


def _decode(rows: Any) -> dict[str, ModelFacts] | None:
    if not isinstance(rows, dict):
        return None
    if not all(len(model) <= MAX_NAME and is_printable_word(model) for model in rows):
        return None
    models = {model: _decode_row(row) for model, row in rows.items()}
    known = {model: facts for model, facts in models.items() if facts is not None}
    return known if len(known) == len(models) else None


def _decode_row(row: Any) -> ModelFacts | None:
    if not isinstance(row, list) or len(row) > len(_CHECKS):
        return None
    if not all(value is None or fits(value) for value, fits in zip(row, _CHECKS, strict=False)):
        return None
    facts = ModelFacts(*row)
    return facts if facts.inputs is None else facts._replace(inputs=tuple(facts.inputs))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_NAME and value.isprintable()


def _is_tokens(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_TOKENS


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_price(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MAX_PRICE


def _is_day(value: Any) -> bool:
    return isinstance(value, str) and _DAY.fullmatch(value) is not None


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


#: What each fact must be, in the order of :class:`ModelFacts`; a listing's prices are always the provider's own.
_CHECKS: tuple[Callable[[Any], bool], ...] = (
    *(_is_text, _is_tokens, _is_tokens, _are_texts, _is_flag, _is_flag),
    *(_is_price, _is_price, _is_day, _is_day, _is_price, _is_price),
)
