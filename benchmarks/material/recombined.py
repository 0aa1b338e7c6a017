"""Makes any number of passages from sentences of real documents, with vectors but no model.

For measurements of speed only: a passage is five sentences drawn at random, its vector the mean of
the vectors these sentences have in their own documents. That saves an hour of embedding and keeps
what matters to the indexes: real words with their frequencies, and vectors where real ones lie.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.domain.knowledge import Page, ParsedDocument
from core.domain.text.sentences import sentence_spans
from ingestion.reading.splitter import split

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.domain.ports import Embedder, Vectors

SENTENCES = 5
SEED = 11
MIN_WORDS = 6


@dataclass(frozen=True, slots=True)
class SourceText:
    """A document with the id that judgements know it by."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Sentences:
    """Sentences with their unit vectors, shape (n, dimension)."""

    texts: tuple[str, ...]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Recombined:
    """A passage; `vector` has shape (dimension,), `sentences` (5, dimension), rows of length 1."""

    text: str
    vector: Vectors
    sentences: Vectors


def read_sentences(sources: Iterable[SourceText], embedder: Embedder) -> Sentences:
    """Return the sentences of at least six words of all documents."""
    texts: list[str] = []
    vectors: list[Vectors] = []
    for source in sources:
        document = ParsedDocument(source.title, (Page(1, source.text),))
        passages = [passage.text for passage in split(document, embedder.count_tokens)]
        spans = [_long(sentence_spans(text, text), text) for text in passages]
        embedded = embedder.embed_with_sentences(passages, spans)
        for text, sentence_places, sentence_vectors in zip(
            passages, spans, embedded.sentences, strict=True
        ):
            if len(sentence_vectors) == len(sentence_places):
                texts.extend(text[start:end] for start, end in sentence_places)
                vectors.extend(sentence_vectors)
    return Sentences(tuple(texts), np.stack(vectors))


def _long(spans: list[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    return [(start, end) for start, end in spans if len(text[start:end].split()) >= MIN_WORDS]


def recombine(sentences: Sentences, count: int) -> list[Recombined]:
    """Return `count` passages, the same ones at every call."""
    chance = np.random.default_rng(SEED)
    drawn = chance.integers(len(sentences.texts), size=(count, SENTENCES))
    means = sentences.vectors[drawn].mean(axis=1)
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    return [
        Recombined(" ".join(sentences.texts[i] for i in row), mean, sentences.vectors[row])
        for row, mean in zip(drawn, means, strict=True)
    ]
