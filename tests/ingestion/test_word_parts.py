"""Word documents: charts, diagrams and files in them are read where they stand, or counted."""

import io
from typing import Any

import pytest
from docx import Document
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from core.domain.knowledge import HiddenText, LeftOut, ParsedDocument
from ingestion.files.media import MediaType
from tests.ingestion.format_files import ole
from tests.ingestion.inner_files import CHART, EXTENDED, chart_part, fees, word
from tests.ingestion.test_formats_word import RELATIONS, docx, parsed, run, with_part, with_style

DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
OFFICE = 'xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:v="urn:schemas-microsoft-com:vml"'


def diagram(relation: str) -> str:
    return (
        f'<w:r><w:drawing><d:relIds xmlns:d="{DRAWING}/diagram" xmlns:r="{RELATIONS}" '
        f'r:dm="{relation}"/></w:drawing></w:r>'
    )


def chart(relation: str, space: str = CHART) -> str:
    return (
        f'<w:r><w:drawing><c:chart xmlns:c="{space}" xmlns:r="{RELATIONS}" r:id="{relation}"/>'
        "</w:drawing></w:r>"
    )


def holding(xml: str, name: str, content: bytes, kind: str, outer: bytes = b"") -> bytes:
    """A document with words around `xml`, which refers as {} to the part `name`."""
    document: Any = Document(io.BytesIO(outer) if outer else None)
    part = Part(PackURI(f"/word/{name}"), "application/x", content, document.part.package)
    relation = document.part.relate_to(part, f"{RELATIONS}/{kind}")
    body = document.element.body
    for block in ("<w:p>" + run("Before.") + "</w:p>", xml, "<w:p>" + run("After.") + "</w:p>"):
        filled = block.replace("{}", relation).replace(" ", f" {nsdecls('w', 'r')} ", 1)
        body.insert(len(body) - 1, parse_xml(filled.replace("<w:p>", f"<w:p {nsdecls('w')}>", 1)))
    stored = io.BytesIO()
    document.save(stored)
    return stored.getvalue()


def inserted(name: str, content: bytes) -> ParsedDocument:
    return parsed(MediaType.DOCX, holding('<w:altChunk r:id="{}"/>', name, content, "aFChunk"))


def embedded(name: str, content: bytes, kind: str = "package") -> ParsedDocument:
    shown = f'<w:r><w:object {OFFICE}><o:OLEObject Type="Embed" r:id="{{}}"/></w:object></w:r>'
    outer = holding(f'<w:p w:rsidR="1">{shown}</w:p>', f"embeddings/{name}", content, kind)
    return parsed(MediaType.DOCX, outer)


def test_the_words_of_a_diagram_stand_where_it_is_shown() -> None:
    data = f'<d xmlns:a="{DRAWING}/main"><a:p><a:t>Porter first</a:t></a:p></d>'
    content = with_part(docx(run("Call:") + diagram("rId99"), run("End.")), "diagramData", data)

    assert parsed(MediaType.DOCX, content).text == "Call:\n- Porter first\n\nEnd."


def test_a_diagram_without_its_data_is_counted() -> None:
    document = parsed(MediaType.DOCX, docx(run("Call:") + diagram("rId77")))

    assert document.text.strip() == "Call:"
    assert document.left_out == (LeftOut("diagrams", 1),)


@pytest.mark.parametrize("kind", ["pie3DChart", "barChart", "stockChart"])
def test_a_chart_is_a_table_where_it_stands(kind: str) -> None:
    content = with_part(docx(run("See:") + chart("rId99"), run("End.")), "chart", chart_part(kind))

    assert parsed(MediaType.DOCX, content).text == (
        "See:\nParcels\n | Share\nNorth | 40.0%\nSouth | 60.0%\n\nEnd."
    )


def test_the_labels_of_a_chart_may_have_two_levels() -> None:
    labels = (
        "<c:multiLvlStrRef><c:multiLvlStrCache>"
        '<c:lvl><c:pt idx="0"><c:v>May</c:v></c:pt><c:pt idx="1"><c:v>June</c:v></c:pt></c:lvl>'
        '<c:lvl><c:pt idx="0"><c:v>2026</c:v></c:pt></c:lvl>'
        "</c:multiLvlStrCache></c:multiLvlStrRef>"
    )
    content = with_part(docx(chart("rId99")), "chart", chart_part(labels=labels))

    assert "2026 May | 40.0%\n2026 June | 60.0%" in parsed(MediaType.DOCX, content).text


def test_a_waterfall_chart_is_a_table_as_well() -> None:
    data = (
        f'<cx:chartSpace xmlns:cx="{EXTENDED}"><cx:chartData><cx:data id="0"><cx:strDim type="cat">'
        '<cx:lvl ptCount="2"><cx:pt idx="0">Start</cx:pt><cx:pt idx="1">Loss</cx:pt></cx:lvl>'
        '</cx:strDim><cx:numDim type="val"><cx:lvl ptCount="2" formatCode="#,##0">'
        '<cx:pt idx="0">1200</cx:pt><cx:pt idx="1">-300</cx:pt></cx:lvl></cx:numDim></cx:data>'
        "</cx:chartData><cx:chart><cx:plotArea><cx:plotAreaRegion><cx:series><cx:tx><cx:txData>"
        '<cx:v>Stock</cx:v></cx:txData></cx:tx><cx:dataId val="0"/></cx:series>'
        "</cx:plotAreaRegion></cx:plotArea></cx:chart></cx:chartSpace>"
    )
    content = with_part(docx(run("See:") + chart("rId99", EXTENDED)), "chartEx", data)

    assert parsed(MediaType.DOCX, content).text == "See:\n | Stock\nStart | 1,200\nLoss | -300"


def test_a_damaged_chart_is_counted() -> None:
    document = parsed(MediaType.DOCX, with_part(docx(run("See:") + chart("rId99")), "chart", "<c"))

    assert (document.text.strip(), document.left_out) == ("See:", (LeftOut("charts", 1),))


WEB_ARCHIVE = (
    "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\n"
    "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
    "<p>T=C3=BCr 4</p>\n--b--\n"
)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.html", "<h1>Doors</h1><p>Tür 4</p>".encode(), "# Doors\n\nTür 4"),
        ("a.rtf", rb"{\rtf1\ansi\ansicpg1252 T\'fcr 4\par}", "Tür 4"),
        ("a.txt", "Tür 4".encode(), "Tür 4"),
        ("a.mht", WEB_ARCHIVE.encode(), "Tür 4"),
        ("a.docx", word("Tür 4", "is open"), "Tür 4\n\nis open"),
    ],
)
def test_an_inserted_file_is_read_where_it_stands(name: str, content: bytes, words: str) -> None:
    document = inserted(name, content)

    assert document.text == f"Before.\n\n{words}\n\nAfter."
    assert document.left_out == ()


def test_an_inserted_file_that_cannot_be_read_is_counted() -> None:
    document = inserted("a.docx", b"PK\x03\x04 no archive")

    assert document.text == "Before.\n\nAfter."
    assert document.left_out == (LeftOut("inserted files", 1),)


def test_a_file_that_is_inserted_deeper_than_once_is_counted() -> None:
    document = parsed(MediaType.DOCX, word("deepest"))
    content = word("deepest")
    for _ in range(2):
        content = holding('<w:altChunk r:id="{}"/>', "a.docx", content, "aFChunk")
        document = parsed(MediaType.DOCX, content)

    assert document.text == "Before.\n\nBefore.\n\nAfter.\n\nAfter."
    assert document.left_out == (LeftOut("inserted files", 1),)


@pytest.mark.parametrize("is_wrapped", [False, True])
def test_an_embedded_workbook_is_a_table_and_what_it_hides_is_hidden(is_wrapped: bool) -> None:
    content = ole({"Package": fees()}) if is_wrapped else fees()

    document = embedded("o.bin" if is_wrapped else "b.xlsx", content)

    assert document.text == "Before.\n\nYard | Fee\nSplit | 4\n\nAfter."
    assert document.hidden == (HiddenText(1, "not displayed", "Old 9"),)
    assert document.left_out == ()


def test_a_file_that_was_dragged_into_a_document_is_read() -> None:
    name = b"hours.txt\0"
    path = len(name).to_bytes(4, "little") + name
    words = b"Gate 4 opens at six."
    stream = b"\0\0\0\0\2\0" + name + name + b"\0\0\3\0" + path
    stream += len(words).to_bytes(4, "little") + words

    assert words.decode() in embedded("o.bin", ole({"\x01Ole10Native": stream}), "oleObject").text


@pytest.mark.parametrize(
    ("streams", "what"),
    [({"Equation Native": b"\0" * 30}, "formulas"), ({"Other": b"\0" * 30}, "embedded files")],
)
def test_an_object_that_cannot_be_read_is_counted_as_what_it_is(
    streams: dict[str, bytes], what: str
) -> None:
    document = embedded("o.bin", ole(streams), "oleObject")

    assert document.text == "Before.\n\nAfter."
    assert document.left_out == (LeftOut(what, 1),)


def test_comments_are_counted() -> None:
    comments = (
        f'<w:comments {nsdecls("w")}><w:comment w:id="0"><w:p>{run("Really?")}</w:p></w:comment>'
        "</w:comments>"
    )

    document = parsed(MediaType.DOCX, with_part(docx(run("See:")), "comments", comments))

    assert (document.text, document.left_out) == ("See:", (LeftOut("comments", 1),))


STRIKE = "<w:strike/>"


@pytest.mark.parametrize("mark", [STRIKE, "<w:dstrike/>", '<w:rStyle w:val="Gone"/>'])
def test_struck_out_words_do_not_stand_beside_what_holds(mark: str) -> None:
    style = f'<w:style w:type="character" w:styleId="Gone"><w:rPr>{STRIKE}</w:rPr></w:style>'
    paragraph = run("Price: ") + run("40 EUR ", mark) + run("45 EUR", '<w:strike w:val="0"/>')

    document = parsed(MediaType.DOCX, with_style(docx(paragraph, run("All gone.", mark)), style))

    assert (document.text, document.hidden) == ("Price: 45 EUR", ())


def test_struck_out_words_of_a_footnote_are_no_text() -> None:
    content = docx(run("Trains first.") + '<w:r><w:footnoteReference w:id="2"/></w:r>')
    notes = (
        f'<w:footnotes {nsdecls("w")}><w:footnote w:id="2"><w:p>{run("First", STRIKE)}'
        f"{run('Second class.')}</w:p></w:footnote></w:footnotes>"
    )

    document = parsed(MediaType.DOCX, with_part(content, "footnotes", notes))

    assert document.text == "Trains first.[1]\n\n[1] Second class."


def test_a_row_whose_deletion_was_tracked_is_no_row() -> None:
    document: Any = Document()
    table = document.add_table(3, 2)
    cells = [cell for row in table.rows for cell in row.cells]
    for cell, words in zip(cells, ["Yard", "Fee", "Bar", "9", "Split", "4"], strict=True):
        cell.text = words
    table.rows[1]._tr.get_or_add_trPr().append(parse_xml(f"<w:del {nsdecls('w')} w:id='1'/>"))
    stored = io.BytesIO()
    document.save(stored)

    assert parsed(MediaType.DOCX, stored.getvalue()).text == "Yard | Fee\nSplit | 4"


def test_a_table_of_contents_is_no_text_and_its_page_breaks_count() -> None:
    document: Any = Document()
    page_break = "<w:r><w:lastRenderedPageBreak/></w:r>"
    lines = f"<w:p>{run('Contents')}</w:p><w:p>{run('1 Scope 2')}{page_break}</w:p>"
    gallery = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
    control = (
        f"<w:sdt {nsdecls('w')}><w:sdtPr>{gallery}</w:sdtPr>"
        f"<w:sdtContent>{lines}</w:sdtContent></w:sdt>"
    )
    document.element.body.insert(0, parse_xml(control))
    document.element.body.insert(0, parse_xml(f"<w:p {nsdecls('w')}>{run('Rules')}</w:p>"))
    entry = f"<w:p {nsdecls('w')}><w:pPr><w:pStyle w:val='TOC1'/></w:pPr>{run('Two 3')}</w:p>"
    document.element.body.insert(2, parse_xml(entry))
    document.add_paragraph("The scope.")
    stored = io.BytesIO()
    document.save(stored)

    pages = parsed(MediaType.DOCX, stored.getvalue()).pages

    assert [page.text for page in pages] == ["Rules", "The scope."]


def test_raised_figures_are_no_figures_of_the_number_before_them() -> None:
    up = '<w:vertAlign w:val="superscript"/>'
    content = docx(
        run("4,500") + run("1", up) + run(" EUR, 10") + run("-3", up) + run(" m") + run("2", up)
    )

    assert parsed(MediaType.DOCX, content).text == "4,500¹ EUR, 10⁻³ m2"


def signs(words: str) -> str:
    return f"<m:r><m:t>{words}</m:t></m:r>"


@pytest.mark.parametrize(
    ("formula", "written"),
    [
        (f"<m:f><m:num>{signs('1')}</m:num><m:den>{signs('2')}</m:den></m:f>", "1/2"),
        (f"<m:f><m:num>{signs('a+b')}</m:num><m:den>{signs('2c')}</m:den></m:f>", "(a+b)/(2c)"),
        (f"<m:sSup><m:e>{signs('10')}</m:e><m:sup>{signs('-3')}</m:sup></m:sSup>", "10^(-3)"),
        (f"<m:sSub><m:e>{signs('x')}</m:e><m:sub>{signs('1')}</m:sub></m:sSub>", "x_1"),
        (f"<m:rad><m:deg/><m:e>{signs('a+b')}</m:e></m:rad>", "√(a+b)"),
        (f"{signs('f')}<m:d><m:e>{signs('x')}</m:e></m:d>", "f(x)"),
        (
            '<m:d><m:dPr><m:begChr m:val="["/><m:sepChr m:val=";"/><m:endChr m:val="]"/></m:dPr>'
            f"<m:e>{signs('1')}</m:e><m:e>{signs('2')}</m:e></m:d>",
            "[1;2]",
        ),
        (
            '<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr>'
            f"<m:sub>{signs('i=1')}</m:sub><m:sup>{signs('n')}</m:sup><m:e>{signs('x')}</m:e>"
            "</m:nary>",
            "∑_(i=1)^n x",
        ),
    ],
)
def test_a_formula_is_written_on_one_line(formula: str, written: str) -> None:
    space = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'

    assert parsed(MediaType.DOCX, docx(f"<m:oMath {space}>{formula}</m:oMath>")).text == written


def test_reading_aids_above_words_are_not_read_into_them() -> None:
    inner = f"<w:rt>{run('とう')}</w:rt><w:rubyBase>{run('東')}</w:rubyBase>"
    content = docx(f"<w:r><w:ruby>{inner}</w:ruby></w:r>" + run("京"))

    assert parsed(MediaType.DOCX, content).text == "東京"
