"""Deleting a document removes it from everywhere and says what was removed."""

import pytest
from sqlmodel import select

from core.errors import IndexUnavailable, NotFound
from core.storage.tables import AuditEventRow, ChunkRow, DocumentVersionRow, PageRow
from tests.ingestion.conftest import ADMIN, COLLECTION, House
from tools.trial import files


def audit(house: House, action: str) -> AuditEventRow:
    with house.database.read() as session:
        found = session.exec(select(AuditEventRow).where(AuditEventRow.action == action)).all()
    return found[-1]


def test_delete_removes_everything_and_says_what(house: House) -> None:
    house.upload("a.docx", files.docx())
    receipt = house.upload("a.docx", files.docx() + b" ")
    kept = house.upload("kept.txt", "Other words.")
    assert receipt.document_id is not None

    deletion = house.documents.delete(ADMIN, receipt.document_id)

    assert (deletion.title, deletion.versions, deletion.originals) == ("Leave policy", 2, 2)
    assert deletion.remaining_chunks == 0
    with house.database.read() as session:
        versions = {row.id for row in session.exec(select(DocumentVersionRow)).all()}
        chunk_ids = {row.id for row in session.exec(select(ChunkRow)).all()}
        pages = {row.version_id for row in session.exec(select(PageRow)).all()}
    assert versions == pages == {kept.version_id}
    assert house.vectors.ids(COLLECTION) == house.keywords.ids(COLLECTION) == chunk_ids
    assert house.stored_files() == 1
    event = audit(house, "document.delete")
    assert (event.actor_id, event.object_id) == ("admin", receipt.document_id)
    assert event.details["versions"] == 2


def test_delete_keeps_an_original_that_another_document_uses(house: House) -> None:
    first = house.upload("a.txt", "Words.")
    second = house.upload("a.txt", "Words.", "other")
    assert first.document_id is not None
    assert second.version_id is not None

    deletion = house.documents.delete(ADMIN, first.document_id)

    assert deletion.originals == 0
    assert house.originals.get(house.version(second).sha256) == b"Words."


def test_many_documents_are_deleted_with_a_receipt_each(house: House) -> None:
    receipts = [house.upload(f"{n}.txt", f"Words number {n}.") for n in range(5)]
    ids = [receipt.document_id or "" for receipt in receipts]

    deletions = house.documents.delete_many(ADMIN, ids[1:])

    assert [deletion.document_id for deletion in deletions] == ids[1:]
    assert all((d.versions, d.pages, d.chunks, d.originals) == (1, 1, 1, 1) for d in deletions)
    assert [one.id for one in house.documents.list(ADMIN)] == ids[:1]
    assert len(house.vectors.ids(COLLECTION)) == len(house.keywords.ids(COLLECTION)) == 1
    assert house.stored_files() == 1


def test_nothing_is_deleted_if_one_of_many_does_not_exist(house: House) -> None:
    receipt = house.upload("a.txt", "Words.")

    with pytest.raises(NotFound):
        house.documents.delete_many(ADMIN, [receipt.document_id or "", "nowhere"])

    assert house.documents.count(ADMIN) == 1


def test_an_index_that_keeps_a_passage_is_no_success(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = house.upload("a.txt", "Words.")
    monkeypatch.setattr(house.vectors, "remove", lambda *_: None)

    with pytest.raises(IndexUnavailable, match="still knows 1 passage"):
        house.documents.delete(ADMIN, receipt.document_id or "")

    assert audit(house, "document.delete_begun").object_id == receipt.document_id
