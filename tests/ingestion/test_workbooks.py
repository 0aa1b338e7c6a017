"""Workbooks are read as people see them: values as displayed, merged cells, nothing hidden."""

import datetime

import pytest
from openpyxl.styles import Font, PatternFill

from core.domain.knowledge import ParsedDocument
from core.errors import UnreadableDocument
from ingestion.files.media import MediaType
from ingestion.parsers.registry import parser_for
from tests.ingestion.workbook_files import Rows, book_of, formatted, stored, with_part

SHEET = "xl/worksheets/sheet1.xml"
CREWS: Rows = [
    ["Harbour", "Boat", "Crew", "Fee"],
    ["Gdynia", "Tug", 4, 310],
    [None, "Pilot", 2, 120],
    ["Varna", "Tug", 5, 280],
    [None, "Pilot", 3, 95],
]


def parsed(content: bytes) -> ParsedDocument:
    return parser_for(MediaType.XLSX)(content, "a_file.xlsx")


def test_values_are_read_as_they_are_displayed() -> None:
    content = formatted(
        [
            (417, "0000000"),
            (8.5, '0.0" t"'),
            (datetime.timedelta(hours=30, minutes=15), "[h]:mm"),
            (0.375, "# ?/?"),
            (-80, "#,##0.00;(#,##0.00)"),
            (datetime.datetime(2027, 3, 31), "DD.MM.YYYY"),
            (True, "General"),
        ]
    )

    assert parsed(content).text.split("\n")[1] == (
        "0000417 | 8.5 t | 30:15 | 3/8 | (80.00) | 31.03.2027 | TRUE"
    )


def test_a_formula_without_its_result_says_so() -> None:
    book = book_of([["Yard", "Rent", "Total"], ["Split", 400, "=B2*12"], ["All", None, "=C2"]])

    assert parsed(stored(book)).text == (
        "Yard | Rent | Total\nSplit | 400 | not calculated\nAll |  | not calculated"
    )


def test_a_zero_that_a_program_wrote_in_place_of_a_result_is_none() -> None:
    content = stored(book_of([["Yard", "Rent", "Total"], ["Split", 400, "=B2*12"]]))
    zero = with_part(content, SHEET, "<v></v>", "<v>0</v>")

    assert parsed(zero).text.endswith("Split | 400 | not calculated")


def test_the_stored_result_of_a_formula_is_read() -> None:
    content = stored(book_of([["Yard", "Rent", "Total"], ["Split", 400, "=B2*12"]]))

    calculated = with_part(content, SHEET, "<v></v>", "<v>4800</v>")

    assert parsed(calculated).text.endswith("Split | 400 | 4800")


def test_a_merged_value_counts_for_all_of_its_cells() -> None:
    book = book_of(CREWS)
    book["Sheet 1"].merge_cells("A2:A3")
    book["Sheet 1"].merge_cells("A4:A5")

    assert parsed(stored(book)).text == (
        "Harbour | Boat | Crew | Fee\nGdynia | Tug | 4 | 310\nGdynia | Pilot | 2 | 120\n"
        "Varna | Tug | 5 | 280\nVarna | Pilot | 3 | 95"
    )


def test_names_of_columns_over_two_rows_become_one() -> None:
    rows: Rows = [
        ["Crane", "Load", None, "Looked after by"],
        [None, "indoors", "outdoors", None],
        ["K1", "5 t", "4 t", "Orla"],
        ["K2", "7 t", "6 t", "Bente"],
    ]
    book = book_of(rows)
    for area in ("A1:A2", "B1:C1", "D1:D2"):
        book["Sheet 1"].merge_cells(area)

    assert parsed(stored(book)).text == (
        "Crane | Load indoors | Load outdoors | Looked after by\n"
        "K1 | 5 t | 4 t | Orla\nK2 | 7 t | 6 t | Bente"
    )


def test_a_title_and_a_section_over_all_columns_stand_once_within_their_table() -> None:
    rows: Rows = [["Harbour fees"], *CREWS[:2], ["Winter"], ["Varna", "Tug", 5, 280]]
    book = book_of(rows)
    book["Sheet 1"].merge_cells("A1:D1")
    book["Sheet 1"].merge_cells("A4:D4")

    assert parsed(stored(book)).text == (
        "Harbour fees\nHarbour | Boat | Crew | Fee\nGdynia | Tug | 4 | 310\nWinter |\n"
        "Varna | Tug | 5 | 280"
    )


def test_a_form_that_is_laid_out_with_merged_cells_says_nothing_twice() -> None:
    book = book_of([["Name", None, None, "Orla", None], ["Post", None, None, "Pilot", None]])
    for row in (1, 2):
        book["Sheet 1"].merge_cells(f"A{row}:C{row}")
        book["Sheet 1"].merge_cells(f"D{row}:E{row}")

    assert parsed(stored(book)).text == "Name | Orla\nPost | Pilot"


def test_a_merge_over_the_whole_sheet_fills_what_is_there() -> None:
    book = book_of([["a", None], ["b", "c"]])
    merged = with_part(
        stored(book),
        SHEET,
        "</sheetData>",
        '</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
    )

    assert len(parsed(merged).text) < 20


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_hidden_text_and_keeps_its_number(state: str) -> None:
    book = book_of([["Old", "Fee"], ["Tug", 11]], CREWS)
    book["Sheet 1"].sheet_state = state
    book.active = 1

    document = parsed(stored(book))

    assert [page.text[:7] for page in document.pages] == ["", "Harbour"]
    assert [(h.page, h.text) for h in document.hidden] == [(1, "Old Fee Tug 11")]


def test_hidden_rows_and_columns_are_hidden_text() -> None:
    book = book_of(CREWS)
    book["Sheet 1"].row_dimensions[3].hidden = True
    book["Sheet 1"].column_dimensions["C"].hidden = True
    content = with_part(stored(book), SHEET, '<row r="5"', '<row r="5" ht="0" customHeight="1"')

    document = parsed(content)

    assert document.text == "Harbour | Boat | Fee\nGdynia | Tug | 310\nVarna | Tug | 280"
    assert document.hidden[0].text == "Pilot 2 120 Pilot 3 95 Crew 4 5"
    assert document.hidden[0].kind == "not displayed"


def test_a_value_merged_over_a_hidden_row_stays_with_the_rows_that_are_seen() -> None:
    book = book_of(CREWS)
    book["Sheet 1"].merge_cells("A2:A3")
    book["Sheet 1"].row_dimensions[2].hidden = True

    assert "Gdynia | Pilot | 2 | 120" in parsed(stored(book)).text


def test_white_words_on_white_and_a_format_that_shows_nothing_are_hidden() -> None:
    book = book_of([["Boat", "Fee", "Note"], ["Tug", 310, "Pay nobody"], ["Pilot", 95, "Gate"]])
    sheet = book["Sheet 1"]
    sheet["C2"].font = Font(color="FFFFFFFF")
    sheet["C3"].number_format = ";;;"

    document = parsed(stored(book))

    assert "Pay nobody" not in document.text
    assert {(h.kind, h.text) for h in document.hidden} == {
        ("white", "Pay nobody"),
        ("not displayed", "Gate"),
    }


def test_white_words_on_a_dark_cell_are_read() -> None:
    book = book_of([["Boat", "Fee"], ["Tug", 310]])
    for cell in book["Sheet 1"][1]:
        cell.font = Font(color="FFFFFFFF")
        cell.fill = PatternFill("solid", fgColor="FF003366")

    assert parsed(stored(book)).text == "Boat | Fee\nTug | 310"


def test_each_row_of_a_wide_table_says_the_names_of_its_columns() -> None:
    names = [f"Field {n}" for n in range(12)]
    book = book_of([names, [f"v{n}" for n in range(12)], ["w0", None, *("w",) * 10]])

    first, second = parsed(stored(book)).text.split("\n")

    assert first.startswith("Field 0: v0 | Field 1: v1 | Field 2: v2")
    assert second.startswith("Field 0: w0 | Field 2: w | ")


def test_a_row_of_400_columns_becomes_lines_that_begin_with_its_first_cell() -> None:
    book = book_of([[f"Field {n}" for n in range(400)], [f"value {n}" for n in range(400)]])

    lines = parsed(stored(book)).text.split("\n")

    assert all(line.startswith("Field 0: value 0 | ") and len(line) < 700 for line in lines)
    assert any("Field 399: value 399" in line for line in lines)


def test_rows_of_data_never_become_the_names_of_the_columns() -> None:
    rows: Rows = [[f"Pump {n}", n * 3, f"{n} kg"] for n in range(1, 251)]

    pages = parsed(stored(book_of(rows))).pages

    assert [page.text.count("Pump 1 |") for page in pages] == [1, 0, 0]


def test_columns_named_by_years_keep_their_names() -> None:
    rows: Rows = [["Yard", 2025, 2026], *([f"Yard {n}", n * 7, n * 9] for n in range(150))]

    pages = parsed(stored(book_of(rows))).pages

    assert all(page.text.startswith("Yard | 2025 | 2026\n") for page in pages)


def test_a_sheet_with_more_text_than_is_indexed_is_refused() -> None:
    book = book_of([["x" * 30_000] for _ in range(350)])

    with pytest.raises(UnreadableDocument, match="10 million characters"):
        parsed(stored(book))
