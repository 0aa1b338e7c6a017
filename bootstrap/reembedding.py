"""Builds the re-embedding of collections and hands it the measures of the evaluation."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlmodel import Session, col, func, select

from core.domain.answers import RetrievedChunk
from core.domain.generations import GenerationComparison, IndexGeneration, IndexMeasures
from core.domain.identity import User
from core.domain.knowledge import Chunk, Collection
from core.domain.on_behalf import on_behalf_of
from core.domain.ports import Embedders
from core.errors import Conflict
from core.storage.database import Database
from core.storage.queries.chunks import ready_chunks
from core.storage.queries.evaluation import active_cases
from core.storage.tables import (
    EVALUATION_SURFACE,
    ChunkRow,
    DocumentRow,
    DocumentVersionRow,
    SentenceVectorsRow,
)
from core.storage.vectors.index import ChromaVectorIndex
from evaluation.datasets import Case, Dataset, load_golden
from evaluation.generations import (
    SearchResults,
    cases_about,
    cases_from_headings,
    measure,
    moved,
)
from evaluation.service import PROMOTED_NAME
from evaluation.stored import to_case
from ingestion.indexing.reembedding import Reembedding
from rag.finding.retrieval import HybridRetriever
from rag.finding.rewriting import search_query

BYTES_PER_NUMBER = 4
CHUNKS_AT_ONCE = 500


def build_reembedding(
    database: Database,
    vectors: ChromaVectorIndex,
    embedders: Embedders,
    retriever: HybridRetriever,
) -> Reembedding:
    """Build re-embedding that compares whole searches, as people make them."""
    comparing = _Comparing(database, vectors, retriever)
    return Reembedding(database, vectors, embedders, comparing.compare)


class _Comparing:
    """Golden questions if their documents are there, else promoted ones, else headings."""

    def __init__(
        self, database: Database, vectors: ChromaVectorIndex, retriever: HybridRetriever
    ) -> None:
        self._database = database
        self._vectors = vectors
        self._retriever = retriever

    def compare(
        self, user: User, live: Collection, candidate: IndexGeneration
    ) -> GenerationComparison:
        """Compare both indexes; raise Conflict if there is nothing to ask about."""
        with on_behalf_of(user, EVALUATION_SURFACE):
            return self._compare(live, candidate)

    def _compare(self, live: Collection, candidate: IndexGeneration) -> GenerationComparison:
        dataset = self._questions(live.id)
        if not dataset.cases:
            raise Conflict("The collection has no documents to ask about.")
        replacement = replace(
            live,
            embedding_model=candidate.embedding_model,
            embedding_dimension=candidate.embedding_dimension,
            generation=candidate.number,
        )
        for collection in (live, replacement):  # so that loading a model does not count as slowness
            self._find(collection, dataset.cases[0], 1)
        before, after = (self._measure(c, dataset.cases) for c in (live, replacement))
        better, worse = moved(before, after)
        return GenerationComparison(
            questions=dataset.name,
            cases=len(dataset.cases),
            live_model=live.embedding_model,
            live=self._measures(live, before),
            candidate=self._measures(replacement, after),
            better=better,
            worse=worse,
        )

    def _measure(self, collection: Collection, cases: Sequence[Case]) -> SearchResults:
        return measure(cases, lambda case, k: self._find(collection, case, k))

    def _find(self, collection: Collection, case: Case, k: int) -> Sequence[RetrievedChunk]:
        query = search_query(case.text, case.history)
        return self._retriever.retrieve_from([collection], query, k).chunks

    def _measures(self, collection: Collection, results: SearchResults) -> IndexMeasures:
        passages = len(self._vectors.ids(collection.id, generation=collection.generation))
        size = passages * collection.embedding_dimension * BYTES_PER_NUMBER
        with self._database.read() as session:
            size += _sentence_bytes(session, collection)
        return IndexMeasures(*results.means, results.median_ms, size)

    def _questions(self, collection_id: str) -> Dataset:
        with self._database.read() as session:
            documents = _document_names(session, collection_id)
            promoted = Dataset(PROMOTED_NAME, tuple(map(to_case, active_cases(session))))
            dataset = cases_about((load_golden(), promoted), documents)
            return dataset or cases_from_headings(_chunks(session, collection_id))


def _chunks(session: Session, collection_id: str) -> Iterator[Chunk]:
    after = 0
    while chunks := ready_chunks(session, collection_id, after=after, limit=CHUNKS_AT_ONCE):
        yield from chunks
        after = chunks[-1].id


def _document_names(session: Session, collection_id: str) -> frozenset[str]:
    rows = session.exec(
        select(DocumentVersionRow.file_name, DocumentRow.external_id)
        .join(DocumentRow, col(DocumentRow.current_version_id) == DocumentVersionRow.id)
        .where(DocumentRow.collection_id == collection_id)
    ).all()
    return frozenset(name for row in rows for name in row if name)


def _sentence_bytes(session: Session, collection: Collection) -> int:
    total = session.exec(
        select(func.sum(func.length(SentenceVectorsRow.vectors)))
        .join(ChunkRow, col(ChunkRow.id) == SentenceVectorsRow.chunk_id)
        .where(
            ChunkRow.collection_id == collection.id,
            SentenceVectorsRow.generation == collection.generation,
        )
    ).one()
    return total or 0
