"""Vectors of units that were embedded before are not made again, and are the same."""

import numpy as np

from rag.reading.unit_vectors import UnitVectors
from tests.ingestion.fakes import HashingEmbedder

TEXTS = ["one crane", "two gates", "three halls"]


def test_a_text_is_embedded_once_and_keeps_its_vector() -> None:
    embedder = HashingEmbedder()
    vectors = UnitVectors(embedder)

    first = vectors.embed(TEXTS[:2])
    second = vectors.embed([TEXTS[1], TEXTS[2], TEXTS[1]])

    assert embedder.embedded == 3
    assert np.array_equal(first, HashingEmbedder().embed_passages(TEXTS[:2]))
    assert np.array_equal(second, HashingEmbedder().embed_passages([TEXTS[i] for i in (1, 2, 1)]))


def test_what_was_not_needed_for_longest_is_forgotten() -> None:
    embedder = HashingEmbedder()
    vectors = UnitVectors(embedder, remembered=2)
    for text in (*TEXTS[:2], TEXTS[0], TEXTS[2]):
        vectors.embed([text])
    before = embedder.embedded

    vectors.embed([TEXTS[0], TEXTS[2]])
    kept = embedder.embedded
    vectors.embed([TEXTS[1]])

    assert (before, kept, embedder.embedded) == (3, 3, 4)


def test_more_texts_than_are_remembered_are_embedded_all_the_same() -> None:
    vectors = UnitVectors(HashingEmbedder(), remembered=1)

    assert np.array_equal(vectors.embed(TEXTS), HashingEmbedder().embed_passages(TEXTS))
