"""What comes through the door, and what each refused file is told."""

import re

import pytest

from core.errors import UnreadableDocument
from ingestion.files.archives import UploadLimits
from ingestion.files.media import MediaType
from ingestion.files.validation import safe_name, validate
from tests.ingestion import format_files as more
from tools.trial import files

LIMITS = UploadLimits(max_bytes=5 * 2**20)
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001") + bytes(range(256)) * 4


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.pdf", files.pdf([("Text", 11)]), MediaType.PDF),
        ("a.PDF", b"\r\n junk \r\n" + files.pdf([("Text", 11)]), MediaType.PDF),
        ("a.docx", files.docx(), MediaType.DOCX),
        ("a.pptx", files.pptx(), MediaType.PPTX),
        ("a.xlsx", files.xlsx(), MediaType.XLSX),
        ("a.eml", files.eml(), MediaType.EMAIL),
        ("a.html", files.HTML, MediaType.HTML),
        ("a.csv", b"a;b\n1;2\n", MediaType.CSV),
        ("a.md", b"# Title", MediaType.MARKDOWN),
        ("a.txt", "Grüße".encode("cp1252"), MediaType.TEXT),
        ("a.txt", "Grüße".encode("utf-16"), MediaType.TEXT),
        ("a.txt", "Greetings in wide letters".encode("utf-16-le"), MediaType.TEXT),
        ("a.jsonl", b'{"_id": "1", "text": "x"}\n', MediaType.JSONL),
        ("a.eml", b"Dear all, hello", MediaType.TEXT),
        ("a.html", b"plain words", MediaType.TEXT),
        ("a.txt", files.HTML, MediaType.TEXT),
        ("a.txt", b"BMW sells cars", MediaType.TEXT),
        ("a.odt", more.odf(), MediaType.ODT),
        ("a.odp", more.odf(kind="presentation"), MediaType.ODP),
        ("a.ods", more.odf(kind="spreadsheet"), MediaType.ODS),
        ("a.epub", more.epub(["<p>x</p>"]), MediaType.EPUB),
        ("a.rtf", more.RTF, MediaType.RTF),
        ("a.msg", more.msg({0x37: "x"}), MediaType.MSG),
        ("a.xls", more.ole({"Workbook": b"x"}), MediaType.XLS),
        ("a.png", PNG, MediaType.PNG),
        ("a.zip", files.zip_of({"a.txt": b"x"}), MediaType.ZIP),
    ],
)
def test_a_readable_file_is_recognised(name: str, content: bytes, expected: MediaType) -> None:
    assert validate(name, content, LIMITS) is expected


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.pdf", b"", "is empty"),
        ("a.txt", b"x" * (5 * 2**20 + 1), "at most 5 MB"),
        ("a.pdf", files.HTML, "its content is an HTML page, not a PDF"),
        ("a.docx", b"Just words", "its content is text, not a Word document"),
        ("a.txt", files.pdf([("Text", 11)]), "named .txt but contains a PDF"),
        ("a.docx", files.xlsx(), "named .docx but contains an Excel workbook"),
        ("a.txt", PNG, "named .txt but contains a PNG image. Give it the extension .png"),
        ("a.txt", bytes(range(256)) * 4, "not plain text"),
        ("a.doc", files.docx(), "named .doc but contains a Word document"),
        ("a.heic", b"\0\0\0\x18ftypheic" + bytes(range(64)), "Save the image as JPEG or PNG"),
        ("a.mp3", b"\xff\xfb\x90\x64" + bytes(64), "Upload a transcript"),
        ("a.doc", more.ole({"WordDocument": b"x"}), "save it as .docx"),
        ("a.ppt", more.ole({"PowerPoint Document": b"x"}), "save it as .pptx"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Office format"),
        (
            "a.xlsx",
            more.ole({"EncryptionInfo": b"x", "EncryptedPackage": b"secret"}),
            "protected by a password",
        ),
        ("a.exe", b"MZ", "Files of type .exe cannot be read"),
        ("a", b"words", "Files without an extension"),
        ("a.jsonl", b"words", "no records"),
        ("a.docx", files.zip_of({"readme.txt": b"hello"}), "contains a zip archive"),
        ("a.pdf", b"<html>%PDF-1.7</html>", "its content is an HTML page"),
        (
            "a.pdf",
            b"%PDF-1.7 words" + files.zip_of({"a.txt": b"x"}),
            "attached after its own content",
        ),
        ("a.png", PNG + files.zip_of({"a.txt": b"x"}), "attached after its own content"),
        ("a.txt", b" \n\t ", "only white space"),
        ("a.zip", files.zip_of({"a.txt": bytes(30 * 2**20)}), "looks like a zip bomb"),
        ("a.docx", files.docx()[:2000], "damaged"),
        (
            "a.docx",
            files.zip_of(
                {
                    "[Content_Types].xml": b"<Types/>",
                    "word/document.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
                }
            ),
            "XML type definition",
        ),
    ],
)
def test_a_refused_file_is_told_the_cause(name: str, content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableDocument, match=re.escape(reason)):
        validate(name, content, LIMITS)


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(UnreadableDocument, match="unpacks to 400 MB, which looks like a zip bomb"):
        validate("a.docx", files.zip_bomb(400), LIMITS)


def test_a_text_too_large_for_its_parser_is_refused() -> None:
    import random

    words = random.Random(1).randbytes(2**20)
    parts = {"[Content_Types].xml": b"<Types/>", "word/document.xml": words * 65}

    with pytest.raises(UnreadableDocument, match="unpacks to 65 MB of XML; at most 64 MB"):
        validate("a.docx", files.zip_of(parts), UploadLimits(max_bytes=100 * 2**20))


def test_an_archive_of_very_many_parts_is_refused() -> None:
    parts = {f"word/{n}.xml": b"" for n in range(30)}

    with pytest.raises(UnreadableDocument, match="has 30 parts; at most 20"):
        validate("a.docx", files.zip_of(parts), UploadLimits(max_entries=20))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../x.pdf", "x.pdf"),
        ("C:\\Users\\me\\x.pdf", "x.pdf"),
        ("re\0port\u202efdp.pdf", "reportfdp.pdf"),
        ("a<b>:c?.pdf", "a_b__c_.pdf"),
        ("n" * 300 + ".pdf", "n" * 196 + ".pdf"),
        ("..", "document"),
        ("", "document"),
        ("Übersicht 2026.xlsx", "Übersicht 2026.xlsx"),
    ],
)
def test_a_name_is_made_safe_to_show(given: str, shown: str) -> None:
    assert safe_name(given) == shown
