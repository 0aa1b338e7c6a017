"""The way of a document into the index: parse, screen, split, index, finish."""

import logging
import traceback
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from core.domain.knowledge import DocumentState, ParsedDocument
from core.domain.ports import EmbeddedPassages, Embedder, KeywordIndex, Originals, VectorIndex
from core.errors import IndexUnavailable, SandboxError
from core.storage.database import Database
from ingestion import versions
from ingestion.drafts import Draft, Indexed, Source
from ingestion.indexes import ChunkIds, SearchIndexes
from ingestion.media import MediaType
from ingestion.parsers.building import stem
from ingestion.screening import SuspiciousDocument, screened
from ingestion.splitter import split

if TYPE_CHECKING:
    from core.domain.ports import Vectors

logger = logging.getLogger(__name__)

BATCH_DOCUMENTS = 64
BATCH_PASSAGES = 2_000
# Passages embedded between two updates of the progress.
EMBED_PASSAGES = 256
UNEXPECTED = (
    "Something unexpected went wrong while the file was being indexed. "
    "Try again; if it fails again, the log of the server names the place."
)


class Parser(Protocol):
    """Reads a file; see ingestion.sandboxed."""

    def parse(self, media_type: MediaType, content: bytes, file_name: str) -> ParsedDocument:
        """Raises UnreadableDocument with the cause."""
        ...


class IngestPipeline:
    """Turns registered versions into searchable passages; every run may be repeated harmlessly."""

    def __init__(
        self,
        database: Database,
        originals: Originals,
        vectors: VectorIndex,
        keywords: KeywordIndex,
        embedder: Embedder,
        parser: Parser,
    ) -> None:
        self._database = database
        self._originals = originals
        self._indexes = SearchIndexes(vectors, keywords)
        self._embedder = embedder
        self._parser = parser

    def run(self, version_ids: Sequence[str]) -> None:
        """Brings each version to a final state; versions that are final or gone are skipped.

        Raises nothing that belongs to a single document: that ends in its state and reason.
        """
        for start in range(0, len(version_ids), BATCH_DOCUMENTS):
            with self._database.read() as session:
                some = version_ids[start : start + BATCH_DOCUMENTS]
                sources = versions.unfinished_sources(session, some)
            self._run(sources)

    def _run(self, sources: Sequence[Source]) -> None:
        batch: list[Draft] = []
        for source in sources:
            draft = self._prepare(source)
            if draft is not None:
                batch.append(draft)
            if _passage_count(batch) >= BATCH_PASSAGES:
                self._index_batch(batch)
                batch = []
        if batch:
            self._index_batch(batch)

    def parse(self, source: Source) -> ParsedDocument:
        """Reads the original; raises UnreadableDocument."""
        content = self._originals.get(source.sha256)
        document = self._parser.parse(source.media_type, content, source.file_name)
        # A document's own title wins; the one given at upload serves where it has none.
        has_title = document.title != stem(source.file_name)
        return document if has_title else replace(document, title=source.title)

    def screen(self, document: ParsedDocument) -> ParsedDocument:
        """Removes what people cannot see; raises SuspiciousDocument."""
        return screened(document)

    def split(self, source: Source, document: ParsedDocument) -> Draft:
        """Cuts the document into passages that fit the embedding model."""
        passages = split(document, self._embedder.count_tokens)
        return Draft(source, document, tuple(passages))

    def index(self, batch: Sequence[Draft]) -> list[Indexed]:
        """Embeds all passages together, stores them as not ready, then writes both indexes."""
        version_ids = [draft.source.version_id for draft in batch]
        self._set_state(version_ids, DocumentState.INDEXING, progress=0.5)
        embedded = self._embed(batch)
        self._remove_leftovers(version_ids)
        with self._database.begin() as session:
            stored = [(draft, versions.store_content(session, draft)) for draft in batch]
            versions.store_sentence_vectors(session, stored, embedded.sentences)
        self._indexes.add(stored, embedded.passages)
        return [Indexed(draft, ids) for draft, ids in stored if ids is not None]

    def finish(self, batch: Sequence[Indexed]) -> None:
        """Makes the passages ready once both indexes have them; older versions stop answering."""
        written: ChunkIds = defaultdict(list)
        for item in batch:
            written[item.draft.source.collection_id].extend(item.chunk_ids)
        if self._indexes.missing(written):
            raise IndexUnavailable("The search index did not take all passages. Try again.")
        with self._database.begin() as session:
            retired = versions.publish(session, batch)
        self._indexes.remove(retired)
        for item in batch:
            logger.info(
                "document indexed version_id=%s pages=%s chunks=%s",
                item.draft.source.version_id,
                len(item.draft.document.pages),
                len(item.chunk_ids),
            )

    def _prepare(self, source: Source) -> Draft | None:
        with self._ending_in_a_state(source.version_id):
            if not source.media_type.is_parsed_in_process:  # the others are read in no time
                self._set_state([source.version_id], DocumentState.PARSING, progress=0.1)
            return self.split(source, self.screen(self.parse(source)))
        return None

    def _index_batch(self, batch: Sequence[Draft]) -> None:
        if len(batch) > 1:
            try:
                self.finish(self.index(batch))
            except Exception as error:  # noqa: BLE001  retried one by one, which names the cause
                logger.warning("batch failed, retrying one by one error=%s", type(error).__name__)
            else:
                return
        for draft in batch:
            with self._ending_in_a_state(draft.source.version_id):
                self.finish(self.index([draft]))

    @contextmanager
    def _ending_in_a_state(self, version_id: str) -> Iterator[None]:
        """Whatever goes wrong inside becomes the state and reason of this version."""
        try:
            yield
        except SuspiciousDocument as error:
            self._end(version_id, DocumentState.QUARANTINED, str(error))
        except SandboxError as error:
            self._end(version_id, DocumentState.FAILED, str(error))
        except Exception as error:  # noqa: BLE001  one document must not stop the others
            # Frames and type only: the message of an exception may quote the document.
            frames = "".join(traceback.format_tb(error.__traceback__))
            name = type(error).__name__
            logger.error("ingest failed version_id=%s error=%s at=\n%s", version_id, name, frames)  # noqa: TRY400
            self._end(version_id, DocumentState.FAILED, UNEXPECTED)

    def _end(self, version_id: str, state: DocumentState, reason: str) -> None:
        logger.info("document not indexed version_id=%s state=%s", version_id, state)
        self._set_state([version_id], state, reason=reason)
        try:
            self._remove_leftovers([version_id])
        except Exception as error:  # noqa: BLE001  not ready, so invisible; removed with the next run
            logger.warning(
                "leftovers stay version_id=%s error=%s", version_id, type(error).__name__
            )

    def _embed(self, batch: Sequence[Draft]) -> EmbeddedPassages:
        texts = [text for draft in batch for text in draft.embedded_texts()]
        spans = [places for draft in batch for places in draft.sentence_spans()]
        passages = [np.empty((0, self._embedder.dimension), dtype=np.float32)]
        sentences: list[Vectors] = []
        for start in range(0, len(texts), EMBED_PASSAGES):
            part = slice(start, start + EMBED_PASSAGES)
            embedded = self._embedder.embed_with_sentences(texts[part], spans[part])
            passages.append(embedded.passages)
            sentences.extend(embedded.sentences)
            if len(texts) > EMBED_PASSAGES:
                self._show_progress(batch, len(sentences) / len(texts))
        return EmbeddedPassages(np.concatenate(passages), tuple(sentences))

    def _show_progress(self, batch: Sequence[Draft], embedded: float) -> None:
        ids = [draft.source.version_id for draft in batch]
        self._set_state(ids, DocumentState.INDEXING, progress=0.5 + 0.4 * embedded)

    def _remove_leftovers(self, version_ids: Sequence[str]) -> None:
        """What an interrupted run stored; index entries first, since row ids may be used again."""
        with self._database.read() as session:
            leftovers = versions.chunk_ids_of(session, version_ids)
        self._indexes.remove(leftovers)
        with self._database.begin() as session:
            versions.remove_content(session, version_ids)

    def _set_state(
        self,
        version_ids: Sequence[str],
        state: DocumentState,
        *,
        progress: float = 0,
        reason: str = "",
    ) -> None:
        with self._database.begin() as session:
            versions.set_state(session, version_ids, state, progress=progress, reason=reason)


def _passage_count(batch: Sequence[Draft]) -> int:
    return sum(len(draft.passages) for draft in batch)
