"""CSV and TSV tables, each row of which becomes `a | b | c`."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from core.domain.knowledge import ParsedDocument
from core.errors import UnreadableDocument
from ingestion.files.encoding import decode
from ingestion.parsers.building import build, one_line, storable
from ingestion.parsers.office.spreadsheets.sheets import Line, row_pages

# Of two that fit alike, the first wins: commas stand in figures and words as well.
DELIMITERS = "\t;|,"
SAMPLE, SAMPLE_ROWS = 65_536, 200
MAX_FIELD = 1_000_000
# A cell of more lines comes from a quotation mark that was never closed.
MAX_LINES = 100
# The share of rows that must be as wide as the table.
MIN_SHARE = 0.5
# The same below a line that is not a row: a title, a comment, the name of a single column.
MIN_SHARE_BELOW = 0.8
# The first line that tells Excel the delimiter.
SEPARATOR = re.compile(r'"?sep=(.)"?[ \t]*(?:\n|\Z)', re.IGNORECASE)
# A border of two cells inside one shows that it was cut at the wrong delimiter.
TORN = re.compile(r'"[,;\t|]"')
DECIMAL = re.compile(r"\s*[-+]?\d+,\d+\s*")

Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class _Shape:
    """How wide a table is with a delimiter, where it begins, and how well its rows agree."""

    delimiter: str
    width: int = 1
    first_row: int = 0
    share: float = 0.0


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """Reads pages of at most 100 rows; the delimiter is the one that gives rows of one width."""
    text = storable(decode(content))
    csv.field_size_limit(MAX_FIELD)
    declared = SEPARATOR.match(text)
    text = text[declared.end() :] if declared else text
    try:
        shape = _measured(text, declared[1]) if declared else _shape(text)
        pages = list(row_pages(_lines(_rows(text, shape.delimiter), shape)))
    except csv.Error as error:
        raise UnreadableDocument(f"The table is damaged: {error}.") from error
    return build(pages, file_name)


def _lines(rows: Sequence[Sequence[str]], shape: _Shape) -> Iterator[Line]:
    """Yields rows with their numbers; lines above the table stay whole, empty ones are left out."""
    for number, cells in enumerate(rows, start=1):
        if number <= shape.first_row:
            yield Line(number, (one_line(shape.delimiter.join(cells)),))
        elif cells:
            yield Line(number, tuple(map(one_line, cells)))


def _rows(text: str, delimiter: str) -> Rows:
    rows = list(_reader(text, delimiter))
    if any(cell.count("\n") > MAX_LINES for row in rows for cell in row if len(cell) > MAX_LINES):
        lines = csv.reader(io.StringIO(text), delimiter=delimiter, quoting=csv.QUOTE_NONE)
        return [[cell.strip('"') for cell in row] for row in lines]
    return rows


def _reader(text: str, delimiter: str) -> Iterator[list[str]]:
    """Reads rows; quotation marks in cells are doubled, or escaped if the file doubles none."""
    is_escaped = '\\"' in text and '""' not in text.replace('\\"', "")
    return csv.reader(
        io.StringIO(text),
        delimiter=delimiter,
        doublequote=not is_escaped,
        escapechar="\\" if is_escaped else None,
    )


def _shape(text: str) -> _Shape:
    """Returns the shape of the delimiter that fits best; a table in one column has none."""
    shapes = [_measured(text, delimiter) for delimiter in DELIMITERS if delimiter in text]
    fitting = [shape for shape in shapes if shape.width > 1 and shape.share >= MIN_SHARE]
    if not fitting:
        return _Shape("," if "\t" in text else "\t")
    return max(fitting, key=lambda s: (round(s.share, 1), s.width, -DELIMITERS.index(s.delimiter)))


def _measured(text: str, delimiter: str) -> _Shape:
    rows = list(islice(_reader(text[:SAMPLE], delimiter), SAMPLE_ROWS))
    # The end of the sample may have cut the last row.
    rows = rows[:-1] if len(text) > SAMPLE and len(rows) < SAMPLE_ROWS and len(rows) > 1 else rows
    widths = [len(row) for row in rows if row]
    wide = Counter(width for width in widths if width > 1)
    if not wide:
        return _Shape(delimiter)
    width = max(wide, key=lambda width: (wide[width], width))
    first = next(at for at, row in enumerate(rows) if len(row) >= width)
    table = [len(row) for row in rows[first:] if row]
    agreed = sum(1.0 if n == width else 0.5 if n > 1 else 0.0 for n in table)
    torn = sum(any(TORN.search(cell) for cell in row) for row in rows[first:])
    share = (agreed - torn) / len(table)
    is_table = not first or (share >= MIN_SHARE_BELOW and not _is_one_column(rows[first:]))
    return _Shape(delimiter, width, first, share if is_table else 0.0)


def _is_one_column(rows: Rows) -> bool:
    """Tells whether marks below a single name belong to words or figures: `Smith, Ann`, `1,5`."""
    cut = [row for row in rows if len(row) > 1]
    in_words = sum(row[1].startswith(" ") for row in cut)
    in_figures = sum(bool(DECIMAL.fullmatch(",".join(row))) for row in cut)
    return max(in_words, in_figures) > len(cut) / 2
