"""``text2llm schema``."""

from __future__ import annotations

import click

from text2llm.cli.options import offer, print_json, print_text, reject_unknown, shared_options


@click.command("schema")
@click.argument("name", metavar="[NAME]", required=False, shell_complete=offer("schemas"))
@shared_options("json", "color")
def command(name: str | None, *, as_json: bool) -> None:
    """Print a JSON Schema; without NAME, the names and titles of all of them.

    Editors and other tools check text2llm.yaml with it: `text2llm schema config > config.schema.json`.
    """
    if name is None:
        _list_schemas(as_json=as_json)
        return
    from text2llm.config.schema_files import schema_names, schema_text

    if name not in (names := schema_names()):
        raise reject_unknown("schema", name, names)
    click.echo(schema_text(name), nl=False)


def _list_schemas(*, as_json: bool) -> None:
    import json

    from text2llm.config.schema_files import schema_names, schema_text

    schemas = {name: json.loads(schema_text(name)) for name in schema_names()}
    if as_json:
        rows = [{"name": name, "id": each["$id"], "title": each["title"]} for name, each in schemas.items()]
        print_json({"schemas": rows})
        return
    width = max(map(len, schemas))
    for name, each in schemas.items():
        print_text(f"{name:{width}}  {each['title']}\n")
