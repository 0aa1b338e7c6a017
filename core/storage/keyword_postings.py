"""Posting lists in PostgreSQL: which chunks hold a term, how often, and how long these are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import text

from core.storage.index_terms import identifiers, indexed_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import tantivy
    from numpy.typing import NDArray
    from sqlmodel import Session

    from core.domain.ports import KeywordEntry

    Postings = NDArray[Any]  # Any: rows of a structured type, see POSTING

POSTING = np.dtype([("chunk_id", "<i4"), ("frequency", "<u2"), ("length", "<u2")])
MOST = 65_535  # the largest frequency and length
# Chunk ids of one row. Larger blocks make fewer rows; smaller ones make less to write again when a
# chunk is added, since chunks get ascending ids.
BLOCK = 4096
# An entry of a B-tree holds about 2,700 bytes and a lexeme 2,046; no identifier is that long.
LONGEST_TERM = 255
# Prefix of terms that are identifiers; no word has this character.
WHOLE = "="

_APPEND = text(
    "INSERT INTO keyword_postings AS old (collection_id, term, block, postings) "
    "SELECT :collection_id, term, block, postings FROM unnest(CAST(:terms AS text[]), "
    "CAST(:blocks AS int[]), CAST(:postings AS bytea[])) AS new(term, block, postings) "
    "ON CONFLICT (collection_id, term, block) "
    "DO UPDATE SET postings = old.postings || excluded.postings"
)
_TAKE_OUT = text(
    "DELETE FROM keyword_postings AS old USING "
    "unnest(CAST(:terms AS text[]), CAST(:blocks AS int[])) AS wanted(term, block) "
    "WHERE collection_id = :collection_id AND old.term = wanted.term AND old.block = wanted.block "
    "RETURNING old.term, old.block, postings"
)
_READ = text(
    "SELECT term, postings FROM keyword_postings WHERE collection_id = "
    "ANY(CAST(:collection_ids AS text[])) AND term = ANY(CAST(:terms AS text[]))"
)

Place = tuple[str, int]
"""A term and a block of chunk ids."""


@dataclass(frozen=True, slots=True)
class EntryTerms:
    """The terms of one chunk with their frequencies, and how many words and identifiers it has."""

    chunk_id: int
    frequencies: Mapping[str, int]
    length: int
    identifiers: int

    @property
    def tsvector(self) -> str:
        """The terms as PostgreSQL spells them, with frequencies as positions (1 to 16,383)."""
        return " ".join(
            f"'{_quoted(term)}':{min(n, 16_383)}" for term, n in self.frequencies.items()
        )


def entry_terms(entry: KeywordEntry, analyzer: tantivy.TextAnalyzer) -> EntryTerms:
    """Return the terms of a chunk, words and identifiers."""
    searched = indexed_text(entry)
    words, identifier_terms = analyzer.analyze(searched), whole_terms(searched)
    return EntryTerms(
        entry.chunk_id, Counter([*words, *identifier_terms]), len(words), len(identifier_terms)
    )


def whole_terms(searched: str) -> list[str]:
    """Return the identifiers of a text as terms."""
    return [
        WHOLE + identifier for identifier in identifiers(searched) if len(identifier) < LONGEST_TERM
    ]


def append(session: Session, collection_id: str, entries: Iterable[EntryTerms]) -> None:
    """Add chunks to the lists of their terms."""
    lists: dict[Place, list[tuple[int, int, int]]] = {}
    for entry in entries:
        for term, frequency in entry.frequencies.items():
            length = entry.identifiers if term.startswith(WHOLE) else entry.length
            posting = (entry.chunk_id, min(frequency, MOST), min(length, MOST))
            lists.setdefault((term, entry.chunk_id // BLOCK), []).append(posting)
    _write(session, collection_id, {k: np.array(v, POSTING) for k, v in lists.items()})


def take_out(
    session: Session, collection_id: str, chunk_ids: Sequence[int], places: Sequence[Place]
) -> None:
    """Remove chunks from the lists at these places."""
    keys = {"terms": [term for term, _ in places], "blocks": [block for _, block in places]}
    rows = session.execute(_TAKE_OUT, {"collection_id": collection_id, **keys}).all()
    remaining = {(term, block): _without(_unpacked(raw), chunk_ids) for term, block, raw in rows}
    _write(
        session,
        collection_id,
        {place: postings for place, postings in remaining.items() if len(postings)},
    )


def read(
    session: Session, collection_ids: Sequence[str], terms: Sequence[str]
) -> dict[str, Postings]:
    """Return the chunks of these collections that hold each term; without terms that none holds."""
    parts: dict[str, list[bytes]] = {}
    values = {"collection_ids": list(collection_ids), "terms": list(terms)}
    for term, packed in session.execute(_READ, values):
        parts.setdefault(term, []).append(packed)
    return {term: _unpacked(b"".join(packed)) for term, packed in parts.items()}


def _write(session: Session, collection_id: str, lists: Mapping[Place, Postings]) -> None:
    values = {
        "terms": [term for term, _ in lists],
        "blocks": [block for _, block in lists],
        "postings": [postings.tobytes() for postings in lists.values()],
    }
    session.execute(_APPEND, {"collection_id": collection_id, **values})


def _unpacked(packed: bytes) -> Postings:
    return np.frombuffer(packed, POSTING)


def _without(postings: Postings, chunk_ids: Sequence[int]) -> Postings:
    return postings[~np.isin(postings["chunk_id"], chunk_ids)]


def _quoted(term: str) -> str:
    return term.replace("\\", "\\\\").replace("'", "''")
