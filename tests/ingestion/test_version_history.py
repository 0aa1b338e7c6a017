"""An older version answers again on request; later uploads take over as usual."""

import pytest

from core.domain.identity import SYSTEM
from core.domain.knowledge import DocumentState
from core.errors import AccessDenied, Conflict, NotFound
from core.models.embedders import LoadedEmbedders
from core.storage.queries.chunks import ready_chunks
from core.storage.tables import DocumentRow, DocumentVersionRow
from ingestion.indexing.indexes import SearchIndexes
from ingestion.indexing.refill import Refill
from ingestion.library.version_history import VersionHistory
from ingestion.values import Receipt
from tests.ingestion.conftest import ADMIN, COLLECTION, READER, Harness


@pytest.fixture
def history(harness: Harness) -> VersionHistory:
    embedders = LoadedEmbedders(harness.embedder, lambda _: harness.embedder)
    refill = Refill(harness.database, harness.vectors, harness.keywords, embedders)
    return VersionHistory(
        harness.database, SearchIndexes(harness.vectors, harness.keywords), refill
    )


@pytest.fixture
def uploads(harness: Harness) -> list[Receipt]:
    return [harness.upload("rate.txt", f"The rate is 0.{n} EUR.") for n in (20, 30)]


def answering(harness: Harness) -> list[str]:
    """The text of what answers; both indexes hold exactly that."""
    with harness.database.read() as session:
        chunks = ready_chunks(session, COLLECTION, after=0, limit=100)
    ids = {chunk.id for chunk in chunks}
    assert harness.vectors.ids(COLLECTION) == harness.keywords.ids(COLLECTION) == ids
    return [chunk.text for chunk in chunks]


def test_all_versions_are_listed_the_newest_first(
    harness: Harness, history: VersionHistory, uploads: list[Receipt]
) -> None:
    found = history.versions(ADMIN, uploads[0].document_id or "")

    assert [(v.number, v.is_current, v.state) for v in found] == [
        (2, True, DocumentState.READY),
        (1, False, DocumentState.READY),
    ]
    assert {(v.uploaded_by, v.page_count, v.chunk_count) for v in found} == {("Ada", 1, 1)}


def test_an_older_version_answers_again_and_a_newer_one_after_it(
    harness: Harness, history: VersionHistory, uploads: list[Receipt]
) -> None:
    old, new = (receipt.version_id or "" for receipt in uploads)

    history.roll_back(ADMIN, old)
    assert answering(harness) == ["The rate is 0.20 EUR."]

    history.roll_back(ADMIN, new)
    assert answering(harness) == ["The rate is 0.30 EUR."]


def test_the_pages_of_both_versions_open_before_and_after(
    harness: Harness, history: VersionHistory, uploads: list[Receipt]
) -> None:
    history.roll_back(ADMIN, uploads[0].version_id or "")

    pages = [harness.documents.page(SYSTEM, r.version_id or "", 1) for r in uploads]

    assert [(p.text, p.is_current) for p in pages] == [
        ("The rate is 0.20 EUR.", True),
        ("The rate is 0.30 EUR.", False),
    ]


def test_a_later_upload_takes_over_with_the_next_number(
    harness: Harness, history: VersionHistory, uploads: list[Receipt]
) -> None:
    history.roll_back(ADMIN, uploads[0].version_id or "")

    receipt = harness.upload("rate.txt", "The rate is 0.40 EUR.")

    assert harness.version(receipt).number == 3
    assert answering(harness) == ["The rate is 0.40 EUR."]


def test_a_version_that_is_read_again_does_not_undo_the_roll_back(
    harness: Harness, history: VersionHistory, uploads: list[Receipt]
) -> None:
    newer = uploads[1].version_id or ""
    history.roll_back(ADMIN, uploads[0].version_id or "")
    with harness.database.begin() as session:
        session.get_one(DocumentVersionRow, newer).state = DocumentState.QUEUED.value

    harness.pipeline.run([newer])

    assert harness.state(uploads[1]) is DocumentState.READY
    assert answering(harness) == ["The rate is 0.20 EUR."]


def test_the_current_version_can_be_read_again_after_a_roll_back(
    harness: Harness, history: VersionHistory, uploads: list[Receipt]
) -> None:
    older = uploads[0].version_id or ""
    history.roll_back(ADMIN, older)
    with harness.database.begin() as session:
        session.get_one(DocumentVersionRow, older).state = DocumentState.QUEUED.value

    harness.pipeline.run([older])

    assert answering(harness) == ["The rate is 0.20 EUR."]


def test_what_cannot_answer_is_refused(
    harness: Harness, history: VersionHistory, uploads: list[Receipt]
) -> None:
    with pytest.raises(Conflict):
        history.roll_back(ADMIN, uploads[1].version_id or "")
    with pytest.raises(NotFound):
        history.roll_back(ADMIN, "nowhere")
    with pytest.raises(NotFound):
        history.versions(ADMIN, "nowhere")
    with pytest.raises(AccessDenied):
        history.roll_back(READER, uploads[0].version_id or "")
    with harness.database.begin() as session:
        document = session.get_one(DocumentRow, uploads[0].document_id or "")
        document.current_version_id = None
    with pytest.raises(Conflict):
        history.roll_back(ADMIN, uploads[0].version_id or "")
