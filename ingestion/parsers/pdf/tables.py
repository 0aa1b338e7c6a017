"""Rows of a PDF page: pieces beside each other become table rows `a | b | c`."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingestion.parsers.building import row
from ingestion.parsers.pdf.lines import CELL_GAP, Line, line_of
from ingestion.parsers.pdf.words import Word

# The distance, in line heights, from which on a cell begins another table.
TABLE_GAP = 2.5
# The lines without cells, such as "Assets:", that may stand between the rows of a table.
MAX_SECTION_ROWS = 2
MAX_SECTION = 80
# More pieces beside each other are not a row, and more pairs of words not a formula.
MAX_CELLS = 100
MAX_PAIRS = 2_000
# Powers and indices of a formula are short.
MAX_INDEX = 6
# Print larger by this factor is a heading and begins something new.
HEADING_RATIO = 1.15
# Words of a sentence stand closer than this many line heights.
WORD_GAP = 0.45
MARKER = re.compile(
    r"([•●▪◦‣■□–*\u00b7\uf0b7\u2022-]|\(?\w{1,3}[.)]|\(\w{1,4}\)|\d{1,2}(\.\d{1,2})+\.?)$"
)
CURRENCY = re.compile(r"[$€£¥]$")
CLOSING = re.compile(r"[)%]+$")


def rows(lines: Sequence[Line]) -> list[Line]:
    """Return one line for each row, from top to bottom; rows of a table share `table`."""
    grouped = [_cells(group) for group in _beside(lines)]
    result: list[Line] = []
    for number, (start, end) in enumerate(_tables(grouped), start=1):
        cells = grouped[start:end]
        if end - start == 1 and len(cells[0]) == 1:
            result.append(cells[0][0])
        else:
            result += _table(cells, number)
    return result


def _beside(lines: Sequence[Line]) -> list[list[Line]]:
    """Group the lines on the same height, each group from left to right."""
    groups: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: -line.middle):
        last = [group for group in reversed(groups[-3:]) if len(group) < MAX_CELLS]
        near = next((group for group in last if _fits(group, line)), None)
        if near is None:
            groups.append([line])
        else:
            near.append(line)
    for group in groups:
        group.sort(key=lambda line: line.left)
    return groups


def _fits(group: Sequence[Line], line: Line) -> bool:
    """Tells whether `line` stands beside all of `group`, superscripts included."""
    return any(_is_level(line, other) for other in group) and all(
        _has_room(line, other) for other in group
    )


def _is_level(line: Line, other: Line) -> bool:
    lower, higher = sorted((other.height, line.height))
    overlap = min(other.top, line.top) - max(other.bottom, line.bottom)
    return overlap > (0.3 if lower < 0.9 * higher else 0.5) * lower


def _has_room(line: Line, other: Line) -> bool:
    """Tells whether two lines do not overlap, by their words, or are an index and a power."""
    slack = 0.3 * line.height
    if _is_apart(line, other, slack):
        return True
    is_stacked = other.bottom >= line.middle or other.top <= line.middle
    if is_stacked and max(len(line.text), len(other.text)) <= MAX_INDEX:
        return True
    if len(line.words) * len(other.words) > MAX_PAIRS:
        return False
    return all(
        _is_apart(word, other_word, slack) for word in line.words for other_word in other.words
    )


def _is_apart(first: Line | Word, second: Line | Word, slack: float) -> bool:
    return first.left >= second.right - slack or first.right <= second.left + slack


def _cells(group: Sequence[Line]) -> list[Line]:
    """Return the cells of a row; list markers, currency signs and closing brackets are joined."""
    cells: list[Line] = []
    for line in _unwoven(group):
        if cells and _belongs(cells[-1], line, is_first=len(cells) == 1):
            cells[-1] = _joined(cells[-1], line)
        else:
            cells.append(line)
    return cells


def _unwoven(group: Sequence[Line]) -> Sequence[Line]:
    """Separates lines that fill each other's gaps, such as indices of formulas, into words."""
    if all(
        after.left >= before.right - 0.3 * after.height
        for before, after in itertools.pairwise(group)
    ):
        return group
    words = sorted((word.left, i, word) for i, line in enumerate(group) for word in line.words)
    hyphens = {line.words[-1]: line.is_hyphenated for line in group}
    return [line_of([word], is_hyphenated=hyphens.get(word, False)) for _, _, word in words]


def _belongs(before: Line, line: Line, *, is_first: bool) -> bool:
    gap = line.left - before.right
    if line.cell or before.cell:
        return line.cell == before.cell
    if gap < CELL_GAP * max(before.height, line.height):
        return True
    is_marked = is_first and bool(MARKER.match(before.text))
    return is_marked or bool(CURRENCY.search(before.text) or CLOSING.match(line.text))


def _joined(before: Line, line: Line) -> Line:
    glue = "" if line.left - before.right < 0.1 * line.height or CLOSING.match(line.text) else " "
    return replace(
        max(before, line, key=lambda piece: len(piece.text)),
        text=f"{before.text}{glue}{line.text}",
        left=before.left,
        right=max(before.right, line.right),
        is_hyphenated=line.is_hyphenated,
        is_bold=before.is_bold and line.is_bold,
        words=(*before.words, *line.words),
    )


def _tables(rows: Sequence[Sequence[Line]]) -> Iterator[tuple[int, int]]:
    """Yield spans of rows, each of them a table or a single row of any kind."""
    start = 0
    while start < len(rows):
        end = start + 1
        if len(rows[start]) > 1:
            while (following := _next_row(rows, end)) is not None:
                end = following + 1
        yield start, end
        start = end


def _next_row(rows: Sequence[Sequence[Line]], index: int) -> int | None:
    """Return the next row with cells that continues the table above `index`."""
    for at in range(index, min(index + MAX_SECTION_ROWS + 1, len(rows))):
        before, after = rows[at - 1], rows[at]
        height = max(line.height for line in after)
        gap = min(line.bottom for line in before) - max(line.top for line in after)
        if gap > TABLE_GAP * height or gap < -height:
            return None
        if len(after) > 1:
            return at
        is_heading = height > HEADING_RATIO * max(line.height for line in before)
        if is_heading or len(after[0].text) > MAX_SECTION:
            return None
    return None


def _table(rows: Sequence[Sequence[Line]], number: int) -> list[Line]:
    columns = _columns(rows)
    lines = []
    for cells in rows:
        texts = [""] * len(columns)
        for part in _parts(cells, columns):
            at = _column(columns, part)
            texts[at] = f"{texts[at]} {part.text}".strip()
        text = row(texts)
        # The bar marks a line without cells as a row of its table.
        text = text if " | " in text else f"{text} |"
        lines.append(_row_line(cells, text, number))
    return lines


def _parts(cells: Sequence[Line], columns: Sequence[tuple[float, float]]) -> list[Line]:
    return [part for cell in cells for part in _recut(cell, columns)]


def _recut(cell: Line, columns: Sequence[tuple[float, float]]) -> list[Line]:
    """Cuts a cell over several columns where a gap is wider than between words."""
    if cell.cell or sum(cell.left < right and cell.right > left for left, right in columns) < 2:
        return [cell]
    parts, start = [], 0
    for at, (before, word) in enumerate(itertools.pairwise(cell.words), start=1):
        is_wide = word.left - before.right > WORD_GAP * cell.height
        if is_wide and not CURRENCY.search(before.text):
            parts.append(line_of(cell.words[start:at]))
            start = at
    return [*parts, line_of(cell.words[start:])]


def _row_line(cells: Sequence[Line], text: str, number: int) -> Line:
    return Line(
        text,
        cells[0].left,
        min(cell.bottom for cell in cells),
        cells[-1].right,
        max(cell.top for cell in cells),
        is_hyphenated=False,
        is_bold=False,
        words=tuple(word for cell in cells for word in cell.words),
        table=number,
    )


def _columns(rows: Sequence[Sequence[Line]]) -> list[tuple[float, float]]:
    """Return the columns, from the rows with the most cells, as headings span several."""
    columns: list[tuple[float, float]] = []
    for cells in sorted(rows, key=len, reverse=True):
        for cell in cells:
            begin, end = cell.span
            near = [i for i, (left, right) in enumerate(columns) if begin < right and end > left]
            if not near and len(cells) > 1:
                columns.append((begin, end))
            elif len(near) == 1 and len(cells) > 1:
                left, right = columns[near[0]]
                columns[near[0]] = min(left, begin), max(right, end)
    return sorted(columns)


def _column(columns: Sequence[tuple[float, float]], cell: Line) -> int:
    """Return the first column that the cell overlaps, else the nearest one."""
    begin, end = cell.span

    def distance(column: tuple[float, float]) -> float:
        left, right = column
        return max(left - end, begin - right, 0.0)

    return min(range(len(columns)), key=lambda i: (distance(columns[i]), i))
