"""One line of a JSONL file: an object with `_id`, `text` and perhaps `title`."""

import json
from dataclasses import dataclass

from core.domain.knowledge import ParsedDocument
from core.errors import UnreadableDocument
from ingestion.parsers.building import build, one_line


@dataclass(frozen=True, slots=True)
class Record:
    """What one line says."""

    id: str
    title: str
    text: str


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """Reads one page that holds the text; the title falls back to the id."""
    record = read_record(content)
    return build([(record.text, "page")], file_name, titles=[record.title, record.id])


def has_records(content: bytes) -> bool:
    """Tells whether the lines are documents of their own; without any `_id` they are one.

    Lines that are not JSON count as documents too, so that the broken line can be named.
    """
    has_objects = False
    for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        if line.strip():
            try:
                value = json.loads(line)
            except (ValueError, RecursionError):
                return True
            if isinstance(value, dict) and "_id" in value:
                return True
            has_objects |= isinstance(value, dict)
    return not has_objects


def read_record(line: bytes) -> Record:
    """Reads a line as a record; raises UnreadableDocument if it is none."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UnreadableDocument("The line is not valid JSON.") from error
    if not isinstance(values, dict):
        raise UnreadableDocument("The line is not a JSON object.")
    identifier, text, title = values.get("_id"), values.get("text"), values.get("title") or ""
    if not isinstance(identifier, str | int) or not str(identifier).strip():
        raise UnreadableDocument("The line has no “_id”.")
    if not isinstance(text, str) or not text.strip():
        raise UnreadableDocument("The line has no “text”.")
    return Record(str(identifier).strip(), one_line(str(title)), text)
