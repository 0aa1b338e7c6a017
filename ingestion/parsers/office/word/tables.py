"""The tables of a Word document: merged cells, nested tables, rows that name the columns."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml.etree import _Element as XmlElement

from ingestion.parsers.tables import Spanned, header_rows, spread, table_lines

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# Wrappers around rows and cells: content controls, tracked insertions, and alternatives for newer
# programs.
WRAPPERS = (
    *(f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag")),
    *(f"{COMPATIBLE}AlternateContent", f"{COMPATIBLE}Choice"),
)
HARD_BREAK, SOFT_BREAK = "\f", "\v"
# Marks of notes within cells, which cleaning a cell would take away.
MARKS = {0x05: "\ue005", 0x06: "\ue006"}
MARKS_BACK = {ord(shown): mark for mark, shown in MARKS.items()}
# Tables within the cells of tables; what is deeper is read as words.
MAX_DEPTH = 4
# The columns that a table can have in Word.
MAX_SPAN = 63

ReadText = Callable[[Any], str]


@dataclass(slots=True)
class _Cell:
    """A cell together with those that continue it to the right and below."""

    text: str
    across: int
    down: int = 1


def table_text(table: XmlElement, read: ReadText) -> str:
    """Return the rows of a table as lines; a page break within a row stands in front of it.

    `read` returns the words of a cell or paragraph. The names of the columns are repeated on top of
    each page, as in Word.
    """
    rows = _rows(table)
    cells, breaks = _grid(rows, read, depth=1)
    grid = spread([[Spanned(c.text, c.across, c.down) for c in line] for line in cells])
    headers = _headers(rows) or header_rows(grid)
    starts = [0, *(at for at in breaks if at > headers)]
    names = grid[:headers]
    parts = []
    for start, end in zip(starts, [*starts[1:], len(grid)], strict=True):
        shown = [*names, *grid[start:end]] if start else grid[:end]
        parts.append("".join(f"{line}\n" for line in table_lines(shown, headers=headers or None)))
    first = SOFT_BREAK if any(at <= headers for at in breaks) else ""
    return first + SOFT_BREAK.join(parts).translate(MARKS_BACK)


def _grid(
    rows: list[XmlElement], read: ReadText, depth: int
) -> tuple[list[list[_Cell]], list[int]]:
    """Return the cells of each row, and the rows that begin on another page."""
    grid: list[list[_Cell]] = []
    breaks: list[int] = []
    above: dict[int, _Cell] = {}
    for at, row in enumerate(rows):
        line: list[_Cell] = []
        column = _number(row.find(f"{W}trPr/{W}gridBefore"), 0)
        if column:
            line.append(_Cell("", column))
        for cell in _inside(row, f"{W}tc"):
            if cell.find(f"{W}tcPr/{W}cellDel") is not None:
                continue
            text = _cell_text(cell, read, depth)
            if SOFT_BREAK in text or HARD_BREAK in text:
                breaks += [at] if at not in breaks[-1:] else []
                text = text.replace(SOFT_BREAK, " ").replace(HARD_BREAK, " ")
            across = _number(cell.find(f"{W}tcPr/{W}gridSpan"), 1)
            if _continues(cell) and column in above:
                above[column].down += 1
            else:
                above[column] = _Cell(text.translate(MARKS), across)
                line.append(above[column])
            column += across
        grid.append(line)
    return grid, breaks


def _rows(table: XmlElement) -> list[XmlElement]:
    """Return the rows except those with a tracked deletion."""
    rows = _inside(table, f"{W}tr")
    return [row for row in rows if row.find(f"{W}trPr/{W}del") is None]


def _cell_text(cell: XmlElement, read: ReadText, depth: int) -> str:
    nested = next(cell.iterchildren(f"{W}tbl", *WRAPPERS), None)
    if nested is None or depth >= MAX_DEPTH:
        return read(cell)
    return " ".join(
        _nested(block, read, depth) if block.tag == f"{W}tbl" else read(block)
        for block in _inside(cell, f"{W}p", f"{W}tbl")
    )


def _nested(table: XmlElement, read: ReadText, depth: int) -> str:
    """Return a table within a cell on one line: `Mon, 8-5; Tue, 9-6`."""
    cells, _ = _grid(_rows(table), read, depth + 1)
    rows = (", ".join(text for cell in line if (text := cell.text.strip())) for line in cells)
    return "; ".join(filter(None, rows)).translate(MARKS_BACK)


def _headers(rows: list[XmlElement]) -> int:
    """Count the rows on top that are set to repeat on every page."""
    count = 0
    for row in rows:
        mark = row.find(f"{W}trPr/{W}tblHeader")
        if mark is None or mark.get(f"{W}val") in ("0", "false", "off"):
            break
        count += 1
    return count if count < len(rows) else 0


def _continues(cell: XmlElement) -> bool:
    """Tells whether the cell is the lower part of one merged over several rows."""
    merge = cell.find(f"{W}tcPr/{W}vMerge")
    return merge is not None and merge.get(f"{W}val") in (None, "continue")


def _inside(parent: XmlElement, *tags: str) -> Iterator[XmlElement]:
    """Yield the children with these tags, also those in content controls and the like."""
    for child in parent.iterchildren():
        if child.tag in tags:
            yield child
        elif child.tag in WRAPPERS:
            yield from _inside(child, *tags)


def _number(element: XmlElement | None, usual: int) -> int:
    value = "" if element is None else element.get(f"{W}val") or ""
    return min(int(value), MAX_SPAN) if value.isdecimal() and len(value) < 10 else usual
