"""Word documents and presentations: what authors put beside the text."""

import io
import zipfile

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from core.domain.knowledge import ParsedDocument
from core.errors import UnreadableDocument
from ingestion.media import MediaType
from ingestion.parsers.registry import parser_for
from tests.ingestion import files

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def parsed(media_type: MediaType, content: bytes) -> ParsedDocument:
    return parser_for(media_type)(content, "a_file.x")


def docx(*paragraphs: str, header: str = "", footer: str = "") -> bytes:
    """Paragraphs given as the XML of their runs."""
    document = Document()
    section = document.sections[0]
    if header:
        section.header.paragraphs[0].text = header
    if footer:
        section.footer.paragraphs[0].text = footer
    for paragraph in paragraphs:
        body = document.element.body
        body.insert(len(body) - 1, parse_xml(f"<w:p {nsdecls('w')}>{paragraph}</w:p>"))
    stored = io.BytesIO()
    document.save(stored)
    return stored.getvalue()


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def with_part(content: bytes, kind: str, xml: str) -> bytes:
    """The document with another part that its text refers to."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    relation = f'<Relationship Id="rId99" Type="{RELATIONS}/{kind}" Target="{kind}.xml"/>'
    names = "word/_rels/document.xml.rels"
    parts[names] = parts[names].replace(b"</Relationships>", f"{relation}</Relationships>".encode())
    parts[f"word/{kind}.xml"] = xml.encode()
    return files.zip_of(parts)


def test_headers_and_footers_stand_once_without_page_numbers() -> None:
    content = docx(run("The text."), header="Travel rules", footer="Internal\tPage 1 of 3")

    assert parsed(MediaType.DOCX, content).text == "Travel rules\n\nThe text.\n\nInternal"


def test_a_footnote_stands_below_its_paragraph() -> None:
    content = docx(run("Trains first.") + '<w:r><w:footnoteReference w:id="2"/></w:r>', run("End."))
    notes = (
        f'<w:footnotes xmlns:w="{WORD}"><w:footnote w:type="separator" w:id="1"/>'
        f'<w:footnote w:id="2"><w:p>{run("Second class.")}</w:p></w:footnote></w:footnotes>'
    )

    document = parsed(MediaType.DOCX, with_part(content, "footnotes", notes))

    assert document.text == "Trains first.[1]\n\n[1] Second class.\n\nEnd."


def test_deleted_moved_and_invisible_words_are_no_text() -> None:
    deleted = "<w:del><w:r><w:delText>gone </w:delText></w:r></w:del>"
    moved = f"<w:moveFrom>{run('old place ')}</w:moveFrom>"
    added = f"<w:ins>{run('new ')}</w:ins>"
    content = docx(deleted + moved + added + run("words") + run("unseen", "<w:vanish/>"))

    document = parsed(MediaType.DOCX, content)

    assert document.text == "new words"
    assert [(one.kind, one.text) for one in document.hidden] == [("invisible", "unseen")]


def test_a_chart_on_a_slide_becomes_a_table() -> None:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Sales"
    figures = CategoryChartData()  # type: ignore[no-untyped-call]  # no types
    figures.categories = ["North", "South"]
    figures.add_series("2026", (4.5, 7))  # type: ignore[no-untyped-call]  # no types
    place = (Inches(1), Inches(1), Inches(4), Inches(3))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *place, figures)
    stored = io.BytesIO()
    deck.save(stored)

    assert "# Sales\n\n | 2026\nNorth | 4.5\nSouth | 7" in (
        parsed(MediaType.PPTX, stored.getvalue()).text
    )


def test_a_presentation_of_pictures_only_is_told_so() -> None:
    from PIL import Image

    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    picture.seek(0)
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    slide.shapes.add_picture(picture, 0, 0)
    stored = io.BytesIO()
    deck.save(stored)

    with pytest.raises(UnreadableDocument, match="only pictures"):
        parsed(MediaType.PPTX, stored.getvalue())
