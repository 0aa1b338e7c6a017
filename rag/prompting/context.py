"""Gathers what a language model is told beside the question and the words of its sources."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sqlmodel import Session, col, select

from core.domain.answers import RetrievedChunk
from core.domain.clock import now
from core.domain.identity import User
from core.domain.knowledge import Collection
from core.storage.database import Database
from core.storage.tables import DocumentVersionRow, GroupRow


@dataclass(frozen=True, slots=True)
class PromptContext:
    """The day, where the sources are from, and the groups of the person where these are told.

    `collections` has names by collection id, `uploaded` days by version id.
    """

    day: date
    collections: Mapping[str, str] = field(default_factory=dict)
    uploaded: Mapping[str, date] = field(default_factory=dict)
    groups: tuple[str, ...] = ()

    def origin(self, hit: RetrievedChunk) -> str:
        """Return `, collection Handbook, uploaded 4 March 2026`, as far as it is known."""
        name = self.collections.get(hit.chunk.collection_id)
        uploaded = self.uploaded.get(hit.chunk.version_id)
        told = (
            f"collection {' '.join(name.split())}" if name else "",
            f"uploaded {in_words(uploaded)}" if uploaded else "",
        )
        return "".join(f", {part}" for part in told if part)

    @property
    def person(self) -> str:
        """A sentence about the person asking, empty where nothing is told."""
        names = ", ".join(" ".join(name.split()) for name in self.groups)
        return f" Groups of the person asking: {names}." if names else ""


class PromptContexts:
    """The context of each question; `tells_groups` is the operator's choice.

    `today` is the day where the app runs.
    """

    def __init__(
        self,
        database: Database,
        *,
        tells_groups: bool,
        today: Callable[[], date] = lambda: now().astimezone().date(),
    ) -> None:
        self._database = database
        self._tells_groups = tells_groups
        self._today = today

    def of(
        self, user: User, chunks: Sequence[RetrievedChunk], collections: Sequence[Collection]
    ) -> PromptContext:
        """Return the context; the caller passes what the person may read."""
        with self._database.read() as session:
            return PromptContext(
                self._today(),
                {collection.id: collection.name for collection in collections},
                _uploaded(session, {hit.chunk.version_id for hit in chunks}),
                _group_names(session, user) if self._tells_groups else (),
            )


def in_words(day: date) -> str:
    """Return `4 March 2026`."""
    return f"{day.day} {day:%B %Y}"


def _uploaded(session: Session, version_ids: set[str]) -> dict[str, date]:
    rows = session.exec(
        select(DocumentVersionRow.id, DocumentVersionRow.uploaded_at).where(
            col(DocumentVersionRow.id).in_(version_ids)
        )
    )
    return {version_id: _day(uploaded_at) for version_id, uploaded_at in rows}


def _day(moment: datetime) -> date:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone().date()


def _group_names(session: Session, user: User) -> tuple[str, ...]:
    names = select(GroupRow.name).where(col(GroupRow.id).in_(user.group_ids))
    return tuple(session.exec(names.order_by(col(GroupRow.name))))
