from __future__ import annotations

import pytest

from text2llm.auth.pasted import (
    COMMANDS,
    MAX_LENGTH,
    USES,
    Paste,
    PastedSecretError,
    PasteKind,
    check_pasted,
    parse_secret,
    require_setup_token,
)
from text2llm.providers.registry import load_registry
from text2llm.secret import Secret

API_KEY, TOKEN, SETUP_TOKEN = PasteKind
ANTHROPIC_KEY = "sk-ant-api03-" + "a1_B" * 23 + "cAA"
ANTHROPIC_TOKEN = "sk-ant-oat01-" + "a1_B" * 17
ADMIN_KEY = "sk-ant-admin01-" + "a1_B" * 23 + "cAA"
PERPLEXITY_KEY = "pplx-" + "a1B2" * 12
GOOGLE_KEY = "AIza" + "a1B2c" * 7
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl"


def accept(text: str, provider: str = "lab", kind: PasteKind = API_KEY, *, any_form: bool = False) -> str:
    return check_pasted(text, Paste(kind, provider, any_form), load_registry()).reveal()


def refuse(text: str, provider: str = "lab", kind: PasteKind = API_KEY, *, any_form: bool = False) -> str:
    """The message and hint of the refusal, in which nothing of the text may be."""
    with pytest.raises(PastedSecretError) as caught:
        accept(text, provider, kind, any_form=any_form)
    said = f"{caught.value.message} ({caught.value.hint})"
    assert caught.value.hint
    for at in range(len(text.strip()) - 15):
        assert text.strip()[at : at + 16] not in said
    return said


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\u2029", "\x85", "\n\n", "  \n", "\v\f", ""])
def test_line_break_of_any_kind_at_the_end_is_no_part_of_it(end: str) -> None:
    assert accept("lab-key-1234" + end) == "lab-key-1234"


@pytest.mark.parametrize("text", ["  lab-key-1234", "\tlab-key-1234 ", "\ufefflab-key-1234\r\n", "\nlab-key-1234"])
def test_surrounding_text_is_dropped(text: str) -> None:
    assert accept(text) == "lab-key-1234"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the input is empty"),
        (" \n\r\n", "is empty"),
        ("lab key", "has white space inside"),
        ("lab\tkey", "has white space inside"),
        ("lab\nkey-12345", "has more than one line"),
        ("lab\u2028key-12345", "has more than one line"),
        ("lab\r\nkey-12345", "has more than one line"),
        ("lab\x00key", "has a control character"),
        ("lab\x1b[Akey", "has a control character"),
        ("\x1b[200~lab-key\x1b[201~", "has a control character"),
        ("lab-key-\u00e9", "not ASCII"),
        ("lab-\u200bkey", "not ASCII"),
        ("lab\udcffkey", "not ASCII"),
        ("l\x00a\x00b\x00", "has a control character"),
        ("abc", "is shorter than 4 characters"),
        ("k" * (MAX_LENGTH + 1), f"is longer than {MAX_LENGTH} characters"),
    ],
)
def test_what_cannot_be_a_secret_is_refused(text: str, says: str) -> None:
    assert says in refuse(text)
    assert says in refuse(text, any_form=True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("'lab-key-1234'", "is in quotes"),
        ('"lab-key-1234"', "is in quotes"),
        ("`lab-key-1234`", "is in quotes"),
        ("LAB_API_KEY=lab-key-1234", "is an assignment"),
        ("export LAB_API_KEY=lab-key-1234", "is an assignment"),
        ("key = lab-key-1234", "is an assignment"),
        ("Bearer lab-key-1234", "begins with `Bearer`"),
        ("Authorization: Bearer lab-key-1234", "is a whole header"),
        ("x-api-key:lab-key-1234", "is a whole header"),
        ("${LAB_API_KEY}", "is the name of a variable"),
        ("$LAB_API_KEY", "is the name of a variable"),
        ("os.environ/LAB_API_KEY", "is a reference of LiteLLM to a variable"),
        ("op://team/lab/key", "is a reference of 1Password"),
        ("<your key here>", "is a placeholder"),
        ('{"key": "lab-key-1234"}', "is JSON"),
        ("https://lab.example/keys/1234", "is a URL"),
        ("lab-key-...1234", "is a shortened secret"),
        ("lab-key-\u20261234", "is a shortened secret"),
        ("lab***34", "is a shortened secret"),
        ("\u2022\u2022\u2022\u2022", "is a shortened secret"),
    ],
)
def test_text_that_is_not_a_secret_is_reported(text: str, says: str) -> None:
    assert says in refuse(text)


def test_any_form_accepts_an_unknown_format() -> None:
    assert accept("pass=word1234", any_form=True) == "pass=word1234"
    assert accept("YWJjZGVmZ2g=") == "YWJjZGVmZ2g="


@pytest.mark.parametrize(
    ("provider", "kind", "text"),
    [
        ("anthropic", API_KEY, ANTHROPIC_KEY),
        ("anthropic", TOKEN, ANTHROPIC_TOKEN),
        ("anthropic", SETUP_TOKEN, ANTHROPIC_TOKEN),
        ("anthropic", API_KEY, "sandbox-ok"),
        ("anthropic", SETUP_TOKEN, "sandbox-ok"),
        ("perplexity", API_KEY, PERPLEXITY_KEY),
        ("google-vertex", API_KEY, GOOGLE_KEY),
        ("google", API_KEY, GOOGLE_KEY),
        ("alibaba", API_KEY, "sk-ordinary-key-of-no-known-form"),
        ("openai-codex", TOKEN, JWT),
        ("lab", TOKEN, JWT),
        ("litellm", API_KEY, ANTHROPIC_KEY),
        ("cloudflare-ai-gateway", API_KEY, ANTHROPIC_KEY),
        ("huggingface", TOKEN, "hf_" + "aB" * 17),
        ("deepseek", API_KEY, "not-of-the-form-that-nobody-verified"),
    ],
)
def test_known_and_unknown_forms_are_taken(provider: str, kind: PasteKind, text: str) -> None:
    assert accept(text, provider, kind) == text


@pytest.mark.parametrize(
    ("provider", "kind", "text", "says"),
    [
        ("anthropic", API_KEY, "not-a-key-of-anthropic",
         "this is not an accepted API key of anthropic, which looks like sk-ant-api03-… (copy the whole of it again"),
        ("anthropic", API_KEY, ANTHROPIC_KEY[:-1], "this is not an accepted API key of anthropic"),
        ("cohere", API_KEY, "short-one", "which looks like [a-zA-Z0-9]{40}"),
        ("openai", API_KEY, "sk-short", "which looks like sk-proj-… or sk-svcacct-… or sk-admin-… ("),
        ("anthropic", API_KEY, ANTHROPIC_TOKEN,
         "not the API key (store it with `text2llm models auth setup-token --provider anthropic`"),
        ("anthropic", TOKEN, ANTHROPIC_KEY, "(store it with `text2llm models auth paste-api-key --provider anthropic`"),
        ("anthropic", SETUP_TOKEN, ANTHROPIC_KEY, "this is the API key of anthropic, not the setup token"),
        ("anthropic", API_KEY, ADMIN_KEY,
         "not the API key (it cannot authenticate model requests; the API key looks like sk-ant-api03-…)"),
        ("amazon-bedrock", TOKEN, "AKIA" + "ABCDEFGH234567YZ", "requests; the token looks like bedrock-api-key-…)"),
        ("openai-codex", API_KEY, JWT, "`text2llm models auth paste-token --provider openai-codex`"),
        ("groq", API_KEY, ANTHROPIC_KEY,
         "(store it with `text2llm models auth paste-api-key --provider anthropic`; if groq really accepts it, add"),
        ("lab", API_KEY, PERPLEXITY_KEY, "this looks like the API key of perplexity, not of lab"),
        ("anthropic", API_KEY, GOOGLE_KEY, "this looks like the key of google, not of anthropic"),
        ("anthropic", SETUP_TOKEN, "sk-ant-oat01-short", "has 80 characters or more, and this is cut off"),
        ("anthropic", SETUP_TOKEN, "something-else", "begins with sk-ant-oat01-, and this does not (run `claude"),
    ],
)  # fmt: skip
def test_other_credential_is_named(provider: str, kind: PasteKind, text: str, says: str) -> None:
    assert says in refuse(text, provider, kind)


def test_admin_key_of_a_provider_whose_keys_have_no_known_form() -> None:
    access_key_id = "AKIA" + "ABCDEFGH234567YZ"
    assert "the API key looks like ABSK… or bedrock-api-key-…" in refuse(access_key_id, "amazon-bedrock")
    assert "looks like gho_… or ghu_… or ghs_… or " in refuse("ghr_" + "a1B2" * 9, "github-copilot", TOKEN)


def test_any_form_takes_a_new_form_but_no_credential_of_another_kind() -> None:
    assert accept("a-form-of-tomorrow", "anthropic", any_form=True) == "a-form-of-tomorrow"
    assert accept(PERPLEXITY_KEY, "groq", any_form=True) == PERPLEXITY_KEY
    assert "not the API key" in refuse(ANTHROPIC_TOKEN, "anthropic", any_form=True)


@pytest.mark.parametrize("provider", ["openai", "lab"])
def test_setup_token_of_a_provider_without_them(provider: str) -> None:
    with pytest.raises(PastedSecretError, match=f"{provider} has no setup tokens"):
        require_setup_token(provider, load_registry())


def test_word_is_read_from_anything_that_has_a_name() -> None:
    assert parse_secret("value\r\n", "the file f") == Secret("value")
    with pytest.raises(PastedSecretError, match=r"^the file f is empty$"):
        parse_secret("\n", "the file f")


def test_every_known_form_that_is_no_key_has_a_use() -> None:
    names = {each.name for _, formats in load_registry().all_key_formats() for each in formats}
    assert USES.keys() <= names
    keys = {name for name in names - USES.keys() if "key" not in name.lower()}
    assert keys == {"API token"}
    assert set(COMMANDS) == set(PasteKind)
