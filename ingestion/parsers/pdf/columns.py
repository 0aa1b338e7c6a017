"""The reading order of a PDF page: columns of running text one after the other.

A gutter is a strip that no line crosses over some height, with running text on both sides. The text
above it is read first, then the left side, the right side and the text below. Short cells beside
each other are not columns but rows of a table (ingestion.parsers.pdf.tables).
"""

import bisect
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ingestion.parsers.pdf.lines import Line, line_of

MIN_LINES = 4
# Lines of running text are at least this long, with this many words on average; cells are shorter.
MIN_CHARACTERS = 20
MIN_WORDS = 3.0
# The share of the text that has to stand in such lines.
PROSE_SHARE = 0.7
# A line ends at the right edge if it comes this close, as a share of the column's width.
EDGE = 0.2
# Up to this many lines beside each other are rows of a table rather than columns.
MAX_ROWS = 8
# Beyond this share of digits it is a table of figures.
MAX_DIGITS = 0.25
# Left edges this close, in points, are one edge.
GRID = 4
MAX_CANDIDATES = 12
MAX_DEPTH = 8
# Justified words stand closer than this many line heights on both sides of a gutter.
GUTTER = 0.6
# Up to this many lines above or below both columns may not belong to them.
MAX_APART = 3


@dataclass(frozen=True, slots=True)
class _Split:
    """The parts of a page around a gutter, in reading order, and how much text it orders."""

    parts: tuple[list[Line], list[Line], list[Line], list[Line]]
    weight: int


def regions(lines: Sequence[Line], depth: int = 0) -> list[list[Line]]:
    """Return the lines in groups, each of which is read from top to bottom before the next."""
    ordered = sorted(lines, key=lambda line: -line.middle)
    best = _best_split(ordered) if depth < MAX_DEPTH else None
    if best is None:
        return [ordered] if ordered else []
    return [region for part in best.parts for region in regions(part, depth + 1)]


def _best_split(lines: list[Line]) -> _Split | None:
    if len(lines) < 2 * MIN_LINES:
        return None
    splits = [split for x in _edges(lines) if (split := _split(lines, x))]
    return max(splits, key=lambda split: split.weight, default=None)


def _edges(lines: Sequence[Line]) -> list[float]:
    """Return where several lines, or words behind a gap, begin and a column may begin."""
    least = min(line.left for line in lines) + 5 * GRID
    counts: Counter[int] = Counter()
    lefts: dict[int, float] = {}
    for x in (x for line in lines for x in _starts(line) if x > least):
        cell = round(x / GRID)
        counts[cell] += 1
        lefts[cell] = min(x, lefts.get(cell, x))
    # An edge may lie on both sides of a border between two cells of the grid.
    usual = [cell for cell, count in counts.items() if count + counts[cell + 1] >= MIN_LINES]
    usual.sort(key=lambda cell: -counts[cell])
    return [lefts[cell] for cell in usual[:MAX_CANDIDATES]]


def _starts(line: Line) -> list[float]:
    starts = [line.left]
    for before, word in zip(line.words, line.words[1:], strict=False):
        if word.left - before.right > GUTTER * line.height:
            starts.append(word.left)
    return starts


def _split(lines: list[Line], x: float) -> _Split | None:
    """Return the longest stretch around the gutter left of `x`, None if it divides nothing."""
    best: _Split | None = None
    start = 0
    for end in [*(i for i, line in enumerate(lines) if _crosses(line, x)), len(lines)]:
        candidate = _divided(lines, start, end, x) if end - start >= 2 * MIN_LINES else None
        if candidate and (best is None or candidate.weight > best.weight):
            best = candidate
        start = end + 1
    return best


def _crosses(line: Line, x: float) -> bool:
    if line.left > x - 1.5 or line.right < x - 1.5:
        return False
    at = bisect.bisect_left([word.left for word in line.words], x - 1.5)
    if at == 0 or at == len(line.words):
        return True
    return line.words[at].left - line.words[at - 1].right < GUTTER * line.height


def _divided(lines: list[Line], start: int, end: int, x: float) -> _Split | None:
    left: list[Line] = []
    right: list[Line] = []
    for line in lines[start:end]:
        if line.left > x - 1.5:
            right.append(line)
        elif line.right < x - 1.5:
            left.append(line)
        else:
            left.append(line_of([word for word in line.words if word.left < x - 1.5]))
            behind = [word for word in line.words if word.left >= x - 1.5]
            right.append(line_of(behind, is_hyphenated=line.is_hyphenated))
    if not (_is_prose(left) and _is_prose(right)):
        return None
    above, left, right, below = _trimmed(left, right)
    if not (_is_prose(left) and _is_prose(right)) or _are_rows(left, right):
        return None
    weight = sum(len(line.text) for line in left + right)
    return _Split(([*lines[:start], *above], left, right, [*below, *lines[end:]]), weight)


def _trimmed(
    left: list[Line], right: list[Line]
) -> tuple[list[Line], list[Line], list[Line], list[Line]]:
    """Take out headlines and page numbers that stand apart above or below both columns."""
    both = sorted([*left, *right], key=lambda line: -line.middle)
    above = [i + 1 for i in range(MAX_APART) if _gap(both[i], both[i + 1]) > both[i].height]
    below = [
        i + 1 for i in range(MAX_APART) if _gap(both[-i - 2], both[-i - 1]) > both[-i - 1].height
    ]
    first, last = max(above, default=0), len(both) - max(below, default=0)
    inner_ids = set(map(id, both[first:last]))
    return (
        both[:first],
        [line for line in left if id(line) in inner_ids],
        [line for line in right if id(line) in inner_ids],
        both[last:],
    )


def _gap(upper: Line, lower: Line) -> float:
    return upper.bottom - lower.top


def _is_prose(lines: Sequence[Line]) -> bool:
    """Tells whether most of the text stands in long lines of words; formulas may stand between."""
    if len(lines) < MIN_LINES:
        return False
    long = [line for line in lines if len(line.text) >= MIN_CHARACTERS]
    characters = sum(len(line.text) for line in long)
    if len(long) < MIN_LINES or characters < PROSE_SHARE * sum(len(line.text) for line in lines):
        return False
    words = sum(len(line.words) for line in long)
    digits = sum(char.isdigit() for line in long for char in line.text)
    is_worded = words >= MIN_WORDS * len(long) and digits <= MAX_DIGITS * characters
    return is_worded and _are_full(long)


def _are_full(lines: Sequence[Line]) -> bool:
    """Tells whether most lines reach the right edge, as those of paragraphs do."""
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    reaching = sum(line.right > right - EDGE * (right - left) for line in lines)
    return reaching >= 0.5 * len(lines)


def _are_rows(left: Sequence[Line], right: Sequence[Line]) -> bool:
    """Tells whether few lines stand exactly beside each other: rows of a table."""
    if min(len(left), len(right)) > MAX_ROWS:
        return False
    middles = [line.middle for line in left]
    level = sum(any(abs(line.middle - y) < 0.25 * line.height for y in middles) for line in right)
    return level >= 0.8 * len(right)
