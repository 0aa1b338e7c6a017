"""Stores the sentence vectors of passages and compares them with a query."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import delete
from sqlmodel import Session, col, select

from core.domain.generations import FIRST
from core.storage.tables import SentenceVectorsRow

if TYPE_CHECKING:
    from collections.abc import Collection as Ids
    from collections.abc import Sequence

    from core.domain.ports import Vectors

LARGEST = 127  # of a signed byte


def store_sentences(
    session: Session,
    chunk_ids: Sequence[int],
    sentences: Sequence[Vectors],
    *,
    generation: int = FIRST,
) -> None:
    """Store or replace the sentence vectors of chunks in one generation of their index.

    `sentences` has one array (m_i, dimension) for each chunk. A chunk without any gets an empty
    row, which tells it from one whose sentences are missing.
    """
    session.execute(
        delete(SentenceVectorsRow).where(
            col(SentenceVectorsRow.chunk_id).in_(chunk_ids),
            col(SentenceVectorsRow.generation) == generation,
        )
    )
    session.add_all(
        SentenceVectorsRow(chunk_id=chunk_id, generation=generation, vectors=_packed(vectors))
        for chunk_id, vectors in zip(chunk_ids, sentences, strict=True)
    )


def stored_sentences(
    session: Session, chunk_ids: Ids[int], dimension: int, *, generation: int = FIRST
) -> dict[int, Vectors]:
    """Return the vectors of the sentences of each chunk that has a row, shape (m, dimension).

    Only their directions mean something: stored again, they are byte for byte the same.
    """
    rows = session.exec(
        select(SentenceVectorsRow.chunk_id, SentenceVectorsRow.vectors).where(
            col(SentenceVectorsRow.chunk_id).in_(chunk_ids),
            SentenceVectorsRow.generation == generation,
        )
    ).all()
    return {
        chunk_id: np.frombuffer(packed, dtype=np.int8).reshape(-1, dimension).astype(np.float32)
        for chunk_id, packed in rows
        if len(packed) % dimension == 0
    }


def sentence_similarities(
    session: Session, chunk_ids: Ids[int], query: Vectors, *, generation: int = FIRST
) -> dict[int, float]:
    """Return the cosine similarity in [-1, 1] of the best sentence of each chunk that has any.

    `query` has shape (dimension,) and length 1. Only the vectors of this generation of the index
    are compared; those of another dimension, left by an earlier embedding model, are passed over.
    """
    rows = session.exec(
        select(SentenceVectorsRow.chunk_id, SentenceVectorsRow.vectors).where(
            col(SentenceVectorsRow.chunk_id).in_(chunk_ids),
            SentenceVectorsRow.generation == generation,
        )
    ).all()
    rows = [row for row in rows if row[1] and len(row[1]) % len(query) == 0]
    if not rows:
        return {}
    counts = [len(packed) // len(query) for _, packed in rows]
    packed = b"".join(packed for _, packed in rows)
    vectors = np.frombuffer(packed, dtype=np.int8).reshape(-1, len(query)).astype(np.float32)
    similarities = vectors @ query / np.maximum(np.linalg.norm(vectors, axis=1), 1e-9)
    starts = np.cumsum([0, *counts[:-1]])
    best = np.maximum.reduceat(similarities, starts)
    return {chunk_id: float(value) for (chunk_id, _), value in zip(rows, best, strict=True)}


def _packed(vectors: Vectors) -> bytes:
    if not len(vectors):
        return b""
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    packed: bytes = np.rint(vectors / largest * LARGEST).astype(np.int8).tobytes()
    return packed
