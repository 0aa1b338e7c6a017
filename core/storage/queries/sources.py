"""Decides whether a text made from documents is open to a person: it follows its sources.

An answer, a quote in it, the question that a model completed from it and an idea that starts from
it are copies of document text. Whoever shows one of them asks here first.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists
from sqlmodel import Session, col, func, or_, select

from core.domain.answers import SANDBOX, Source, Way
from core.domain.batches import batched
from core.domain.conversations import MessageRole
from core.domain.identity import SYSTEM, User
from core.storage.queries.collections import readable_collections
from core.storage.queries.privacy.attachments import is_shared_document, own_attached_collections
from core.storage.queries.spending.switches import documents_off, names_of_documents_off
from core.storage.tables import AnswerSourceRow, DocumentRow, DocumentVersionRow, MessageRow

IDS_PER_QUERY = 500


@dataclass(frozen=True, slots=True)
class Reach:
    """The documents that one person may read now.

    `places` maps each document to the collection it is in today; a document that is gone is guarded
    by the collection it was in when it was read. Those that are turned `off` are open to nobody.
    """

    is_everything: bool
    collection_ids: frozenset[str]
    places: Mapping[str, str]
    off: frozenset[str] = frozenset()

    def may_read(self, sources: Iterable[Source] | None) -> bool:
        """Return whether a text made from these sources is open; without a record it is not."""
        recorded = tuple(sources or ())
        return self.is_everything or (bool(recorded) and not self.closed(recorded))

    def closed(self, sources: Iterable[Source]) -> frozenset[Source]:
        """Return the sources that are not open; none for a text that no document stands behind."""
        if self.is_everything:
            return frozenset()
        return frozenset(source for source in sources if not self._is_open(source))

    def _is_open(self, source: Source) -> bool:
        place = self.places.get(source.document_id, source.collection_id)
        return place in self.collection_ids and source.document_id not in self.off


def reach_of(session: Session, user: User, sources: Iterable[Source]) -> Reach:
    """Return what this person may read of these sources, with access as it is now."""
    if user is SYSTEM:
        return Reach(True, frozenset(), {})
    sources = tuple(sources)
    ids = {source.document_id for source in sources}
    places: dict[str, str] = {}
    for batch in batched(sorted(ids), IDS_PER_QUERY):
        places |= dict(
            session.exec(
                select(DocumentRow.id, DocumentRow.collection_id).where(
                    col(DocumentRow.id).in_(batch)
                )
            ).all()
        )
    readable = frozenset(c.id for c in readable_collections(session, user))
    guarding = {places.get(source.document_id, source.collection_id) for source in sources}
    if guarding - readable:  # some are closed, or are files that this person attached
        readable |= own_attached_collections(session, user)
    return Reach(False, readable, places, documents_off(session, ids))


def sources_of(session: Session, message_ids: Sequence[str]) -> dict[str, frozenset[Source]]:
    """Return the recorded sources of each answer; answers without a record are left out."""
    by_message: dict[str, set[Source]] = defaultdict(set)
    for batch in batched(message_ids, IDS_PER_QUERY):
        rows = session.exec(
            select(AnswerSourceRow).where(col(AnswerSourceRow.message_id).in_(batch))
        ).all()
        for row in rows:
            by_message[row.message_id].add(Source(row.document_id, row.collection_id))
    return {message_id: frozenset(sources) for message_id, sources in by_message.items()}


def sources_named(session: Session, names: Collection[str]) -> dict[str, frozenset[Source]]:
    """Return the company's documents that have one of these file names or external ids, by name."""
    by_name: dict[str, set[Source]] = defaultdict(set)
    rows = session.exec(
        select(DocumentRow, DocumentVersionRow.file_name)
        .join(DocumentVersionRow, col(DocumentVersionRow.document_id) == DocumentRow.id)
        .where(
            col(DocumentVersionRow.file_name).in_(names) | col(DocumentRow.external_id).in_(names),
            is_shared_document(),
        )
    ).all()
    for document, file_name in rows:
        for name in (file_name, document.external_id or file_name):
            by_name[name].add(Source(document.id, document.collection_id))
    return {name: frozenset(by_name[name]) for name in names if name in by_name}


def is_open_text(session: Session, user: User) -> ColumnElement[bool]:
    """Return the condition under which this person may read a message's text in a search.

    Questions, answers that abstained or were asked for without documents, and small talk hold no
    words of documents; what a model wrote after such words has their sources.
    """
    own = (col(MessageRow.role) == MessageRole.USER.value) | col(MessageRow.abstained)
    readable = _open_collections(session, user)
    collection_now = func.coalesce(DocumentRow.collection_id, AnswerSourceRow.collection_id)
    recorded = exists().where(col(AnswerSourceRow.message_id) == col(MessageRow.id))
    closed = (
        select(AnswerSourceRow.message_id)
        .outerjoin(DocumentRow, col(DocumentRow.id) == AnswerSourceRow.document_id)
        .where(
            col(AnswerSourceRow.message_id) == col(MessageRow.id),
            or_(
                collection_now.not_in(readable),
                col(AnswerSourceRow.document_id).in_(names_of_documents_off()),
            ),
        )
    )
    is_free = col(MessageRow.way) == Way.FREE.value
    needs_none = ((col(MessageRow.engine) == SANDBOX) | is_free) & ~recorded
    return own | needs_none | (recorded & ~closed.exists())


def _open_collections(session: Session, user: User) -> frozenset[str]:
    """Return where a text may come from that this person reads: their own attached files too."""
    readable = frozenset(c.id for c in readable_collections(session, user))
    return readable | own_attached_collections(session, user)


def record_sources(session: Session, message_id: str, sources: Iterable[Source]) -> None:
    """Add the sources that are not recorded yet, in the transaction of their text."""
    stored = {
        source.document_id for source in sources_of(session, [message_id]).get(message_id, ())
    }
    session.add_all(
        AnswerSourceRow(message_id=message_id, document_id=document, collection_id=collection)
        for document, collection in {s.document_id: s.collection_id for s in sources}.items()
        if document not in stored
    )


def messages_made_from(session: Session, document_ids: Iterable[str]) -> set[str]:
    """Return the answers that one of these documents stands behind."""
    message_ids: set[str] = set()
    for batch in batched(document_ids, IDS_PER_QUERY):
        message_ids |= set(
            session.exec(
                select(AnswerSourceRow.message_id).where(
                    col(AnswerSourceRow.document_id).in_(batch)
                )
            ).all()
        )
    return message_ids
