"""Groups questions without a good answer by meaning: each joins the nearest topic or begins one."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import text
from sqlmodel import Session, col, select

from admin.gaps.joining import join
from admin.gaps.meaning import LEAST_COSINE, SAME, Meaning, loaded, stored
from admin.gaps.tending import remove_empty, topics_to_embed, wordings
from admin.gaps.waiting import Asked, forget_helpful, judged_since, move_marks, waiting
from core.domain.clock import new_id
from core.domain.gaps import GapStatus
from core.storage.database import Database
from core.storage.queries.gaps import nearest_collection
from core.storage.tables import GapQuestionRow, GapTopicRow, KnowledgeGapRow

if TYPE_CHECKING:
    from core.domain.ports import Embedder, Vectors

AT_ONCE = 64
"""Questions that are grouped in one transaction."""
CANDIDATES = 5
"""The nearest topics, whose words are compared once more."""
TOPICS_AT_ONCE = 4_000
ADVISORY_LOCK = 5_471_002
"""Only one process at a time groups on PostgreSQL; any number of this application's own."""

logger = logging.getLogger(__name__)


class GapGrouping:
    """Keeps the topics; thread-safe.

    A topic is what its first question means, so that it stays the same whoever joins it. The order
    of questions decides which topics there are, and they are taken in the order in which they were
    asked.
    """

    def __init__(self, database: Database, embedder: Embedder) -> None:
        self._database = database
        self._meaning = Meaning(embedder)
        self._dimension = embedder.dimension
        self._lock = threading.Lock()

    def catch_up(self, limit: int = AT_ONCE) -> int:
        """Group what is new, at most about `limit` questions, and return how many there were.

        Whoever finds the thread of the app at work does not wait for it.
        """
        if not self._lock.acquire(blocking=False):
            return 0
        try:
            return self._group(limit)
        finally:
            self._lock.release()

    def refresh(self) -> int:
        """Group all that is new and tend the topics, however long it takes; return how many."""
        total = 0
        with self._lock:
            while grouped := self._group(AT_ONCE):
                total += grouped
            while self._embed_topics():
                pass
            with self._database.begin() as session:
                remove_empty(session)
        if total:
            logger.info("gaps grouped questions=%s", total)
        return total

    def _group(self, limit: int) -> int:
        with self._database.read() as session:
            found = waiting(session, limit)
        vectors = self._meaning.vectors([one.wording for one in found.asked])
        with self._database.begin() as session:
            self._take_turns(session)
            forget_helpful(session, judged_since(session))
            new = _still_new(session, found.asked)
            nearest = self._nearest(session, vectors[new]) if new else []
            places = _Places(session, self._meaning, nearest)
            for number in new:
                places.place(found.asked[number], vectors[number])
            move_marks(session, found.marks)
        return len(new)

    def _take_turns(self, session: Session) -> None:
        if self._database.dialect == "postgresql":
            session.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))

    def _nearest(self, session: Session, vectors: Vectors) -> list[list[_Near]]:
        """Return for each vector the nearest topics that there are, nearest first."""
        found: list[list[_Near]] = [[] for _ in vectors]
        for ids, known in self._known(session):
            cosines = vectors @ known.T
            for number, row in enumerate(cosines):
                best = np.argsort(-row, kind="stable")[:CANDIDATES]
                found[number] += [_Near(float(row[at]), ids[at]) for at in best]
        return [sorted(each, key=_Near.order)[:CANDIDATES] for each in found]

    def _known(self, session: Session) -> Iterator[tuple[list[str], Vectors]]:
        """Yield the topics with a vector of this model, in pieces that take little memory."""
        last = ""
        while rows := session.exec(
            select(GapTopicRow.id, GapTopicRow.vector)
            .where(
                col(GapTopicRow.id) > last,
                GapTopicRow.model == self._meaning.model,
                col(GapTopicRow.vector).is_not(None),
            )
            .order_by(col(GapTopicRow.id))
            .limit(TOPICS_AT_ONCE)
        ).all():
            last = rows[-1][0]
            fitting = [(id_, v) for id_, v in rows if v and len(v) == 2 * self._dimension]
            if fitting:
                yield [i for i, _ in fitting], loaded([v for _, v in fitting], self._dimension)

    def _embed_topics(self) -> int:
        """Make vectors that are missing or of another model; return how many were made."""
        with self._database.read() as session:
            labels = topics_to_embed(session, self._meaning.model, AT_ONCE)
        vectors = self._meaning.vectors([wording for _, _, wording in labels])
        with self._database.begin() as session:
            for (topic_id, label_id, _), vector in zip(labels, vectors, strict=True):
                topic = session.get(GapTopicRow, topic_id)
                if topic is not None:
                    topic.label_id = label_id or None
                    topic.model, topic.vector = self._meaning.model, stored(vector)
        return len(labels)


@dataclass(frozen=True, slots=True)
class _Near:
    """A topic, and the cosine of its question and one that is to be placed."""

    cosine: float
    topic_id: str

    def order(self) -> tuple[float, str]:
        return -self.cosine, self.topic_id


def _still_new(session: Session, asked: Sequence[Asked]) -> list[int]:
    """Return the places of questions that no other process has grouped meanwhile, each once."""
    ids = [one.message_id for one in asked if one.message_id]
    known = set(
        session.exec(
            select(GapQuestionRow.message_id).where(col(GapQuestionRow.message_id).in_(ids))
        ).all()
    )
    gaps = [one.gap_id for one in asked if one.gap_id]
    loose = set(
        session.exec(
            select(KnowledgeGapRow.id).where(
                col(KnowledgeGapRow.id).in_(gaps), col(KnowledgeGapRow.topic_id).is_(None)
            )
        ).all()
    )
    return [
        number
        for number, one in enumerate(asked)
        if (one.gap_id in loose if one.gap_id else one.message_id not in known)
    ]


@dataclass(slots=True)
class _Places:
    """The topics near the questions of one batch, and those that the batch begins itself."""

    session: Session
    meaning: Meaning
    nearest: list[list[_Near]]
    begun: list[tuple[str, Vectors]] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)
    placed: int = 0

    def place(self, asked: Asked, vector: Vectors) -> None:
        """Put a question into the topic that it means, or into a new one."""
        topic = self._own_topic(asked) or self._topic_like(asked, vector)
        self.placed += 1
        if topic is None:
            topic = self._begin(asked, vector)
        join(self.session, topic, asked)

    def _own_topic(self, asked: Asked) -> GapTopicRow | None:
        """Return the topic of a question that was sent on after it was grouped."""
        row = self.session.get(GapQuestionRow, asked.message_id) if asked.message_id else None
        return self.session.get(GapTopicRow, row.topic_id) if row else None

    def _topic_like(self, asked: Asked, vector: Vectors) -> GapTopicRow | None:
        near = [*self.nearest[self.placed], *self._near_begun(vector)]
        near = [one for one in near if one.cosine >= LEAST_COSINE]
        self._learn([one.topic_id for one in near])
        scored = [
            (-self.meaning.likeness(asked.wording, self.known[one.topic_id], one.cosine), one)
            for one in near
            if self.known.get(one.topic_id)
        ]
        if not scored:
            return None
        score, best = min(scored, key=lambda each: (each[0], each[1].order()))
        return self.session.get(GapTopicRow, best.topic_id) if -score >= SAME else None

    def _near_begun(self, vector: Vectors) -> list[_Near]:
        near = [_Near(float(vector @ known), id_) for id_, known in self.begun]
        return sorted(near, key=_Near.order)[:CANDIDATES]

    def _learn(self, topic_ids: Sequence[str]) -> None:
        """Read the wordings of topics that are compared for the first time."""
        missing = [id_ for id_ in topic_ids if id_ not in self.known]
        if missing:
            self.known |= wordings(self.session, missing)

    def _begin(self, asked: Asked, vector: Vectors) -> GapTopicRow:
        topic = GapTopicRow(
            id=new_id(),
            label_id=asked.message_id or None,
            collection_id=nearest_collection(self.session, asked.message_id),
            status=GapStatus.OPEN.value,
            model=self.meaning.model,
            vector=stored(vector),
            created_at=asked.asked_at,
        )
        self.session.add(topic)
        self.session.flush()
        self.begun.append((topic.id, vector))
        self.known[topic.id] = asked.wording
        return topic
