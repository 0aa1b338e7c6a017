"""Knowledge gaps from the terminal: list them, reply, or close them with a reason."""

from typing import Annotated

import typer

from core.domain.gaps import GapStatus, KnowledgeGap
from core.domain.identity import SYSTEM
from terminal.context import services
from terminal.output import Json, emit_table, readable_errors

gaps = typer.Typer(no_args_is_help=True, help="Questions that the documents do not answer.")

GapId = Annotated[str, typer.Argument(help="Id of the question, as `gaps list` shows it.")]
Words = Annotated[str, typer.Argument(help="What the person who asked will read.")]


@gaps.command("list")
def list_gaps(
    status: Annotated[
        GapStatus | None, typer.Option(help="Only questions with this status.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List questions that were sent to owners and administrators, newest first."""
    with readable_errors():
        found = services().gap_inbox.list(SYSTEM, status=status)
        emit_table([_record(gap) for gap in found], as_json=as_json)


@gaps.command("answer")
def answer_gap(gap_id: GapId, reply: Words, as_json: Json = False) -> None:
    """Send a reply to the person who asked."""
    with readable_errors():
        answered = services().gap_inbox.answer(SYSTEM, gap_id, reply)
        emit_table([_record(answered)], as_json=as_json)


@gaps.command("close")
def close_gap(
    gap_id: GapId,
    reason: Words,
    is_declined: Annotated[
        bool, typer.Option("--decline", help="The documents will not answer this.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Close a question with a reason; --decline says that it will not be answered."""
    with readable_errors():
        inbox = services().gap_inbox
        settle = inbox.decline if is_declined else inbox.close
        emit_table([_record(settle(SYSTEM, gap_id, reason))], as_json=as_json)


def _record(gap: KnowledgeGap) -> dict[str, object]:
    return {
        "id": gap.id,
        "status": gap.status.value,
        "question": gap.question,
        "note": gap.note,
        "asked_by": gap.asker_name,
        "asked_at": gap.asked_at.isoformat(timespec="minutes"),
        "collection": gap.collection_name,
        "owner": gap.owner_name,
        "reply": gap.reply,
    }
