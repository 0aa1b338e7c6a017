"""Zip archives become the documents inside them, and nothing else."""

import io
import zipfile
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from core.domain.knowledge import Upload
from ingestion.files.archives import UploadLimits
from ingestion.files.media import MediaType
from ingestion.files.unpacking import inner_path
from ingestion.files.validation import MAX_NAME
from ingestion.intake.reception import Incoming, received
from ingestion.values import Receipt
from tools.trial.files import zip_of

LIMITS = UploadLimits(max_bytes=5 * 2**20, max_unpacked_bytes=10 * 2**20, max_entries=20)


def items(content: bytes, **about: str) -> Iterator[Incoming | Receipt]:
    return received(Upload("pack.zip", content, **about), LIMITS)


def documents(content: bytes, **about: str) -> list[Incoming]:
    return [item for item in items(content, **about) if isinstance(item, Incoming)]


def reasons(content: bytes) -> list[str]:
    return [item.reason for item in items(content) if isinstance(item, Receipt)]


def test_members_are_documents_with_their_place_in_the_archive() -> None:
    content = zip_of({"rules/Travel rules.txt": b"Trains first", "b.csv": b"a,b\n1,2"})

    assert [(d.source_key, d.file_name, d.title) for d in documents(content)] == [
        ("pack.zip/rules/Travel rules.txt", "pack.zip/rules/Travel rules.txt", "Travel rules"),
        ("pack.zip/b.csv", "pack.zip/b.csv", "b"),
    ]


def test_an_archive_uploaded_under_an_id_gives_its_members_ids_below_it() -> None:
    (document,) = documents(zip_of({"a.txt": b"x"}), external_id="share/pack.zip")

    assert (document.source_key, document.external_id) == ("share/pack.zip/a.txt",) * 2


def test_a_refused_member_is_named_in_the_reason_and_the_others_come_in() -> None:
    content = zip_of({"x/song.mp3": b"\xff\xfb\x90", "a.txt": b"words", "b.pdf": b"words"})

    assert [d.file_name for d in documents(content)] == ["pack.zip/a.txt"]
    song, pdf = reasons(content)
    assert song.startswith("x/song.mp3: Files of type .mp3 cannot be read.")
    assert pdf.startswith("b.pdf: The file is named like a PDF, but its content is text")
    assert {i.file_name for i in items(content) if isinstance(i, Receipt)} == {"pack.zip"}


def test_records_inside_an_archive_are_documents() -> None:
    lines = b'{"_id": "1", "text": "x"}\n{"_id": "2", "text": "y"}\n'

    assert [d.external_id for d in documents(zip_of({"all.jsonl": lines}))] == ["1", "2"]


def test_json_lines_without_records_are_one_document_alone_and_in_an_archive() -> None:
    lines = b'{"name": "Ann"}\n{"name": "Bob"}\n'

    alone = list(received(Upload("all.jsonl", lines), LIMITS))

    for found in (alone, documents(zip_of({"all.jsonl": lines}))):
        assert [d.media_type for d in found if isinstance(d, Incoming)] == [MediaType.JSON]


def test_what_systems_leave_in_archives_is_passed_over() -> None:
    content = zip_of({"__MACOSX/._a.txt": b"x", ".DS_Store": b"x", "~$a.docx": b"x", "a.txt": b"y"})

    assert [d.file_name for d in documents(content)] == ["pack.zip/a.txt"]
    assert reasons(content) == []


def test_archives_are_unpacked_two_deep() -> None:
    inmost = zip_of({"deep.txt": b"deep"})
    inner = zip_of({"inmost.zip": inmost, "inner.txt": b"inner"})
    content = zip_of({"inner.zip": inner})

    assert [d.file_name for d in documents(content)] == ["pack.zip/inner.zip/inner.txt"]
    assert reasons(content) == [
        "inner.zip/inmost.zip: Archives nested more than 2 deep are not unpacked."
    ]


def test_archives_inside_count_towards_the_same_limits() -> None:
    inner = zip_of({f"{n}.txt": b"x" for n in range(15)})
    content = zip_of({"one.zip": inner, "two.zip": inner})

    assert len(documents(content)) == 15
    assert "two.zip: The file has 15 parts; at most 3 are allowed." in reasons(content)


def test_an_encrypted_member_is_told_so() -> None:
    stored = bytearray(zip_of({"a.txt": b"words"}))
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        stored[stored.index(header) + flags] |= 1

    assert reasons(bytes(stored)) == [
        "a.txt: It is protected by a password. Unpack it and upload the file."
    ]


def test_a_bomb_is_refused_whole() -> None:
    assert "looks like a zip bomb" in reasons(zip_of({"a.txt": bytes(11 * 2**20)}))[0]


def test_an_archive_that_breaks_off_is_damaged() -> None:
    assert "damaged" in reasons(zip_of({"a.txt": b"words" * 500})[:-30])[0]


def test_a_damaged_member_does_not_stop_the_others() -> None:
    stored = bytearray(zip_of({"a.txt": b"words and words", "b.txt": b"more"}))
    stored[35 + len("a.txt")] ^= 0xFF

    assert [d.file_name for d in documents(bytes(stored))] == ["pack.zip/b.txt"]
    assert "damaged" in reasons(bytes(stored))[0]


def test_names_written_in_utf8_without_saying_so_are_read_right() -> None:
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        archive.writestr("Ubersicht.txt", b"words")
    content = stored.getvalue().replace(b"Ubersicht", "Übersich".encode())

    assert documents(content)[0].file_name == "pack.zip/Übersich.txt"


@given(st.lists(st.text(max_size=120), max_size=6), st.sampled_from(["/", "\\"]))
def test_no_member_escapes_its_archive(parts: list[str], separator: str) -> None:
    path = inner_path("pack.zip", separator.join(parts))

    assert path.startswith("pack.zip/")
    assert ".." not in path.split("/")
    assert "" not in path.split("/")
    assert len(path) <= MAX_NAME
    assert not set(path) & set('\\\0\n\r<>:"|?*')


def test_long_paths_stay_apart() -> None:
    folder = "long folder name/" * 20

    assert inner_path("p.zip", f"{folder}one/a.txt") != inner_path("p.zip", f"{folder}two/a.txt")
