import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.providers.descriptors import DESCRIPTORS, ROOT

SCHEMA = json.loads((ROOT / "schemas" / "provider.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)


def properties(schema: object, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, list):
        for each in schema:
            yield from properties(each, path)
    if isinstance(schema, dict):
        named = schema.get("properties", {})
        if "type" in schema or "$defs" in schema:  # else "properties" is itself the name of a property
            for name, each in named.items():
                yield f"{path}/{name}", each
        for name, each in schema.items():
            yield from properties(each, f"{path}/{name}")


@pytest.mark.parametrize("descriptor", DESCRIPTORS.values(), ids=DESCRIPTORS)
def test_every_descriptor_obeys_the_schema(descriptor: dict[str, Any]) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(descriptor)] == []


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_every_key_is_explained() -> None:
    found = dict(properties(SCHEMA))
    assert len(found) > 150
    assert [path for path, each in found.items() if not each.get("title") or not each.get("description")] == []


def test_every_object_is_closed() -> None:
    def objects(value: object) -> Iterator[dict[str, Any]]:
        if isinstance(value, dict):
            if "properties" in value and value.get("type") == "object":
                yield value
            for each in value.values():
                yield from objects(each)

    assert [each["title"] for each in objects(SCHEMA) if each.get("additionalProperties") is not False] == []


def unknown_key(descriptor: dict[str, Any]) -> None:
    descriptor["clientId"] = "x"


def nested_unknown_key(descriptor: dict[str, Any]) -> None:
    descriptor["env"][0]["value"] = "x"


def missing_source(descriptor: dict[str, Any]) -> None:
    del descriptor["auth"]["source"]


def plain_http_origin(descriptor: dict[str, Any]) -> None:
    descriptor["origins"] = ["http://api.example.com"]


def origin_with_path(descriptor: dict[str, Any]) -> None:
    descriptor["origins"] = ["https://api.example.com/v1"]


def template_origin(descriptor: dict[str, Any]) -> None:
    descriptor["origins"] = ["https://{region}.example.com"]


def url_with_user(descriptor: dict[str, Any]) -> None:
    descriptor["baseUrl"] = "https://user@api.example.com"


def upper_case_spelling(descriptor: dict[str, Any]) -> None:
    descriptor["aliases"] = ["Claude"]


def trailing_newline(descriptor: dict[str, Any]) -> None:
    descriptor["id"] = "anthropic\n"


def unknown_kind(descriptor: dict[str, Any]) -> None:
    descriptor["env"][0]["kind"] = "secret"


def format_without_secret(descriptor: dict[str, Any]) -> None:
    descriptor["auth"]["format"] = "Bearer {key}"


def status_without_note(descriptor: dict[str, Any]) -> None:
    descriptor["status"] = "restricted"


@pytest.mark.parametrize(
    "spoil",
    [
        unknown_key,
        nested_unknown_key,
        missing_source,
        plain_http_origin,
        origin_with_path,
        template_origin,
        url_with_user,
        upper_case_spelling,
        trailing_newline,
        unknown_kind,
        format_without_secret,
        status_without_note,
    ],
)
def test_a_spoiled_descriptor_is_refused(spoil: Callable[[dict[str, Any]], None]) -> None:
    descriptor = copy.deepcopy(DESCRIPTORS["anthropic"])
    spoil(descriptor)
    assert len(list(VALIDATOR.iter_errors(descriptor))) == 1
