"""Explains an answer: what was searched, found and used, as far as its reader may know it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, and_, col, select

from core.domain.access import require_active
from core.domain.answers import Answer
from core.domain.closeness import Closeness, closeness
from core.domain.identity import User
from core.domain.knowledge import page_name
from core.domain.ports import KeywordIndex
from core.storage.database import Database
from core.storage.queries.collections import readable_collections
from core.storage.queries.messages import own_answer, question_of
from core.storage.queries.privacy.attachments import own_attached_collections
from core.storage.queries.spending.switches import is_document_on
from core.storage.tables import (
    AnswerUsageRow,
    ChunkRow,
    DocumentRow,
    MessageRow,
    ModelCallRow,
    PageRow,
    RetrievalRow,
    SearchedCollectionRow,
)
from rag.conversations.stored import messages_of
from rag.finding.missing_words import missing_words
from rag.finding.retrieval import FILES_OF_CHAT
from rag.vocabulary.expansion import Synonyms


class Use(StrEnum):
    """What became of a passage that was found."""

    QUOTED = "quoted"
    READ = "read"
    FOUND = "found"


@dataclass(frozen=True, slots=True)
class SearchedCollection:
    """A collection with its documents at the time of the search and its passages found."""

    name: str
    documents: int
    passages: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found.

    `headings` is where it stands, empty once it was replaced. `similarity` is a cosine in [-1, 1]
    and `keyword_score` a BM25 score >= 0; each is None where that index did not return the passage.
    """

    rank: int
    document_title: str
    page: int
    headings: tuple[str, ...]
    similarity: float | None
    keyword_score: float | None
    use: Use
    page_label: str = "page"

    @property
    def place(self) -> str:
        """The page, slide or sheet in words."""
        return page_name(self.page_label, self.page)

    @property
    def closeness(self) -> Closeness:
        """How close the passage came to the question."""
        return closeness(self.similarity)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that the "why" of one answer shows.

    `closed_collections` and `closed_hits` count what the person may no longer read or what is gone;
    nothing of it is named. `missing_words` are words of a question without an answer that no
    document in the searched collections holds now.
    """

    question: str
    answer: Answer
    collections: tuple[SearchedCollection, ...]
    closed_collections: int
    hits: tuple[Hit, ...]
    closed_hits: int
    prompt_version: str = ""
    model_responded: str = ""
    missing_words: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        """What was searched for, empty if it is what was typed."""
        query = self.answer.standalone_query
        return "" if query == self.question else query


class Explanations:
    """Explanations of people's own answers, with access checked as it is now.

    Collections that are closed to the person are never looked at, so nothing that is said here can
    depend on what they hold.
    """

    def __init__(
        self,
        database: Database,
        keywords: KeywordIndex,
        synonyms: Synonyms | None = None,
    ) -> None:
        self._database = database
        self._keywords = keywords
        self._synonyms = synonyms

    def explain(self, user: User, message_id: str) -> Explanation:
        """Return the explanation; raises NotFound unless the answer is this person's own."""
        require_active(user)
        with self._database.read() as session:
            row = own_answer(session, user, message_id)
            names = dict.fromkeys(own_attached_collections(session, user), FILES_OF_CHAT)
            names |= {c.id: c.name for c in readable_collections(session, user)}
            searched = _searched(session, row.id)
            retrieved = _stored_hits(session, row.id)
            usage = _usage(session, row.id)
            answer = _answer(session, user, row)
            return Explanation(
                question=question_of(session, row),
                answer=answer,
                collections=_collections(searched, retrieved, names),
                closed_collections=sum(s.collection_id not in names for s in searched),
                hits=tuple(hit for stored in retrieved if (hit := _open_hit(stored, names))),
                closed_hits=sum(_open_hit(stored, names) is None for stored in retrieved),
                prompt_version=usage.prompt_version if usage else "",
                model_responded=_model_responded(session, usage),
                missing_words=self._missing(answer, searched, names),
            )

    def _missing(
        self, answer: Answer, searched: Sequence[SearchedCollectionRow], names: Mapping[str, str]
    ) -> tuple[str, ...]:
        ids = [s.collection_id for s in searched if s.collection_id in names]
        if not answer.abstained or not ids:
            return ()
        query = answer.standalone_query
        synonyms = self._synonyms.expand(query) if self._synonyms else ()
        return missing_words(self._keywords, query, ids, synonyms)


@dataclass(frozen=True, slots=True)
class _StoredHit:
    """A row of what was found, with its document if that still exists and is not turned off."""

    row: RetrievalRow
    document: DocumentRow | None
    headings: tuple[str, ...]
    page_label: str


def _stored_hits(session: Session, message_id: str) -> list[_StoredHit]:
    page = and_(
        col(PageRow.version_id) == ChunkRow.version_id, col(PageRow.number) == RetrievalRow.page
    )
    document = and_(col(DocumentRow.id) == RetrievalRow.document_id, is_document_on())
    rows = session.exec(
        select(RetrievalRow, DocumentRow, ChunkRow, PageRow.label)
        .select_from(RetrievalRow)
        .join(DocumentRow, document, isouter=True)
        .join(ChunkRow, col(ChunkRow.id) == RetrievalRow.chunk_id, isouter=True)
        .join(PageRow, page, isouter=True)
        .where(RetrievalRow.message_id == message_id)
        .order_by(col(RetrievalRow.rank))
    ).all()
    return [
        _StoredHit(row, document, tuple(chunk.headings) if chunk else (), label or "page")
        for row, document, chunk, label in rows
    ]


def _open_hit(stored: _StoredHit, names: Mapping[str, str]) -> Hit | None:
    """Return the hit as the person may see it, None if its document is closed to them or gone."""
    row, document = stored.row, stored.document
    if document is None or document.collection_id not in names:
        return None
    return Hit(
        rank=row.rank,
        document_title=document.title,
        page=row.page,
        headings=stored.headings,
        similarity=row.similarity,
        keyword_score=row.keyword_score,
        use=Use.QUOTED if row.is_cited else Use.READ if row.is_read else Use.FOUND,
        page_label=stored.page_label,
    )


def _searched(session: Session, message_id: str) -> Sequence[SearchedCollectionRow]:
    return session.exec(
        select(SearchedCollectionRow).where(SearchedCollectionRow.message_id == message_id)
    ).all()


def _collections(
    searched: Sequence[SearchedCollectionRow],
    retrieved: Sequence[_StoredHit],
    names: Mapping[str, str],
) -> tuple[SearchedCollection, ...]:
    """Return the readable collections, those with most passages first."""
    passages = Counter(stored.document.collection_id for stored in retrieved if stored.document)
    open_collections = [
        SearchedCollection(names[s.collection_id], s.document_count, passages[s.collection_id])
        for s in searched
        if s.collection_id in names
    ]
    return tuple(sorted(open_collections, key=lambda c: (-c.passages, c.name)))


def _answer(session: Session, user: User, row: MessageRow) -> Answer:
    [message] = messages_of(session, user, [row])
    assert message.answer is not None  # noqa: S101  own_answer returns nothing else
    return message.answer


def _usage(session: Session, message_id: str) -> AnswerUsageRow | None:
    return session.exec(
        select(AnswerUsageRow).where(AnswerUsageRow.message_id == message_id)
    ).first()


def _model_responded(session: Session, usage: AnswerUsageRow | None) -> str:
    if usage is None:
        return ""
    model = session.exec(
        select(ModelCallRow.model_responded).where(
            ModelCallRow.answer_usage_id == usage.id, ModelCallRow.purpose == "answer"
        )
    ).first()
    return model or ""
