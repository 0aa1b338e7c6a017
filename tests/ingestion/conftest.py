"""A complete ingest over real SQLite and real files, with indexes in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.domain.identity import Role, User
from core.domain.knowledge import DocumentState, Upload
from core.storage.database import Database
from core.storage.originals import OriginalFiles
from core.storage.tables import (
    CollectionGroupRow,
    CollectionRow,
    DocumentVersionRow,
    GroupRow,
    UserRow,
)
from ingestion.background.worker import DirectQueue
from ingestion.parsers import ocr
from ingestion.pipeline.ingest import IngestPipeline
from ingestion.pipeline.second_look import SecondLook
from ingestion.reading.preparation import PreparationHere
from ingestion.reading.sandboxed import SandboxedParser
from ingestion.reading.splitter import SPLITTER_VERSION
from ingestion.screening.copies import NearCopies
from ingestion.service import Documents
from ingestion.values import DocumentStores, Receipt
from tests.conftest import require
from tests.ingestion.fakes import DictKeywords, DictVectors, HashingEmbedder, ScriptedParser

ADMIN = User("admin", "admin@example.com", "Ada", Role.ADMIN)
READER = User("reader", "reader@example.com", "Rob", group_ids=frozenset({"staff"}))
STRANGER = User("stranger", "stranger@example.com", "Sue")
COLLECTION = "policies"


class HeldQueue(DirectQueue):
    """Works at once, unless it is told to keep versions waiting."""

    is_held = False

    def enqueue(self, version_ids: Sequence[str], *, first: bool = False) -> None:
        if not self.is_held:
            super().enqueue(version_ids, first=first)


@dataclass(slots=True)
class Harness:
    """Everything an ingest test touches."""

    database: Database
    originals: OriginalFiles
    vectors: DictVectors
    keywords: DictKeywords
    embedder: HashingEmbedder
    pipeline: IngestPipeline
    documents: Documents
    folder: Path
    queue: HeldQueue

    def upload(self, name: str, content: bytes | str, collection: str = COLLECTION) -> Receipt:
        data = content.encode() if isinstance(content, str) else content
        [receipt] = self.documents.upload(ADMIN, collection, [Upload(name, data)])
        return receipt

    def version(self, receipt: Receipt) -> DocumentVersionRow:
        with self.database.read() as session:
            row = session.get(DocumentVersionRow, receipt.version_id)
        assert row is not None
        return row

    def state(self, receipt: Receipt) -> DocumentState:
        return DocumentState(self.version(receipt).state)

    def stored_files(self) -> int:
        return sum(path.is_file() for path in self.folder.rglob("*"))


@pytest.fixture
def harness(sqlite_database: Database, tmp_path: Path) -> Iterator[Harness]:
    """Two collections; `policies` is read by the group `staff`."""
    with sqlite_database.begin() as session:
        session.add_all(
            [
                UserRow(id="admin", email="admin@example.com", name="Ada", role="admin"),
                GroupRow(id="staff", name="Staff"),
                *(_collection(name) for name in (COLLECTION, "other")),
            ]
        )
        session.flush()
        session.add(CollectionGroupRow(collection_id=COLLECTION, group_id="staff"))
    originals = OriginalFiles(tmp_path / "originals")
    vectors, keywords, embedder = DictVectors(), DictKeywords(), HashingEmbedder()
    parser, images = ScriptedParser(), SandboxedParser()
    preparation = PreparationHere(parser, embedder.count_tokens)
    stores = DocumentStores(sqlite_database, originals, vectors, keywords)
    copies = NearCopies(sqlite_database, keywords, lambda: "key of a test")
    pipeline = IngestPipeline(stores, embedder, preparation, second_look=SecondLook(copies))
    queue = HeldQueue(pipeline.run)
    documents = Documents(stores, queue=queue, images=images)
    folder = tmp_path / "originals"
    yield Harness(
        sqlite_database, originals, vectors, keywords, embedder, pipeline, documents, folder, queue
    )
    parser.close()
    images.close()


def _collection(name: str) -> CollectionRow:
    return CollectionRow(
        id=name,
        name=name.title(),
        embedding_model="hashing",
        embedding_dimension=16,
        splitter_version=SPLITTER_VERSION,
    )


@pytest.fixture
def tesseract() -> None:
    if not ocr.is_installed():
        require("no tesseract-ocr")


@pytest.fixture
def no_tesseract(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PATH", "")
    ocr.is_installed.cache_clear()
    ocr.languages.cache_clear()
    yield
    monkeypatch.undo()
    ocr.is_installed.cache_clear()
    ocr.languages.cache_clear()
