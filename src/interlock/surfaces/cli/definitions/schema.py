"""`interlock schema`: the JSON Schema of definition files, for editors."""

import typer

from interlock.surfaces.cli.store_options import show_json
from interlock.surfaces.cli.toolbox import toolbox


def schema_command(context: typer.Context) -> None:
    """Print the JSON Schema of definition files, so that an editor completes and explains fields.

      interlock schema > workflow.schema.json

    Editors that know the YAML language server take it from the first line of a definition:
    `# yaml-language-server: $schema=workflow.schema.json`
    """
    box = toolbox(context)
    show_json(box, box.definition_schema())
