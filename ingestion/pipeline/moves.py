"""The moves by which administrators change the work on a version, and their start states."""

from collections.abc import Sequence
from enum import StrEnum

from sqlmodel import Session, col, select

from core.domain.batches import batched
from core.domain.knowledge import DocumentState
from core.storage.queries.privacy.attachments import is_shared_version
from core.storage.tables import DocumentVersionRow
from ingestion.pipeline import versions


class Move(StrEnum):
    """A requested change of state."""

    RETRY = "retry"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"

    @property
    def is_work(self) -> bool:
        """Whether versions have to be queued afterwards."""
        return self in (Move.RETRY, Move.RESUME)


MOVES: dict[Move, tuple[tuple[str, ...], DocumentState]] = {
    Move.RETRY: ((DocumentState.FAILED, DocumentState.CANCELLED), DocumentState.QUEUED),
    Move.PAUSE: (versions.ACTIVE, DocumentState.PAUSED),
    Move.RESUME: ((DocumentState.PAUSED,), DocumentState.QUEUED),
    Move.CANCEL: ((*versions.ACTIVE, DocumentState.PAUSED), DocumentState.CANCELLED),
}


def apply(session: Session, version_ids: Sequence[str], move: Move) -> list[str]:
    """Move those versions whose state allows it and return them, the oldest first."""
    states, target = MOVES[move]
    movable: list[str] = []
    for batch in batched(version_ids, versions.IDS_PER_QUERY):
        allowed = session.exec(
            select(DocumentVersionRow.id)
            .where(
                col(DocumentVersionRow.id).in_(batch),
                col(DocumentVersionRow.state).in_(states),
                is_shared_version(),
            )
            .order_by(col(DocumentVersionRow.uploaded_at))
        ).all()
        versions.set_state(session, allowed, versions.StateChange(target), among=states)
        movable += allowed
    return movable
