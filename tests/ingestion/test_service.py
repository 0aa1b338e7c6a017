"""What administrators and readers can do with documents."""

import json

import pytest
from sqlmodel import select

from core.domain.identity import SYSTEM
from core.domain.knowledge import DocumentState, Upload
from core.errors import NotFound
from core.storage.tables import AuditEventRow, DocumentVersionRow
from ingestion.values import Receipt, ReceiptStatus
from tests.ingestion.conftest import ADMIN, COLLECTION, Harness
from tools.trial import files


def record(identifier: str, text: str, title: str = "") -> str:
    return json.dumps({"_id": identifier, "title": title, "text": text})


def audit(harness: Harness, action: str) -> AuditEventRow:
    with harness.database.read() as session:
        found = session.exec(select(AuditEventRow).where(AuditEventRow.action == action)).all()
    return found[-1]


def test_the_same_content_is_not_read_twice_in_a_collection(harness: Harness) -> None:
    first = harness.upload("a.txt", "Words.")
    again = harness.upload("a.txt", "Words.")
    copy = harness.upload("copy of a.txt", "Words.")

    assert [first.status, again.status, copy.status] == [
        ReceiptStatus.REGISTERED,
        ReceiptStatus.DUPLICATE,
        ReceiptStatus.DUPLICATE,
    ]
    assert again.document_id == copy.document_id == first.document_id
    assert "already in this collection as “a”" in copy.reason
    assert harness.documents.count(ADMIN) == 1


def test_the_same_content_may_be_in_two_collections(harness: Harness) -> None:
    harness.upload("a.txt", "Words.")

    assert harness.upload("a.txt", "Words.", "other").status is ReceiptStatus.REGISTERED
    assert harness.stored_files() == 1


def test_content_that_comes_back_after_a_change_is_a_new_version(harness: Harness) -> None:
    for text in ("One.", "Two.", "One."):
        receipt = harness.upload("a.txt", text)

    assert receipt.status is ReceiptStatus.REGISTERED
    assert harness.version(receipt).number == 3


def test_receipts_name_the_place_in_the_folder_that_was_uploaded(harness: Harness) -> None:
    def uploaded(path: str, content: bytes) -> Receipt:
        upload = Upload(path, content, external_id=path)
        [receipt] = harness.documents.upload(ADMIN, COLLECTION, [upload])
        return receipt

    receipts = [
        uploaded("2026/a/readme.md", b"The alpha project ends in May."),
        uploaded("2026/b/readme.md", b"The beta project ends in June."),
        uploaded("2026/c/readme.md", b"The beta project ends in June."),
        uploaded("2026/picture.xyz", b"nothing"),
    ]

    assert [(r.external_id, r.status) for r in receipts] == [
        ("2026/a/readme.md", ReceiptStatus.REGISTERED),
        ("2026/b/readme.md", ReceiptStatus.REGISTERED),
        ("2026/c/readme.md", ReceiptStatus.DUPLICATE),
        ("2026/picture.xyz", ReceiptStatus.FAILED),
    ]


def test_two_copies_in_one_upload_are_one_document(harness: Harness) -> None:
    uploads = [Upload("a.txt", b"Words."), Upload("b.txt", b"Words.")]

    receipts = harness.documents.upload(ADMIN, COLLECTION, uploads)

    assert [r.status for r in receipts] == [ReceiptStatus.REGISTERED, ReceiptStatus.DUPLICATE]


def test_a_refused_file_has_a_receipt_and_no_row(harness: Harness) -> None:
    receipt = harness.upload("../../etc/evil.pdf", files.HTML)

    assert (receipt.file_name, receipt.status) == ("evil.pdf", ReceiptStatus.FAILED)
    assert "not a PDF" in receipt.reason
    assert harness.documents.count(ADMIN) == 0
    assert harness.stored_files() == 0


def test_every_line_of_jsonl_is_a_document_and_a_bad_line_is_named(harness: Harness) -> None:
    lines = [record("MED-1", "First text.", "First"), "{broken", "", record("MED-2", "Second.")]

    receipts = harness.documents.upload(
        ADMIN, COLLECTION, [Upload("corpus.jsonl", "\n".join(lines).encode())]
    )

    assert [r.status for r in receipts] == ["registered", "failed", "registered"]
    assert receipts[1].reason == "Line 2: The line is not valid JSON."
    listed = harness.documents.list(ADMIN)
    assert {(o.external_id, o.title, o.file_name) for o in listed} == {
        ("MED-1", "First", "corpus.jsonl"),
        ("MED-2", "MED-2", "corpus.jsonl"),
    }
    assert {o.state for o in listed} == {DocumentState.READY}


def test_a_changed_record_is_a_new_version_and_the_others_are_skipped(harness: Harness) -> None:
    first = "\n".join([record("1", "One."), record("2", "Two.")])
    second = "\n".join([record("1", "One."), record("2", "Two changed.")])
    harness.documents.upload(ADMIN, COLLECTION, [Upload("c.jsonl", first.encode())])

    receipts = harness.documents.upload(ADMIN, COLLECTION, [Upload("c.jsonl", second.encode())])

    assert [r.status for r in receipts] == ["duplicate", "registered"]
    assert harness.version(receipts[1]).number == 2


def test_a_title_given_at_upload_serves_where_the_file_has_none(harness: Harness) -> None:
    uploads = [
        Upload("a.txt", b"Plain words.", title="Shift rules"),
        Upload("b.md", b"# Own title\n\nText.", title="Other"),
    ]

    harness.documents.upload(ADMIN, COLLECTION, uploads)

    assert {o.title for o in harness.documents.list(ADMIN)} == {"Shift rules", "Own title"}


def test_a_failed_document_can_be_tried_again(harness: Harness) -> None:
    harness.embedder.forbidden_word = "Words"
    receipt = harness.upload("a.txt", "Words.")
    assert receipt.version_id is not None
    harness.embedder.forbidden_word = ""

    assert harness.documents.retry(ADMIN, [receipt.version_id]) == 1
    assert harness.state(receipt) is DocumentState.READY
    assert harness.documents.retry(ADMIN, [receipt.version_id]) == 0


def test_uploading_a_failed_document_again_tries_again(harness: Harness) -> None:
    harness.embedder.forbidden_word = "Words"
    receipt = harness.upload("a.txt", "Words.")
    harness.embedder.forbidden_word = ""

    again = harness.upload("a.txt", "Words.")

    assert (again.status, again.version_id) == (ReceiptStatus.REGISTERED, receipt.version_id)
    assert harness.state(again) is DocumentState.READY


def test_the_list_is_filtered_searched_and_paged(harness: Harness) -> None:
    harness.upload("Leave policy 100%.txt", "One.")
    harness.upload("Travel policy.txt", "Two.")
    harness.upload("scan.pdf", files.scanned_pdf(), "other")

    def names(**filters: object) -> list[str]:
        return [o.file_name for o in harness.documents.list(ADMIN, **filters)]  # type: ignore[arg-type]  # test

    assert names() == ["scan.pdf", "Travel policy.txt", "Leave policy 100%.txt"]
    assert names(limit=1, offset=1) == ["Travel policy.txt"]
    assert names(collection_id="other") == ["scan.pdf"]
    assert names(state=DocumentState.FAILED) == ["scan.pdf"]
    assert names(search="POLICY") == ["Travel policy.txt", "Leave policy 100%.txt"]
    assert names(search="100%") == ["Leave policy 100%.txt"]
    assert names(search="_") == []
    assert harness.documents.count(ADMIN, search="policy") == 2


def test_the_list_shows_each_document_once_in_its_newest_version(harness: Harness) -> None:
    harness.upload("a.txt", "One.")
    harness.upload("a.txt", "Two.")

    [overview] = harness.documents.list(ADMIN)

    assert (overview.version, overview.uploaded_by, overview.collection_name) == (
        2,
        "Ada",
        "Policies",
    )


def test_an_upload_is_audited_with_counts(harness: Harness) -> None:
    harness.upload("a.exe", b"MZ")

    event = audit(harness, "document.upload")

    assert event.object_id == COLLECTION
    assert event.details == {"registered": 0, "duplicates": 0, "failed": 1}


def test_unfinished_versions_are_resumed_at_start(harness: Harness) -> None:
    receipt = harness.upload("a.txt", "Words.")
    with harness.database.begin() as session:
        row = session.get(DocumentVersionRow, receipt.version_id)
        assert row is not None
        row.state = DocumentState.INDEXING

    assert harness.documents.resume_unfinished() == 1

    [state] = harness.documents.states(ADMIN, [receipt.version_id or ""])
    assert (state.state, state.progress) == (DocumentState.READY, 1.0)


def test_an_unknown_collection_is_not_found(harness: Harness) -> None:
    with pytest.raises(NotFound):
        harness.upload("a.txt", "Words.", "unknown")


def test_the_terminal_uploads_without_an_account(harness: Harness) -> None:
    harness.documents.upload(SYSTEM, COLLECTION, [Upload("a.txt", b"Words.")])

    [overview] = harness.documents.list(SYSTEM)

    assert (overview.uploaded_by, overview.state) == ("", DocumentState.READY)


def test_json_lines_without_ids_are_one_document(harness: Harness) -> None:
    lines = '{"name": "Ada", "role": "Engineer"}\n{"name": "Bo", "role": "Driver"}\n'

    receipt = harness.upload("people.jsonl", lines)

    assert harness.state(receipt) is DocumentState.READY
    [overview] = harness.documents.list(ADMIN)
    page = harness.documents.page(SYSTEM, overview.version_id, 1)
    assert "role: Driver" in page.text
