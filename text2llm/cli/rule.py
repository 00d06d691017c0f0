"""``text2llm rule``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from text2llm.cli.options import offer, print_json, reject_unknown, shared_options

if TYPE_CHECKING:
    from text2llm.rules.explain import RuleDoc


@click.command("rule")
@click.argument("name", metavar="[ID]", required=False, shell_complete=offer("rules"))
@shared_options("json", "color")
def command(name: str | None, *, as_json: bool) -> None:
    """Explain a rule of `text2llm validate`; without ID, list all of them."""
    from text2llm.report.rules import rule_list_text, rule_text
    from text2llm.rules.explain import list_explanations

    rules = {rule.id: rule for rule in list_explanations()}
    if name is None:
        _show(rule_list_text(list(rules.values())), list(rules.values()), as_json=as_json)
        return
    rule = rules.get(name)
    if rule is None:
        raise reject_unknown("rule", name, rules)
    _show(rule_text(rule), [rule], as_json=as_json)


def _show(text: str, rules: list[RuleDoc], *, as_json: bool) -> None:
    if not as_json:
        click.echo(text, nl=False)
        return
    from text2llm.report.rules import rule_json

    print_json({"rules": [rule_json(rule) for rule in rules]})
