"""The lines of a PDF page with their place, which tells paragraphs, rows and headings apart."""

from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ingestion.parsers.pdf.rulings import NONE, Rulings
from ingestion.parsers.pdf.words import Word, WordLine

# A gap this many line heights wide separates table cells; justified words stay below 0.6.
CELL_GAP = 1.5
# How far, in points, the ink of a letter may reach over a border.
BORDER = 2.0
# Cells beside each other do not touch.
INSIDE = 0.5


@dataclass(frozen=True, slots=True)
class Line:
    """One line, or the part of it between two wide gaps; sizes in points, y grows upwards.

    `table` is the number of the table that a row belongs to, 0 for running text. `title` is set if
    the outline of the file names the line: the number of the title on the page, and its level.
    `cell` holds the left and right border of a cell that is drawn around the line.
    """

    text: str
    left: float
    bottom: float
    right: float
    top: float
    is_hyphenated: bool
    is_bold: bool
    words: tuple[Word, ...]
    table: int = 0
    title: tuple[int, int] | None = None
    cell: tuple[float, float] | None = None

    @property
    def height(self) -> float:
        return self.top - self.bottom

    @property
    def span(self) -> tuple[float, float]:
        """The left and right end of the line, or of the cell it stands in."""
        return self.cell or (self.left, self.right)

    @property
    def quarter(self) -> int:
        return self.words[0].style.quarter

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def pieces(lines: Iterable[WordLine], rulings: Rulings = NONE) -> list[Line]:
    """Return the lines, cut at borders, wide gaps, jumps and changes of direction."""
    cut = [piece for line in lines for piece in _cut(line)]
    if not rulings.upright:
        return cut
    return [cell for piece in cut for cell in _by_borders(piece, rulings)]


def line_of(words: Sequence[Word], *, is_hyphenated: bool = False) -> Line:
    """Return one line made of words that stand in a row."""
    # Signs of formulas have boxes of any height; the longest word tells that of the line.
    first, usual, last = words[0], max(words, key=_length), words[-1]
    is_leftwards = last.left < first.left
    return Line(
        " ".join([word.text for word in words]),
        min(word.left for word in words) if is_leftwards else first.left,
        usual.bottom,
        max(word.right for word in words) if is_leftwards else last.right,
        usual.top,
        is_hyphenated,
        first.style.is_bold and last.style.is_bold,
        tuple(words),
    )


def _by_borders(line: Line, rulings: Rulings) -> Iterator[Line]:
    """Yield the line as the cells it stands in, if a bordered table is drawn around it."""
    borders = [] if line.quarter else rulings.borders(line.bottom, line.top)
    if not borders:
        yield line
        return
    start = 0
    for index in range(1, len(line.words) + 1):
        is_end = index == len(line.words)
        if is_end or _place(line.words[index], borders) != _place(line.words[start], borders):
            part = line_of(line.words[start:index], is_hyphenated=line.is_hyphenated and is_end)
            yield _cell(part, borders)
            start = index


def _place(word: Word, borders: Sequence[float]) -> int:
    """Return the index of the borders between which the middle of a word stands."""
    return bisect(borders, (word.left + word.right) / 2)


def _cell(line: Line, borders: Sequence[float]) -> Line:
    """Return the line with its cell; words beside the table or across a border have none."""
    at = bisect(borders, line.left + BORDER)
    if not 0 < at < len(borders) or line.right > borders[at] + BORDER:
        return line
    return replace(line, cell=(borders[at - 1] + INSIDE, borders[at] - INSIDE))


def _length(word: Word) -> int:
    return len(word.text)


def _cut(line: WordLine) -> Iterator[Line]:
    start = 0
    for index in range(1, len(line.words)):
        if _is_cut(line.words[index - 1], line.words[index]):
            yield line_of(line.words[start:index])
            start = index
    yield line_of(line.words[start:], is_hyphenated=line.is_hyphenated)


def _is_cut(before: Word, word: Word) -> bool:
    if before.style.quarter != word.style.quarter:
        return True
    if word.bottom >= before.top or word.top <= before.bottom:
        return True
    height = max(before.height, word.height)
    gap = word.left - before.right
    # Words written from right to left follow each other closely, too.
    back = before.left - word.right
    return max(gap, back) > CELL_GAP * height > 0
