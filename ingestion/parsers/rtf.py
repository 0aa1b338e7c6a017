"""Rich Text: its words, tables and page breaks."""

import re

from striprtf import striprtf

from core.domain.knowledge import ParsedDocument
from ingestion.parsers.building import build, row, tidy
from ingestion.parsers.damage import damaged_if_it_fails

DAMAGED = "The Rich Text document is damaged. Save it again and upload it."
# Unicode's private use area: no program writes it, and no reader of RTF changes it.
PAGE, CELL, ROW = "\ue000", "\ue001", "\ue002"
MARKS = {"page": PAGE, "cell": CELL, "nestcell": CELL, "row": ROW, "nestrow": ROW}
CONTROL = re.compile(r"\\(page|cell|nestcell|row|nestrow)(?![a-zA-Z0-9])[ ]?")
PICTURE = re.compile(r"(?<=[\s\\a-z0-9])[0-9a-fA-F\s]{400,}(?=[}\\])")
TITLE = re.compile(r"\{\\title ([^{}]{1,300})\}")


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """Pages end where the author put a page break."""
    source = PICTURE.sub("", content.decode("cp1252", "replace"))
    with damaged_if_it_fails(DAMAGED):
        text = _words(CONTROL.sub(_mark, source))
        found = TITLE.search(source)
        title = _words(f"{{\\rtf1 {found.group(1)}}}") if found else None
    pages = [_page(part) for part in text.split(PAGE)]
    while len(pages) > 1 and not pages[-1].strip():
        pages.pop()
    return build([(page, "page") for page in pages], file_name, titles=[title])


def _words(source: str) -> str:
    text: str = striprtf.rtf_to_text(source, errors="replace")  # type: ignore[no-untyped-call]  # no types
    return text


def _mark(found: re.Match[str]) -> str:
    """A control word becomes a letter of ours, written as RTF writes letters."""
    return f"{{\\uc1\\u{ord(MARKS[found.group(1)])}?}}"


def _page(text: str) -> str:
    lines = (_line(line) for line in _rows_on_lines(text).split("\n"))
    return tidy("\n".join(lines))


def _rows_on_lines(text: str) -> str:
    """A row stands on one line, whatever line ends its cells hold."""
    parts = text.split(ROW)
    rows = [_row_of(part) for part in parts[:-1]]
    return "".join(rows) + parts[-1]


def _row_of(part: str) -> str:
    cells = part.split(CELL)
    # What stands before the table ends with the last empty line or the last line end.
    before, _, first = cells[0].rpartition("\n")
    joined = CELL.join([first, *(cell.replace("\n", " ") for cell in cells[1:])])
    return f"{before}\n{joined}\n" if before else f"{joined}\n"


def _line(line: str) -> str:
    return row(line.split(CELL)) if CELL in line else line
