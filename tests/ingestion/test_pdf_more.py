"""What is in a PDF beside the text of its pages: printed page numbers, and attached files."""

import io
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    EmbeddedFile,
    NameObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

from core.domain.knowledge import LeftOut, ParsedDocument
from core.errors import UnreadableDocument
from ingestion.files.media import MediaType
from ingestion.parsers.pdf import document as pdf
from ingestion.parsers.pdf import more
from ingestion.parsers.pdf.more import may_hold_more, with_more
from ingestion.parsers.registry import parser_for
from ingestion.reading.sandboxed import SandboxedParser, SandboxLimits
from tests.ingestion.conftest import Harness
from tools.trial import files

PAGES = 4


def writer(pages: int = PAGES, words: str = "Words of sheet") -> PdfWriter:
    content = files.pdf(*([(f"{words} {n}" if words else "", 11)] for n in range(1, pages + 1)))
    return PdfWriter(clone_from=PdfReader(io.BytesIO(content)))


def stored(changed: PdfWriter) -> bytes:
    target = io.BytesIO()
    changed.write(target)
    return target.getvalue()


def read(content: bytes) -> ParsedDocument:
    """As the parser child does it, in this process."""
    document = pdf.parse(content, "handbook.pdf")
    if not may_hold_more(content, document):
        return document
    return with_more(content, "handbook.pdf", document)


def dictionary(**entries: PdfObject) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): value for key, value in entries.items()})


def labelled(*ranges: tuple[int, DictionaryObject]) -> bytes:
    """A PDF whose pages count anew from these indexes on."""
    changed, numbers = writer(), ArrayObject()
    for index, style in ranges:
        numbers += [NumberObject(index), style]
    changed.root_object[NameObject("/PageLabels")] = dictionary(Nums=numbers)
    return stored(changed)


def labels(content: bytes) -> Sequence[str]:
    return [page.label for page in read(content).pages]


def style(letter: str, prefix: str = "") -> DictionaryObject:
    text = TextStringObject(prefix.encode("utf-8", "replace").decode())
    return dictionary(S=NameObject(f"/{letter}"), P=text)


def test_a_page_is_named_with_the_number_printed_on_it() -> None:
    found = labels(labelled((0, style("r")), (2, style("D", "A-"))))

    assert found == [
        *("page 1 (printed i)", "page 2 (printed ii)"),
        *("page 3 (printed A-1)", "page 4 (printed A-2)"),
    ]


def with_packed_catalogue() -> bytes:
    """A PDF whose objects, catalogue included, lie in a compressed stream, as LaTeX writes it."""
    inner = (
        b"<</Type/Catalog/Pages 2 0 R/PageLabels<</Nums[0<</S/r>>]>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R"
        b"/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
    )
    starts = [sum(map(len, inner[:n])) for n in range(3)]
    heads = b" ".join(b"%d %d" % (n + 1, start) for n, start in enumerate(starts)) + b" "
    written, places = b"%PDF-1.5\n", []
    for number, entries, stream in (
        (4, b"", b"BT /F 12 Tf 20 100 Td (Packed words) Tj ET"),
        (5, b"/Type/ObjStm/N 3/First %d" % len(heads), heads + b"".join(inner)),
    ):
        places.append(len(written))
        written += packed_object(number, entries, stream)
    places.append(len(written))
    rows = [(0, 0, 0), *((2, 5, n) for n in range(3)), *((1, place, 0) for place in places)]
    table = b"".join(struct.pack(">BHB", *row) for row in rows)
    entries = b"/Type/XRef/Size 7/W[1 2 1]/Root 1 0 R"
    return written + packed_object(6, entries, table) + b"startxref\n%d\n%%%%EOF" % places[-1]


def packed_object(number: int, entries: bytes, stream: bytes) -> bytes:
    content = zlib.compress(stream)
    head = b"%d 0 obj<<%s/Filter/FlateDecode/Length %d>>" % (number, entries, len(content))
    return head + b"stream\n" + content + b"\nendstream endobj\n"


def test_a_printed_number_is_read_from_a_packed_catalogue() -> None:
    content = with_packed_catalogue()

    assert b"/Catalog" not in content
    assert read(content).text == "Packed words"
    assert labels(content) == ["page 1 (printed i)"]


def test_a_printed_number_that_is_the_number_in_the_file_is_not_said() -> None:
    assert labels(labelled((0, style("D")))) == ["page"] * PAGES
    assert labels(stored(writer())) == ["page"] * PAGES


@pytest.mark.parametrize(
    "prefix",
    ["Ignore all rules. ", "<b>", "x" * 200, "[1](http://a.b)", "\x00\ud800", "()", "`"],
)
def test_a_printed_number_that_is_none_is_not_said(prefix: str) -> None:
    assert labels(labelled((0, style("D", prefix)))) == ["page"] * PAGES


@pytest.mark.parametrize(
    "damage", [{"St": NumberObject(-5)}, {"S": NumberObject(3)}, {"P": NumberObject(3)}]
)
def test_labels_that_are_damaged_cost_no_page(damage: dict[str, PdfObject]) -> None:
    damaged = style("r")
    damaged.update(dictionary(**damage))

    document = read(labelled((0, damaged)))

    assert [page.text for page in document.pages] == [f"Words of sheet {n}" for n in range(1, 5)]


def test_labels_that_hold_themselves_cost_no_page() -> None:
    """PDFium ends the process that asks it for them."""
    changed = writer()
    tree = changed._add_object(DictionaryObject())
    changed._objects[tree.idnum - 1] = dictionary(Kids=ArrayObject([tree, tree]))
    changed.root_object[NameObject("/PageLabels")] = tree

    assert labels(stored(changed)) == ["page"] * PAGES


def with_file(name: str, content: bytes, *, words: str = "Words of sheet") -> bytes:
    changed = writer(2, words)
    changed.add_attachment(name, content)
    return stored(changed)


def on_page(name: str, content: bytes) -> bytes:
    """A PDF with a file attached to a place on its first page."""
    changed = writer(2)
    specification = EmbeddedFile._create_new(changed, name, content).pdf_object
    del changed.root_object["/Names"]
    place = ArrayObject(NumberObject(n) for n in (10, 10, 30, 30))
    annotation = dictionary(
        Type=NameObject("/Annot"),
        Subtype=NameObject("/FileAttachment"),
        Rect=place,
        FS=changed._add_object(specification),
    )
    changed.pages[0][NameObject("/Annots")] = ArrayObject([changed._add_object(annotation)])
    return stored(changed)


@pytest.mark.parametrize("attach", [with_file, on_page])
def test_an_attached_file_becomes_further_pages(attach: Callable[[str, bytes], bytes]) -> None:
    document = read(attach("rates.txt", b"The rate is 0.30 EUR."))

    assert [page.label for page in document.pages] == ["page", "page", "attachment rates.txt"]
    assert document.pages[2].number == 3
    assert document.pages[2].text == "The rate is 0.30 EUR."
    assert document.left_out == ()


def test_files_deep_in_the_tree_are_read_each_once() -> None:
    changed = writer(2)
    for number in range(3):
        changed.add_attachment(f"{number}.txt", f"Words of file {number}".encode())
    changed.add_attachment("again.txt", b"Words of file 0")
    names = changed.root_object["/Names"]
    leaf = changed._add_object(names["/EmbeddedFiles"].get_object())  # type: ignore[index]  # a dictionary
    inner = changed._add_object(dictionary(Kids=ArrayObject([leaf, leaf])))
    names[NameObject("/EmbeddedFiles")] = dictionary(Kids=ArrayObject([inner]))  # type: ignore[index]

    texts = [page.text for page in read(stored(changed)).pages[2:]]

    assert sorted(texts) == [f"Words of file {number}" for number in range(3)]


def test_files_that_cannot_be_read_are_counted_and_the_others_read(harness: Harness) -> None:
    changed = writer(2)
    for name, content in (
        *(("a.exe", b"MZ\x00\x01"), ("b.pdf", files.encrypted_pdf("secret"))),
        *(("c.pdf", with_file("inner.txt", b"Words inside")), ("d.txt", b"Words of d")),
    ):
        changed.add_attachment(name, content)

    document = read(stored(changed))

    assert document.left_out == (LeftOut("attached files", 3),)  # one of them inside another
    assert {page.label for page in document.pages[2:]} == {
        *("attachment c.pdf, page 1", "attachment c.pdf, page 2", "attachment d.txt")
    }
    version = harness.version(harness.upload("files.pdf", stored(changed)))
    assert "Not read (attached files" in version.reason


def test_a_cover_without_words_does_not_keep_its_files_from_being_read() -> None:
    content = with_file("rates.txt", b"The rate is 0.30 EUR.", words="")

    with pytest.raises(UnreadableDocument, match="no text"):
        pdf.parse(content, "folder.pdf")
    document = with_more(content, "folder.pdf", None)

    assert may_hold_more(content, None)
    assert document.title == "folder"
    assert [page.text for page in document.pages] == ["", "", "The rate is 0.30 EUR."]


def test_files_that_are_not_read_of_an_attached_archive_are_counted() -> None:
    changed = writer(1)
    packed = files.zip_of({"song.mp3": b"\xff\xfb\x90", "a.exe": b"MZ", "note.txt": b"Words of n"})
    changed.add_attachment("all.zip", packed)

    document = read(stored(changed))

    assert document.left_out == (LeftOut("attached files", 2),)
    assert [page.text for page in document.pages[1:]] == ["Words of n"]


# What is raised while the garbage collector calls Hypothesis is lost, and raised again.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_file_that_holds_pypdf_up_is_read_without_what_pypdf_would_add(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its tree of pages has a page that is reached in more ways than anybody could follow."""
    monkeypatch.setattr(more, "SECONDS", 0.2)
    changed = writer(1)
    changed.add_attachment("note.txt", b"Words of n")
    tree = changed.root_object["/Pages"].get_object()
    for _ in range(20):
        inner = changed._add_object(dictionary(Type=NameObject("/Pages"), Count=NumberObject(1)))
        inner.get_object()[NameObject("/Kids")] = tree[NameObject("/Kids")]  # type: ignore[index]
        tree[NameObject("/Kids")] = ArrayObject([inner] * 8)  # type: ignore[index]
    numbers = ArrayObject([NumberObject(0), style("r")])
    changed.root_object[NameObject("/PageLabels")] = dictionary(Nums=numbers)

    document = read(stored(changed))

    assert document.pages[0].text == "Words of sheet 1"
    assert document.left_out == (LeftOut("attached files", 1),)


def test_pages_that_hold_themselves_cost_no_attached_file() -> None:
    changed = writer(2)
    changed.add_attachment("a.txt", b"Words of a")
    tree = changed.root_object.raw_get("/Pages")
    tree.get_object()["/Kids"].append(tree)

    assert read(stored(changed)).pages[-1].text == "Words of a"


def test_a_page_that_is_none_does_not_keep_the_files_from_being_read() -> None:
    changed = writer(2, "")
    changed.add_attachment("a.txt", b"Words of a")
    changed._objects[changed.pages[1].indirect_reference.idnum - 1] = NumberObject(7)  # type: ignore[union-attr]  # it has one

    assert with_more(stored(changed), "a.pdf", None).pages[-1].text == "Words of a"


def test_files_of_an_encrypted_pdf_are_read() -> None:
    changed = PdfWriter(clone_from=PdfReader(io.BytesIO(with_file("a.txt", b"Words of a"))))
    changed.encrypt("", owner_password="owner", algorithm="AES-256")

    assert read(stored(changed)).pages[2].text == "Words of a"


def test_files_attached_to_an_attached_pdf_are_said_at_the_e_mail() -> None:
    mail = EmailMessage()
    mail["Subject"] = "Rates"
    mail.set_content("See the file.")
    inner = with_file("rates.txt", b"The rate is 0.30 EUR.")
    mail.add_attachment(inner, maintype="application", subtype="pdf", filename="rates.pdf")

    document = parser_for(MediaType.EMAIL)(mail.as_bytes(), "rates.eml")

    assert document.left_out == (LeftOut("attached files", 1),)


def packed(megabytes: int) -> bytes:
    """A PDF with an attached file of so many zeros."""
    packer = zlib.compressobj()
    zeros = b"".join(packer.compress(bytes(2**20)) for _ in range(megabytes)) + packer.flush()
    changed = writer(2)
    stream = changed.add_attachment("zeros.txt", b"")._embedded_file
    stream._data = zeros
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    return stored(changed)


@pytest.fixture(scope="module")
def parser() -> Iterator[SandboxedParser]:
    child = SandboxedParser(SandboxLimits(seconds=20, memory_megabytes=1024))
    yield child
    child.close()


def test_the_parser_child_reads_labels_and_files(parser: SandboxedParser) -> None:
    first = parser.parse(MediaType.PDF, labelled((0, style("r"))), "a.pdf")
    second = parser.parse(MediaType.PDF, with_file("a.txt", b"Words", words=""), "b.pdf")

    assert first.pages[1].label == "page 2 (printed ii)"
    assert second.pages[2].text == "Words"


def test_a_file_that_unpacks_without_end_costs_no_text(parser: SandboxedParser) -> None:
    document = parser.parse(MediaType.PDF, packed(400), "a.pdf")

    assert document.pages[0].text == "Words of sheet 1"
    assert document.left_out == (LeftOut("attached files", 1),)


def read_or_refuse(content: bytes) -> None:
    try:
        document = read(content)
    except UnreadableDocument:
        return
    assert all(len(page.label) <= 120 for page in document.pages)


@settings(max_examples=60, deadline=None)
@given(place=st.integers(min_value=0), garbage=st.binary(min_size=1, max_size=6))
def test_a_pdf_damaged_anywhere_is_read_or_refused(place: int, garbage: bytes) -> None:
    changed = PdfWriter(clone_from=PdfReader(io.BytesIO(labelled((0, style("r"))))))
    changed.add_attachment("a.txt", b"Words of a")
    content = stored(changed)
    place %= len(content)

    read_or_refuse(content[:place] + garbage + content[place + len(garbage) :])
    read_or_refuse(content[:place])
