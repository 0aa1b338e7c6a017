"""Builds what keeps documents in order after they were read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.domain.ports import Embedder, KeywordIndex
from core.storage.database import Database
from core.storage.originals import OriginalFiles
from core.storage.vector_index import ChromaVectorIndex
from ingestion.consistency import Consistency
from ingestion.worker import DirectQueue


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The life of documents after they were read; all of it is for administrators."""

    consistency: Consistency


def build_lifecycle(
    database: Database,
    originals: OriginalFiles,
    vectors: ChromaVectorIndex,
    keywords: KeywordIndex,
    *,
    embedder: Embedder,
    run: Callable[[Sequence[str]], None],
) -> Lifecycle:
    """`run` reads versions at once, in the thread that calls it; see IngestPipeline.run."""
    return Lifecycle(
        Consistency(
            database, originals, vectors, keywords, embedder=embedder, queue=DirectQueue(run)
        )
    )
