"""CSV and TSV tables; every row becomes `a | b | c`."""

import csv
import io

from core.domain.knowledge import ParsedDocument
from core.errors import UnreadableDocument
from ingestion.encoding import decode
from ingestion.parsers.building import build, storable
from ingestion.parsers.sheets import row_pages

DELIMITERS = ",;\t|"
SAMPLE = 16_384
MAX_FIELD = 1_000_000


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """Pages of at most 100 rows; the delimiter is found out from the first lines."""
    text = storable(decode(content))
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(io.StringIO(text), _dialect(text[:SAMPLE]))
    try:
        pages = list(row_pages(reader))
    except csv.Error as error:
        raise UnreadableDocument(f"The table is damaged in line {reader.line_num}.") from error
    return build(pages, file_name)


def _dialect(sample: str) -> type[csv.Dialect]:
    try:
        return csv.Sniffer().sniff(sample, DELIMITERS)
    except csv.Error:
        return csv.excel
