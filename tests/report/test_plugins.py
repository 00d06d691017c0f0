from __future__ import annotations

from typing import Any

from tests.cli.test_output_schemas import obey
from tests.providers.plugin_making import ACME, loaded
from text2llm.commands.plugins import PluginView
from text2llm.diagnostics import Location
from text2llm.providers.plugin import InstalledPlugin, PluginProblem, PluginSet
from text2llm.providers.registry import load_registry
from text2llm.redaction import redact
from text2llm.redaction.forms import Forms
from text2llm.report.plugins import plugins_json, plugins_text, problem_text
from text2llm.report.sanitize import json_text

SHIPPED = load_registry()
PLACE = Location("settings.yaml", 2, 5)
BROKEN = InstalledPlugin("broken", "it", "2")
SLEEPING = InstalledPlugin("sleeping", "it\x1b[31m", "3\n::error::x")
PLUGIN = loaded(ACME, **{"acme-ticket": print})
REFUSED = PluginProblem("Broken", "it names sk-ant-api03-QQQQQQQQQQQQQQQQ", "mend it", BROKEN)
ABSENT = PluginProblem("absent", "it is not there", "install it")


def view(*installed: InstalledPlugin, problems: tuple[PluginProblem, ...] = (), **places: Location) -> PluginView:
    plugins = (PLUGIN,) if PLUGIN.installed in installed else ()
    found = PluginSet(installed, plugins, problems)
    registry = SHIPPED.with_plugins(plugins)
    return PluginView(
        "settings.yaml",
        {key.replace("_", "-"): place for key, place in places.items()},
        found,
        ("openrouter", "anthropic"),
        registry,
    )


def test_built_in_logins_say_where_a_client_is_needed() -> None:
    assert plugins_text(view()) == (
        "no plugins\n"
        "\n"
        "BUILT IN    LOGINS\n"
        "openrouter  pkce-loopback, paste-code, api-key\n"
        "anthropic   pkce-loopback*, paste-code*, setup-token, api-key\n"
        "\n"
        "* with a client that you or your company registered: `oauth:` in settings.yaml\n"
    )


def test_every_state_has_its_words() -> None:
    text = plugins_text(view(BROKEN, SLEEPING, PLUGIN.installed, problems=(REFUSED, ABSENT)))
    assert redact(text, Forms()).split("\n\n")[0].splitlines() == [
        "PLUGIN                  STATE          PROVIDER",
        "broken 2                left out",
        "sleeping 3\\n::error::x  not enabled",
        "text2llm-acme 1.0       loaded         acme: device-code*, acme-ticket, api-key",
        "absent                  not installed",
        "broken: it names [secret]",
        "  hint: mend it",
        "absent: it is not there",
        "  hint: install it",
        "hint: to enable a plugin, add its name to `plugins:` in settings.yaml",
    ]


def test_json_says_where_a_plugin_is_enabled_and_why_it_is_left_out() -> None:
    document = plugins_json(
        view(BROKEN, PLUGIN.installed, problems=(REFUSED, ABSENT), broken=PLACE, text2llm_acme=PLACE)
    )
    obey("outputs/plugins", json_text(document))
    states: dict[str, Any] = {each["distribution"]: each for each in document["plugins"]}
    assert [(name, each["state"]) for name, each in states.items()] == [
        ("broken", "refused"),
        ("text2llm-acme", "loaded"),
        ("absent", "missing"),
    ]
    assert states["broken"]["enabledAt"] == {"path": "settings.yaml", "line": 2, "column": 5}
    assert redact(states["broken"]["problem"], Forms()) == {"message": "it names [secret]", "hint": "mend it"}
    assert states["text2llm-acme"]["provider"]["methods"][1] == {"name": "acme-ticket", "needsClientId": False}
    assert states["absent"]["enabledAt"] is None


def test_a_warning_names_the_plugin_the_reason_and_what_mends_it() -> None:
    assert problem_text(ABSENT) == "warning: the plugin absent is left out: it is not there\nhint: install it\n"
