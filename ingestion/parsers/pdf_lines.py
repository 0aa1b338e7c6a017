"""Lines of a PDF page with their place, which tells paragraphs, rows and headings apart."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingestion.parsers.pdf_words import Word, WordLine

# A gap this many line heights wide separates table cells; justified words stay below 0.6.
CELL_GAP = 1.5


@dataclass(frozen=True, slots=True)
class Line:
    """One line, or the part of it between two wide gaps; sizes in points, y grows upwards.

    `table` numbers the table a row belongs to, 0 for running text. `title` is set where the outline
    of the file names the line: which of its titles on the page, and the level.
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

    @property
    def height(self) -> float:
        return self.top - self.bottom

    @property
    def quarter(self) -> int:
        return self.words[0].style.quarter

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def pieces(lines: Iterable[WordLine]) -> list[Line]:
    """The lines, cut where a wide gap, a jump or another direction of writing separates words."""
    return [piece for line in lines for piece in _cut(line)]


def line_of(words: Sequence[Word], *, is_hyphenated: bool = False) -> Line:
    """One line of words that stand in a row."""
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
