"""Check a document against its JSON Schema: jsonschema's errors, as findings with locations and hints."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from text2llm.config.document import Document
from text2llm.config.nodes import Pointer, Value
from text2llm.config.schema_files import read_tree, schema_text
from text2llm.config.schema_quick import is_valid
from text2llm.config.schema_words import Words, describe_error, find_mistake, quote_key
from text2llm.config.suggest import Suggestions, is_misspelling
from text2llm.diagnostics import Diagnostic, Location, Severity

if TYPE_CHECKING:
    from text2llm.fix import Fix

#: The newest version of the root file that this release reads.
KNOWN_VERSION = 1
MAX_FINDINGS = 100
_VERSIONED = frozenset({"config", "environment", "policy"})
_KEYS_LISTED = 12
_WRITE_IT = "add content"
_WHEN_EMPTY = {
    "config": "begin with `version: 1`, or remove the file and let `text2llm init` write one",
    "agent": "begin with `id: NAME`, or remove the file",
    "policy": "begin with `version: 1` and `policy:`",
}


def check_schema(document: Document, kind: str) -> list[Diagnostic]:
    """Check against the schema called ``kind`` (``config`` or ``agent``): at most 100 findings, sorted.

    A root file of a newer version has that one finding: nothing else in it can be checked.
    """
    unusable = check_version(document) if kind in _VERSIONED else None
    if kind == "config" and unusable is None:
        unusable = _check_root(document)
    return [unusable] if unusable else check_text(document, schema_text(kind), _WHEN_EMPTY.get(kind, _WRITE_IT))


def _check_root(document: Document) -> Diagnostic | None:
    """The finding that a file is an environment, which is none alone."""
    if not isinstance(document.data, dict) or "environment" not in document.data:
        return None
    location = document.locate(("environment",), key=True)
    hint = "name its configuration, and the environment with --env"
    return Diagnostic("environment", Severity.ERROR, "this is an environment, not a configuration", location, hint)


def check_version(document: Document) -> Diagnostic | None:
    version = document.data.get("version") if isinstance(document.data, dict) else None
    if type(version) is not int or version <= KNOWN_VERSION:
        return None
    return Diagnostic(
        "newer-version",
        Severity.ERROR,
        f"the file is of a newer version; this release of text2llm knows version {KNOWN_VERSION}",
        document.locate(("version",)),
        "upgrade text2llm; until then the file is neither used nor changed",
    )


def check_text(document: Document, schema: str, when_empty: str = _WRITE_IT) -> list[Diagnostic]:
    """Check against the schema with this text: the first finding of each value. ``when_empty`` is a hint."""
    if document.root is None:
        return [_finding("the file is empty", Location(document.path), when_empty)]
    return check_data(document.data, schema, lambda place, key: document.locate(place, key=bool(key)))


def check_data(data: Value, schema: str, locate: Callable[[Pointer, str], Location]) -> list[Diagnostic]:
    """Check data against the schema with this text, as :func:`check_text` does.

    ``locate`` gives the location of a value; its second argument is empty, or names the finding about a key of it.
    """
    tree, suggestions = read_tree(schema), Suggestions()
    if is_valid(tree, data):
        return []
    found: dict[tuple[Pointer, str], Diagnostic] = {}
    for error in iter_errors(tree, data):
        for place, key, words, fix in _read_error(error, tree, suggestions):
            found.setdefault((place, key), _finding(words[0], locate(place, key), words[1])._replace(fix=fix))
        if len(found) >= MAX_FINDINGS:
            break
    return sorted(found.values(), key=lambda finding: finding.location)[:MAX_FINDINGS]


def iter_errors(schema: Mapping[str, Any], data: object) -> Iterator[Any]:
    """What jsonschema has against ``data``; each error's ``path`` leads to the value.

    An unknown key is an error with the validator ``additionalProperties``, the key as its ``instance``, and its map as
    its ``siblings``. ``schema`` has no references, so nothing is ever fetched.
    """
    from jsonschema.validators import Draft202012Validator, extend

    # JSON Schema accepts 8.0 as an integer; what reads the configuration needs 8.
    types = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
    make: Any = extend  # untyped in the stubs
    keywords = {"additionalProperties": _additional_properties}
    yield from make(Draft202012Validator, validators=keywords, type_checker=types)(schema).iter_errors(data)


def _additional_properties(validator: Any, allowed: Any, instance: Any, schema: Any) -> Iterator[Any]:
    from jsonschema.exceptions import ValidationError

    known = schema.get("properties", {})
    for key in instance if isinstance(instance, dict) else ():
        if key in known:
            continue
        if allowed is False:
            error: Any = ValidationError("unknown key", instance=key)
            error.siblings = instance
            yield error
        else:
            yield from validator.descend(instance[key], allowed, path=key)


def _finding(message: str, location: Location, hint: str | None) -> Diagnostic:
    return Diagnostic("schema", Severity.ERROR, message, location, hint)


_Read: TypeAlias = tuple[Pointer, str, Words, "Fix | None"]


def _read_error(error: Any, tree: Mapping[str, Any], suggestions: Suggestions) -> Iterator[_Read]:
    """Each finding in an error: its place, its key among siblings (``""``: the value itself), its words, its fix."""
    from text2llm.fix import fix_spelling, fix_type

    path: Pointer = tuple(error.path)
    if error.validator == "required":
        for name in error.validator_value:
            if name not in error.instance:
                yield path, f"missing {name}", (f"missing key '{name}'", f"add '{name}'"), None
    elif error.validator == "additionalProperties":
        place = (*path, error.instance)
        words, near = _unknown_key(error, tree, suggestions)
        is_free = near[:1] and near[0] not in error.siblings
        is_slip = near[:1] and is_misspelling(str(error.instance), near[0])
        fix = fix_spelling(place, near, key=True, safe=bool(is_slip)) if is_free else None
        yield place, "unknown", words, fix
    elif "propertyNames" in error.schema_path:
        yield (*path, error.instance), "name", describe_error(error), None
    elif isinstance(error.instance, str) and (known := _usual_values(error)):
        words, near = describe_error(error), suggestions.nearest(error.instance, known)
        yield path, "", (words[0], f"did you mean '{near[0]}'?" if near else words[1]), fix_spelling(path, near)
    else:
        yield path, "", describe_error(error), fix_type(error)


def _usual_values(error: Any) -> list[str]:
    """The values of an enumeration; of a pattern its examples, if they are a list of all usual values."""
    examples = error.schema.get("examples", ())
    if error.validator == "enum":
        return [value for value in error.validator_value if value is not None]
    return examples if len(examples) >= _MANY else []


_MANY = 5


def _unknown_key(error: Any, tree: Mapping[str, Any], suggestions: Suggestions) -> tuple[Words, tuple[str, ...]]:
    """What to say of a key, and the keys that it may be a misspelling of."""
    key, known = error.instance, [name for name in error.schema["properties"] if name != "$schema"]
    message = f"unknown key {shown}" if (shown := quote_key(key)) else "unknown key"
    mistaken = find_mistake(tree, error.schema, tuple(error.path), key)
    near = () if mistaken else suggestions.nearest(key, known)
    if near:
        return (message, f"did you mean '{near[0]}'?"), near
    if mistaken:
        return (message, mistaken), ()
    listed = ", ".join(known[:_KEYS_LISTED]) + (", …" if len(known) > _KEYS_LISTED else "")
    return (message, f"known here: {listed}"), ()
