"""CSV and TSV tables; every row becomes `a | b | c`."""

import csv
import io

from core.domain.knowledge import ParsedDocument
from core.errors import UnreadableDocument
from ingestion.encoding import decode
from ingestion.parsers.building import build, row, storable

DELIMITERS = ",;\t|"
SAMPLE = 16_384
MAX_FIELD = 1_000_000


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """One page with all rows; the delimiter is found out from the first lines."""
    text = storable(decode(content))
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(io.StringIO(text), _dialect(text[:SAMPLE]))
    try:
        rows = [shown for cells in reader if (shown := row(cells))]
    except csv.Error as error:
        raise UnreadableDocument(f"The table is damaged in line {reader.line_num}.") from error
    return build([("\n".join(rows), "sheet")], file_name)


def _dialect(sample: str) -> type[csv.Dialect]:
    try:
        return csv.Sniffer().sniff(sample, DELIMITERS)
    except csv.Error:
        return csv.excel
