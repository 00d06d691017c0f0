"""A writer of YAML in as many styles as people have: the adversary of the edit engine.

``write_config`` turns plain data into text with random indents, flow and block style, quotes, comments, blank lines,
block scalars, values over several lines, anchors, aliases and merge keys, explicit keys, tabs, trailing white space,
document markers, line endings and a byte order mark.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from random import Random
from typing import Any

SAFE = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-")


@dataclass
class Hand:
    """One person's habits."""

    random: Random
    indent: int
    dash_offset: int
    dash_gap: str
    quote: str
    comments: float
    blanks: float
    flow: float
    sharing: float
    explicit: float
    spread: float
    trailing: str
    anchors: dict[str, str] = field(default_factory=dict)
    mergeable: dict[str, dict[str, Any]] = field(default_factory=dict)
    ends_in_newline: bool = False

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def gap(self) -> str:
        return "\t" if self.trailing else " "


def random_hand(random: Random) -> Hand:
    indent = random.choice([2, 2, 2, 4, 3, 1])
    return Hand(
        random=random,
        indent=indent,
        dash_offset=random.choice([0, indent, indent, 1]),
        dash_gap=random.choice([" ", " ", "   "]),
        quote=random.choice(["", "", "'", '"', "?"]),
        comments=random.choice([0, 0.2, 0.6]),
        blanks=random.choice([0, 0.1]),
        flow=random.choice([0, 0.3, 1]),
        sharing=random.choice([0, 0, 0.3]),
        explicit=random.choice([0, 0, 0, 0, 0.1]),
        spread=random.choice([0, 0.3]),
        trailing=random.choice(["", "", "", " ", "  \t"]),
    )


def write_config(data: dict[str, Any], random: Random) -> bytes:
    kind = random.random()
    if kind < 0.08:
        text = json.dumps(data, indent=random.choice([None, 2, 4, "\t"]), ensure_ascii=False)
        text += random.choice(["", "\n"])
    else:
        text = _write_yaml(data, random_hand(random))
    terminators = random.choice([["\n"], ["\n"], ["\n"], ["\r\n"], ["\n", "\r\n"]])
    text = "".join(random.choice(terminators) if character == "\n" else character for character in text)
    return (("\ufeff" if random.random() < 0.1 else "") + text).encode()


def _write_yaml(data: dict[str, Any], hand: Hand) -> str:
    lines: list[str] = []
    if hand.chance(hand.comments):
        lines.append("# " + _remark(hand))
    if hand.chance(0.2):
        lines.append("---" + _trailing(hand))
    lines += _block_map(data, 0, hand)
    if hand.chance(0.1):
        lines.append("...")
    elif hand.chance(hand.comments):
        lines.append("# the end")
    return "\n".join(lines) + ("" if hand.chance(0.2) and not hand.ends_in_newline else "\n")


def _remark(hand: Hand) -> str:
    return hand.random.choice(
        ["why: because", "- not an item", "key: [value, {", "é ü 🙂", "'quoted \"", "#", "x", "a, b]"]
    )


def _trailing(hand: Hand) -> str:
    """What may stand behind a value: a comment, white space, nothing."""
    return (
        f"{hand.random.choice([' ', '  ', hand.gap()])}# {_remark(hand)}"
        if hand.chance(hand.comments)
        else hand.trailing
    )


def _between(column: int, hand: Hand) -> list[str]:
    lines = []
    if hand.chance(hand.comments):
        lines.append(" " * hand.random.choice([column, column, 0, column + 1]) + "# " + _remark(hand))
    if hand.chance(hand.blanks):
        lines.append("")
    return lines


def _shared(value: Any, hand: Hand) -> tuple[str, bool]:
    """An alias that stands for the value (and ``True``), or an anchor to write before it."""
    if not hand.chance(hand.sharing) or value is None:
        return "", False
    known = hand.anchors.get(json.dumps(value))
    if known is not None:
        return f"*{known}", True
    hand.anchors[json.dumps(value)] = name = f"a{len(hand.anchors)}"
    return f"&{name} ", False


def _value(value: Any, hand: Hand, *, flow: bool) -> str:
    mark, is_alias = _shared(value, hand)
    return mark if is_alias else mark + _scalar(value, hand, flow=flow)


def _scalar(value: Any, hand: Hand, *, flow: bool) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    quote = hand.random.choice(["", "'", '"']) if hand.quote == "?" else hand.quote
    plain = set(value) <= SAFE and value[:1].isalpha() and value not in {"no", "on", "null", "true"}
    plain = plain or (not flow and ":" in value and set(value) <= SAFE | {":"} and not value.endswith(":"))
    if (quote == "" and not plain) or "\n" in value:
        quote = '"'
    return {"": value, "'": f"'{value}'", '"': json.dumps(value, ensure_ascii=False)}[quote]


def _spread(text: str, column: int, hand: Hand) -> str:
    """A scalar with a line break in place of one of its single spaces, which every reader folds back into one."""
    parts = re.fullmatch(r"([^ ]*[A-Za-z]) ([A-Za-z].*)", text)
    return f"{parts[1]}\n{' ' * (column + 1)}{parts[2]}" if parts and hand.chance(hand.spread) else text


def _block_scalar(value: str, column: int, hand: Hand) -> tuple[str, list[str]]:
    """The header and the lines of a text of several lines."""
    body = value.rstrip("\n")
    kept = value[len(body) :]
    chomping = "-" if not kept else "" if kept == "\n" else "+"
    hand.ends_in_newline = hand.ends_in_newline or bool(kept)
    pad = " " * (column + hand.indent)
    header = f"|{hand.indent if body.startswith(' ') else ''}{chomping}"
    return header, [pad + line if line else "" for line in body.split("\n")] + [""] * (len(kept) - 1)


def _can_be_block(value: Any, hand: Hand) -> bool:
    # What the hand leaves below it must not become part of the text.
    return (
        isinstance(value, str)
        and "\n" in value
        and hand.indent > 1
        and not (value.endswith("\n\n") and (hand.blanks or hand.trailing))
    )


def _flow(value: Any, hand: Hand) -> str:
    pad = hand.random.choice(["", "", " "])
    comma = hand.random.choice([", ", ", ", ","]) if hand.quote in {"'", '"'} else ", "
    if isinstance(value, dict):
        inner = comma.join(f"{_scalar(key, hand, flow=True)}: {_flow(item, hand)}" for key, item in value.items())
        return "{" + (pad + inner + pad if inner else "") + "}"
    if isinstance(value, list):
        inner = comma.join(_flow(item, hand) for item in value)
        tail = hand.random.choice(["", "", ","]) if inner else ""
        return "[" + (pad + inner + tail + pad if inner else "") + "]"
    return _value(value, hand, flow=True)


def _tall_flow(value: Any, column: int, hand: Hand) -> list[str]:
    """A flow collection over several lines; the first line comes without indent."""
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    parts = (
        [f"{_scalar(key, hand, flow=True)}: {_flow(item, hand)}" for key, item in value.items()]
        if isinstance(value, dict)
        else [_flow(item, hand) for item in value]
    )
    pad, trailing = " " * (column + hand.indent), hand.chance(0.5)
    lines = [opening + _trailing(hand)]
    for index, part in enumerate(parts):
        lines += [pad + "# " + _remark(hand)] if hand.chance(hand.comments) else []
        comma = "," if trailing or index + 1 < len(parts) else ""
        lines.append(f"{pad}{part}{comma}{_trailing(hand)}")
    if hand.chance(0.15):
        return [*_commas_first(lines, pad), " " * max(column, 1) + closing]
    tight = hand.chance(0.2) and not lines[-1].count("#")
    return [*lines[:-1], lines[-1] + closing] if tight else [*lines, " " * max(column, 1) + closing]


def _commas_first(lines: list[str], pad: str) -> list[str]:
    """Lines of a tall flow collection with each comma at the start of the line below it."""
    moved, pending = [lines[0]], False
    for line in lines[1:]:
        part, comma, remark = re.fullmatch(r"(.*?)(,?)([ \t]*(?:#.*)?)", line).groups()  # type: ignore[union-attr]
        is_comment = line.lstrip().startswith("#")
        moved.append(line if is_comment else f"{pad}{', ' if pending else ''}{part.lstrip()}{remark}")
        pending = pending if is_comment else bool(comma)
    return [*moved, pad + ","] if pending else moved


def _merged(value: dict[str, Any], hand: Hand) -> tuple[str, dict[str, Any]] | None:
    """The anchor of a finished map whose entries this one has, too, and those entries."""
    for name, source in hand.mergeable.items():
        if source.items() <= value.items() and hand.chance(0.7):
            return name, source
    return None


def _block_map(value: dict[str, Any], column: int, hand: Hand) -> list[str]:
    lines: list[str] = []
    merged = _merged(value, hand)
    if merged is not None:
        name, source = merged
        value = {key: item for key, item in value.items() if key not in source}
        lines.append(f"{' ' * column}<<: *{name}{_trailing(hand)}")
    for key, item in value.items():
        lines += _between(column, hand)
        lines += _entry(_scalar(key, hand, flow=False), item, column, hand)
    return lines


def _entry(key: str, value: Any, column: int, hand: Hand) -> list[str]:
    pad = " " * column
    if hand.chance(hand.explicit):
        return [f"{pad}? {key}{_trailing(hand)}", f"{pad}: {_flow(value, hand)}"]
    if _can_be_block(value, hand) and hand.chance(0.8):
        header, body = _block_scalar(value, column, hand)
        return [f"{pad}{key}: {header}{_trailing(hand)}", *body]
    return (_collection_entry if isinstance(value, dict | list) else _scalar_entry)(f"{pad}{key}:", value, column, hand)


def _scalar_entry(head: str, value: Any, column: int, hand: Hand) -> list[str]:
    if value is None and hand.chance(0.7):
        return [head + _trailing(hand)]
    text = _spread(_value(value, hand, flow=False), column, hand)
    if hand.chance(hand.comments * 0.2):
        pad = " " * (column + hand.indent)
        return [head + _trailing(hand), f"{pad}# {_remark(hand)}", f"{pad}{text}{_trailing(hand)}"]
    gap = hand.random.choice([" ", " ", "  ", hand.gap()])
    return [f"{head}{gap}{text}{_trailing(hand)}"]


def _collection_entry(head: str, value: dict[str, Any] | list[Any], column: int, hand: Hand) -> list[str]:
    mark, is_alias = _shared(value, hand)
    if is_alias:
        return [f"{head} {mark}{_trailing(hand)}"]
    head = f"{head} {mark}".rstrip()
    if not value or hand.chance(hand.flow * 0.7):
        return [f"{head} {_flow(value, hand)}{_trailing(hand)}"]
    if hand.chance(hand.flow):
        first, *rest = _tall_flow(value, column, hand)
        return [f"{head} {first}", *rest[:-1], rest[-1] + ("" if "#" in rest[-1] else _trailing(hand))]
    if isinstance(value, list):
        return [head + _trailing(hand), *_block_list(value, column, hand)]
    lines = [head + _trailing(hand), *_block_map(value, column + hand.indent, hand)]
    if mark:
        hand.mergeable[mark.strip(" &")] = value
    return lines


def _block_list(value: list[Any], column: int, hand: Hand) -> list[str]:
    dash = column + hand.dash_offset
    lines: list[str] = []
    for item in value:
        lines += _between(dash, hand)
        head = " " * dash + "-" + hand.dash_gap
        if isinstance(item, dict) and item and hand.chance(0.6):
            inner = _block_map(item, dash + 1 + len(hand.dash_gap), hand)
            if hand.chance(0.3):
                lines += [f"{head.rstrip()} {_trailing(hand).strip()}".rstrip(), *inner]  # libyaml takes no tab there
                continue
            while not inner[0].strip() or inner[0].lstrip().startswith("#"):
                inner.pop(0)
            lines += [head + inner[0].lstrip(), *inner[1:]]
        else:
            text = _flow(item, hand) if isinstance(item, dict | list) else _value(item, hand, flow=False)
            if hand.chance(hand.comments * 0.2):
                lines += [head.rstrip() + f" # {_remark(hand)}", f"{' ' * (dash + 1)}{text}{_trailing(hand)}"]
                continue
            lines.append(f"{head}{_spread(text, dash + 1, hand)}{_trailing(hand)}")
    return lines
