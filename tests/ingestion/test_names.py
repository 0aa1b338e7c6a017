"""The name of a document within its collection: no file takes the place of another."""

import io
import unicodedata
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.knowledge import Upload
from ingestion.files.archives import UploadLimits
from ingestion.intake.reception import MAX_KEY, Incoming, document_key, received
from ingestion.values import Receipt
from tests.ingestion.conftest import ADMIN, COLLECTION, Harness

NAMES = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\"), min_size=1
)


def incoming(upload: Upload) -> list[Incoming]:
    return [one for one in received(upload, UploadLimits()) if isinstance(one, Incoming)]


def archive_of(*entries: tuple[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in entries:
            archive.writestr(name, text)
    return content.getvalue()


@given(NAMES)
def test_composed_and_decomposed_names_have_one_key(name: str) -> None:
    decomposed, composed = unicodedata.normalize("NFD", name), unicodedata.normalize("NFC", name)

    assert document_key(decomposed) == document_key(composed)


@pytest.mark.parametrize("place", ["start", "end"])
def test_long_paths_that_differ_somewhere_keep_different_keys(place: str) -> None:
    long = "folder/" * 80
    paths = [f"{n}{long}index.md" if place == "start" else f"{long}{n}.md" for n in range(2)]

    keys = [document_key(path) for path in paths]

    assert len(set(keys)) == 2
    assert all(len(key) <= MAX_KEY for key in keys)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("what?/index.md", "what*/index.md"),
        ("a./index.md", "a/index.md"),
        ("../index.md", "index.md"),
        ("a|b.md", "a_b.md"),
    ],
)
def test_members_whose_names_become_the_same_when_made_safe_stay_apart(
    one: str, other: str
) -> None:
    found = incoming(Upload("pack.zip", archive_of((one, "Gate 7."), (other, "Gate 8."))))

    assert len({document.source_key for document in found}) == 2


def test_receipts_tell_which_file_they_are_for(harness: Harness) -> None:
    uploads = [
        Upload("a.zip", archive_of(("x/index.md", "Gate 7."), ("y/index.md", "Gate 8."))),
        Upload("program.exe", b"MZ"),
        Upload("index.md", b"Gate 9."),
    ]

    receipts = harness.documents.upload(ADMIN, COLLECTION, uploads)

    assert [receipt.upload for receipt in receipts] == [0, 0, 1, 2]


def test_a_file_of_records_without_a_line_has_a_final_state() -> None:
    [receipt] = received(Upload("empty.jsonl", b"\n \n"), UploadLimits())

    assert isinstance(receipt, Receipt)
    assert receipt.reason
