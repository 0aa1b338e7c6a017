"""Puts passages that the database holds into the indexes again."""

from collections.abc import Iterable, Sequence

from core.domain.batches import batched
from core.domain.knowledge import Chunk
from core.domain.ports import Embedders, KeywordEntry, KeywordIndex, VectorIndex
from core.domain.sentences import sentence_spans
from core.storage.database import Database
from core.storage.queries.chunks import chunks_by_id
from core.storage.queries.sentences import store_sentences
from core.storage.tables import CollectionRow

PASSAGES_AT_ONCE = 512


class Refill:
    """Embeds stored passages and writes vectors, sentences and keywords, all of them or none."""

    def __init__(
        self, database: Database, vectors: VectorIndex, keywords: KeywordIndex, embedders: Embedders
    ) -> None:
        self._database = database
        self._vectors = vectors
        self._keywords = keywords
        self._embedders = embedders

    def add(self, collection_id: str, chunk_ids: Iterable[int]) -> int:
        """Adds or replaces these passages, ready or not; returns how many there were.

        With the model of the collection, to the generation of its index that answers.
        """
        done = 0
        for some in batched(sorted(chunk_ids), PASSAGES_AT_ONCE):
            with self._database.read() as session:
                chunks = chunks_by_id(session, some)
            if chunks:
                self._add(self._collection(collection_id), chunks)
            done += len(chunks)
        return done

    def _collection(self, collection_id: str) -> CollectionRow:
        with self._database.read() as session:
            return session.get_one(CollectionRow, collection_id)

    def _add(self, collection: CollectionRow, chunks: Sequence[Chunk]) -> None:
        number = collection.generation
        ids = [chunk.id for chunk in chunks]
        texts = [chunk.searchable_text for chunk in chunks]
        spans = [sentence_spans(t, c.text) for t, c in zip(texts, chunks, strict=True)]
        embedder = self._embedders.get(collection.embedding_model)
        embedded = embedder.embed_with_sentences(texts, spans)
        with self._database.begin() as session:
            store_sentences(session, ids, embedded.sentences, generation=number)
        self._vectors.add(collection.id, ids, embedded.passages, generation=number)
        self._keywords.add(collection.id, [keyword_entry(chunk) for chunk in chunks])


def keyword_entry(chunk: Chunk) -> KeywordEntry:
    """What the keyword index reads of a stored passage."""
    return KeywordEntry(chunk.id, chunk.document_title, "\n".join(chunk.headings), chunk.text)
