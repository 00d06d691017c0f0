"""``text2llm rule``."""

from __future__ import annotations

import click

from text2llm.cli.options import offer, print_result, reject_unknown, shared_options


@click.command("rule")
@click.argument("name", metavar="[ID]", required=False, shell_complete=offer("rules"))
@shared_options("json", "color")
def command(name: str | None, *, as_json: bool) -> None:
    """Explain a rule of `text2llm validate`; without ID, list all of them."""
    from text2llm.report.rules import rule_json, rule_list_text, rule_text
    from text2llm.rules.explain import list_explanations

    rules = {rule.id: rule for rule in list_explanations()}
    if name is None:
        shown, text = list(rules.values()), rule_list_text(list(rules.values()))
    elif name in rules:
        shown, text = [rules[name]], rule_text(rules[name])
    else:
        raise reject_unknown("rule", name, rules)
    print_result(lambda: {"rules": list(map(rule_json, shown))}, lambda: text, as_json=as_json)
