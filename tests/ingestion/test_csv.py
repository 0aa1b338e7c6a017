"""CSV files of all habits keep their cells in their columns."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.knowledge import ParsedDocument
from core.domain.text.table_rows import cells_of
from ingestion.files.media import MediaType
from ingestion.parsers.registry import parser_for


def parsed(content: str | bytes) -> ParsedDocument:
    raw = content.encode() if isinstance(content, str) else content
    return parser_for(MediaType.CSV)(raw, "a_file.csv")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("Yard,Cranes\nSplit,4\nBar,2", "Yard | Cranes\nSplit | 4\nBar | 2"),
        ("Yard;Fee\nSplit;4,50\nBar;2,75", "Yard | Fee\nSplit | 4,50\nBar | 2,75"),
        ("Split;4,50\nBar;2,75", "Split | 4,50\nBar | 2,75"),
        (
            "Yard\tNote\nSplit\tclosed, sadly\nBar\topen",
            "Yard | Note\nSplit | closed, sadly\nBar | open",
        ),
        ("Yard|Cranes\nSplit|4\nBar|2", "Yard | Cranes\nSplit | 4\nBar | 2"),
        ("Yard, Cranes\nSplit, 4\nBar, 2", "Yard | Cranes\nSplit | 4\nBar | 2"),
        (
            "Yard;a;b\nSplit;1,5;2,5\nBar;3,5;4,5",
            "Yard | a | b\nSplit | 1,5 | 2,5\nBar | 3,5 | 4,5",
        ),
    ],
)
def test_the_delimiter_is_the_one_that_gives_rows_of_one_width(content: str, expected: str) -> None:
    assert parsed(content).text == expected


@pytest.mark.parametrize(
    "content",
    [
        "Yard\nSplit\nBar",
        "Fee\n4,50\n2,75\n3,20",
        "Name\nKos, Ana\nBerg, Tor\nLind, Eva",
        "Note\nOpen; mostly\nShut",
    ],
)
def test_a_table_in_one_column_stays_in_one(content: str) -> None:
    assert parsed(content).text == content


@pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"'])
def test_the_line_that_tells_the_delimiter_is_no_row(first: str) -> None:
    assert parsed(f"{first}\nYard;Cranes, old\nSplit;4").text == "Yard | Cranes, old\nSplit | 4"


def test_a_doubled_quotation_mark_late_in_the_file_does_not_shift_columns() -> None:
    rows = [f"Pipe {n},steel,{n}" for n in range(3000)]
    content = "\n".join(["Part,Kind,Stock", *rows, '"Pipe 3/4"" wide, bent",brass,7'])

    assert parsed(content).text.endswith('\nPipe 3/4" wide, bent | brass | 7')


def test_escaped_quotation_marks_are_part_of_their_cell() -> None:
    assert parsed('Part,Stock\n"Pipe 3/4\\" wide, bent",7\n').text == (
        'Part | Stock\nPipe 3/4" wide, bent | 7'
    )


def test_a_cell_may_hold_lines_and_an_inch_mark_needs_no_quotes() -> None:
    assert parsed('Part,Stock\n"Pipe\nbent",7\nPipe 3/4" wide,8').text == (
        'Part | Stock\nPipe bent | 7\nPipe 3/4" wide | 8'
    )


def test_a_quotation_mark_that_nobody_closes_does_not_swallow_the_rest() -> None:
    rows = [f"Pipe {n},{n}" for n in range(300)]

    text = parsed("\n".join(["Part,Stock", '"Pipe bent,7', *rows])).text

    assert "\nPipe bent | 7\nPipe 0 | 0\n" in text


def test_words_above_the_table_are_no_row_of_it() -> None:
    content = "# Export, of May\nCreated 2026-05-01\nYard,Cranes,Crew\nSplit,4,9\nBar,2,5"

    assert parsed(content).text == (
        "# Export, of May\nCreated 2026-05-01\nYard | Cranes | Crew\nSplit | 4 | 9\nBar | 2 | 5"
    )


def test_an_empty_line_does_not_part_rows_from_their_header() -> None:
    rows = "\n\n".join(f"Yard {n};{n}" for n in range(150))

    pages = parsed(f"Yard;Cranes\n{rows}").pages

    assert all(page.text.startswith("Yard | Cranes\n") for page in pages)


def test_short_and_empty_cells_leave_the_others_in_place() -> None:
    assert parsed("Yard,Cranes,Crew\nSplit,,9\nBar,2\nVarna,1,3").text == (
        "Yard | Cranes | Crew\nSplit |  | 9\nBar | 2\nVarna | 1 | 3"
    )


def test_each_row_of_400_columns_says_the_names_of_its_columns() -> None:
    names = ",".join(f"Field {n}" for n in range(400))
    values = ",".join(f"value {n}" for n in range(400))

    lines = parsed(f"{names}\n{values}\n").text.split("\n")

    assert all(line.startswith("Field 0: value 0 | ") for line in lines)
    assert "Field 399: value 399" in lines[-1]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_the_encoding_makes_no_difference(encoding: str) -> None:
    content = "Straße;Gebühr\nKöln;4,50\nBär;2,75\n".encode(encoding)

    assert parsed(content).text == "Straße | Gebühr\nKöln | 4,50\nBär | 2,75"


CELL = st.text(alphabet='abc ",;\n12', max_size=6)


@given(
    st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=8), st.sampled_from([",", ";", "\t"])
)
def test_every_cell_that_was_written_is_read_in_its_column(
    rows: list[tuple[str, str, str]], delimiter: str
) -> None:
    stored = io.StringIO()
    writer = csv.writer(stored, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows(
        [("key", "name", "note", "end"), *((f"k{n}", *row) for n, row in enumerate(rows))]
    )

    lines = parsed(stored.getvalue()).text.split("\n")[1:]

    for number, (row, line) in enumerate(zip(rows, lines, strict=True)):
        cells = [" ".join(cell.split()) for cell in row]
        found = cells_of(line.removesuffix(" |"))
        assert found[0] == f"k{number}"
        if all(any(" ".join(r[at].split()) for r in rows) for at in range(3)):
            assert (found[1:] + [""] * 3)[:3] == cells
