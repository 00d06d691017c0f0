"""What granting and revoking change, over the text of settings."""

from __future__ import annotations

import pytest

from text2llm.config.reader import read_document
from text2llm.edit.yaml.verify import edit_document
from text2llm.errors import EditError
from text2llm.plan.grants import GrantEdit, Grants, add_grant, remove_grants
from text2llm.providers.registry import load_registry
from text2llm.settings.binding import bind_registry
from text2llm.settings.model import Settings
from text2llm.settings.parse import parse_settings
from text2llm.trust.bindings import Grant, parse_credential_name, parse_trusted_origins
from text2llm.trust.origin import parse_origin

REGISTRY = load_registry()
BINDINGS = bind_registry(REGISTRY)
TWO = """\
# mine
trust:
  # the lab
  - credential: env:LAB_API_KEY # until May
    origin: https://llm.corp.example
  - {credential: "env:LAB_API_KEY", origin: "https://b.example"}
plugins: []
"""


def context(text: str | None, environment: str = "") -> Grants:
    given = parse_trusted_origins(environment)
    if text is None:
        return Grants(Settings(), None, BINDINGS, given)
    document = read_document("settings.yaml", text.encode())
    settings = parse_settings(document, REGISTRY.spellings()).settings
    assert settings is not None
    return Grants(settings, document, BINDINGS, given)


def grant(pair: str) -> Grant:
    (parsed,) = parse_trusted_origins(pair)
    return parsed


def edited(text: str, outcome: GrantEdit) -> str:
    return edit_document(read_document("settings.yaml", text.encode()), list(outcome.changes)).text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 'trust:\n  - {credential: "env:A", origin: "https://a.example"}\n'),
        ("plugins: []\n", 'plugins: []\ntrust: [{credential: "env:A", origin: "https://a.example"}]\n'),
        ("trust: []\n", 'trust:\n  - {credential: "env:A", origin: "https://a.example"}\n'),
        (TWO, TWO.replace("plugins", '  - {credential: "env:A", origin: "https://a.example"}\nplugins')),
    ],
)
def test_grant_is_one_line_more(text: str, line: str) -> None:
    outcome = add_grant(grant("env:A=https://a.example"), context(text))
    assert edited(text, outcome) == line
    assert outcome.meaning == ("granted: env:A may be sent to https://a.example",)
    assert outcome.notes == ()


def test_grant_in_no_file_is_the_first() -> None:
    outcome = add_grant(grant("env:A=https://a.example"), context(None))
    assert [change.pointer for change in outcome.changes] == [("trust",)]


@pytest.mark.parametrize(
    ("pair", "says"),
    [
        ("env:LAB_API_KEY=https://llm.corp.example", "already: settings.yaml:4:5"),
        ("env:ANTHROPIC_API_KEY=https://api.anthropic.com", "without a grant: the provider's descriptor allows it"),
        ("provider:anthropic=https://api.anthropic.com", "without a grant: the provider's descriptor allows it"),
    ],
)
def test_what_is_granted_already_changes_nothing_and_says_why(pair: str, says: str) -> None:
    outcome = add_grant(grant(pair), context(TWO))
    assert (outcome.changes, outcome.meaning) == ((), ())
    (note,) = outcome.notes
    assert says in note.message


def test_grant_of_the_environment_is_stored_all_the_same() -> None:
    pair = "env:A=https://a.example"
    assert add_grant(grant(pair), context(None, pair)).changes


def test_provider_that_nobody_knows_is_a_doubt_and_no_obstacle() -> None:
    outcome = add_grant(grant("provider:lab=https://a.example"), context(None))
    assert outcome.changes
    assert [note.rule for note in outcome.notes] == ["unknown-provider"]


def revoke(name: str, origin: str | None, where: Grants) -> GrantEdit:
    credential = parse_credential_name(name)
    assert credential is not None
    return remove_grants(credential, None if origin is None else parse_origin(origin), where)


def test_revoke_takes_one_grant_and_keeps_comments() -> None:
    outcome = revoke("env:LAB_API_KEY", "https://b.example", context(TWO))
    assert edited(TWO, outcome) == TWO.replace('  - {credential: "env:LAB_API_KEY", origin: "https://b.example"}\n', "")
    assert outcome.meaning == ("revoked: env:LAB_API_KEY may no longer be sent to https://b.example",)


def test_revoke_without_an_origin_takes_all() -> None:
    outcome = revoke("env:LAB_API_KEY", None, context(TWO))
    assert edited(TWO, outcome) == "# mine\ntrust: []\n  # the lab\nplugins: []\n"
    assert [change.pointer for change in outcome.changes] == [("trust", 1), ("trust", 0)]


@pytest.mark.parametrize(
    ("name", "origin", "environment", "message", "hint"),
    [
        ("env:X", None, "", "lets env:X be sent anywhere", "granted: env:LAB_API_KEY → https://llm.corp.example, env:"),
        ("env:LAB_API_KEY", "https://c.example", "", "be sent to https://c.example", "granted: env:LAB_API_KEY"),
        ("env:X", None, "env:X=https://x.example", "it comes from TEXT2LLM_TRUSTED_ORIGINS", "where that is set"),
        ("provider:openai", "https://api.openai.com", "", "the provider's descriptor does", "unset the variable"),
    ],
)
def test_revoking_what_was_not_granted_is_an_error(
    name: str, origin: str | None, environment: str, message: str, hint: str
) -> None:
    with pytest.raises(EditError) as caught:
        revoke(name, origin, context(TWO, environment))
    assert message in caught.value.message
    assert hint in str(caught.value.hint)


def test_revoking_from_no_settings_says_so() -> None:
    with pytest.raises(EditError) as caught:
        revoke("env:X", None, context(None))
    assert "the settings have no grant" in str(caught.value.hint)


def test_long_list_of_grants_is_cut() -> None:
    many = "trust:\n" + "".join(f"- {{credential: 'env:K{i}', origin: 'https://a.example'}}\n" for i in range(12))
    with pytest.raises(EditError) as caught:
        revoke("env:X", None, context(many))
    assert str(caught.value.hint).endswith("env:K9 → https://a.example and 2 more")


@pytest.mark.parametrize(
    ("settings", "environment", "says"),
    [
        ("", "env:OPENAI_API_KEY=https://a.example", ["to https://a.example by TEXT2LLM_TRUSTED_ORIGINS"]),
        ("provider:openai", "", ["to https://a.example, through provider:openai"]),
        ("provider:anthropic", "env:OPENAI_API_KEY=https://b.example", []),
    ],
)
def test_revoke_says_what_it_leaves(settings: str, environment: str, says: list[str]) -> None:
    text = "trust:\n- {credential: 'env:OPENAI_API_KEY', origin: 'https://a.example'}\n"
    if settings:
        text += f"- {{credential: '{settings}', origin: 'https://a.example'}}\n"
    notes = revoke("env:OPENAI_API_KEY", None, context(text, environment)).notes
    assert [note.message.removeprefix("env:OPENAI_API_KEY may still be sent ") for note in notes] == says
