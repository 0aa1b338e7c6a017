"""The outline (bookmarks) of a PDF, which tells the headings of its pages."""

import ctypes
import re
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, replace

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ingestion.parsers.building import HEADING, MAX_TITLE, one_line, storable
from ingestion.parsers.pdf.lines import Line

MAX_LEVEL = 6
# The longest outline of a manual seen has some 1,400 entries.
MAX_ENTRIES = 5_000
MAX_TITLE_BYTES = 1_000
# The lines of its page that a title may run over.
MAX_TITLE_LINES = 3
# If this share of the titles are headings in the text, the outline tells nothing new.
ENOUGH_HEADINGS = 0.5
# An outline that names a larger share of a page's lines lists content, not structure.
MOST_LINES = 0.5
NUMBERING = re.compile(r"(\d{1,3}(\.\d{1,3}){0,5}|[IVXLC]{1,6}|[A-Z])[.)]?\s+(?=\S)")
NO_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """A title of the outline with the page it leads to, counted from 0; `depth` from 1."""

    title: str
    page: int
    depth: int


def read_outline(document: pdfium.PdfDocument) -> list[Entry]:
    """Return the entries that lead to a page, in order; bounded in depth, number and length."""
    return [entry for entry in _entries(document) if key(entry.title)]


def missing_titles(entries: Sequence[Entry], texts: Sequence[str]) -> dict[int, list[Entry]]:
    """Return by page the entries that the text of their page does not have as headings.

    The result is empty if at least half of all titles are headings already. An entry below one that
    is a heading gets a depth below the level of that heading.
    """
    headings = {page: _headings(texts[page]) for page in {e.page for e in entries}}
    known = sum(key(e.title) in headings[e.page] for e in entries)
    missing: dict[int, list[Entry]] = {}
    if known >= ENOUGH_HEADINGS * len(entries):
        return missing
    levels = [0] * (MAX_LEVEL + 1)
    for entry in entries:
        level = headings[entry.page].get(key(entry.title))
        if level is None:
            level = min(max(entry.depth, levels[entry.depth - 1] + 1), MAX_LEVEL)
            missing.setdefault(entry.page, []).append(replace(entry, depth=level))
        levels[entry.depth :] = [level] * (MAX_LEVEL + 1 - entry.depth)
    return missing


def with_titles(
    lines: Sequence[Line], entries: Sequence[Entry], is_heading: Callable[[Line], bool]
) -> list[Line]:
    """Return the lines in reading order, with number and level where a title names them.

    Lines that are headings by their print stay as they are.
    """
    # The first of two entries with one title is taken first.
    wanted: dict[str, list[int]] = {}
    for entry in reversed(entries):
        wanted.setdefault(key(entry.title), []).append(entry.depth)
    marked: list[Line] = []
    while len(marked) < len(lines):
        at = len(marked)
        size, name = _named(lines[at : at + MAX_TITLE_LINES], wanted, is_heading)
        title = (at, wanted[name].pop()) if size else None
        if size and not wanted[name]:
            del wanted[name]
        marked += [replace(line, title=title) for line in lines[at : at + max(size, 1)]]
    named = sum(line.title is not None for line in marked)
    return marked if named <= max(MOST_LINES * len(marked), 1) else list(lines)


def key(title: str) -> str:
    """Return the letters and digits of a title, without its chapter number, to compare it by."""
    words = NO_LETTERS.sub("", NUMBERING.sub("", one_line(title), count=1).casefold())
    return words if any(c.isalpha() for c in words) else ""


def _named(
    lines: Sequence[Line], wanted: Container[str], is_heading: Callable[[Line], bool]
) -> tuple[int, str]:
    """Return how many of the first lines form a title, and its key; 0 if they do not."""
    text = ""
    for size, line in enumerate(lines, start=1):
        if line.table or len(text) > MAX_TITLE or is_heading(line):
            break
        text = f"{text} {line.text}"
        if (name := key(text)) in wanted:
            return size, name
    return 0, ""


def _headings(text: str) -> dict[str, int]:
    """Return the level of each heading of a page by its key."""
    lines = (line for line in text.split("\n") if line.startswith("#") and len(line) <= MAX_TITLE)
    matches = (match.groups() for line in lines if (match := HEADING.match(line)))
    return {key(words): len(marks) for marks, words in matches}


def _entries(document: pdfium.PdfDocument) -> Iterator[Entry]:
    """Walk the outline depth first, without recursion; a repeated bookmark ends its branch."""
    seen: set[int] = set()
    stack = [(pdfium_c.FPDFBookmark_GetFirstChild(document, None), 1)]
    while stack and len(seen) < MAX_ENTRIES:
        bookmark, depth = stack.pop()
        address = ctypes.addressof(bookmark.contents) if bookmark else 0
        if not address or address in seen:
            continue
        seen.add(address)
        stack.append((pdfium_c.FPDFBookmark_GetNextSibling(document, bookmark), depth))
        if depth < MAX_LEVEL:
            stack.append((pdfium_c.FPDFBookmark_GetFirstChild(document, bookmark), depth + 1))
        page, title = _page(document, bookmark), _title(bookmark)
        if 0 <= page < len(document) and title:
            yield Entry(title, page, depth)


def _page(document: pdfium.PdfDocument, bookmark: pdfium_c.FPDF_BOOKMARK) -> int:
    """Return the page a bookmark leads to, counted from 0; -1 if it leads nowhere."""
    target = pdfium_c.FPDFBookmark_GetDest(document, bookmark)
    return pdfium_c.FPDFDest_GetDestPageIndex(document, target) if target else -1


def _title(bookmark: pdfium_c.FPDF_BOOKMARK) -> str:
    """Return the title on one line, empty if it is too long for one."""
    size = pdfium_c.FPDFBookmark_GetTitle(bookmark, None, 0)
    if not 2 < size <= MAX_TITLE_BYTES:
        return ""
    buffer = ctypes.create_string_buffer(size)
    pdfium_c.FPDFBookmark_GetTitle(bookmark, buffer, size)
    return one_line(storable(buffer.raw[: size - 2].decode("utf-16-le", "replace")))
