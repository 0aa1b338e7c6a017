"""Deleting a document removes it from everywhere and says what was removed."""

import pytest
from sqlmodel import select

from core.errors import IndexUnavailable, NotFound
from core.storage.tables import AuditEventRow, ChunkRow, DocumentVersionRow, PageRow
from tests.ingestion.conftest import ADMIN, COLLECTION, Harness
from tools.trial import files


def audit(harness: Harness, action: str) -> AuditEventRow:
    with harness.database.read() as session:
        found = session.exec(select(AuditEventRow).where(AuditEventRow.action == action)).all()
    return found[-1]


def test_delete_removes_everything_and_says_what(harness: Harness) -> None:
    harness.upload("a.docx", files.docx())
    receipt = harness.upload("a.docx", files.docx() + b" ")
    kept = harness.upload("kept.txt", "Other words.")
    assert receipt.document_id is not None

    deletion = harness.documents.delete(ADMIN, receipt.document_id)

    assert (deletion.title, deletion.versions, deletion.originals) == ("Leave policy", 2, 2)
    assert deletion.remaining_chunks == 0
    with harness.database.read() as session:
        versions = {row.id for row in session.exec(select(DocumentVersionRow)).all()}
        chunk_ids = {row.id for row in session.exec(select(ChunkRow)).all()}
        pages = {row.version_id for row in session.exec(select(PageRow)).all()}
    assert versions == pages == {kept.version_id}
    assert harness.vectors.ids(COLLECTION) == harness.keywords.ids(COLLECTION) == chunk_ids
    assert harness.stored_files() == 1
    event = audit(harness, "document.delete")
    assert (event.actor_id, event.object_id) == ("admin", receipt.document_id)
    assert event.details["versions"] == 2


def test_delete_keeps_an_original_that_another_document_uses(harness: Harness) -> None:
    first = harness.upload("a.txt", "Words.")
    second = harness.upload("a.txt", "Words.", "other")
    assert first.document_id is not None
    assert second.version_id is not None

    deletion = harness.documents.delete(ADMIN, first.document_id)

    assert deletion.originals == 0
    assert harness.originals.get(harness.version(second).sha256) == b"Words."


def test_many_documents_are_deleted_with_a_receipt_each(harness: Harness) -> None:
    receipts = [harness.upload(f"{n}.txt", f"Words number {n}.") for n in range(5)]
    ids = [receipt.document_id or "" for receipt in receipts]

    deletions = harness.documents.delete_many(ADMIN, ids[1:])

    assert [deletion.document_id for deletion in deletions] == ids[1:]
    assert all((d.versions, d.pages, d.chunks, d.originals) == (1, 1, 1, 1) for d in deletions)
    assert [one.id for one in harness.documents.list(ADMIN)] == ids[:1]
    assert len(harness.vectors.ids(COLLECTION)) == len(harness.keywords.ids(COLLECTION)) == 1
    assert harness.stored_files() == 1


def test_nothing_is_deleted_if_one_of_many_does_not_exist(harness: Harness) -> None:
    receipt = harness.upload("a.txt", "Words.")

    with pytest.raises(NotFound):
        harness.documents.delete_many(ADMIN, [receipt.document_id or "", "nowhere"])

    assert harness.documents.count(ADMIN) == 1


def test_an_index_that_keeps_a_passage_is_no_success(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = harness.upload("a.txt", "Words.")
    monkeypatch.setattr(harness.vectors, "remove", lambda *_: None)

    with pytest.raises(IndexUnavailable, match="still contains 1 passage"):
        harness.documents.delete(ADMIN, receipt.document_id or "")

    assert audit(harness, "document.delete_begun").object_id == receipt.document_id
