"""Protocols of what the features need from outside; the adapters live beside them in core."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

Spans = Sequence[tuple[int, int]]
"""Character offsets (start, end) of the sentences of one text."""

ChatRole = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class ScoredId:
    """A chunk id with the score one index gave it; higher is better."""

    chunk_id: int
    score: float


@dataclass(frozen=True, slots=True)
class KeywordEntry:
    """The searchable parts of a chunk: the keyword index keeps their terms, never the text."""

    chunk_id: int
    title: str
    headings: str
    text: str


@dataclass(frozen=True, slots=True)
class WeightedText:
    """A part of a keyword query; a term that occurs in several parts counts with the largest."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a prompt."""

    role: ChatRole
    text: str


@dataclass(frozen=True, slots=True)
class ModelUsage:
    """Tokens as the provider counted them; output includes reasoning, input includes cached."""

    input_tokens: int
    output_tokens: int
    cached_input_tokens: int = 0
    reasoning_tokens: int = 0


@dataclass(frozen=True, slots=True)
class ModelDelta:
    """A piece of a streamed answer; usage and finish reason come with the last pieces.

    `hidden_characters` counts what the model wrote and nobody reads, its thoughts for example; it
    is negative where text comes that was held back before. `withdraws` says that all text before
    this piece was a thought, and is no part of the answer.
    """

    text: str = ""
    usage: ModelUsage | None = None
    finish_reason: str | None = None
    model: str | None = None
    hidden_characters: int = 0
    withdraws: bool = False

    @property
    def characters(self) -> int:
        """The number of characters that the model wrote for this piece."""
        return len(self.text) + self.hidden_characters


@dataclass(frozen=True, slots=True)
class EmbeddedPassages:
    """Unit vectors of passages and of the sentences inside each.

    `passages` has shape (n, dimension); `sentences` holds n arrays of shape (m_i, dimension), where
    m_i may be 0 and is less than the number of sentences if some lie beyond what the model reads.
    """

    passages: Vectors
    sentences: tuple[Vectors, ...]


class Embedder(Protocol):
    """Turns text into unit vectors."""

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return an array of shape (len(texts), dimension), rows of length 1."""
        ...

    def embed_with_sentences(
        self, texts: Sequence[str], spans: Sequence[Spans]
    ) -> EmbeddedPassages:
        """Return the passages, and each of their sentences as it reads in its passage."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """Return an array of shape (dimension,), length 1."""
        ...

    def count_tokens(self, text: str) -> int:
        """Return the number of tokens of `text` as the model sees it, without special tokens."""
        ...


class Embedders(Protocol):
    """Embedders by the names that collections are pinned to."""

    @property
    def default(self) -> Embedder: ...

    def get(self, name: str) -> Embedder:
        """Return the embedder of this name, loaded at first use and kept.

        Raises ConfigurationError, which says what to do, if it cannot be loaded.
        """
        ...


class VectorIndex(Protocol):
    """Ids and vectors of the chunks, one index per collection and generation.

    Without a generation, additions and searches use the live one, and removals apply to all.
    """

    def add(
        self,
        collection_id: str,
        chunk_ids: Sequence[int],
        vectors: Vectors,
        *,
        generation: int | None = None,
    ) -> None: ...

    def remove(
        self, collection_id: str, chunk_ids: Sequence[int], *, generation: int | None = None
    ) -> None:
        """Remove chunks from all generations or from one; unknown ids are ignored."""
        ...

    def search(
        self, collection_id: str, vector: Vectors, k: int, *, generation: int | None = None
    ) -> list[ScoredId]:
        """Return the k nearest chunks, best first; score is the cosine similarity in [-1, 1]."""
        ...

    def ids(self, collection_id: str, *, generation: int | None = None) -> set[int]: ...

    def known(
        self, collection_id: str, chunk_ids: Sequence[int], *, generation: int | None = None
    ) -> set[int]:
        """Return those of `chunk_ids` that are in the index, at a cost independent of its size."""
        ...

    def vectors_of(
        self, collection_id: str, chunk_ids: Sequence[int], *, generation: int | None = None
    ) -> dict[int, Vectors]:
        """Return the vectors of those of `chunk_ids` that are in the index, each (dimension,)."""
        ...

    def generations(self, collection_id: str) -> tuple[int, ...]:
        """Return the numbers of all generations, the live one included."""
        ...

    def drop(self, collection_id: str, *, generation: int | None = None) -> None:
        """Drop the index of all generations or of one."""
        ...

    def set_damaged_aside(self) -> bool:
        """Replace damaged files by empty indexes of all collections; return whether there were any.

        The damaged files stay until `remove_set_aside`.
        """
        ...

    def remove_set_aside(self) -> None: ...


@dataclass(frozen=True, slots=True)
class TermFrequencies:
    """The number of chunks in an index, and for each term the number of those with it."""

    chunk_count: int
    frequencies: dict[str, int]


class KeywordIndex(Protocol):
    """Terms of the chunks, one index per collection."""

    def terms(self, text: str) -> list[str]:
        """Return the index terms of a text in order: lower case, stemmed, without stop words."""
        ...

    def frequencies(self, collection_id: str, terms: Sequence[str]) -> TermFrequencies: ...

    def hold_together(self, collection_ids: Sequence[str], terms: Sequence[str]) -> bool:
        """Return whether one chunk of these collections holds all analysed terms."""
        ...

    def add(self, collection_id: str, entries: Sequence[KeywordEntry]) -> None: ...

    def remove(self, collection_id: str, chunk_ids: Sequence[int]) -> None: ...

    def search(
        self, collection_ids: Sequence[str], query: Sequence[WeightedText], k: int
    ) -> list[ScoredId]:
        """Return the k best chunks of these collections, best first; empty without known terms.

        Scores are comparable between collections: how rare a word is counts over all of them.
        """
        ...

    def ids(self, collection_id: str) -> set[int]: ...

    def known(self, collection_id: str, chunk_ids: Sequence[int]) -> set[int]:
        """Return those of `chunk_ids` that are in the index, at a cost independent of its size."""
        ...

    def drop(self, collection_id: str) -> None: ...

    def drop_damaged(self, collection_id: str) -> bool:
        """Drop the index where its files cannot be read; return whether it did."""
        ...


class ChatModel(Protocol):
    """A language model that streams an answer."""

    @property
    def name(self) -> str: ...

    @property
    def provider(self) -> str: ...

    def stream(
        self, messages: Sequence[ChatMessage], *, purpose: str = "", prompt: str = ""
    ) -> Generator[ModelDelta, None, None]:
        """Yield the answer piece by piece.

        `purpose` says what the request is for, and `prompt` is the version of the prompt that the
        messages were made with; neither is sent. Closing the iterator closes the connection. Raises
        a ModelError; after the first piece only ModelStreamBroken, ModelTimeout, ModelTurnedOff or
        ModelUnavailable. A provider that is silent is
        waited for as long as `core.domain.waiting` says that it is wanted.
        """
        ...


@dataclass(frozen=True, slots=True)
class EntailmentScore:
    """The probabilities that a text entails, leaves open or contradicts another; their sum is 1."""

    entailment: float
    neutral: float
    contradiction: float


class EntailmentModel(Protocol):
    """Tells whether one text follows from another."""

    def entailment(self, pairs: Sequence[tuple[str, str]]) -> list[EntailmentScore]:
        """Return a score for each (premise, hypothesis) pair, in order."""
        ...


class InjectionClassifier(Protocol):
    """Tells how likely a text is an order to a language model."""

    def probabilities(self, texts: Sequence[str]) -> list[float]:
        """Return a number from 0 to 1 for each text, in order."""
        ...


class Reranker(Protocol):
    """Tells how well texts answer a query, reading both together."""

    def score(self, query: str, texts: Sequence[str]) -> list[float]:
        """Return one number for each text, in order; higher is better."""
        ...


class Originals(Protocol):
    """Uploaded files, stored once by the SHA-256 of their content."""

    def put(self, content: bytes) -> str:
        """Store the content and return its SHA-256 as 64 hex digits."""
        ...

    def get(self, sha256: str) -> bytes:
        """Return the content; raise NotFound if no file with this hash is stored."""
        ...

    def remove(self, sha256: str) -> None: ...
