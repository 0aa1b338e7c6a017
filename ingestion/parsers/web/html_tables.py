"""The tables of a web page: which cells stand in which columns, and what names those."""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from ingestion.parsers.building import one_line
from ingestion.parsers.tables import Spanned, row_line, spread, table_lines

GROUPS = ("thead", "tbody", "tfoot")
CELLS = ("td", "th")
HEADINGS = "h1, h2, h3, h4, h5, h6"
BLOCKS = f"{HEADINGS}, p, div, ul, ol, table"
# The limits of HTML (4.9.12.1).
MAX_COLSPAN, MAX_ROWSPAN = 1_000, 65_534

CellText = Callable[[LexborNode], str]


@dataclass(frozen=True, slots=True)
class _Row:
    node: LexborNode
    cells: tuple[LexborNode, ...]
    is_in_head: bool
    left_in_group: int

    @property
    def has_names_only(self) -> bool:
        return bool(self.cells) and all(cell.tag == "th" for cell in self.cells)


def table_text(table: LexborNode, skipped: Container[int], cell_text: CellText) -> str:
    """Return the rows of a data table as lines, with its caption above.

    It is empty for a layout table, whose rows `row_text` reads. `skipped` holds nodes that are not
    shown; `cell_text` returns the words of a cell.
    """
    rows = [row for row in _rows(table, skipped) if row.cells]
    if not _is_data(rows):
        return ""
    grid = spread([[_spanned(cell, row, cell_text) for cell in row.cells] for row in rows])
    headers = _headers(rows)
    is_sideways = headers is None and all(row.cells[0].tag == "th" for row in rows)
    lines = table_lines(grid, headers=0 if is_sideways else headers)
    caption = next((child for child in table.iter() if child.tag == "caption"), None)
    words = "" if caption is None or caption.mem_id in skipped else one_line(cell_text(caption))
    return "\n".join([f"{words}\n"] * bool(words) + lines)


def row_text(row: LexborNode, skipped: Container[int], cell_text: CellText) -> str:
    """Return a row of a layout table as `a | b`; empty if it holds other parts of the page."""
    cells = _row(row, skipped, is_in_head=False, left=1).cells
    if len(cells) < 2 or any(cell.css_first(f"table, {HEADINGS}") for cell in cells):
        return ""
    words = (one_line(cell_text(cell)) for cell in cells)
    return row_line([text for text in words if text])


def _rows(table: LexborNode, skipped: Container[int]) -> Iterator[_Row]:
    for group in table.iter():
        if group.tag == "tr":
            yield _row(group, skipped, is_in_head=False, left=1)
        elif group.tag in GROUPS and group.mem_id not in skipped:
            rows = [n for n in group.iter() if n.tag == "tr" and n.mem_id not in skipped]
            for at, node in enumerate(rows):
                is_head = group.tag == "thead"
                yield _row(node, skipped, is_in_head=is_head, left=len(rows) - at)


def _row(node: LexborNode, skipped: Container[int], *, is_in_head: bool, left: int) -> _Row:
    cells = tuple(n for n in node.iter() if n.tag in CELLS and n.mem_id not in skipped)
    return _Row(node, cells, is_in_head, left)


def _is_data(rows: Sequence[_Row]) -> bool:
    """Tells data from layout: tables without `th` that hold headings or tables are layout."""
    if any(cell.tag == "th" for row in rows for cell in row.cells):
        return True
    parts = HEADINGS if any(len(row.cells) > 1 for row in rows) else BLOCKS
    return not any(cell.css_first(f"table, {parts}") for row in rows for cell in row.cells)


def _headers(rows: Sequence[_Row]) -> int | None:
    """Return how many rows name the columns; None if the page does not say."""
    in_head = sum(row.is_in_head for row in rows)
    if in_head:
        return in_head
    count = next((at for at, row in enumerate(rows) if not row.has_names_only), 0)
    return count or None


def _spanned(cell: LexborNode, row: _Row, cell_text: CellText) -> Spanned:
    lines = [line for line in cell_text(cell).split("\n") if line.strip()]
    is_table = cell.css_first("table") is not None
    words = "; ".join(line.replace(" | ", ", ") for line in lines) if is_table else " ".join(lines)
    across = _span(cell, "colspan", 1, MAX_COLSPAN)
    down = _span(cell, "rowspan", 1, MAX_ROWSPAN) or row.left_in_group
    return Spanned(words, max(across, 1), min(down, row.left_in_group))


def _span(cell: LexborNode, name: str, usual: int, most: int) -> int:
    value = (cell.attributes.get(name) or "").strip()
    return min(int(value), most) if value.isdecimal() and len(value) < 10 else usual
