"""OpenDocument spreadsheets are read as people see them, however often something is repeated."""

import pytest

from core.domain.knowledge import LeftOut, ParsedDocument
from core.errors import UnreadableDocument
from ingestion.files.media import MediaType
from ingestion.parsers.registry import parser_for
from tests.growth import growth
from tests.ingestion.format_files import odf
from tests.ingestion.workbook_files import with_part
from tools.trial.files import zip_of


def cell(text: str = "", attributes: str = "") -> str:
    words = f"<text:p>{text}</text:p>" if text else ""
    return f"<table:table-cell {attributes}>{words}</table:table-cell>"


def row(*cells: str, attributes: str = "") -> str:
    shown = "".join(c if c.startswith("<") else cell(c) for c in cells)
    return f"<table:table-row {attributes}>{shown}</table:table-row>"


def sheet(*rows: str, name: str = "Fees", attributes: str = "", columns: str = "") -> str:
    return f'<table:table table:name="{name}" {attributes}>{columns}{"".join(rows)}</table:table>'


def parsed(*sheets: str) -> ParsedDocument:
    return parser_for(MediaType.ODS)(odf("".join(sheets), "spreadsheet"), "a_file.ods")


COVERED = "<table:covered-table-cell/>"


def test_merged_cells_count_for_all_of_their_places() -> None:
    table = sheet(
        row("Harbour", "Boat", "Fee"),
        row(cell("Gdynia", 'table:number-rows-spanned="2"'), "Tug", "31"),
        row(COVERED, "Pilot", "12"),
        row("Bar", cell("none", 'table:number-columns-spanned="2"'), COVERED),
    )

    assert parsed(table).text == (
        "Harbour | Boat | Fee\nGdynia | Tug | 31\nGdynia | Pilot | 12\nBar | none | none"
    )


def test_repeated_cells_and_rows_are_read_without_filling_the_sheet() -> None:
    endless = 'table:number-columns-repeated="16384"'

    def read(rows: int) -> str:
        return parsed(
            sheet(
                row("Yard", "a", "b"),
                row("Split", cell("7", 'table:number-columns-repeated="2"'), cell("", endless)),
                row(cell("", endless), attributes='table:number-rows-repeated="2"'),
                row("Bar", "1", "2", attributes='table:number-rows-repeated="2"'),
                row(cell("", endless), attributes=f'table:number-rows-repeated="{rows}"'),
            )
        ).text

    assert read(1_048_500) == "Yard | a | b\nSplit | 7 | 7\n\nBar | 1 | 2\nBar | 1 | 2"
    assert growth(read, 10, 1_048_500) < 3


def test_a_value_repeated_to_the_end_of_the_sheet_stays_small() -> None:
    full = row(
        cell("9", 'table:number-columns-repeated="16384"'),
        attributes='table:number-rows-repeated="1048576"',
    )

    assert parsed(sheet(full)).character_count < 3_000_000


def test_what_is_hidden_is_hidden_text() -> None:
    hidden = 'table:visibility="collapse"'
    table = sheet(
        row("Boat", "Code", "Fee"),
        row("Tug", "x1", "31"),
        row("Ferry", "x2", "99", attributes=hidden),
        row("Pilot", "x3", "12", attributes='table:visibility="filter"'),
        columns=f"<table:table-column/><table:table-column {hidden}/><table:table-column/>",
    )

    document = parsed(table)

    assert document.text == "Boat | Fee\nTug | 31"
    assert [(h.kind, h.text) for h in document.hidden] == [
        ("not displayed", "Ferry x2 99 Pilot x3 12 Code x1")
    ]


def test_a_hidden_sheet_keeps_its_number() -> None:
    content = odf(
        sheet(row("Old", "11"), name="Old", attributes='table:style-name="ta9"')
        + sheet(row("New", "12"), name="New"),
        "spreadsheet",
    )
    style = (
        '<style:style style:name="ta9" style:family="table">'
        '<style:table-properties table:display="false"/></style:style>'
    )
    closing = "</office:automatic-styles>"
    hidden = with_part(content, "content.xml", closing, f"{style}{closing}")

    document = parser_for(MediaType.ODS)(hidden, "a_file.ods")

    assert [page.text for page in document.pages] == ["", "New | 12"]
    assert [(h.page, h.text) for h in document.hidden] == [(1, "Old 11")]


STYLES = (
    '<style:style style:name="Gone" style:family="table-cell"><style:text-properties '
    'style:text-line-through-style="solid"/></style:style>'
    '<style:style style:name="White" style:family="table-cell"><style:text-properties '
    'fo:color="#ffffff"/></style:style>'
    '<style:style style:name="Blue" style:family="table-cell" style:parent-style-name="White">'
    '<style:table-cell-properties fo:background-color="#1f3864"/></style:style>'
    '<style:style style:name="GoneT" style:family="text"><style:text-properties '
    'style:text-line-through-style="solid"/></style:style>'
)


def styled(*rows: str, columns: str = "", rules: str = "", shapes: str = "") -> ParsedDocument:
    inner = f"{shapes}{columns}{''.join(rows)}{rules}"
    table = f'<table:table table:name="Fees">{inner}</table:table>'
    return parser_for(MediaType.ODS)(odf(table, "spreadsheet", styles=STYLES), "a_file.ods")


def test_what_is_struck_out_is_no_text() -> None:
    part = 'Split<text:span text:style-name="GoneT"> or Bar</text:span>'

    document = styled(
        row("Yard", "Fee", "Now"),
        row(cell(part), cell("40", 'table:style-name="Gone"'), "45"),
    )

    assert (document.text, document.hidden) == ("Yard | Fee | Now\nSplit |  | 45", ())


def test_white_words_are_hidden_text_unless_something_is_behind_them() -> None:
    column = '<table:table-column table:default-cell-style-name="{}"/>'
    rows = (row("Yard", "Fee"), row("Split", cell("45", 'table:style-name="Blue"')))
    white = column.format("Blue") + column.format("White")
    rules = '<calc:conditional-formats xmlns:calc="x"/>'

    unseen, ruled = (styled(*rows, columns=white, rules=one) for one in ("", rules))

    assert (unseen.text, [(h.kind, h.text) for h in unseen.hidden]) == (
        "Yard\nSplit | 45",
        [("white", "Fee")],
    )
    assert (ruled.text, ruled.hidden) == ("Yard | Fee\nSplit | 45", ())


def test_text_boxes_stand_below_the_cells_and_comments_are_counted() -> None:
    def box(words: str) -> str:
        return f"<draw:frame><draw:text-box><text:p>{words}</text:p></draw:text-box></draw:frame>"

    comment = "<office:annotation><text:p>Why?</text:p></office:annotation>"
    noted = cell("4").replace("<text:p>", f"{comment}{box('Cell')}<text:p>")
    document = styled(row("Yard", noted), shapes=f"<table:shapes>{box('Sheet')}</table:shapes>")

    assert document.text == "Yard | 4\n\nCell\n\nSheet"
    assert document.left_out == (LeftOut("comments", 1),)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ('office:value-type="float" office:value="12.5"', "12.5"),
        ('office:value-type="percentage" office:value="0.125"', "12.5%"),
        ('office:value-type="currency" office:currency="EUR" office:value="12.5"', "12.5 EUR"),
        ('office:value-type="date" office:date-value="2026-03-01"', "2026-03-01"),
        ('office:value-type="time" office:time-value="PT38H30M00S"', "38:30"),
        ('office:value-type="boolean" office:boolean-value="true"', "TRUE"),
        ('table:formula="of:=[.A1]*2"', "not calculated"),
    ],
)
def test_a_cell_that_shows_nothing_yet_shows_its_value(attributes: str, expected: str) -> None:
    assert parsed(sheet(row("Fee", cell("", attributes)))).text == f"Fee | {expected}"


def test_a_protected_sheet_asks_for_its_password_to_be_removed() -> None:
    content = zip_of(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": b"<m:manifest><m:encryption-data/></m:manifest>",
            "content.xml": b"\x00\x01",
        }
    )

    with pytest.raises(UnreadableDocument, match="password"):
        parser_for(MediaType.ODS)(content, "a_file.ods")
