"""The demo year in the terminal."""

from dataclasses import asdict
from typing import Annotated

import typer

from bootstrap.process import demo_year
from core.domain.identity import SYSTEM
from core.errors import InvalidInput
from terminal.output import Json, emit_table, progress, readable_errors

demo = typer.Typer(
    no_args_is_help=True, help="A made-up year of people, questions and ideas, to look at."
)
SURE = "This deletes the made-up people and all that hangs on them. Add --yes to go on."


@demo.command("load")
def load(as_json: Json = False) -> None:
    """Fill the sandbox with a made-up year; needs documents, such as those of `setup`."""
    with readable_errors(), progress() as bar:
        task = bar.add_task("Questions", total=None)
        counts = demo_year().load(
            SYSTEM, lambda done, total: bar.update(task, completed=done, total=total)
        )
    emit_table([asdict(counts)], as_json=as_json)


@demo.command("remove")
def remove(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False, as_json: Json = False
) -> None:
    """Delete the made-up year; everything else stays."""
    with readable_errors():
        if not yes:
            raise InvalidInput(SURE)
        counts = demo_year().remove(SYSTEM)
    emit_table([asdict(counts)], as_json=as_json)
