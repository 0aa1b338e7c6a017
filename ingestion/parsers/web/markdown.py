"""Markdown without what its authors do not show or took back.

These are front matter, comments, marks of a table of contents, and struck-out words.
"""

import re

from core.domain.knowledge import ParsedDocument
from ingestion.files.encoding import decode
from ingestion.parsers.building import build

MAX_FRONT_MATTER = 20_000
FRONT_MATTER = re.compile(
    r"\A(?P<fence>---|\+\+\+)[ \t]*\n(?P<fields>(?:(?!\1)[^\n]*\n)*?)(?P=fence)[ \t]*(?:\n|\Z)"
)
FIELD = re.compile(r"^[\w-]+[ \t]*[:=]", re.MULTILINE)
TITLE = re.compile(r"^title[ \t]*[:=][ \t]*([\"']?)(.+?)\1[ \t]*$", re.MULTILINE)
# Code keeps its comments: they are what it shows. Words between two pairs of tildes are struck
# through.
CODE_OR_UNSHOWN = re.compile(
    r"(?P<code>^(?P<fence>`{3,}|~{3,})[^\n]*\n(?:.*?^(?P=fence)[`~]*[ \t]*$|.*\Z)|`[^`\n]+`)"
    r"|<!--.*?-->"
    r"|(?<![~\\])~~(?=[^\s~])(?:(?!~~|\n[ \t]*\n).){1,2000}(?<=\S)~~(?!~)[ \t]?",
    re.MULTILINE | re.DOTALL,
)
CONTENTS = re.compile(r"^[ \t]*(\[\[_TOC_\]\]|\[TOC\]|\{:toc\})[ \t]*$\n?", re.MULTILINE | re.I)


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """Read one page; a title in the front matter names the document."""
    text = decode(content).removeprefix("\ufeff").replace("\r\n", "\n")
    fields, text = _split(text)
    title = TITLE.search(fields)
    text = CODE_OR_UNSHOWN.sub(lambda match: match["code"] or "", text)
    return build([(CONTENTS.sub("", text), "page")], file_name, titles=[title and title[2]])


def _split(text: str) -> tuple[str, str]:
    """Return front matter and rest; prose between two rules is not front matter."""
    match = FRONT_MATTER.match(text[:MAX_FRONT_MATTER])
    if match is None or not FIELD.search(match["fields"]):
        return "", text
    return match["fields"], text[match.end() :]
