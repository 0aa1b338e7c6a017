"""The common ground of all parsers: storable text, page numbers and a sensible title."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from core.domain.knowledge import (
    PAGE_SEPARATOR,
    HiddenText,
    LeftOut,
    Page,
    ParsedDocument,
    Restriction,
)
from core.errors import UnreadableDocument
from ingestion.parsers.quality import page_quality

MAX_TITLE = 300
MAX_LABEL = 120
# About 5,000 printed pages; more would keep the queue busy for hours.
MAX_CHARACTERS = 10_000_000
# Line ends of all kinds become one; PAGE_SEPARATOR may only stand between pages; PostgreSQL
# refuses NUL, and no other control character has a meaning in text.
STORABLE = {
    **dict.fromkeys(range(32)),
    **dict.fromkeys(range(127, 160)),
    **{ord(c): "\n" for c in f"\n\v{PAGE_SEPARATOR}\x85\u2028\u2029"},
    ord("\t"): "\t",
}
TYPOGRAPHY = {
    **{ord(c): " " for c in "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"},
    **{ord(c): " " for c in "\u200a\u202f\u205f\u3000"},
    0xAD: None,
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "st",
    0xFB06: "st",
}
HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t]*#*$")
# These include names without a letter, such as a file number or a date.
NO_TITLE = re.compile(
    r"^([\W\d_]+|untitled.*|document\d*|slide \d+|title|powerpoint presentation|word document"
    r"|page \d+.*|microsoft .*"
    r"|.*\.(docx?|pptx?|xlsx?|pdf|indd|tex|dvi|html?|rtf|qxd))$",
    re.IGNORECASE,
)
# Footers such as `Page 3 of 12` repeat the page number.
PAGE_NUMBER = re.compile(
    r"[\W\d_]*(\b(page|seite)\b)?[\W\d_]*(\b(of|von)\b)?[\W\d_]*$", re.IGNORECASE
)
RAISED = str.maketrans("0123456789+-−(),", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾,")


@dataclass(frozen=True, slots=True)
class PageText:
    """A page as a parser read it.

    `ocr_confidence` in [0, 1] is set if the words were recognised on an image, `unread` counts
    glyphs without a letter, and `is_readable` is false if the page shows text that could not be
    read, in which case its quality is 0.
    """

    text: str
    label: str = "page"
    ocr_confidence: float | None = None
    unread: int = 0
    is_readable: bool = True


def build(  # noqa: PLR0913  each is a part of a document, and most are optional
    pages: Iterable[tuple[str, str] | PageText],
    file_name: str,
    *,
    titles: Iterable[str | None] = (),
    hidden: Iterable[HiddenText] = (),
    left_out: Iterable[LeftOut] = (),
    restrictions: Iterable[Restriction] = (),
) -> ParsedDocument:
    """Build a document; the first sensible title wins, else the first sensible heading.

    Raises UnreadableDocument if no page holds any text, or all together hold too much.
    """
    read = [_storable(page) for page in pages]
    if not any(page.text.strip() for page in read):
        raise UnreadableDocument("The file contains no text.")
    characters = sum(len(page.text) for page in read)
    if characters > MAX_CHARACTERS:
        raise UnreadableDocument(
            f"The file contains {characters / 1e6:.0f} million characters of text; at most "
            f"{MAX_CHARACTERS / 1e6:.0f} million are indexed. Split the file."
        )
    numbered = tuple(_page(number, page) for number, page in enumerate(read, start=1))
    guesses = (*titles, *headings(numbered[0].text))
    title = next((t for c in guesses if (t := _sensible(c))), stem(file_name))
    return ParsedDocument(title, numbered, tuple(hidden), tuple(left_out), tuple(restrictions))


def _storable(page: tuple[str, str] | PageText) -> PageText:
    read = page if isinstance(page, PageText) else PageText(*page)
    return replace(read, text=storable(read.text), label=storable(read.label)[:MAX_LABEL])


def _page(number: int, page: PageText) -> Page:
    confidence = page.ocr_confidence
    quality = page_quality(page.text, confidence, page.unread) if page.is_readable else 0.0
    return Page(number, page.text, page.label, quality, confidence)


def bounded(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines; raises UnreadableDocument once they hold more than is indexed."""
    characters = 0
    for line in lines:
        characters += len(line) + 1
        if characters > MAX_CHARACTERS:
            raise UnreadableDocument(
                f"The file contains more than {MAX_CHARACTERS / 1e6:.0f} million characters of "
                "text. Split the file."
            )
        yield line


def storable(text: str) -> str:
    """Return `text` with one kind of line end and nothing that a database refuses."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    return text.translate(STORABLE).encode("utf-8", "replace").decode("utf-8")


def tidy(text: str) -> str:
    """Tidies prose: plain spaces, no ligatures or soft hyphens, at most one blank line."""
    lines = storable(text).translate(TYPOGRAPHY).split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n")


def one_line(text: str) -> str:
    """Return `text` with every run of white space as one space."""
    if text.isascii() and text.isprintable():  # nearly every cell of a table
        return " ".join(text.split())
    return " ".join(tidy(text).split())


def row(cells: Iterable[str]) -> str:
    """Return a table row as `a | b | c`, empty if all cells are empty."""
    shown = [one_line(cell) for cell in cells]
    while shown and not shown[-1]:
        shown.pop()
    return " | ".join(shown)


def raised(words: str, before: str) -> str:
    """Return words raised behind `before` as such: `10³`, or the note mark in `4,500¹`.

    Written on the line, their digits would be taken for those of the number.
    """
    is_mark = bool(words) and all(ord(char) in RAISED for char in words)
    return words.translate(RAISED) if is_mark and before[-1:].isdecimal() else words


def without_page_number(line: str) -> str:
    """Return a line of a header or footer without the number of the page at its end."""
    return PAGE_NUMBER.sub("", line)


def stem(file_name: str) -> str:
    """Return the file name without its ending, underscores as spaces."""
    return one_line(PurePosixPath(file_name).stem.replace("_", " "))[:MAX_TITLE] or "Document"


def headings(text: str) -> list[str]:
    """Return the headings of a page, those of the highest level first."""
    # Long lines are not headings, and the pattern is quadratic in a long run of spaces.
    lines = [line for line in text[:20_000].split("\n") if len(line) <= MAX_TITLE]
    matches = [match.groups() for line in lines if (match := HEADING.match(line))]
    return [words for _, words in sorted(matches, key=lambda heading: len(heading[0]))]


def _sensible(title: str | None) -> str | None:
    shown = one_line(title or "")[:MAX_TITLE]
    return shown if len(shown) > 2 and not NO_TITLE.match(shown) else None
