"""`chat-files`: what people may attach to their chats, and how much is attached; never a file."""

from typing import Annotated

import typer

from core.domain.governance.attachments import AttachmentTerms, AttachmentTotals
from core.domain.identity import SYSTEM
from core.domain.knowledge import Sensitivity
from terminal.context import services
from terminal.output import Json, emit_table, readable_errors

chat_files = typer.Typer(no_args_is_help=True, help="Files that people attach to their chats.")


@chat_files.command("show")
def show(as_json: Json = False) -> None:
    """Show what may be attached, and how many files are attached in all."""
    with readable_errors():
        rules = services().attachment_rules
        record = _record(rules.current(SYSTEM), rules.totals(SYSTEM))
        emit_table([record], as_json=as_json)


@chat_files.command("set")
def set_terms(
    is_on: Annotated[bool | None, typer.Option("--on/--off", help="Allow files or not.")] = None,
    classification: Annotated[
        Sensitivity | None, typer.Option("--class", help="The class that all files count as.")
    ] = None,
    megabytes: Annotated[int | None, typer.Option(help="Largest file in megabytes.")] = None,
    files: Annotated[int | None, typer.Option(help="Most files in one chat.")] = None,
    days: Annotated[int | None, typer.Option(help="Days kept; 0 as long as the chat.")] = None,
    as_json: Json = False,
) -> None:
    """Change what may be attached; what you do not name stays."""
    with readable_errors():
        rules = services().attachment_rules
        now = rules.current(SYSTEM)
        wanted = AttachmentTerms(
            now.is_on if is_on is None else is_on,
            classification or now.classification,
            now.max_megabytes if megabytes is None else megabytes,
            now.max_files if files is None else files,
            now.days_kept if days is None else days,
        )
        rules.change(SYSTEM, wanted)
        record = _record(rules.current(SYSTEM), rules.totals(SYSTEM))
        emit_table([record], as_json=as_json)


def _record(terms: AttachmentTerms, totals: AttachmentTotals) -> dict[str, object]:
    return {
        "on": terms.is_on,
        "class": terms.classification.value,
        "megabytes": terms.max_megabytes,
        "files_in_a_chat": terms.max_files,
        "days": terms.days_kept,
        "chats": totals.conversations,
        "files": totals.files,
        "bytes": totals.size_bytes,
    }
