"""Tables with borders are read as cells, however close the words of two cells stand."""

import io
from collections.abc import Sequence

import pytest
from reportlab.lib import colors
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

from ingestion.files.media import MediaType
from ingestion.parsers.registry import parser_for

PARTS = [
    ["Part", "Stock min", "Weight", "Place"],
    ["Long bolt M8 zinc", "3", "5 kg", "Rack 1"],
    ["Nut", "12", "", "Rack 12 left"],
    ["Washer of brass", "7", "0.1 kg", "Rack 3"],
]
WIDTHS = (78, 45, 35, 60)
Style = tuple[object, ...]
CLOSE: tuple[Style, ...] = (
    ("LEFTPADDING", (0, 0), (-1, -1), 1),
    ("RIGHTPADDING", (0, 0), (-1, -1), 1),
)
GRID: Style = ("GRID", (0, 0), (-1, -1), 0.5, colors.black)


def pdf(rows: Sequence[Sequence[str]], *styles: Style) -> bytes:
    """A table whose cells are hardly wider than their words, between two paragraphs."""
    stored = io.BytesIO()
    plain = getSampleStyleSheet()["Normal"]
    table = Table(rows, colWidths=WIDTHS, style=TableStyle([*CLOSE, *styles]))
    before, after = Paragraph("Parts of the yard.", plain), Paragraph("Checked in May.", plain)
    SimpleDocTemplate(stored).build([before, table, after])
    return stored.getvalue()


def text(content: bytes) -> str:
    return parser_for(MediaType.PDF)(content, "a_file.pdf").text


@pytest.mark.parametrize(
    "styles",
    [
        (GRID,),
        (GRID, ("ALIGN", (1, 1), (2, -1), "RIGHT")),
        (
            ("BOX", (0, 0), (-1, -1), 1, colors.black),
            ("INNERGRID", (0, 0), (-1, -1), 0.25, "black"),
        ),
    ],
)
def test_words_of_two_cells_that_nearly_touch_stay_in_their_columns(
    styles: tuple[Style, ...],
) -> None:
    assert text(pdf(PARTS, *styles)) == (
        "Parts of the yard.\n\nPart | Stock min | Weight | Place\n"
        "Long bolt M8 zinc | 3 | 5 kg | Rack 1\nNut | 12 |  | Rack 12 left\n"
        "Washer of brass | 7 | 0.1 kg | Rack 3\n\nChecked in May."
    )


def test_words_over_merged_cells_are_not_cut_at_the_borders_of_other_rows() -> None:
    rows = [*PARTS[:2], ["All of these are kept in the northern hall", "", "", ""], PARTS[3]]

    shown = text(pdf(rows, GRID, ("SPAN", (0, 2), (-1, 2))))

    assert "All of these are kept in the northern hall" in shown
    assert "Washer of brass | 7 | 0.1 kg | Rack 3" in shown


def test_lines_beside_running_text_make_no_table_of_it() -> None:
    lines = [("LINEBEFORE", (0, 0), (-1, -1), 0.5, colors.black)]
    rows = [["The yard is open all day", "", "", ""], ["and closed on Sundays.", "", "", ""]]

    assert " | " not in text(pdf(rows, *lines))
