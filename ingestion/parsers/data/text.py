"""Plain text in any encoding, kept as it is."""

from core.domain.knowledge import ParsedDocument
from ingestion.files.encoding import decode
from ingestion.parsers.building import build, stem


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """Reads one page titled by its file name: the first line of a text is often no title."""
    return build([(decode(content), "page")], file_name, titles=[stem(file_name)])
