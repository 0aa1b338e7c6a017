"""Markdown, kept as it is; the title comes from the front matter or the first heading."""

import re

from core.domain.knowledge import ParsedDocument
from ingestion.encoding import decode
from ingestion.parsers.building import build

FRONT_MATTER_TITLE = re.compile(r"\A---\n(?:(?!---).*\n)*?title:\s*[\"']?(.+?)[\"']?\s*\n")


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """One page."""
    text = decode(content)
    found = FRONT_MATTER_TITLE.match(text[:2_000].replace("\r\n", "\n"))
    return build([(text, "page")], file_name, titles=[found.group(1) if found else None])
