"""`documents retry`, `pause`, `resume`, `cancel`: steer documents that are not ready."""

from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from core.domain.identity import SYSTEM, User
from core.errors import Conflict
from terminal.context import services
from terminal.output import Json, emit_table, readable_errors

DocumentIds = Annotated[list[str], typer.Argument(help="Ids of one or more documents.")]
Move = Callable[[User, Sequence[str]], int]


def retry(document_ids: DocumentIds, as_json: Json = False) -> None:
    """Read failed or cancelled documents again; wait unless a running app does it."""
    _move(document_ids, lambda: services().documents.retry, as_json=as_json)


def pause(document_ids: DocumentIds, as_json: Json = False) -> None:
    """Pause unfinished documents until they are resumed."""
    _move(document_ids, lambda: services().documents.pause, as_json=as_json)


def resume(document_ids: DocumentIds, as_json: Json = False) -> None:
    """Resume paused documents; wait unless a running app does it."""
    _move(document_ids, lambda: services().documents.resume, as_json=as_json)


def cancel(document_ids: DocumentIds, as_json: Json = False) -> None:
    """Cancel unfinished documents; answers keep using an older version."""
    _move(document_ids, lambda: services().documents.cancel, as_json=as_json)


def _move(document_ids: Sequence[str], move: Callable[[], Move], *, as_json: bool) -> None:
    with readable_errors():
        services().worker.require_here()
        history = services().lifecycle.version_history
        newest = {one: history.versions(SYSTEM, one)[0].version_id for one in document_ids}
        moved = move()(SYSTEM, list(newest.values()))
        states = {s.version_id: s for s in services().documents.states(SYSTEM, [*newest.values()])}
        emit_table(
            [
                {
                    "document": document_id,
                    "version": version_id,
                    "state": states[version_id].state.value,
                    "reason": states[version_id].reason,
                }
                for document_id, version_id in newest.items()
            ],
            as_json=as_json,
        )
        if moved < len(newest):
            raise Conflict(
                f"{len(newest) - moved:,} of {len(newest):,} documents were left unchanged: "
                "their status does not allow it."
            )
