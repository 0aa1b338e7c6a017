"""The whole way with the real search indexes and the company's sample documents."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from core.domain.knowledge import DocumentState, Upload
from core.domain.ports import WeightedText
from core.storage.database import Database
from core.storage.keyword_index import TantivyKeywordIndex
from core.storage.originals import OriginalFiles
from core.storage.queries.chunks import hydrate
from core.storage.tables import ChunkRow, CollectionRow, UserRow
from core.storage.vectors.index import ChromaVectorIndex
from core.storage.vectors.store import ChromaStore, open_chroma
from ingestion.background.worker import DirectQueue
from ingestion.pipeline.ingest import IngestPipeline
from ingestion.reading.preparation import PreparationHere
from ingestion.reading.sandboxed import SandboxedParser
from ingestion.service import Documents
from ingestion.values import DocumentStores
from tests.ingestion.conftest import ADMIN
from tests.ingestion.fakes import HashingEmbedder

SAMPLES = Path(__file__).parents[2] / "data" / "samples"


class Shop:
    """The document service over SQLite, Chroma and tantivy."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.vectors = ChromaVectorIndex(ChromaStore(lambda: open_chroma(folder / "vectors")))
        self.keywords = TantivyKeywordIndex(folder / "keywords")
        self.parser = SandboxedParser()
        originals = OriginalFiles(folder / "originals")
        embedder = HashingEmbedder()
        preparation = PreparationHere(self.parser, embedder.count_tokens)
        stores = DocumentStores(database, originals, self.vectors, self.keywords)
        pipeline = IngestPipeline(stores, embedder, preparation)
        self.documents = Documents(
            stores,
            queue=DirectQueue(pipeline.run),
            images=self.parser,
        )

    def found(self, query: str) -> list[str]:
        """Texts of the passages the keyword index finds."""
        ids = [hit.chunk_id for hit in self.keywords.search(["c1"], [WeightedText(query)], 5)]
        with self.database.read() as session:
            chunks = hydrate(session, ids, {"c1"})
        return [chunks[i].text for i in ids if i in chunks]

    def chunk_ids(self) -> set[int | None]:
        with self.database.read() as session:
            return set(session.exec(select(ChunkRow.id).where(col(ChunkRow.is_ready))).all())


@pytest.fixture
def shop(sqlite_database: Database, tmp_path: Path) -> Iterator[Shop]:
    with sqlite_database.begin() as session:
        session.add(UserRow(id="admin", email="admin@example.com", name="Ada", role="admin"))
        session.add(
            CollectionRow(
                id="c1",
                name="Company",
                embedding_model="hashing",
                embedding_dimension=16,
                splitter_version="structure-1",
            )
        )
    shop = Shop(sqlite_database, tmp_path)
    yield shop
    shop.parser.close()


def test_the_sample_documents_are_all_ready_and_counts_agree(shop: Shop) -> None:
    uploads = [Upload(path.name, path.read_bytes()) for path in sorted(SAMPLES.iterdir())]

    shop.documents.upload(ADMIN, "c1", uploads)

    listed = shop.documents.list(ADMIN, limit=100)
    assert {o.file_name: o.reason for o in listed if o.state is not DocumentState.READY} == {}
    assert len(listed) == len(uploads) > 0
    assert shop.vectors.ids("c1") == shop.keywords.ids("c1") == shop.chunk_ids()


def test_a_replaced_and_then_deleted_document_is_found_no_more(shop: Shop) -> None:
    shop.documents.upload(ADMIN, "c1", [Upload("a.txt", b"The mileage rate is 0.20 EUR.")])
    [receipt] = shop.documents.upload(
        ADMIN, "c1", [Upload("a.txt", b"The mileage rate is 0.30 EUR.")]
    )
    assert shop.found("mileage rate") == ["The mileage rate is 0.30 EUR."]

    deletion = shop.documents.delete(ADMIN, receipt.document_id or "")

    assert (deletion.versions, deletion.chunks, deletion.remaining_chunks) == (2, 2, 0)
    assert shop.found("mileage rate") == []
    assert shop.vectors.ids("c1") == shop.keywords.ids("c1") == set()
