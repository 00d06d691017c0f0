from __future__ import annotations

import pytest

from text2llm.auth.reading import read_meaning
from text2llm.config.parse import build_config
from text2llm.config.reader import read_document
from text2llm.providers.registry import load_registry
from text2llm.refs import ModelRef
from text2llm.scan.choice import adopt
from text2llm.scan.rank import Proposal

A, B, C = (ModelRef("lab", name) for name in "abc")
MAP = "model: {primary: x/y, fallbacks: [x/z]}"
IMAGE = "imageModel: {primary: x/i, fallbacks: []}"


def changes(defaults: str, chosen: Proposal, *, default: bool = False, image: bool = False) -> dict[str, object]:
    text = f"version: 1\nagents: {{defaults: {{{defaults}}}}}\n"
    config = build_config(read_document("text2llm.yaml", text.encode()), {})
    outcome = adopt(read_meaning(config, load_registry()), chosen=chosen, set_default=default, set_image=image)
    assert outcome.notes == ()
    return {".".join(map(str, each.pointer[2:])): each.value for each in outcome.changes}


@pytest.mark.parametrize(
    ("defaults", "default", "wanted"),
    [
        (MAP, False, {"model.fallbacks": ["lab/a", "lab/b"]}),
        (MAP, True, {"model.primary": "lab/a", "model.fallbacks": ["lab/b"]}),
        ("model: x/y", False, {"model": {"primary": "x/y", "fallbacks": ["lab/a", "lab/b"]}}),
        ("model: x/y", True, {"model": {"primary": "lab/a", "fallbacks": ["lab/b"]}}),
        ("", False, {"model.fallbacks": ["lab/a", "lab/b"]}),
        ("", True, {"model.primary": "lab/a", "model.fallbacks": ["lab/b"]}),
        ("model: {primary: lab/b}", False, {"model.fallbacks": ["lab/a"]}),
        ("model: {primary: lab/a}", True, {"model.fallbacks": ["lab/b"]}),
        ("model: {primary: x/y, fallbacks: [lab/a, lab/b]}", False, {}),
        ("model: {primary: x/y, fallbacks: [lab/b, lab/a]}", False, {"model.fallbacks": ["lab/a", "lab/b"]}),
        ("model: {primary: lab/a, fallbacks: [lab/b]}", True, {}),
        ("model: {primary: x/y, fallbacks: [lab/b]}", True, {"model.primary": "lab/a"}),
    ],
)
def test_text_models_replace_the_fallbacks(defaults: str, default: bool, wanted: dict[str, object]) -> None:  # noqa: FBT001
    assert changes(defaults, Proposal((A, B)), default=default) == wanted


@pytest.mark.parametrize(
    ("defaults", "image", "wanted"),
    [
        (IMAGE, False, {"imageModel.fallbacks": ["lab/c"]}),
        (IMAGE, True, {"imageModel.primary": "lab/c"}),
        (MAP, False, {}),
        (MAP, True, {"imageModel.primary": "lab/c"}),
    ],
)
def test_image_models_go_where_one_is_set_or_wanted(defaults: str, image: bool, wanted: dict[str, object]) -> None:  # noqa: FBT001
    assert changes(defaults, Proposal((), (C,)), image=image) == wanted


def test_nothing_chosen_changes_nothing() -> None:
    assert changes(MAP, Proposal(), default=True, image=True) == {}


@pytest.mark.parametrize(
    ("defaults", "default", "wanted"),
    [
        ("model: {primary: lab/a, fallbacks: [x/y]}", False, {}),
        ("model: {primary: x/z, fallbacks: [x/y]}", True, {"model.primary": "lab/a"}),
        (
            "model: {primary: x/z, fallbacks: [lab/a, x/y]}",
            True,
            {"model.primary": "lab/a", "model.fallbacks": ["x/y"]},
        ),
    ],
)
def test_fallbacks_stay_where_nothing_but_the_primary_was_chosen(
    defaults: str,
    default: bool,  # noqa: FBT001
    wanted: dict[str, object],
) -> None:
    assert changes(defaults, Proposal((A,)), default=default) == wanted


def test_both_lists_are_one_edit() -> None:
    assert changes(f"{MAP}, {IMAGE}", Proposal((A, B), (C,)), default=True, image=True) == {
        "model.primary": "lab/a",
        "model.fallbacks": ["lab/b"],
        "imageModel.primary": "lab/c",
    }
