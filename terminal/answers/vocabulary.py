"""`vocabulary`: sets of synonyms that questions are also searched with."""

from pathlib import Path
from typing import Annotated

import typer

from core.domain.identity import SYSTEM
from core.errors import InvalidInput, NotFound
from rag.synonym_sets import ImportPlan, ListedSet, Origin
from rag.vocabulary.import_text import decoded
from terminal.context import services
from terminal.output import Json, emit, emit_table, readable_errors, say

vocabulary = typer.Typer(no_args_is_help=True, help="Synonyms that questions are searched with.")

SHORT_ID = 8
_NOT_IN_USE = (
    "Synonyms are not looked for: SANDBOX_RETRIEVAL__SYNONYM_WEIGHT is 0. The vocabulary is kept."
)

Words = Annotated[
    str, typer.Argument(help="A set: “holiday, vacation”, or “father, mother => parent”.")
]
Id = Annotated[str, typer.Argument(help="Id of the set, as `vocabulary list` shows it.")]


@vocabulary.command("list")
def list_sets(
    search: Annotated[str, typer.Option(help="Only sets with these letters.")] = "",
    shipped: Annotated[
        bool, typer.Option("--shipped", help="Also the sets that come with the product.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List the sets added here and those that are switched off."""
    with readable_errors():
        _tell_if_not_in_use()
        wanted = search.casefold()
        records = [
            _record(listed)
            for listed in services().synonym_sets.list_all(SYSTEM)
            if (shipped or not listed.is_shipped or not listed.is_active)
            and wanted in listed.synonyms.line.casefold()
        ]
        emit_table(records, as_json=as_json)


@vocabulary.command("add")
def add_set(words: Words, as_json: Json = False) -> None:
    """Add a set; it counts at the next question."""
    with readable_errors():
        _emit(services().synonym_sets.add(SYSTEM, words), as_json=as_json)


@vocabulary.command("edit")
def edit_set(set_id: Id, words: Words, as_json: Json = False) -> None:
    """Give a set that was added here other words."""
    with readable_errors():
        _emit(services().synonym_sets.edit(SYSTEM, _key(set_id), words), as_json=as_json)


@vocabulary.command("remove")
def remove_set(set_id: Id, as_json: Json = False) -> None:
    """Remove a set that was added here; one that is shipped can be switched off."""
    with readable_errors():
        _emit(services().synonym_sets.remove(SYSTEM, _key(set_id)), as_json=as_json)


@vocabulary.command("switch-off")
def switch_off(set_id: Id, as_json: Json = False) -> None:
    """Switch a set off, also one that is shipped."""
    with readable_errors():
        switched = services().synonym_sets.switch(SYSTEM, _key(set_id), is_active=False)
        _emit(switched, as_json=as_json)


@vocabulary.command("switch-on")
def switch_on(set_id: Id, as_json: Json = False) -> None:
    """Switch a set on again."""
    with readable_errors():
        switched = services().synonym_sets.switch(SYSTEM, _key(set_id), is_active=True)
        _emit(switched, as_json=as_json)


@vocabulary.command("import")
def import_sets(
    file: Annotated[Path, typer.Argument(help="Text or CSV file with a set on each line.")],
    is_dry: Annotated[bool, typer.Option("--dry-run", help="Say what would be done.")] = False,
    as_json: Json = False,
) -> None:
    """Import sets; lines that are no set are told and left out."""
    with readable_errors():
        text = decoded(_content(file))
        sets = services().synonym_sets
        plan = sets.plan(SYSTEM, text) if is_dry else sets.import_text(SYSTEM, text)
        _tell_problems(plan)
        record = _plan_record(plan)
        emit(record) if as_json else emit_table([record], as_json=False)
        if plan.problems and not (plan.added or plan.switched or plan.known):
            raise typer.Exit(2)


@vocabulary.command("export")
def export_sets(
    shipped: Annotated[
        bool, typer.Option("--shipped", help="Also the sets that come with the product.")
    ] = False,
) -> None:
    """Write the sets to standard output, as `vocabulary import` reads them."""
    with readable_errors():
        typer.echo(services().synonym_sets.export_text(SYSTEM, with_shipped=shipped), nl=False)


@vocabulary.command("preview")
def preview(
    question: Annotated[str, typer.Argument(help="A question as an employee would ask it.")],
    words: Annotated[str, typer.Option("--with", help="As if this set were there.")] = "",
    as_json: Json = False,
) -> None:
    """Show what a question is also searched with; acronyms of documents are not known here."""
    with readable_errors():
        _tell_if_not_in_use()
        expansions = services().synonym_sets.preview(SYSTEM, question, words)
        records = [
            {"asked": expansion.asked, "also": ", ".join(s.text for s in expansion.synonyms)}
            for expansion in expansions
        ]
        emit_table(records, as_json=as_json)


def _key(set_id: str) -> str:
    """Return the key that begins so; raise NotFound for none, InvalidInput for several."""
    keys = [listed.key for listed in services().synonym_sets.list_all(SYSTEM)]
    found = [key for key in keys if set_id and key.startswith(set_id.lower())]
    if not found:
        raise NotFound(f"There is no set “{set_id}”. See: sandbox_cli.py vocabulary list --shipped")
    if len(found) > 1:
        raise InvalidInput(f"{len(found)} sets begin with “{set_id}”. Give more letters of the id.")
    return found[0]


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}.") from error


def _tell_if_not_in_use() -> None:
    if not services().synonym_sets.is_in_use:
        say(_NOT_IN_USE, style="yellow")


def _tell_problems(plan: ImportPlan) -> None:
    for problem in plan.problems:
        say(f"Line {problem.line}: {problem.reason}", style="yellow")


def _emit(listed: ListedSet, *, as_json: bool) -> None:
    emit_table([_record(listed)], as_json=as_json)


def _record(listed: ListedSet) -> dict[str, object]:
    by = listed.added_by or ("" if listed.origin is Origin.SHIPPED else "terminal")
    return {
        "id": listed.key[:SHORT_ID],
        "words": listed.synonyms.line,
        "status": "on" if listed.is_active else "off",
        "origin": listed.origin.value,
        "added_by": by,
        "added_at": listed.added_at.isoformat(timespec="minutes") if listed.added_at else "",
    }


def _plan_record(plan: ImportPlan) -> dict[str, object]:
    return {
        "added": len(plan.added),
        "switched": len(plan.switched),
        "already_there": plan.known,
        "not_a_set": len(plan.problems),
    }
