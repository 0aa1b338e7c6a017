"""The way back into the indexes for passages that the database holds."""

from collections.abc import Iterable, Sequence

from core.domain.batches import batched
from core.domain.knowledge import Chunk
from core.domain.ports import Embedder, Embedders, KeywordEntry, KeywordIndex, VectorIndex
from core.domain.text.sentences import sentence_spans
from core.models.provider.classes import of_class
from core.storage.database import Database
from core.storage.queries.chunks import chunks_by_id
from core.storage.queries.collections import highest_class_of
from core.storage.queries.sentences import store_sentences
from core.storage.tables import CollectionRow

PASSAGES_AT_ONCE = 512


class PassageWriter:
    """The writer of sentences, vectors and keywords, in this order, of stored passages."""

    def __init__(self, database: Database, vectors: VectorIndex, keywords: KeywordIndex) -> None:
        self._database = database
        self._vectors = vectors
        self._keywords = keywords

    def write(
        self, collection_id: str, chunks: Sequence[Chunk], embedder: Embedder, *, generation: int
    ) -> None:
        """Add or replace the passages in one generation; repeating it does no harm."""
        ids = [chunk.id for chunk in chunks]
        texts = [chunk.searchable_text for chunk in chunks]
        spans = [sentence_spans(t, c.text) for t, c in zip(texts, chunks, strict=True)]
        with self._database.read() as session:
            highest = highest_class_of(session, (chunk.document_id for chunk in chunks))
        with of_class(highest):
            embedded = embedder.embed_with_sentences(texts, spans)
        with self._database.begin() as session:
            store_sentences(session, ids, embedded.sentences, generation=generation)
        self._vectors.add(collection_id, ids, embedded.passages, generation=generation)
        self._keywords.add(collection_id, [keyword_entry(chunk) for chunk in chunks])


class Refill:
    """The replacement of single missing passages, with the model of their collection."""

    def __init__(
        self, database: Database, vectors: VectorIndex, keywords: KeywordIndex, embedders: Embedders
    ) -> None:
        self._database = database
        self._writer = PassageWriter(database, vectors, keywords)
        self._embedders = embedders

    def add(self, collection_id: str, chunk_ids: Iterable[int]) -> int:
        """Add or replace these passages, ready or not; return how many there were.

        They go to the generation of the index that answers.
        """
        done = 0
        for batch in batched(sorted(chunk_ids), PASSAGES_AT_ONCE):
            with self._database.read() as session:
                chunks = chunks_by_id(session, batch)
            if chunks:
                self._write(self._collection(collection_id), chunks)
            done += len(chunks)
        return done

    def _collection(self, collection_id: str) -> CollectionRow:
        with self._database.read() as session:
            return session.get_one(CollectionRow, collection_id)

    def _write(self, collection: CollectionRow, chunks: Sequence[Chunk]) -> None:
        embedder = self._embedders.get(collection.embedding_model)
        self._writer.write(collection.id, chunks, embedder, generation=collection.generation)


def keyword_entry(chunk: Chunk) -> KeywordEntry:
    """Return what the keyword index reads of a stored passage."""
    return KeywordEntry(chunk.id, chunk.document_title, "\n".join(chunk.headings), chunk.text)
