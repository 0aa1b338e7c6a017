"""The path of a document into the index: parse, screen, split, index, finish."""

import logging
import threading
import time
import traceback
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from core.domain.knowledge import DocumentState
from core.domain.ports import Embedder, Embedders
from core.errors import IndexUnavailable, SandboxError
from core.storage.queries.screening import store_findings
from ingestion.indexing.drafts import Indexed, Source, VersionDraft
from ingestion.indexing.embedding import Embedding
from ingestion.indexing.indexes import ChunkIds, SearchIndexes
from ingestion.indexing.live_index import LiveIndexes, require_live
from ingestion.pipeline import versions
from ingestion.pipeline.ahead import Ahead
from ingestion.pipeline.second_look import SecondLook
from ingestion.pipeline.versions import StateChange
from ingestion.reading.preparation import Preparation
from ingestion.screening.document import reason_of
from ingestion.values import DocumentStores

logger = logging.getLogger(__name__)

SOURCES_PER_QUERY = 64
# Large enough that writing an index costs little beside embedding, small enough that documents
# become ready, and can be paused, every few seconds.
BATCH_PASSAGES = 256
# The passages read ahead of the embedding, so that neither waits for the other.
PASSAGES_AHEAD = 1_024
READING, READ, EMBEDDED = 0.1, 0.3, 0.9
UNEXPECTED = (
    "Something unexpected went wrong while the file was being indexed. Try again. If it fails "
    "again, see the server log for details."
)


class NoLongerWanted(SandboxError):
    """Work on a document that was paused, cancelled or interrupted while it was going on."""


class IngestPipeline:
    """The pipeline that makes registered versions searchable; every run is repeatable.

    One child process reads and cuts files while another one embeds the passages of earlier files,
    so that this process stays free for people who ask questions.
    """

    def __init__(
        self,
        stores: DocumentStores,
        embedder: Embedder,
        preparation: Preparation,
        embedders: Embedders | None = None,
        second_look: SecondLook | None = None,
    ) -> None:
        """Take `embedders` for collections that were indexed with another model.

        `second_look` checks what was read with more than the parser child knows.
        """
        self._database = stores.database
        self._originals = stores.originals
        self._indexes = SearchIndexes(stores.vectors, stores.keywords)
        self._vectors = stores.vectors
        self._live = LiveIndexes(stores.database, embedder, embedders)
        self._preparation = preparation
        self._second_look = second_look
        self._is_interrupted = threading.Event()

    def run(self, version_ids: Sequence[str]) -> None:
        """Brings each version to a final state; skips those that are final, paused or gone.

        An error of a single document is not raised, but becomes its state and reason.
        """
        drafts = Ahead(self._drafts(version_ids), weight=_passage_count, room=PASSAGES_AHEAD)
        with drafts:
            for batch in drafts.batches(BATCH_PASSAGES):
                if self._is_interrupted.is_set():
                    return
                self._index_batch(batch)

    def interrupt(self) -> None:
        """End a run soon; what is unfinished is resumed later, and nothing fails because of it."""
        self._is_interrupted.set()

    def reopen(self) -> None:
        """Allow runs again after `interrupt`."""
        self._is_interrupted.clear()

    def prepare(self, source: Source) -> VersionDraft:
        """Parse, screen and split the original; raises UnreadableDocument."""
        started = time.monotonic()
        content = self._originals.get(source.sha256)
        prepared = self._preparation.prepare(source.reading, content)
        return VersionDraft(source, prepared, time.monotonic() - started)

    def index(self, batch: Sequence[VersionDraft]) -> list[Indexed]:
        """Embeds all passages together, stores them as not ready, then writes both indexes.

        All drafts must belong to collections with the same live generation and model.
        """
        started = time.monotonic()
        live = self._live.of(batch[0].source.collection_id)
        embedding = Embedding(self._database, self._vectors, live.embedder, live.generation)
        version_ids = _version_ids(batch)
        self._advance(version_ids, StateChange(DocumentState.INDEXING, READ))
        embedded = embedding.embed(batch, lambda share: self._show_embedded(batch, share))
        self._remove_leftovers(version_ids)
        with self._database.begin() as session:
            stored = [(draft, versions.store_content(session, draft)) for draft in batch]
            versions.store_sentence_vectors(
                session, stored, embedded.sentences, generation=live.generation
            )
        self._indexes.add(stored, embedded.passages, generation=live.generation)
        each = (time.monotonic() - started) / sum(_passage_count(draft) for draft in batch)
        return [
            Indexed(draft, ids, live.generation, draft.seconds + each * _passage_count(draft))
            for draft, ids in stored
            if ids is not None
        ]

    def finish(self, batch: Sequence[Indexed]) -> None:
        """Make the passages ready once both indexes have them; older versions stop answering."""
        written: ChunkIds = defaultdict(list)
        for item in batch:
            written[item.draft.source.collection_id].extend(item.chunk_ids)
        if self._indexes.missing(written):
            raise IndexUnavailable("The search index did not accept all passages. Try again.")
        with self._database.begin() as session:
            require_live(session, {i.draft.source.collection_id: i.generation for i in batch})
            retired = versions.publish(session, batch)
        self._indexes.remove(retired)
        self._drop_stopped([item.draft.source.version_id for item in batch])
        for item in batch:
            logger.info(
                "document indexed version_id=%s pages=%s chunks=%s",
                item.draft.source.version_id,
                len(item.draft.document.pages),
                len(item.chunk_ids),
            )

    def _drafts(self, version_ids: Sequence[str]) -> Iterator[VersionDraft]:
        """Yield the drafts that are to be indexed; every other version has ended in a state."""
        for start in range(0, len(version_ids), SOURCES_PER_QUERY):
            with self._database.read() as session:
                batch = version_ids[start : start + SOURCES_PER_QUERY]
                sources = versions.unfinished_sources(session, batch)
            for source in sources:
                if self._is_interrupted.is_set():
                    return
                draft = self._prepare(source)
                if draft is not None:
                    yield draft

    def _prepare(self, source: Source) -> VersionDraft | None:
        with self._ending_in_a_state(source.version_id):
            parsing = StateChange(DocumentState.PARSING, READING)
            if not self._advance([source.version_id], parsing):
                return None
            draft = self.prepare(source)
            if self._second_look is not None:
                draft = self._second_look.at(draft)
            self._keep_findings(draft)
            return None if draft.is_held_back else draft
        return None

    def _keep_findings(self, draft: VersionDraft) -> None:
        version_id, findings = draft.source.version_id, draft.prepared.findings
        with self._database.begin() as session:
            if versions.active_among(session, [version_id]):
                store_findings(session, version_id, findings)
        if draft.is_held_back:
            reason = reason_of(findings)
            self._end(version_id, DocumentState.QUARANTINED, reason, seconds=draft.seconds)
            if self._second_look is not None:
                self._second_look.keep(draft)

    def _index_batch(self, batch: Sequence[VersionDraft]) -> None:
        wanted = self._still_wanted(batch)
        if len({draft.source.collection_id for draft in wanted}) > 1:
            for group in self._by_live_index(wanted):
                self._index_alike(group)
        else:
            self._index_alike(wanted)

    def _by_live_index(self, batch: Sequence[VersionDraft]) -> list[list[VersionDraft]]:
        """Group drafts whose passages can be embedded together and written alike."""
        parts: dict[tuple[str, int], list[VersionDraft]] = defaultdict(list)
        for draft in batch:
            try:
                live = self._live.of(draft.source.collection_id)
            except SandboxError as error:
                self._end(draft.source.version_id, DocumentState.FAILED, str(error))
            else:
                parts[live.embedder.name, live.generation].append(draft)
        return list(parts.values())

    def _index_alike(self, wanted: Sequence[VersionDraft]) -> None:
        if len(wanted) > 1:
            try:
                self.finish(self.index(wanted))
            except Exception as error:  # noqa: BLE001  retried one by one, which names the cause
                logger.warning("batch failed, retrying one by one error=%s", type(error).__name__)
            else:
                return
        for draft in wanted:
            with self._ending_in_a_state(draft.source.version_id, since=draft.seconds):
                self.finish(self.index([draft]))

    def _still_wanted(self, batch: Sequence[VersionDraft]) -> list[VersionDraft]:
        with self._database.read() as session:
            active = versions.active_among(session, _version_ids(batch))
        return [draft for draft in batch if draft.source.version_id in active]

    @contextmanager
    def _ending_in_a_state(self, version_id: str, *, since: float = 0.0) -> Iterator[None]:
        """Turn whatever goes wrong inside into the state and reason of this version.

        `since` is the time spent before. An interruption is not an error: work is resumed later.
        """
        started = time.monotonic() - since
        try:
            yield
        except Exception as error:  # noqa: BLE001  one document must not stop the others
            if self._is_interrupted.is_set():
                logger.info("interrupted version_id=%s error=%s", version_id, type(error).__name__)
                return
            if not isinstance(error, SandboxError):
                _log(version_id, error)
            reason = str(error) if isinstance(error, SandboxError) else UNEXPECTED
            self._end(version_id, DocumentState.FAILED, reason, seconds=time.monotonic() - started)

    def _end(
        self, version_id: str, state: DocumentState, reason: str, *, seconds: float = 0.0
    ) -> None:
        logger.info("document not indexed version_id=%s state=%s", version_id, state)
        self._advance([version_id], StateChange(state, reason=reason, seconds=seconds))
        try:
            self._remove_leftovers([version_id])
        except Exception as error:  # noqa: BLE001  not ready, so invisible; removed with the next run
            logger.warning(
                "leftovers stay version_id=%s error=%s", version_id, type(error).__name__
            )

    def _show_embedded(self, batch: Sequence[VersionDraft], share: float) -> None:
        progress = READ + (EMBEDDED - READ) * share
        moved = self._advance(_version_ids(batch), StateChange(DocumentState.INDEXING, progress))
        if not moved or self._is_interrupted.is_set():
            raise NoLongerWanted("Work on this document was stopped.")

    def _drop_stopped(self, version_ids: Sequence[str]) -> None:
        """Remove passages of versions that were paused or cancelled at the last moment."""
        with self._database.read() as session:
            stopped = versions.stopped_among(session, version_ids)
        if stopped:
            self._remove_leftovers(stopped)

    def _remove_leftovers(self, version_ids: Sequence[str]) -> None:
        """Remove what an interrupted run stored; index entries first, as row ids are reused."""
        with self._database.read() as session:
            leftovers = versions.chunk_ids_of(session, version_ids)
        self._indexes.remove(leftovers)
        with self._database.begin() as session:
            versions.remove_content(session, version_ids)

    def _advance(self, version_ids: Sequence[str], change: StateChange) -> int:
        """Move those versions that nobody has paused, cancelled or deleted meanwhile."""
        with self._database.begin() as session:
            return versions.set_state(session, version_ids, change, among=versions.ACTIVE)


def _passage_count(draft: VersionDraft) -> int:
    return max(len(draft.passages), 1)


def _version_ids(batch: Sequence[VersionDraft]) -> list[str]:
    return [draft.source.version_id for draft in batch]


def _log(version_id: str, error: Exception) -> None:
    """Log frames and type only, since the message of an exception may quote the document."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    name = type(error).__name__
    logger.error("ingest failed version_id=%s error=%s at=\n%s", version_id, name, frames)
