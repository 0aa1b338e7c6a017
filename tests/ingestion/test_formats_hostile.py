"""Whatever bytes come under whatever name: they are read, or refused with a reason."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.knowledge import Upload
from core.errors import UnreadableDocument
from ingestion.files.archives import UploadLimits
from ingestion.files.media import BY_SUFFIX, MediaType
from ingestion.intake.reception import Incoming, received
from ingestion.parsers.registry import MODULES, parser_for
from tests.ingestion import format_files as more
from tools.trial import files

LIMITS = UploadLimits(max_bytes=2**20, max_unpacked_bytes=2**22, max_entries=100)
IN_CHILD_ONLY = {MediaType.PDF} | {kind for kind in MODULES if kind.is_image}
QUICK = settings(max_examples=40, deadline=None)
READ_HERE = sorted(set(MODULES) - IN_CHILD_ONLY)
ODS_BODY = (
    '<table:table table:name="Fees"><table:table-row table:number-rows-repeated="2">'
    '<table:table-cell table:number-columns-spanned="2"><text:p>Tug</text:p></table:table-cell>'
    '<table:table-cell office:value-type="float" office:value="4"/></table:table-row></table:table>'
)


@cache
def examples() -> dict[MediaType, bytes]:
    return {
        MediaType.DOCX: files.docx(),
        MediaType.PPTX: files.pptx(),
        MediaType.XLSX: files.xlsx(),
        MediaType.ODT: more.odf(),
        MediaType.ODP: more.odf(more.ODP_BODY, "presentation"),
        MediaType.ODS: more.odf(ODS_BODY, "spreadsheet"),
        MediaType.EPUB: more.epub(["<h1>One</h1>", "<p>Two</p>"], names=["One"]),
        MediaType.RTF: more.RTF,
        MediaType.HTML: files.HTML,
        MediaType.EMAIL: files.eml(),
        MediaType.MSG: more.msg({0x37: "Subject", 0x1000: "Body"}, [("a.txt", b"words")]),
        MediaType.XML: b"<a><b x='1'>words</b>more</a>",
        MediaType.JSON: b'{"a": [1, {"b": "words"}]}',
        MediaType.CSV: b'a;b\n"1;2";3\n',
    }


def read_or_refuse(media_type: MediaType, content: bytes) -> None:
    try:
        document = parser_for(media_type)(content, "a.x")
    except UnreadableDocument:
        return
    assert any(page.text.strip() for page in document.pages)


@QUICK
@given(suffix=st.sampled_from(sorted(BY_SUFFIX)), content=st.binary(max_size=300))
def test_any_bytes_under_any_ending_are_read_or_refused(suffix: str, content: bytes) -> None:
    for item in received(Upload(f"a{suffix}", content), LIMITS):
        if isinstance(item, Incoming) and item.media_type not in IN_CHILD_ONLY:
            read_or_refuse(item.media_type, item.content)


@QUICK
@given(
    media_type=st.sampled_from(sorted(set(MODULES) - IN_CHILD_ONLY)),
    content=st.binary(max_size=300),
)
def test_any_bytes_past_the_door_are_read_or_refused(media_type: MediaType, content: bytes) -> None:
    read_or_refuse(media_type, content)


@pytest.mark.parametrize("media_type", sorted(examples()))
def test_a_file_damaged_anywhere_is_read_or_refused(media_type: MediaType) -> None:
    content = examples()[media_type]
    step = max(len(content) // 25, 1)

    for place in range(0, len(content), step):
        read_or_refuse(media_type, content[:place])
        read_or_refuse(media_type, content[:place] + b"\xff\x00" + content[place + 2 :])


def test_nested_bombs_are_refused_before_they_are_unpacked() -> None:
    content = files.zip_of({"0.txt": bytes(4 * 2**20)})
    for _ in range(4):
        content = files.zip_of({f"{number}.zip": content for number in range(8)})

    items = list(received(Upload("42.zip", content), LIMITS))

    assert {type(item).__name__ for item in items} == {"Receipt"}
