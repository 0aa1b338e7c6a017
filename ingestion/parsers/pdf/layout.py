"""The paragraphs, rows and headings of a PDF page, joined from its lines."""

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from ingestion.parsers.building import tidy
from ingestion.parsers.pdf.columns import regions
from ingestion.parsers.pdf.lines import Line
from ingestion.parsers.pdf.outline import Entry, with_titles
from ingestion.parsers.pdf.tables import rows
from ingestion.parsers.pdf.words import Word

HEADING_RATIO = 1.2
MAX_HEADING = 150
# The fullest pages of real tables have some 1,500 pieces of text.
MAX_PIECES = 5_000
LIST_ITEM = re.compile(r"([•●▪◦‣■□–*\uf0a7\uf0b7-]|\(?\d{1,2}(?:\.\d{1,2})*[.):]|\(?[a-z][.)])\s")
PAGE_NUMBER = re.compile(r"(page|seite)\s+\d+", re.IGNORECASE)
COMPOUND = re.compile(r"\w+-\w+")


def body_height(lines: Iterable[Line]) -> float:
    """Return the line height of most characters, in half points; 0 if there is no text."""
    weights: Counter[float] = Counter()
    for line in lines:
        weights[round(line.height * 2) / 2] += len(line.text)
    return weights.most_common(1)[0][0] if weights else 0.0


def compounds(lines: Iterable[Line]) -> frozenset[str]:
    """Return words with a hyphen inside a line, which keep it at the end of a line."""
    return frozenset(m.group().lower() for line in lines for m in COMPOUND.finditer(line.text))


def page_text(
    lines: Sequence[Line],
    body: float,
    known_compounds: frozenset[str],
    titles: Sequence[Entry] = (),
) -> str:
    """Join lines to paragraphs one blank line apart; rows and items have their own lines.

    Lines that match one of the `titles` are headings, whatever their print.
    """
    texts = []
    for number, group in enumerate(_by_direction(lines)):
        # Words along the edge of the page, such as a stamp, are not headings.
        size = 0.0 if number else body
        parts = _in_order(group) if number else _titled(_in_order(group), titles, body)
        texts += [_region_text(part, size, known_compounds) for part in parts]
    return tidy("\n\n".join(text for text in texts if text))


def words_in_order(lines: Sequence[Line]) -> list[Word]:
    """Return the words of a page in the order in which `page_text` has them."""
    parts = [part for group in _by_direction(lines) for part in _in_order(group)]
    return [word for part in parts for line in part for word in line.words]


def _in_order(lines: list[Line]) -> list[list[Line]]:
    """Return the rows of each column; a page too full for people to read stays as it is."""
    if len(lines) > MAX_PIECES:
        return [lines]
    return [rows(part) for part in regions(lines)]


def _titled(parts: list[list[Line]], titles: Sequence[Entry], body: float) -> list[list[Line]]:
    if not titles:
        return parts
    lines = [line for part in parts for line in part]
    marked = iter(with_titles(lines, titles, lambda line: bool(_level(line, body))))
    return [list(itertools.islice(marked, len(part))) for part in parts]


def _by_direction(lines: Iterable[Line]) -> list[list[Line]]:
    """Return the lines by the direction in which they are written, the usual one first."""
    turned: dict[int, list[Line]] = {}
    for line in lines:
        turned.setdefault(line.quarter, []).append(line)
    return sorted(turned.values(), key=_characters, reverse=True)


def _characters(lines: Sequence[Line]) -> int:
    return sum(len(line.text) for line in lines)


def _region_text(lines: Sequence[Line], body: float, known_compounds: frozenset[str]) -> str:
    usual_gap = _usual_gap(lines)
    blocks: list[list[Line]] = []
    for line in lines:
        if blocks and not _starts_block(blocks[-1][-1], line, usual_gap, body):
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return "\n\n".join(_block_text(block, body, known_compounds) for block in blocks)


def _usual_gap(rows: Sequence[Line]) -> float:
    """Return the white space within paragraphs: the lower quartile, as those between are wider."""
    pairs = itertools.pairwise(rows)
    gaps = sorted(a.bottom - b.top for a, b in pairs if not (a.table or b.table))
    return gaps[len(gaps) // 4] if gaps else 0.0


def _starts_block(before: Line, line: Line, usual_gap: float, body: float) -> bool:
    if before.table or line.table:
        return before.table != line.table
    if before.title != line.title:
        return True
    if before.is_hyphenated:
        return False
    if _level(before, body) != _level(line, body):
        return True
    gap = before.bottom - line.top
    return gap > usual_gap + 0.4 * line.height or gap < -1.5 * line.height


def _block_text(block: Sequence[Line], body: float, known_compounds: frozenset[str]) -> str:
    level = _heading_level(block, body)
    right, left = max(line.right for line in block), min(line.left for line in block)
    text = block[0].text
    for before, line in itertools.pairwise(block):
        is_full = before.right > right - 0.15 * (right - left) > 0
        if before.is_hyphenated:
            text = _joined_word(text, line.text, known_compounds)
        elif level or (is_full and not _stands_alone(before, line)):
            text = f"{text} {line.text}"
        else:
            text = f"{text}\n{line.text}"
    return f"{'#' * level} {text}" if level else text


def _heading_level(block: Sequence[Line], body: float) -> int:
    """Return the heading level; long blocks and sentences are headings only if titled."""
    if block[0].title:
        return block[0].title[1]
    length = sum(len(line.text) for line in block)
    is_sentence = block[-1].text.endswith((".", ",", ";"))
    return 0 if length > MAX_HEADING or is_sentence else _level(block[0], body)


def _stands_alone(before: Line, line: Line) -> bool:
    return bool(before.table) or bool(LIST_ITEM.match(line.text))


def _joined_word(text: str, following: str, known_compounds: frozenset[str]) -> str:
    head = re.search(r"\w*$", text)
    tail = re.match(r"\w*", following)
    word = f"{head.group() if head else ''}-{tail.group() if tail else ''}".lower()
    return f"{text}-{following}" if word in known_compounds else f"{text}{following}"


def _level(line: Line, body: float) -> int:
    """Return the heading level by size against the body, 4 for bold lines, 0 for body text."""
    is_text = len(line.text) <= MAX_HEADING and any(c.isalpha() for c in line.text)
    is_text = is_text and not line.table and not PAGE_NUMBER.match(line.text)
    ratio = line.height / body if body and is_text else 0.0
    if ratio < HEADING_RATIO:
        return 4 if is_text and line.is_bold and ratio > 0.95 else 0
    return 1 if ratio >= 1.7 else 2 if ratio >= 1.4 else 3
