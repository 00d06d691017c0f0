"""The schemas of configurations as published, and the findings that they give."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from text2llm.config.document import Document
from text2llm.config.reader import read_document
from text2llm.config.schema import check_schema, iter_errors
from text2llm.config.schema_files import inline_refs, schema_names, schema_text
from text2llm.config.schema_quick import drop_wide, is_valid
from text2llm.config.schema_words import KEYWORDS, PARAM_WORDS, describe_kind, find_home, quote_key
from text2llm.params.words import WORDS

VALID = sorted((Path(__file__).parents[2] / "fixtures" / "configs" / "valid").glob("*.yaml"))
RICH = (VALID[0].parent / "everything.yaml").read_text()
KINDS = ("config", "agent", "environment")
CONFIG, AGENT, ENVIRONMENT = (json.loads(schema_text(kind)) for kind in KINDS)
EACH = pytest.mark.parametrize("schema", [CONFIG, AGENT, ENVIRONMENT], ids=KINDS)
ANNOTATIONS = {"$schema", "$id", "title", "description", "examples", "default", "patternErrorMessage"}
#: The bound of the specification; measuring coverage takes several times as long.
SECONDS = 2 if "coverage" not in sys.modules else 12
CANARY = "c4n4ry-s3cr3t"


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    """Every subschema, with references followed."""
    yield schema
    for key in ("items", "additionalProperties", "propertyNames"):
        if isinstance(schema.get(key), dict):
            yield from nodes(schema[key])
    for part in schema.get("properties", {}).values():
        yield from nodes(part)


def read(text: str) -> Document:
    return read_document("c.yaml", text.encode())


def check(text: str, kind: str = "config") -> list[tuple[str, str, str | None]]:
    found = check_schema(read(text), kind)
    return [(f"{each.location.line}:{each.location.column}", each.message, each.hint) for each in found]


@pytest.mark.parametrize("name", schema_names())
def test_every_published_schema_is_a_schema(name: str) -> None:
    schema = json.loads(schema_text(name))
    Draft202012Validator.check_schema(schema)
    assert schema["$id"].startswith("https://text2llm.dev/schemas/")
    assert schema["title"]
    assert "http" not in re.sub(r'"\$(id|schema)": "[^"]*"', "", json.dumps(refs_of(schema)))


def refs_of(node: Any) -> list[str]:
    if isinstance(node, list):
        return [ref for item in node for ref in refs_of(item)]
    if not isinstance(node, dict):
        return []
    own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
    return own + [ref for value in node.values() for ref in refs_of(value)]


@EACH
def test_every_key_has_title_description_and_examples_that_obey(schema: dict[str, Any]) -> None:
    for node in nodes(inline_refs(schema)):
        for key, part in node.get("properties", {}).items():
            assert part["title"], key
            assert part["description"].endswith("."), key
            assert part["examples"], key
            for example in [*part["examples"], *([part["default"]] if "default" in part else [])]:
                assert is_valid(part, example), (key, example)


@EACH
def test_only_keywords_with_words_and_a_quick_check_are_used(schema: dict[str, Any]) -> None:
    structure = {"properties", "propertyNames", "items"}
    for node in nodes(inline_refs(schema)):
        assert set(node) <= KEYWORDS | ANNOTATIONS | structure
        if "pattern" in node:
            assert node["patternErrorMessage"]
        if node.get("type") == "object" or "properties" in node:
            assert "additionalProperties" in node or node["title"] == "Request parameters"


@EACH
def test_patterns_are_anchored_portable_and_linear(schema: dict[str, Any]) -> None:
    for node in nodes(inline_refs(schema)):
        pattern = node.get("pattern")
        if pattern is None:
            continue
        assert pattern.startswith("^")
        assert pattern.endswith(r"$(?!\n)")
        assert not re.search(r"\\[AZzdwsb]|\(\?[P<#(]|[*+?}]\+", re.sub(r"\[[^]]*\]", "x", pattern))
        for example in (each for each in node.get("examples", ()) if isinstance(each, str)):
            assert not re.search(pattern, example + "\n")
        started = time.process_time()
        for part in ("a", "a/", " ", "*", "a.", "1", "[::", "https://a"):
            re.search(pattern, part * 200_000)
        assert time.process_time() - started < SECONDS


@EACH
def test_patterns_have_characters_beyond_ascii_in_classes_only(schema: dict[str, Any]) -> None:
    for node in nodes(inline_refs(schema)):
        pattern = node.get("pattern", "")
        assert all(int(code, 16) > 0x7F for code in re.findall(r"\\u([0-9a-fA-F]{4})", pattern))
        assert "\\u" not in re.sub(r"\[[^\]]*\]", "", pattern)


def test_a_pattern_without_characters_beyond_ascii_is_the_same_to_ascii() -> None:
    wide = r"^[A\u00aa\u00c0-\u00d6\uff66-\uffdc-]+$"
    assert drop_wide(wide) == "^[A-]+$"
    assert drop_wide("^[a-z]$") == "^[a-z]$"


def test_shared_definitions_of_both_schemas_are_equal() -> None:
    assert AGENT["$defs"] == {name: CONFIG["$defs"][name] for name in AGENT["$defs"]}


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_valid_files_obey_plain_jsonschema_too(path: Path) -> None:
    data = read_document(path.name, path.read_bytes()).data
    assert list(Draft202012Validator(CONFIG).iter_errors(data)) == []


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 9000)
    | st.floats(0, 9)
    | st.sampled_from(["", "a", "a/b", "8s", "x y"]),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.sampled_from(["id", "alias"]), children),
    max_leaves=4,
)


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """The data of a rich config with one value somewhere replaced, added or taken away."""
    data: Any = json.loads(json.dumps(read(RICH).data))
    node = data
    while True:
        step = draw(st.sampled_from(list(node) if isinstance(node, dict) else list(range(len(node)))))
        child = node[step]
        if not isinstance(child, dict | list) or not child or draw(st.booleans()):
            break
        node = child
    if draw(st.booleans()):
        node[step] = draw(VALUES)
    elif isinstance(node, dict) and draw(st.booleans()):
        node[draw(st.sampled_from(["model", "x", "a b", "id"]))] = draw(VALUES)
    else:
        del node[step]
    return data


def has_float(value: Any) -> bool:
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return isinstance(value, float) or any(map(has_float, below))


@settings(max_examples=300, deadline=None)
@given(data=mutated(), schema=st.sampled_from([CONFIG, ENVIRONMENT]))
def test_the_quick_check_and_ours_agree_with_plain_jsonschema(data: Any, schema: dict[str, Any]) -> None:
    if schema is ENVIRONMENT:
        data = {key: value for key, value in data.items() if key != "include"} | {"environment": "prod"}
    plain = [list(error.absolute_path) for error in Draft202012Validator(schema).iter_errors(data)]
    tree = inline_refs(schema)
    ours = [list(error.path) for error in iter_errors(tree, data)]
    assert is_valid(tree, data) is (not ours)
    assert all(path in ours for path in plain)
    # 8.0 is an integer to JSON Schema and no integer here: the one difference.
    assert all(path in plain for path in ours) or has_float(data)


@settings(max_examples=100, deadline=None)
@given(data=mutated())
def test_no_message_contains_a_value(data: Any) -> None:
    text = json.dumps(data).replace('"a b"', f'"{CANARY}"').replace('"x y"', f'"{CANARY}"')
    assert CANARY not in str(check(text))


def test_unknown_keys_that_could_be_secrets_are_not_shown() -> None:
    assert check(f"version: 1\n{CANARY}: 1\n")[0][1] == "unknown key"
    assert check("version: 1\nmodle: 1\n")[0][1] == "unknown key 'modle'"


def test_missing_key_is_located_at_the_key_of_its_map() -> None:
    assert check("version: 1\nauth:\n  profiles:\n    a: {mode: token}\n") == [
        ("4:5", "missing key 'provider'", "add 'provider'")
    ]


def test_a_key_at_the_wrong_level_is_sent_home() -> None:
    assert check("version: 1\nfallbacks: []\n")[0][2] == "it belongs under agents.defaults.model"
    assert check("version: 1\nmodelPolicy: {}\n")[0][2] == "it belongs under agents.defaults"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("agents: {defaults: {fallbacks: []}}", "it belongs under agents.defaults.model"),
        ("agents: {entries: {a: {primary: opus}}}", "it belongs under 'model'"),
        ("agents: {model: opus}", "it belongs under agents.defaults"),
        ("agents: {list: []}", "agents are a map by id: agents.entries"),
        ("models: {aliases: {}}", "an alias is written at its model: agents.defaults.models.MODEL.alias"),
        ("agents: {defaults: {heartbeat: {model: a/b}}}", "a model for that is a role: roles.heartbeat"),
        ("agents: {entries: {a: {subagents: {model: a/b}}}}", "a model for that is a role: roles.subagent"),
        ("agents: {defaults: {imageGenerationModel: a/b}}", "a model for that is a role: roles.imageGeneration"),
        ("agents: {defaults: {small: a/b}}", "a model for that is a role: roles.small"),
        ("agents: {entries: {a: {thinkingDefault: high}}}", "it is a request parameter: params.effort"),
        ("agents: {defaults: {temperature: 1}}", "it is a request parameter: params.temperature"),
        ("agents: {entries: {a: {modelPolicy: {}}}}", "an agent has `policy: {models: {allow: […]}}` instead"),
        ("models: {providers: {p: {timeoutSeconds: 9}}}", "it is a request parameter: params.timeout"),
        ("models: {providers: {p: {models: [{id: m, contextTokens: 9}]}}}", "it is contextWindow here"),
        ("models: {mode: merge}", "leave it out: providers here are added to those that are built in"),
        ("agents: {defaults: {roles: {main: a/b}}}", "write it as `model:`, beside roles"),
        ("agents: {entries: {a: {roles: {image: a/b}}}}", "write it as `imageModel:`, beside roles"),
        ("probe: {'//': slow}", "begin a comment with '#'; JSON has no comments"),
        ("probe: {elsewhere: 1}", "known here: timeout, concurrency, maxTokens, attempts, failOn, model, require"),
    ],
)
def test_misplaced_key_is_told_where_it_belongs(text: str, hint: str) -> None:
    assert check(f"version: 1\n{text}\n")[0][2] == hint


def test_the_words_of_parameters_are_all_known() -> None:
    assert set(PARAM_WORDS) == set(WORDS)


def test_schema_of_an_editor_may_be_named() -> None:
    assert check('{"$schema": "https://example.com/s.json", "version": 1}') == []
    assert (
        check("version: 1\nzzz: {}\n")[0][2]
        == "known here: version, abstract, include, agents, models, auth, policy, rules, probe, validate"
    )
    assert find_home(inline_refs(CONFIG), "nowhere") is None
    assert find_home(inline_refs(CONFIG), "model") == "agents.defaults"
    assert find_home({"properties": {"probe": {"properties": {"model": {}}}}}, "model") == "probe"


def test_a_long_list_of_known_keys_is_cut() -> None:
    hint = check("version: 1\nrules: {zzz: error}\n")[0][2]
    assert hint is not None
    assert hint.endswith(", …")


def test_kinds_of_values_have_names() -> None:
    values: list[object] = [None, True, 3, 3.0, "x", [], {}]
    assert [describe_kind(value) for value in values] == [
        "nothing",
        "true or false",
        "a whole number",
        "a decimal number",
        "a string",
        "a list",
        "a map",
    ]


@pytest.mark.parametrize("key", ["", "a b", "a" * 40, "x123", CANARY, "sk-ant-a1b2", "ключ", "a\n", 3])
def test_keys_that_are_no_plain_word_are_not_shown(key: object) -> None:
    assert quote_key(key) is None


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("version: 1\nprobe: {timeout: true}\n", "put it in quotes if it is meant as text"),
        ("version: 1\ninclude: agents/*.yaml\n", "write a list: [ … ]"),
        ("version: 1\ninclude:\n", "write [] for none, or remove the key"),
        ("version: 1\nprobe: {concurrency: '8'}\n", "write the number without quotes"),
        ("version: 1\nagents: {defaults: {models: {a/b: x}}}\n", 'for example: {"alias": "opus"}'),
        ("version: 1\nagents: 3\n", None),
    ],
)
def test_type_errors_have_a_hint(text: str, hint: str | None) -> None:
    assert check(text)[0][2] == hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("probe: {concurrency: 0}", "'concurrency': expected a number of 1 or more"),
        ("probe: {concurrency: 257}", "'concurrency': expected a number of 256 or less"),
        ("auth: {cooldowns: {billingMaxHours: 0}}", "'billingMaxHours': expected a number above 0"),
        ("models: {providers: {a: {apiKey: ''}}}", "'apiKey': expected a text of 1 or more characters"),
        (f"agents: {{defaults: {{model: {'x' * 201}}}}}", "'model': expected a text of 200 or fewer characters"),
        ("agents: {defaults: {models: {a/b: {alias: []}}}}", "'alias': expected a list of 1 or more"),
        (f"include: [{'a,' * 101}]", "'include': expected a list of 100 or fewer"),
        (
            f"models: {{providers: {{a: {{headers: {{{','.join(f'h{n}: x' for n in range(101))}}}}}}}}}",
            "'headers': expected 100 or fewer keys",
        ),
    ],
)
def test_bounds(text: str, message: str) -> None:
    assert [each[1] for each in check(f"version: 1\n{text}\n")] == [message]


@pytest.mark.parametrize(
    "url",
    [
        "https://llm.example.com",
        "https://llm.example.com:8443/v1/",
        "https://[2001:db8::1]/v1",
        "http://localhost:1",
        "http://127.0.0.1:8000/v1",
        "http://[::1]:8000",
        "http://llm.example.com",
        "http://192.168.1.10:11434",
        "http://ollama.ollama.svc.cluster.local:11434/v1",
        "http://gpu_box",
        "http://[fd00::1]:8000",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
    ],
)
def test_base_urls_that_may_be(url: str) -> None:
    assert check(f"version: 1\nmodels: {{providers: {{a: {{baseUrl: '{url}'}}}}}}\n") == []


@pytest.mark.parametrize(
    "url",
    [
        "http://2130706433",
        "http://0x7f000001",
        "http://0177.0.0.1",
        "http://0.0.0.0",
        "http://127.1",
        "http://localhost.",
        "http://[::ffff:127.0.0.1]",
        "http://user@llm.example.com",
        "http://${HOST}",
        "https://user@llm.example.com",
        "https://user:pw@llm.example.com",
        "https://llm.example.com?key=1",
        "https://llm.example.com#x",
        "https://${HOST}/",
        "https://llm.example.com/${PATH}",
        "ftp://llm.example.com",
        "llm.example.com",
        "https://",
        "https://llm.example.com/a b",
        "https://llm.example.com\\n",
    ],
)
def test_base_urls_that_may_not_be(url: str) -> None:
    (found,) = check(f'version: 1\nmodels: {{providers: {{a: {{baseUrl: "{url}"}}}}}}\n')
    assert found[1].startswith("'baseUrl': expected an https:// URL")


def test_a_newer_version_is_the_only_finding() -> None:
    (found,) = check_schema(read("version: 2\nwhatever: 1\n"), "config")
    assert (found.rule, found.location.line) == ("newer-version", 1)


@pytest.mark.parametrize("version", ["0", "'2'", "true", "2.0", "[]"])
def test_other_versions_are_schema_errors(version: str) -> None:
    assert {each.rule for each in check_schema(read(f"version: {version}\n"), "config")} == {"schema"}


def test_an_empty_file_says_so() -> None:
    assert check("# nothing\n")[0][:2] == ("1:1", "the file is empty")


def test_a_file_that_is_no_map() -> None:
    assert check("- a\n")[0][:2] == ("1:1", "expected a map, got a list")


def test_an_agent_file() -> None:
    assert check("id: coder\nmodel: openai/gpt-5.2\n", "agent") == []
    assert [each[1] for each in check("version: 1\nmodel: {}\n", "agent")] == [
        "missing key 'id'",
        "unknown key 'version'",
    ]


def test_at_most_100_findings_and_20_suggestions() -> None:
    rules = "".join(f"  alias-colision{chr(97 + number // 26)}{chr(97 + number % 26)}: off\n" for number in range(300))
    found = check(f"version: 1\nrules:\n{rules}")
    assert len(found) == 100
    assert sum(hint == "did you mean 'alias-collision'?" for _, _, hint in found) == 20


@pytest.mark.parametrize(
    "text",
    [
        "version: 1\nagents:\n  defaults:\n    models:\n"
        + "".join(f"      a/{n}: {{alias: x{n}}}\n" for n in range(19_000)),
        "version: 1\nagents:\n  defaults:\n    models:\n" + "".join(f"      a/{n}: 3\n" for n in range(45_000)),
        "version: 1\nx: &x [" + "[" * 50 + "]" * 50 + ",a" * 30_000 + "]\ninclude: [" + "*x," * 5 + "]\n",
        "version: 1\n" + "".join(f"k{n}: 1\n" for n in range(45_000)),
        "version: 1\ninclude: [" + "a: {b: 1}, " * 10_000 + "]\n",
    ],
    ids=["large", "wrong-values", "aliases", "unknown-keys", "wrong-items"],
)
def test_a_hostile_file_is_checked_in_bounded_time(text: str) -> None:
    document = read(text)
    started = time.process_time()
    assert len(check_schema(document, "config")) <= 100
    assert time.process_time() - started < SECONDS
