"""Binary Excel workbooks are read as people see them: formats, hidden rows and columns."""

import struct
from collections.abc import Mapping

import pytest

from core.domain.knowledge import LeftOut, ParsedDocument
from ingestion.files.media import MediaType
from ingestion.parsers.registry import parser_for
from tests.ingestion.inner_files import chart_part
from tools.trial.files import zip_of

PLAIN, PADDED, DAY, STRUCK, WHITE, THEMED, ON_BLUE, ON_WHITE = range(8)
NO_PARTS: Mapping[str, str | bytes] = {}
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def varying(number: int) -> bytes:
    found = []
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def record(kind: int, body: bytes = b"") -> bytes:
    return varying(kind) + varying(len(body)) + body


def text(words: str) -> bytes:
    return struct.pack("<I", len(words)) + words.encode("utf-16-le")


def row(at: int, *, is_hidden: bool = False, height: int = 300) -> bytes:
    marks = bytes([0, 0x10 if is_hidden else 0, 0])
    return record(0, struct.pack("<IIH", at, 0, height) + marks + struct.pack("<I", 0))


def words(column: int, said: str, style: int = PLAIN) -> bytes:
    return record(6, struct.pack("<II", column, style) + text(said))


def number(column: int, value: float, style: int = PLAIN) -> bytes:
    return record(5, struct.pack("<IId", column, style, value))


def colour(kind: int, number: int = 0, rgb: str = "000000") -> bytes:
    return struct.pack("<BBh", kind << 1 | 1, number, 0) + bytes.fromhex(rgb) + b"\xff"


BLACK = colour(2)


def font(marks: int = 0, shown_in: bytes = BLACK) -> bytes:
    return record(43, struct.pack("<HH", 220, marks) + bytes(8) + shown_in + bytes(4))


def fill(pattern: int, shown_in: bytes = BLACK) -> bytes:
    return record(45, struct.pack("<I", pattern) + shown_in + bytes(8))


def xf(number_format: int = 0, font_number: int = 0, fill_number: int = 0) -> bytes:
    return record(
        47, struct.pack("<HHHHH", 0, number_format, font_number, fill_number, 0) + bytes(6)
    )


STYLES = (
    record(278)
    + record(44, struct.pack("<H", 164) + text("0000000"))
    + font()
    + font(0x08)
    + font(shown_in=colour(2, rgb="ffffff"))
    + font(shown_in=colour(3))
    + fill(0)
    + fill(1, colour(2, rgb="000060"))
    + fill(1, colour(1, 9))
    + record(626)
    + xf(14)
    + record(627)
    + record(617, struct.pack("<I", 8))
    + xf()
    + xf(164)
    + xf(14)
    + xf(0, 1)
    + xf(0, 2)
    + xf(0, 3)
    + xf(0, 2, 1)
    + xf(0, 2, 2)
    + record(618)
    + record(279)
)


def parsed(
    *records: bytes, columns: bytes = b"", parts: Mapping[str, str | bytes] = NO_PARTS
) -> ParsedDocument:
    sheet = record(156, struct.pack("<II", 0, 1) + text("rId1") + text("Fees"))
    book = record(131) + record(143) + sheet + record(144) + record(132)
    body = record(129) + record(148, struct.pack("<IIII", 0, 9, 0, 9)) + columns
    body += record(145) + b"".join(records) + record(146) + record(130)
    relation = f'<Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/s1.bin"/>'
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    content = zip_of(
        {
            "[Content_Types].xml": b"<Types/>",
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": (
                f'<Relationships xmlns="{space}">{relation}</Relationships>'.encode()
            ),
            "xl/styles.bin": STYLES,
            "xl/worksheets/s1.bin": body,
            **{name: p if isinstance(p, bytes) else p.encode() for name, p in parts.items()},
        }
    )
    return parser_for(MediaType.XLSB)(content, "a_file.xlsb")


def test_values_of_a_binary_workbook_stand_in_their_number_formats() -> None:
    document = parsed(
        *(row(0), words(0, "Article"), words(1, "Number"), words(2, "From")),
        *(row(1), words(0, "Jack"), number(1, 1067, PADDED), number(2, 46113, DAY)),
        *(row(2), words(0, "Cage"), number(1, 42, PADDED), words(2, "never", STRUCK)),
    )

    assert document.text == ("Article | Number | From\nJack | 0001067 | 2026-04-01\nCage | 0000042")


def test_hidden_rows_and_columns_of_a_binary_workbook_are_hidden_text() -> None:
    document = parsed(
        *(row(0), words(0, "Deal"), words(1, "Code"), words(2, "Fee")),
        *(row(1, is_hidden=True), words(0, "Secret"), words(1, "x"), number(2, 9)),
        *(row(2), words(0, "Crane"), words(1, "y"), number(2, 4)),
        columns=record(60, struct.pack("<IIIIH", 1, 1, 2560, 0, 1)),
    )

    assert document.text == "Deal | Fee\nCrane | 4"
    assert [text.text for text in document.hidden] == ["Secret x 9 Code y"]


def test_rows_and_columns_without_size_are_hidden_text() -> None:
    document = parsed(
        *(row(0), words(0, "Deal"), words(1, "Code"), words(2, "Fee")),
        *(row(1, height=0), words(0, "Secret"), words(1, "x"), number(2, 9)),
        *(row(2), words(0, "Crane"), words(1, "y"), number(2, 4)),
        columns=record(60, struct.pack("<IIIIH", 1, 1, 0, 0, 0)),
    )

    assert document.text == "Deal | Fee\nCrane | 4"
    assert [text.text for text in document.hidden] == ["Secret x 9 Code y"]


@pytest.mark.parametrize("style", [WHITE, THEMED, ON_WHITE])
def test_white_words_of_a_binary_workbook_are_hidden_text(style: int) -> None:
    document = parsed(row(0), words(0, "Fee"), words(1, "on blue", ON_BLUE), words(2, "no", style))

    assert document.text == "Fee | on blue"
    assert [(text.kind, text.text) for text in document.hidden] == [("white", "no")]


@pytest.mark.parametrize("painter", [461, 562, 661, 1046])
def test_white_words_are_text_where_something_may_colour_their_ground(painter: int) -> None:
    document = parsed(row(0), words(0, "Fee"), words(1, "shown", WHITE), record(painter))

    assert document.text == "Fee | shown"


def relations(*targets: tuple[str, str]) -> str:
    """What a part refers to: kinds and paths."""
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        + "".join(
            f'<Relationship Id="r{number}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
            for number, (kind, target) in enumerate(targets)
        )
        + "</Relationships>"
    )


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("Fees!$B$2:$B$3", "Fee\n\nParcels"),
        ("[1]Old!$B$2", "Fee\n\nParcels\n | Share\nNorth | 40.0%\nSouth | 60.0%"),
    ],
)
def test_a_chart_of_a_binary_workbook_is_read_like_one_of_excel(formula: str, shown: str) -> None:
    document = parsed(
        *(row(0), words(0, "Fee")),
        parts={
            "xl/worksheets/_rels/s1.bin.rels": relations(("drawing", "../drawings/d.xml")),
            "xl/drawings/d.xml": "<none/>",
            "xl/drawings/_rels/d.xml.rels": relations(("chart", "../charts/c.xml")),
            "xl/charts/c.xml": chart_part(formula=formula),
        },
    )

    assert document.text == shown
    assert document.left_out == ()


def test_comments_and_damaged_charts_of_a_binary_workbook_are_counted() -> None:
    comment = record(635, bytes(36)) + record(637, b"\0" + text("Really?")) + record(636)
    document = parsed(
        *(row(0), words(0, "Fee")),
        parts={
            "xl/worksheets/_rels/s1.bin.rels": relations(
                ("comments", "../comments1.bin"), ("drawing", "../drawings/d.xml")
            ),
            "xl/comments1.bin": record(628) + record(633) + comment * 2 + record(634) + record(629),
            "xl/drawings/d.xml": "<none/>",
            "xl/drawings/_rels/d.xml.rels": relations(("chart", "../charts/c.xml")),
            "xl/charts/c.xml": "<damaged",
        },
    )

    assert document.text == "Fee"
    assert set(document.left_out) == {LeftOut("comments", 2), LeftOut("charts", 1)}
