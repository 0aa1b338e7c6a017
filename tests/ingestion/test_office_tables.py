"""Tables in Word and PowerPoint keep each cell in its column, merged ones in all of theirs."""

import io
from itertools import chain

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls
from pptx import Presentation
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.presentation import Presentation as Deck
from pptx.table import Table
from pptx.util import Inches

from core.domain.knowledge import ParsedDocument
from ingestion.files.media import MediaType
from ingestion.parsers.registry import parser_for
from tests.ingestion.format_files import odf
from tests.ingestion.workbook_files import with_part

CREWS = [
    ["Harbour", "Boat", "Crew"],
    ["Gdynia", "Tug", "4"],
    ["", "Pilot", "2"],
    ["Varna", "Tug", "5"],
]
W = nsdecls("w")


def word(rows: list[list[str]], *merges: tuple[int, int, int, int]) -> WordDocument:
    """A document with one table; merges are first row, first column, last row, last column."""
    document = Document()
    table = document.add_table(len(rows), len(rows[0]))
    for line, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(line.cells, texts, strict=True):
            cell.text = text
    for top, left, bottom, right in merges:
        table.cell(top, left).merge(table.cell(bottom, right))
    return document


def read(document: WordDocument | Deck, kind: MediaType = MediaType.DOCX) -> ParsedDocument:
    stored = io.BytesIO()
    document.save(stored)
    return parser_for(kind)(stored.getvalue(), "a_file.x")


def deck_with(rows: list[list[str]]) -> tuple[Deck, Table]:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    place = (Inches(1), Inches(1), Inches(6), Inches(2))
    table = slide.shapes.add_table(len(rows), len(rows[0]), *place).table
    for cell, text in zip(table.iter_cells(), chain.from_iterable(rows), strict=True):
        cell.text = text
    return deck, table


def test_cells_merged_down_and_across_in_word_count_for_all_of_their_places() -> None:
    rows = [*CREWS, ["Split", "none yet", ""]]

    text = read(word(rows, (1, 0, 2, 0), (4, 1, 4, 2))).text

    assert text == (
        "Harbour | Boat | Crew\nGdynia | Tug | 4\nGdynia | Pilot | 2\nVarna | Tug | 5\n"
        "Split | none yet | none yet"
    )


def test_empty_cells_of_a_word_table_stay_in_their_columns() -> None:
    rows = [["Lift", "In", "Out"], ["L1", "", "4 t"], ["L2", "5 t", ""]]

    assert read(word(rows)).text == "Lift | In | Out\nL1 |  | 4 t\nL2 | 5 t"


def test_a_row_that_begins_further_right_keeps_its_columns() -> None:
    document = word([["Lift", "In", "Out"], ["L1", "3 t", "4 t"]])
    row = document.tables[0].rows[1]._tr
    row.remove(row.tc_lst[0])
    row.get_or_add_trPr().append(parse_xml(f'<w:gridBefore {W} w:val="1"/>'))

    assert read(document).text == "Lift | In | Out\n | 3 t | 4 t"


def test_names_over_two_repeated_rows_of_a_word_table_become_one() -> None:
    rows = [["Lift", "Load", ""], ["", "inside", "outside"], ["L1", "5 t", "4 t"]]
    document = word(rows, (0, 0, 1, 0), (0, 1, 0, 2))
    for line in document.tables[0].rows[:2]:
        line._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))

    assert read(document).text == "Lift | Load inside | Load outside\nL1 | 5 t | 4 t"


def test_a_table_within_a_cell_of_a_word_table_is_part_of_its_row() -> None:
    document = word([["Yard", "Open"], ["Split", ""], ["Bar", "daily"]])
    cell = document.tables[0].cell(1, 1)
    inner = cell.add_table(2, 2)
    places = [cell for row in inner.rows for cell in row.cells]
    for place, words in zip(places, ["Mon", "8-5", "Tue", "9-6"], strict=True):
        place.text = words

    assert read(document).text == "Yard | Open\nSplit | Mon, 8-5; Tue, 9-6\nBar | daily"


def test_the_names_of_the_columns_stand_on_each_page_of_a_word_table() -> None:
    document = word(CREWS)
    run = document.tables[0].cell(3, 0).paragraphs[0].runs[0]
    run._r.insert(0, OxmlElement("w:lastRenderedPageBreak"))

    pages = read(document).pages

    assert [page.text for page in pages] == [
        "Harbour | Boat | Crew\nGdynia | Tug | 4\n | Pilot | 2",
        "Harbour | Boat | Crew\nVarna | Tug | 5",
    ]


def test_merged_cells_of_a_slide_count_for_all_of_their_rows() -> None:
    deck, table = deck_with(CREWS)
    table.cell(1, 0).merge(table.cell(2, 0))

    assert read(deck, MediaType.PPTX).text == (
        "Harbour | Boat | Crew\nGdynia | Tug | 4\nGdynia | Pilot | 2\nVarna | Tug | 5"
    )


def test_a_hidden_slide_is_hidden_text_and_keeps_its_number() -> None:
    deck = Presentation()
    for words in ("Draft: 99 EUR", "Fee: 12 EUR"):
        deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = words
    deck.slides[0].notes_slide.notes_text_frame.text = "Tell nobody."
    deck.slides[0].element.set("show", "0")

    document = read(deck, MediaType.PPTX)

    assert [page.text for page in document.pages] == ["", "# Fee: 12 EUR"]
    assert [(h.page, h.kind) for h in document.hidden] == [(1, "not displayed")]
    assert "99 EUR" in document.hidden[0].text
    assert "Tell nobody." in document.hidden[0].text


def test_a_shape_that_is_switched_off_is_hidden_text_also_within_a_group() -> None:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Fees of the year"
    group = slide.shapes.add_group_shape()
    box = group.shapes.add_textbox(0, 0, Inches(2), Inches(1))
    box.text_frame.text = "Secret discount"
    group.element._nvXxPr.cNvPr.set("hidden", "1")

    document = read(deck, MediaType.PPTX)

    assert document.text == "# Fees of the year"
    assert [h.text for h in document.hidden] == ["Secret discount"]


def chart(kind: XL_CHART_TYPE, figures: CategoryChartData | XyChartData) -> str:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    slide.shapes.add_chart(kind, *(Inches(1), Inches(1), Inches(4), Inches(3)), figures)
    return read(deck, MediaType.PPTX).text


def test_the_figures_of_a_chart_keep_their_digits_and_their_format() -> None:
    figures = CategoryChartData(number_format="#,##0")  # type: ignore[no-untyped-call]  # no types
    figures.categories = ["North", "South"]
    figures.add_series("Parcels", (1234567, 89))  # type: ignore[no-untyped-call]  # no types

    assert chart(XL_CHART_TYPE.BAR_CLUSTERED, figures) == (
        " | Parcels\nNorth | 1,234,567\nSouth | 89"
    )


def test_the_points_of_a_scatter_chart_are_read() -> None:
    figures = XyChartData()  # type: ignore[no-untyped-call]  # no types
    series = figures.add_series("Depth")  # type: ignore[no-untyped-call]  # no types
    for x, y in ((1.5, 20), (2.5, 40)):
        series.add_data_point(x, y)

    assert chart(XL_CHART_TYPE.XY_SCATTER, figures) == " | Depth\n1.5 | 20\n2.5 | 40"


def test_an_opendocument_table_keeps_merged_cells_names_and_inner_tables() -> None:
    def row(*cells: str) -> str:
        return f"<table:table-row>{''.join(cells)}</table:table-row>"

    def cell(words: str, attributes: str = "") -> str:
        return f"<table:table-cell {attributes}>{words}</table:table-cell>"

    def text(words: str) -> str:
        return f"<text:p>{words}</text:p>"

    covered = "<table:covered-table-cell/>"
    inner = row(cell(text("Mon")), cell(text("8-5"))) + row(cell(text("Tue")), cell(text("9-6")))
    body = (
        "<table:table><table:table-header-rows>"
        + row(cell(text("Harbour")), cell(text("Boat")), cell(text("Open")))
        + "</table:table-header-rows>"
        + row(
            cell(text("Gdynia"), 'table:number-rows-spanned="2"'),
            cell(text("Tug")),
            cell(f"<table:table>{inner}</table:table>"),
        )
        + row(covered, cell(text("none"), 'table:number-columns-spanned="2"'), covered)
        + "</table:table>"
    )

    document = parser_for(MediaType.ODT)(odf(body), "a_file.odt")

    assert document.text == (
        "Harbour | Boat | Open\nGdynia | Tug | Mon, 8-5; Tue, 9-6\nGdynia | none | none"
    )


def test_a_hidden_slide_of_an_opendocument_presentation_is_hidden_text() -> None:
    def slide(style: str, words: str) -> str:
        return (
            f'<draw:page draw:style-name="{style}"><draw:frame><draw:text-box>'
            f"<text:p>{words}</text:p></draw:text-box></draw:frame></draw:page>"
        )

    content = odf(slide("dp1", "Fee: 12 EUR") + slide("dp2", "Draft: 99 EUR"), "presentation")
    style = (
        '<style:style style:name="dp2" style:family="drawing-page">'
        '<style:drawing-page-properties presentation:visibility="hidden"/></style:style>'
    )
    closing = "</office:automatic-styles>"
    hidden = with_part(content, "content.xml", closing, f"{style}{closing}")

    document = parser_for(MediaType.ODP)(hidden, "a_file.odp")

    assert [page.text for page in document.pages] == ["Fee: 12 EUR", ""]
    assert [(h.page, h.text) for h in document.hidden] == [(2, "Draft: 99 EUR")]


def hide(document: WordDocument, number: int, mark: str = "<w:hidden {}/>") -> None:
    """Marks a row of the first table of a document as hidden."""
    row = document.tables[0].rows[number]._tr
    row.get_or_add_trPr().append(parse_xml(mark.format(W)))


def test_a_hidden_row_of_a_word_table_is_hidden_text() -> None:
    document = word(CREWS)
    hide(document, 2)

    found = read(document)

    assert found.text == "Harbour | Boat | Crew\nGdynia | Tug | 4\nVarna | Tug | 5"
    assert [(h.kind, h.text) for h in found.hidden] == [("not displayed", "Pilot 2")]


def test_a_row_of_a_word_table_that_is_set_to_be_shown_is_text() -> None:
    document = word(CREWS)
    hide(document, 2, '<w:hidden {} w:val="0"/>')

    assert "Pilot" in read(document).text


def test_a_word_table_of_hidden_rows_alone_leaves_nothing_behind() -> None:
    document = word(CREWS[:1])
    document.add_paragraph("The yard opens at six.")
    hide(document, 0)

    found = read(document)

    assert found.text.strip() == "The yard opens at six."
    assert [h.text for h in found.hidden] == ["Harbour Boat Crew"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<table:table-row table:visibility="collapse">', "</table:table-row>"),
        ('<table:table-row table:visibility="filter">', "</table:table-row>"),
        (
            '<table:table-row-group table:display="false"><table:table-row>',
            "</table:table-row></table:table-row-group>",
        ),
    ],
)
def test_a_hidden_row_of_an_opendocument_text_is_hidden_text(before: str, after: str) -> None:
    def cells(*words: str) -> str:
        return "".join(
            f"<table:table-cell><text:p>{word}</text:p></table:table-cell>" for word in words
        )

    head = cells("Harbour", "Crew")
    shown, hidden = cells("Gdynia", "4"), cells("Varna", "5")
    body = (
        f"<table:table><table:table-header-rows><table:table-row>{head}</table:table-row>"
        f"</table:table-header-rows><table:table-row>{shown}</table:table-row>"
        f"{before}{hidden}{after}</table:table>"
    )

    document = parser_for(MediaType.ODT)(odf(body), "a_file.odt")

    assert document.text == "Harbour | Crew\nGdynia | 4"
    assert [(h.kind, h.text) for h in document.hidden] == [("not displayed", "Varna 5")]
