"""Keeps the pool of ideas in memory in step with the database, which other processes change too."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import select as columns
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from core.domain.batches import batched
from core.storage.database import Database
from core.storage.tables import IdeaRow, IdeaVectorRow
from ideas.similar.meaning import idea_vectors
from ideas.similar.ranking import Pool
from ideas.similar.wording import IdeaText, compared_words

if TYPE_CHECKING:
    from core.domain.ports import Embedder, Vectors

READ_AT_ONCE = 500
EMBEDDED_AT_ONCE = 32
WAITED_FOR = 4
"""Ideas without vectors that someone who types waits for; more are embedded aside."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """An idea in memory; without `vectors` it is not found yet."""

    version: int
    fingerprint: str
    text: IdeaText
    words: tuple[str, ...]
    vectors: Vectors | None = None


@dataclass(frozen=True, slots=True)
class _Mark:
    """What tells whether ideas changed: their number, all their versions, the last change."""

    count: int = 0
    versions: int = 0
    changed_at: object = None


class IdeaPool:
    """The ideas of the database as they are compared; thread-safe.

    Vectors are stored with their idea and are made of its texts only: whichever process meets an
    idea without them, or with those of an older text, makes them again.
    """

    def __init__(self, database: Database, embedder: Embedder) -> None:
        self._database = database
        self._embedder = embedder
        self._lock = threading.Lock()
        self._entries: dict[str, _Entry] = {}
        self._mark = _Mark()
        self._pool = _empty(embedder)

    def current(self) -> Pool:
        """Return the ideas as they are now, without those that still have no vectors."""
        with self._lock:
            with self._database.read() as session:
                self._read_changes(session)
            waiting = self.waiting()
            if 0 < len(waiting) <= WAITED_FOR:
                self._embed(waiting)
            return self._pool

    def waiting(self) -> list[str]:
        """Return the ids of known ideas that have no vectors yet."""
        return [id_ for id_, entry in self._entries.items() if entry.vectors is None]

    def complete(self) -> Pool:
        """Make all vectors that are missing, however long it takes, and return all ideas."""
        with self._lock, self._database.read() as session:
            self._read_changes(session)
        # Between batches the lock is free for those who type.
        for batch in batched(self.waiting(), EMBEDDED_AT_ONCE):
            with self._lock:
                self._embed([id_ for id_ in batch if id_ in self._entries])
        return self._pool

    def _read_changes(self, session: Session) -> None:
        mark = _mark(session)
        if mark == self._mark:
            return
        versions = dict(session.exec(select(IdeaRow.id, IdeaRow.row_version)).all())
        changed = [
            id_
            for id_, version in versions.items()
            if id_ not in self._entries or self._entries[id_].version != version
        ]
        read = self._read(session, changed)
        self._entries = {
            id_: read.get(id_) or self._entries[id_]
            for id_ in versions
            if id_ in read or id_ in self._entries
        }
        self._mark = mark
        self._gather()

    def _read(self, session: Session, ids: Sequence[str]) -> dict[str, _Entry]:
        found: dict[str, _Entry] = {}
        for batch in batched(ids, READ_AT_ONCE):
            texts = session.execute(
                columns(
                    col(IdeaRow.id),
                    col(IdeaRow.row_version),
                    col(IdeaRow.title),
                    col(IdeaRow.problem),
                    col(IdeaRow.proposal),
                ).where(col(IdeaRow.id).in_(batch))
            ).all()
            stored = self._stored(session, batch)
            for id_, version, title, problem, proposal in texts:
                entry = _entry(version, IdeaText(title, problem, proposal))
                vectors = stored.get((id_, entry.fingerprint))
                found[id_] = replace(entry, vectors=vectors)
        return found

    def _stored(self, session: Session, ids: Sequence[str]) -> dict[tuple[str, str], Vectors]:
        rows = session.exec(
            select(IdeaVectorRow).where(
                col(IdeaVectorRow.idea_id).in_(ids), IdeaVectorRow.model == self._embedder.name
            )
        ).all()
        shape = (2, self._embedder.dimension)
        return {
            (row.idea_id, row.text_hash): np.frombuffer(row.vector, dtype="<f4").reshape(shape)
            for row in rows
            if len(row.vector) == 4 * shape[0] * shape[1]
        }

    def _embed(self, ids: Sequence[str]) -> None:
        if not ids:
            return
        made = idea_vectors(self._embedder, [self._entries[id_].text for id_ in ids])
        for id_, vectors in zip(ids, made, strict=True):
            self._entries[id_] = replace(self._entries[id_], vectors=vectors)
        self._store(ids)
        self._gather()

    def _store(self, ids: Iterable[str]) -> None:
        try:
            with self._database.begin() as session:
                there = set(session.exec(select(IdeaRow.id).where(col(IdeaRow.id).in_(ids))).all())
                for id_ in ids:
                    if id_ in there:
                        session.merge(self._row(id_))
        except IntegrityError:
            # Another process stored the same vectors, or removed the idea, at the same moment.
            return

    def _row(self, idea_id: str) -> IdeaVectorRow:
        entry = self._entries[idea_id]
        assert entry.vectors is not None  # noqa: S101  what was just made
        return IdeaVectorRow(
            idea_id=idea_id,
            model=self._embedder.name,
            text_hash=entry.fingerprint,
            vector=entry.vectors.astype("<f4").tobytes(),
        )

    def _gather(self) -> None:
        known = [
            (id_, e.vectors, e.words) for id_, e in self._entries.items() if e.vectors is not None
        ]
        if not known:
            self._pool = _empty(self._embedder)
            return
        ids, vectors, words = zip(*known, strict=True)
        self._pool = Pool(tuple(ids), np.stack(vectors), tuple(words))


def _empty(embedder: Embedder) -> Pool:
    return Pool((), np.zeros((0, 2, embedder.dimension), dtype=np.float32), ())


def _entry(version: int, text: IdeaText) -> _Entry:
    return _Entry(version, text.fingerprint, text, tuple(compared_words(text.full)))


def _mark(session: Session) -> _Mark:
    count, versions, changed_at = session.exec(
        select(
            func.count(),
            func.coalesce(func.sum(col(IdeaRow.row_version)), 0),
            func.max(col(IdeaRow.changed_at)),
        ).select_from(IdeaRow)
    ).one()
    return _Mark(count, int(versions), changed_at)
