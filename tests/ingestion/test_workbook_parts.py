"""Excel workbooks: what stands beside the cells is read or counted, what is struck out is gone."""

import io
import zipfile

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import Font

from core.domain.knowledge import LeftOut, ParsedDocument
from ingestion.files.media import MediaType
from ingestion.parsers.registry import parser_for
from tests.ingestion.inner_files import chart_part, word
from tests.ingestion.workbook_files import Rows, book_of, stored, with_part

ROWS: Rows = [["Yard", "Fee"], ["Split", 4], ["Bar", 9]]
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHAPES = (
    '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">{}</xdr:wsDr>'
)


def parsed(content: bytes) -> ParsedDocument:
    return parser_for(MediaType.XLSX)(content, "a_file.xlsx")


def drawn(drawing: str, sheet: str = "xl/worksheets/sheet1.xml") -> bytes:
    """A workbook of a shown and a hidden sheet, one of which has this drawing."""
    book = book_of(ROWS, [["Old"]])
    book["Sheet 2"].sheet_state = "hidden"
    added = {
        f"{sheet.replace('worksheets/', 'worksheets/_rels/')}.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{RELATIONS}/drawing" Target="../drawings/d.xml"/>'
            "</Relationships>"
        ),
        "xl/drawings/d.xml": SHAPES.format(drawing),
    }
    return with_files(stored(book), {name: part.encode() for name, part in added.items()})


def with_files(content: bytes, parts: dict[str, bytes]) -> bytes:
    changed = io.BytesIO(content)
    with zipfile.ZipFile(changed, "a") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return changed.getvalue()


def box(*runs: tuple[str, str]) -> str:
    inner = "".join(f"<a:r><a:rPr {mark}/><a:t>{words}</a:t></a:r>" for words, mark in runs)
    return f"<xdr:sp><xdr:txBody><a:p>{inner}</a:p></xdr:txBody></xdr:sp>"


def test_a_text_box_stands_below_the_cells_of_its_sheet() -> None:
    old = box(("A slicer needs a newer program", ""))
    new = box(("Valid from ", ""), ("May ", 'strike="sngStrike"'), ("June", ""))
    wrapped = (
        f"<mc:AlternateContent><mc:Choice>{new}</mc:Choice><mc:Fallback>{old}</mc:Fallback>"
        "</mc:AlternateContent>"
    )

    document = parsed(drawn(wrapped))

    assert document.pages[0].text == "Yard | Fee\nSplit | 4\nBar | 9\n\nValid from June"


def test_a_text_box_on_a_hidden_sheet_is_hidden_text() -> None:
    document = parsed(drawn(box(("Draft fee 99", "")), "xl/worksheets/sheet2.xml"))

    assert "99" not in document.text
    assert [text.text for text in document.hidden] == ["Old Draft fee 99"]


def book_with_chart(sheet: str) -> Workbook:
    book = book_of(ROWS, [["Zone", "Parcels"], ["North", 31]])
    chart = BarChart()
    chart.title = "Parcels a day"
    chart.add_data(Reference(book[sheet], min_col=2, min_row=1, max_row=2), titles_from_data=True)
    book["Sheet 1"].add_chart(chart, "E1")
    book["Sheet 2"].sheet_state = "hidden"
    return book


def test_the_title_of_a_chart_is_read_and_its_figures_stand_in_their_cells() -> None:
    assert parsed(stored(book_with_chart("Sheet 1"))).pages[0].text == (
        "Yard | Fee\nSplit | 4\nBar | 9\n\nParcels a day"
    )


def test_a_chart_of_a_hidden_sheet_shows_its_figures() -> None:
    content = stored(book_with_chart("Sheet 2"))
    kept = chart_part("barChart", formula="'Sheet 2'!$B$2:$B$3").encode()

    document = parsed(replaced(content, "xl/charts/chart1.xml", kept))

    assert document.pages[0].text.endswith("\n\nParcels\n | Share\nNorth | 40.0%\nSouth | 60.0%")


def replaced(content: bytes, name: str, part: bytes) -> bytes:
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(changed, "w") as target:
        for entry in source.namelist():
            target.writestr(entry, part if entry == name else source.read(entry))
    return changed.getvalue()


def test_comments_of_cells_are_counted() -> None:
    book = book_of(ROWS)
    book["Sheet 1"]["B2"].comment = Comment("Really?", "Ann")

    assert parsed(stored(book)).left_out == (LeftOut("comments", 1),)


def test_an_embedded_document_is_read_and_another_object_is_counted() -> None:
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{RELATIONS}/package" Target="../embeddings/a.docx"/>'
        f'<Relationship Id="r2" Type="{RELATIONS}/oleObject" Target="../embeddings/a.bin"/>'
        "</Relationships>"
    )
    parts = {
        "xl/worksheets/_rels/sheet1.xml.rels": relations.encode(),
        "xl/embeddings/a.docx": word("Gate 4"),
        "xl/embeddings/a.bin": b"\0\1",
    }

    document = parsed(with_files(stored(book_of(ROWS)), parts))

    assert document.text.endswith("\n\nGate 4")
    assert document.left_out == (LeftOut("embedded files", 1),)


def test_struck_out_cells_and_words_do_not_stand_beside_what_holds() -> None:
    book = book_of([["Yard", "Fee"], ["Split", 4], ["Bar", 9], ["Genk", None]])
    sheet = book["Sheet 1"]
    for cell in sheet[3]:
        cell.font = Font(strike=True)
    sheet["B4"] = CellRichText(TextBlock(InlineFont(strike=True), "40 EUR "), "45 EUR")

    document = parsed(stored(book))

    assert (document.text, document.hidden) == ("Yard | Fee\nSplit | 4\n\nGenk | 45 EUR", ())


@pytest.mark.parametrize(("value", "words"), [("1", "45 EUR"), ("0", "40 EUR 45 EUR")])
def test_struck_out_words_of_texts_that_cells_share_are_left_out(value: str, words: str) -> None:
    content = stored(book_of([["Yard", "Fee"], ["Split", 4]]))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    texts = (
        f'<sst xmlns="{main}"><si><r><rPr><strike val="{value}"/></rPr>'
        '<t xml:space="preserve">40 EUR </t></r><r><t>45 EUR</t></r></si></sst>'
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    shared = with_part(content, "[Content_Types].xml", "</Types>", override)
    shared = with_part(shared, "xl/worksheets/sheet1.xml", 't="n"><v>4</v>', 't="s"><v>0</v>')

    document = parsed(with_files(shared, {"xl/sharedStrings.xml": texts.encode()}))

    assert document.text == f"Yard | Fee\nSplit | {words}"
