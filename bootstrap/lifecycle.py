"""Builds the services that keep documents in order after they were read."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from core.domain.ports import Embedders
from core.storage.database import Database
from core.storage.keyword_index import TantivyKeywordIndex
from core.storage.originals import OriginalFiles
from core.storage.postgres_keyword_index import PostgresKeywordIndex
from core.storage.vectors.files import ChromaFiles
from core.storage.vectors.index import ChromaVectorIndex
from ingestion.attachments.remains import AttachmentRemains, RemainStores
from ingestion.background.worker import DirectQueue
from ingestion.checking.consistency import Consistency
from ingestion.erasing.collection_deletion import CollectionDeletion
from ingestion.erasing.erasure import Erasure, Files
from ingestion.indexing.indexes import SearchIndexes
from ingestion.indexing.refill import Refill
from ingestion.library.version_history import VersionHistory
from ingestion.screening.quarantine import Quarantine
from ingestion.service import Documents
from ingestion.sync.folder_sync import FolderSync
from ingestion.sync.runs import SyncRuns
from ingestion.values import DocumentStores, Queue


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The life of documents after they were read; all of it is for administrators."""

    consistency: Consistency
    erasure: Erasure
    version_history: VersionHistory
    folder_sync: FolderSync
    sync_runs: SyncRuns
    quarantine: Quarantine
    collection_deletion: CollectionDeletion
    attachment_remains: AttachmentRemains


def build_lifecycle(
    database: Database,
    originals: OriginalFiles,
    vectors: ChromaVectorIndex,
    keywords: TantivyKeywordIndex | PostgresKeywordIndex,
    *,
    vector_files: ChromaFiles,
    attachments: OriginalFiles,
    documents: Documents,
    embedders: Embedders,
    queue: Queue,
    run: Callable[[Sequence[str]], None],
    exclusive: Callable[[], AbstractContextManager[None]],
) -> Lifecycle:
    """Build the services; `queue` takes versions that are released.

    `run` reads versions at once, in the thread that calls it; see IngestPipeline.run. `exclusive`
    holds the indexes, and raises IndexesInUse where another process does.
    """
    folder_sync = FolderSync(database, documents)
    files = Files(vector_files, keywords, attachments)
    return Lifecycle(
        Consistency(
            DocumentStores(database, originals, vectors, keywords),
            embedders=embedders,
            queue=DirectQueue(run),
        ),
        Erasure(
            database,
            originals,
            SearchIndexes(vectors, keywords),
            files,
        ),
        VersionHistory(
            database,
            SearchIndexes(vectors, keywords),
            Refill(database, vectors, keywords, embedders),
        ),
        folder_sync,
        SyncRuns(database, folder_sync),
        Quarantine(database, queue),
        CollectionDeletion(database, documents, vectors, keywords),
        AttachmentRemains(RemainStores(database, originals, vectors, keywords, files), exclusive),
    )
