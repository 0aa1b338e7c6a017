"""Keyword search in PostgreSQL, for several machines that share one database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import ARRAY, Integer, any_, delete, func, insert, literal, select, text

from core.domain.batches import batched
from core.domain.bm25 import inverse_document_frequency
from core.domain.ports import ScoredId, TermFrequencies
from core.errors import ConfigurationError
from core.storage.index_terms import word_analyzer
from core.storage.keyword_postings import (
    BLOCK,
    POSTING,
    WHOLE,
    EntryTerms,
    append,
    entry_terms,
    read,
    take_out,
    whole_terms,
)
from core.storage.tables.keywords import keyword_entries, keyword_postings, keyword_totals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray
    from sqlmodel import Session

    from core.domain.ports import KeywordEntry, WeightedText
    from core.storage.database import Database
    from core.storage.keyword_postings import Postings

# Saturation of the frequency and weight of the length, tantivy's constants; Robertson and Zaragoza,
# The Probabilistic Relevance Framework: BM25 and Beyond (2009), 3.4.
K1, B = 1.2, 0.75
REBUILT_TOGETHER = 1_000

_LOCK = text(
    "INSERT INTO keyword_totals (collection_id, entries, length, identifiers) "
    "VALUES (:collection_id, 0, 0, 0) ON CONFLICT (collection_id) "
    "DO UPDATE SET entries = keyword_totals.entries"
)
_COUNT = text(
    "UPDATE keyword_totals SET entries = entries + :entries, length = length + :length, "
    "identifiers = identifiers + :identifiers WHERE collection_id = :collection_id"
)


@dataclass(frozen=True, slots=True)
class _Totals:
    """The number of chunks in the searched collections, and of their words and identifiers."""

    entries: int
    length: int
    identifiers: int

    def average(self, term: str) -> float:
        """Return the average length of the field that a term belongs to."""
        total = self.identifiers if term.startswith(WHOLE) else self.length
        return total / self.entries if total else 1.0


class PostgresKeywordIndex:
    """BM25 over posting lists; the same terms and the same ranks as tantivy.

    Ids and terms only: a chunk is a tsvector of its terms with their frequencies, in which no
    order of words is kept.
    """

    def __init__(self, database: Database) -> None:
        if database.dialect != "postgresql":
            raise ConfigurationError(
                "SANDBOX_KEYWORDS__ENGINE is postgres, but SANDBOX_DATABASE__URL is not a "
                "PostgreSQL database. Set both, or use tantivy."
            )
        self._database = database
        self._analyzer = word_analyzer()

    def terms(self, text: str) -> list[str]:
        """Return the index terms of a text in order: lower case, stemmed, without stop words."""
        return self._analyzer.analyze(text)

    def add(self, collection_id: str, entries: Sequence[KeywordEntry]) -> None:
        """Add or replace entries and make them searchable before it returns."""
        new_entries = [entry_terms(entry, self._analyzer) for entry in _last_of_each(entries)]
        if not new_entries:
            return
        with self._database.begin() as session:
            _lock(session, collection_id)
            _remove(session, collection_id, [entry.chunk_id for entry in new_entries])
            session.execute(insert(keyword_entries), [_row(collection_id, e) for e in new_entries])
            append(session, collection_id, new_entries)
            _count(session, collection_id, new_entries, sign=1)

    def remove(self, collection_id: str, chunk_ids: Sequence[int]) -> None:
        """Remove entries; unknown ids are ignored."""
        with self._database.begin() as session:
            _lock(session, collection_id)
            _remove(session, collection_id, chunk_ids)

    def search(
        self, collection_ids: Sequence[str], query: Sequence[WeightedText], k: int
    ) -> list[ScoredId]:
        """Return the k best chunks of these collections by BM25, best first."""
        weights = self._weights(query)
        if not weights or not collection_ids:
            return []
        with self._database.read() as session:
            totals = _totals(session, collection_ids)
            lists = read(session, collection_ids, list(weights))
        return _best(lists, weights, totals, k) if lists else []

    def frequencies(self, collection_id: str, terms: Sequence[str]) -> TermFrequencies:
        """Return the document frequencies of analysed terms; unknown terms count 0."""
        size = func.sum(func.octet_length(keyword_postings.c.postings))
        sizes = select(keyword_postings.c.term, size).group_by(keyword_postings.c.term)
        with self._database.read() as session:
            totals = _totals(session, [collection_id])
            rows = session.execute(
                sizes.where(
                    keyword_postings.c.collection_id == collection_id,
                    keyword_postings.c.term.in_(list(terms)),
                )
            ).all()
        counts = {term: int(size) // POSTING.itemsize for term, size in rows}
        return TermFrequencies(totals.entries, {t: counts.get(t, 0) for t in dict.fromkeys(terms)})

    def hold_together(self, collection_ids: Sequence[str], terms: Sequence[str]) -> bool:
        """Return whether one chunk of these collections holds all analysed terms; not for none."""
        wanted = list(dict.fromkeys(terms))
        with self._database.read() as session:
            lists = read(session, collection_ids, wanted)
        if not wanted or len(lists) < len(wanted):
            return False
        return bool(set.intersection(*(set(p["chunk_id"].tolist()) for p in lists.values())))

    def ids(self, collection_id: str) -> set[int]:
        """Return all chunk ids in the index."""
        of_collection = keyword_entries.c.collection_id == collection_id
        with self._database.read() as session:
            return set(session.scalars(select(keyword_entries.c.chunk_id).where(of_collection)))

    def known(self, collection_id: str, chunk_ids: Sequence[int]) -> set[int]:
        """Return those of `chunk_ids` that are in the index."""
        query = select(keyword_entries.c.chunk_id).where(
            keyword_entries.c.collection_id == collection_id,
            keyword_entries.c.chunk_id.in_(chunk_ids),
        )
        with self._database.read() as session:
            return set(session.scalars(query))

    def rebuild(
        self, collection_id: str, entries_of: Callable[[Sequence[int]], Sequence[KeywordEntry]]
    ) -> None:
        """Rewrite the index; removed entries leave the disk with the next compaction."""
        for batch in batched(sorted(self.ids(collection_id)), REBUILT_TOGETHER):
            self.remove(collection_id, batch)
            self.add(collection_id, entries_of(batch))

    def drop(self, collection_id: str) -> None:
        """Remove the whole index of a collection, if there is one."""
        with self._database.begin() as session:
            _lock(session, collection_id)
            for table in (keyword_entries, keyword_postings, keyword_totals):
                session.execute(delete(table).where(table.c.collection_id == collection_id))

    def drop_damaged(self, _collection_id: str) -> bool:
        """Return False: the tables are as intact as the database."""
        return False

    def _weights(self, query: Sequence[WeightedText]) -> dict[str, float]:
        weights: dict[str, float] = {}
        for part in query:
            for term in (*self._analyzer.analyze(part.text), *whole_terms(part.text)):
                weights[term] = max(weights.get(term, 0.0), part.weight)
        return weights


def _best(
    lists: Mapping[str, Postings], weights: Mapping[str, float], totals: _Totals, k: int
) -> list[ScoredId]:
    """Sum the scores of all terms and return the k best; equal ones in the order of their ids."""
    scores = [_scores(lists[term], term, weights[term], totals) for term in lists]
    ids = np.concatenate([postings["chunk_id"] for postings in lists.values()])
    chunk_ids, positions = np.unique(ids, return_inverse=True)
    summed = np.bincount(positions, np.concatenate(scores))
    best = np.lexsort((chunk_ids, -summed))[:k]
    return [ScoredId(int(chunk_ids[index]), float(summed[index])) for index in best]


def _scores(postings: Postings, term: str, weight: float, totals: _Totals) -> NDArray[np.float64]:
    """Return BM25: idf · f · (k1 + 1) / (f + k1 · (1 - b + b · length / average length))."""
    idf = inverse_document_frequency(totals.entries, len(postings))
    frequency = postings["frequency"].astype(np.float64)
    relative = postings["length"] / totals.average(term)
    scores: NDArray[np.float64] = (
        weight * idf * frequency * (K1 + 1) / (frequency + K1 * (1 - B + B * relative))
    )
    return scores


def _last_of_each(entries: Iterable[KeywordEntry]) -> Iterable[KeywordEntry]:
    return {entry.chunk_id: entry for entry in entries}.values()


def _row(collection_id: str, entry: EntryTerms) -> dict[str, str | int]:
    return {
        "collection_id": collection_id,
        "chunk_id": entry.chunk_id,
        "words": entry.tsvector,
        "length": entry.length,
        "identifiers": entry.identifiers,
    }


def _lock(session: Session, collection_id: str) -> None:
    """Admit one writer of a collection at a time, until the transaction ends."""
    session.execute(_LOCK, {"collection_id": collection_id})


def _remove(session: Session, collection_id: str, chunk_ids: Sequence[int]) -> None:
    gone = _delete(session, collection_id, chunk_ids)
    if gone:
        places = {(term, e.chunk_id // BLOCK) for e in gone for term in e.frequencies}
        take_out(session, collection_id, [e.chunk_id for e in gone], sorted(places))
        _count(session, collection_id, gone, sign=-1)


def _delete(session: Session, collection_id: str, chunk_ids: Sequence[int]) -> list[EntryTerms]:
    """Delete chunks and return their terms; the frequencies are not read again."""
    columns = keyword_entries.c
    # An array, since a statement may have 65,535 parameters at most.
    among = any_(literal(list(chunk_ids), ARRAY(Integer)))
    rows = session.execute(
        delete(keyword_entries)
        .where(columns.collection_id == collection_id, columns.chunk_id == among)
        .returning(
            columns.chunk_id,
            func.tsvector_to_array(columns.words),
            columns.length,
            columns.identifiers,
        )
    ).all()
    return [EntryTerms(i, dict.fromkeys(terms, 1), n, m) for i, terms, n, m in rows]


def _count(
    session: Session, collection_id: str, entries: Sequence[EntryTerms], *, sign: int
) -> None:
    values = {
        "entries": sign * len(entries),
        "length": sign * sum(entry.length for entry in entries),
        "identifiers": sign * sum(entry.identifiers for entry in entries),
    }
    session.execute(_COUNT, {"collection_id": collection_id, **values})


def _totals(session: Session, collection_ids: Sequence[str]) -> _Totals:
    columns = keyword_totals.c
    sums = (
        func.coalesce(func.sum(c), 0)
        for c in (columns.entries, columns.length, columns.identifiers)
    )
    row = session.execute(
        select(*sums).where(columns.collection_id.in_(list(collection_ids)))
    ).one()
    return _Totals(*(int(value) for value in row))
