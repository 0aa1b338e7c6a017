"""The list of documents for administrators: filtered, sorted and counted by the database."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, assert_never

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from core.domain.access import require_admin
from core.domain.identity import User
from core.domain.knowledge import DocumentOverview, DocumentState, Sensitivity
from core.storage.database import Database
from core.storage.queries.privacy.attachments import is_shared_document, is_shared_version
from core.storage.tables import DocumentRow, DocumentVersionRow
from ingestion.files.media import MediaType
from ingestion.library import overviews
from ingestion.library.reviews import ReviewState, in_review_state

UNFINISHED = [state.value for state in DocumentState if not state.is_final]
STUCK = (DocumentState.QUARANTINED, DocumentState.FAILED)


class Order(StrEnum):
    """The orders in which the list can be sorted."""

    NEWEST = "newest"
    NAME = "name"
    STATE = "state"
    REVIEW = "review"
    LARGEST = "largest"


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """The filter of the list; None means any, an empty `owner_id` documents without an owner."""

    collection_id: str | None = None
    state: DocumentState | None = None
    search: str = ""
    classification: Sensitivity | None = None
    owner_id: str | None = None
    media_type: MediaType | None = None
    review: ReviewState | None = None

    @property
    def is_set(self) -> bool:
        return self != DocumentFilter()

    @property
    def is_of_versions(self) -> bool:
        """Whether the filter looks at nothing of the documents themselves."""
        return replace(self, state=None, media_type=None) == DocumentFilter()


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """A part of the list; `counts` are those of the whole list by state."""

    documents: tuple[DocumentOverview, ...]
    counts: Mapping[DocumentState, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Decisions:
    """The number of documents that wait for an administrator."""

    held: int
    failed: int
    overdue: int

    @property
    def total(self) -> int:
        return self.held + self.failed + self.overdue


@dataclass(frozen=True, slots=True)
class WorkInHand:
    """The unfinished uploads taken together; `progress` runs from 0 to 1."""

    counts: Mapping[DocumentState, int]
    progress: float

    @property
    def files(self) -> int:
        return sum(self.counts.values())

    @property
    def finished(self) -> int:
        return sum(number for state, number in self.counts.items() if state.is_final)

    @property
    def is_moving(self) -> bool:
        """Whether something is waiting or being read, and not only paused."""
        moving = self.files - self.finished - self.counts.get(DocumentState.PAUSED, 0)
        return moving > 0


class Catalogue:
    """The documents and the work on them, for administrators only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def counts(self, user: User, wanted: DocumentFilter) -> Mapping[DocumentState, int]:
        """Return how many documents the filter lets through, by state, in one query."""
        require_admin(user)
        with self._database.read() as session:
            if wanted.is_of_versions:
                return _counts(session, overviews.newest_states, _conditions(wanted))
            return _counts(session, overviews.newest_versions, _conditions(wanted))

    def list(
        self,
        user: User,
        wanted: DocumentFilter,
        *,
        order: Order = Order.NEWEST,
        limit: int = 50,
        offset: int = 0,
    ) -> Sequence[DocumentOverview]:
        """Return a part of the list, sorted and cut by the database."""
        require_admin(user)
        with self._database.read() as session:
            return overviews.overviews(
                session, _conditions(wanted), limit=limit, offset=offset, order=_order(order)
            )

    def page(
        self,
        user: User,
        wanted: DocumentFilter,
        *,
        order: Order = Order.NEWEST,
        limit: int = 50,
        offset: int = 0,
    ) -> CataloguePage:
        """Return a part of the list together with the counts of the whole."""
        documents = self.list(user, wanted, order=order, limit=limit, offset=offset)
        return CataloguePage(tuple(documents), self.counts(user, wanted))

    def decisions(self, user: User) -> Decisions:
        """Return what waits for a decision: held back, failed, overdue for review."""
        require_admin(user)
        stuck = col(DocumentVersionRow.state).in_([state.value for state in STUCK])
        overdue = select(func.count(col(DocumentRow.id))).where(
            in_review_state(ReviewState.OVERDUE), is_shared_document()
        )
        with self._database.read() as session:
            counts = _counts(session, overviews.newest_states, [stuck])
            return Decisions(
                held=counts[DocumentState.QUARANTINED],
                failed=counts[DocumentState.FAILED],
                overdue=session.exec(overdue).one(),
            )

    def work(self, user: User) -> WorkInHand | None:
        """Return how far the unfinished uploads are, at once; None if nothing is unfinished."""
        require_admin(user)
        unfinished = select(DocumentVersionRow.upload_id).where(
            col(DocumentVersionRow.state).in_(UNFINISHED)
        )
        with self._database.read() as session:
            rows = session.exec(
                select(
                    DocumentVersionRow.state, func.count(), func.sum(DocumentVersionRow.progress)
                )
                .where(col(DocumentVersionRow.upload_id).in_(unfinished), is_shared_version())
                .group_by(col(DocumentVersionRow.state))
            ).all()
        return _work(rows) if rows else None

    def unfinished_ids(self, user: User, *states: DocumentState) -> Sequence[str]:
        """Return the versions in one of these states, the oldest first."""
        require_admin(user)
        with self._database.read() as session:
            return session.exec(
                select(DocumentVersionRow.id)
                .where(
                    col(DocumentVersionRow.state).in_([state.value for state in states]),
                    is_shared_version(),
                )
                .order_by(col(DocumentVersionRow.uploaded_at))
            ).all()


def _work(rows: Sequence[tuple[str, int, float]]) -> WorkInHand:
    counts = Counter({DocumentState(state): number for state, number, _ in rows})
    done = sum(
        number if DocumentState(state).is_final else progress for state, number, progress in rows
    )
    return WorkInHand(counts, min(done / counts.total(), 1.0))


def _counts(
    session: Session,
    newest: Callable[..., Any],  # Any: see newest_versions
    conditions: Sequence[ColumnElement[bool]],
) -> Counter[DocumentState]:
    rows = session.exec(
        newest(DocumentVersionRow.state, func.count())
        .where(*conditions)
        .group_by(DocumentVersionRow.state)
    ).all()
    return Counter({DocumentState(state): number for state, number in rows})


def _conditions(wanted: DocumentFilter) -> list[ColumnElement[bool]]:
    conditions = overviews.conditions_for(wanted.collection_id, wanted.state, wanted.search)
    if wanted.classification is not None:
        conditions.append(col(DocumentRow.classification) == wanted.classification.value)
    if wanted.owner_id is not None:
        conditions.append(col(DocumentRow.owner_id).is_not_distinct_from(wanted.owner_id or None))
    if wanted.media_type is not None:
        conditions.append(col(DocumentVersionRow.media_type) == wanted.media_type.value)
    if wanted.review is not None:
        conditions.append(in_review_state(wanted.review))
    return conditions


def _order(order: Order) -> Sequence[Any]:  # Any: columns and orderings share no public type
    match order:
        case Order.NEWEST:
            return ()
        case Order.NAME:
            return (func.lower(DocumentRow.title),)
        case Order.STATE:
            return (DocumentVersionRow.state,)
        case Order.REVIEW:
            return (col(DocumentRow.review_by).is_(None), DocumentRow.review_by)
        case Order.LARGEST:
            return (col(DocumentVersionRow.size_bytes).desc(),)
        case _:
            assert_never(order)
