from __future__ import annotations

from typing import Any

import pytest

from tests.providers.descriptors import DESCRIPTORS
from tests.providers.plugin_making import PLAIN, acme
from text2llm.login.methods import SUMMARIES
from text2llm.providers.registry import Registry, load_registry
from text2llm.trust.plugin_facts import find_fault

REGISTRY = load_registry()
EMPTY = Registry({"spellings": {}, "modelSpellings": {}, "providers": {}, "keyFormats": {}, "reserved": []})


def form(**changes: str) -> list[dict[str, Any]]:
    return [{"name": "API key", "pattern": "acme_[a-z]+", "prefixes": ["acme_"], "source": "x", **changes}]


def method(**changes: str) -> list[dict[str, Any]]:
    usual = {"name": "acme-ticket", "summary": "x", "url": "https://login.acme.example/tickets", "source": "x"}
    return [{**usual, **changes}]


def test_the_example_has_no_fault() -> None:
    assert find_fault(acme(), REGISTRY) is None
    assert find_fault(PLAIN, REGISTRY) is None


@pytest.mark.parametrize("descriptor", DESCRIPTORS.values(), ids=DESCRIPTORS)
def test_what_ships_is_held_to_the_same(descriptor: dict[str, Any]) -> None:
    assert find_fault(descriptor, EMPTY) is None


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"id": "openai"}, "the name 'openai' belongs to the provider openai"),
        ({"label": None}, "its descriptor does not match the provider schema, at its top: 'label' is a required"),
        ({"colour": 1}, "its descriptor does not match the provider schema, at colour: unknown key"),
        ({"origins": ["http://127.0.0.1:80"]}, "its descriptor does not match the provider schema, at origins/0: "),
        ({"origins": ["https://a..example"]}, "the origin 'https://a..example' cannot be used: "),
        ({"origins": ["https://a.example:99999"]}, "the origin 'https://a.example:99999' cannot be used: "),
        ({"local": True}, "nothing is bound to a service on the user's machine: "),
        ({"auth": {"scheme": "header", "source": "x"}}, "the credential travels in a header, and `auth` names none"),
        ({"auth": {"scheme": "header", "header": "a", "source": "x"}}, "its descriptor does not match"),
        ({"keyFormats": form(pattern="(")}, "the form of its API key is not a regular expression"),
        ({"keyFormats": form(alphabet="z-a")}, "the form of its API key is not a regular expression"),
        (
            {"keyFormats": form(alphabet="a]")},
            "its descriptor does not match the provider schema, at keyFormats/0/alph",
        ),
        ({"loginMethods": method(url="http://127.0.0.1:81/t")}, "the login URL 'http://127.0.0.1:81/t' is not https: "),
        ({"loginMethods": method(url="https://{host}/t")}, "the login URL 'https://{host}/t' cannot be used: "),
        ({"loginMethods": method(url="https://a.example/t?x=1")}, "the login URL 'https://a.example/t?x=1' cannot be"),
    ],
)
def test_a_fault_is_named(changes: dict[str, Any], fault: str) -> None:
    assert (find_fault(acme(**changes), REGISTRY) or "").startswith(fault)


def test_an_endpoint_of_a_login_is_never_on_this_machine_in_the_clear() -> None:
    descriptor = acme()
    descriptor["oauth"]["tokenUrl"] = "http://localhost:8080/token"
    assert find_fault(descriptor, REGISTRY) == (
        "the login URL 'http://localhost:8080/token' is not https: other programs on this machine could listen"
    )


@pytest.mark.parametrize("name", SUMMARIES)
def test_a_method_of_text2llms_own_cannot_be_replaced(name: str) -> None:
    fault = find_fault(acme(loginMethods=method(name=name)), REGISTRY)
    assert fault is not None
    assert fault.startswith("its descriptor does not match the provider schema, at loginMethods/0/name: ")


def test_a_long_refusal_is_cut() -> None:
    fault = find_fault(acme(label="x" * 5000), REGISTRY)
    assert fault is not None
    assert len(fault) < 300
