"""Rich Text: its words, tables and page breaks."""

import re
from collections.abc import Iterator

from striprtf import striprtf

from core.domain.knowledge import HiddenText, ParsedDocument
from ingestion.parsers.building import build, row, tidy
from ingestion.parsers.damage import damaged_if_it_fails
from ingestion.parsers.hidden import hidden_texts

DAMAGED = "The Rich Text document is damaged. Save it again and upload it."
# Unicode's private use area: no program writes it, and no reader of RTF changes it.
PAGE, CELL, ROW = "\ue000", "\ue001", "\ue002"
MARKS = {"page": PAGE, "cell": CELL, "nestcell": CELL, "row": ROW, "nestrow": ROW}
CONTROL = re.compile(r"\\(page|cell|nestcell|row|nestrow)(?![a-zA-Z0-9])[ ]?")
# Words set to be hidden begin with the first of these, what is struck out with the second; both end
# with the third: from `\v` to `\v0`, from `\strike` to `\strike0`, `\plain` or a group's end.
UNSEEN, STRUCK, SEEN = "\ue003", "\ue004", "\ue005"
HIDING = re.compile(
    r"\\(v|strike|striked|deleted|plain)([01]?)(?![a-zA-Z0-9])[ ]?|\\[^a-zA-Z]|[{}]"
)
UNSEEN_WORDS = re.compile(f"{UNSEEN}([^{UNSEEN}{STRUCK}{SEEN}]*)(?:{SEEN}|$)")
STRUCK_WORDS = re.compile(f"{STRUCK}([^{UNSEEN}{STRUCK}{SEEN}]*)(?:{SEEN}|$)")
NO_MARKS: frozenset[str] = frozenset()
PICTURE = re.compile(r"(?<=[\s\\a-z0-9])[0-9a-fA-F\s]{400,}(?=[}\\])")
TITLE = re.compile(r"\{\\title ([^{}]{1,300})\}")


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """Pages end where the author put a page break; words that are struck out are left out."""
    source = PICTURE.sub("", content.decode("cp1252", "replace"))
    with damaged_if_it_fails(DAMAGED):
        text = _words(_with_hiding(CONTROL.sub(_mark, source)))
        found = TITLE.search(source)
        title = _words(f"{{\\rtf1 {found.group(1)}}}") if found else None
    text = STRUCK_WORDS.sub(lambda found: _places(found[1]), text)
    shown = UNSEEN_WORDS.sub(lambda found: _places(found[1]), text)
    pages = [_page(part) for part in shown.replace(SEEN, "").split(PAGE)]
    while len(pages) > 1 and not pages[-1].strip():
        pages.pop()
    hidden = list(_hidden(text))
    return build([(page, "page") for page in pages], file_name, titles=[title], hidden=hidden)


def _with_hiding(source: str) -> str:
    """The source with a letter of ours where words begin and cease to be hidden or struck out."""
    pieces: list[str] = []
    outer: list[frozenset[str]] = []
    marks, at = NO_MARKS, 0
    for found in HIDING.finditer(source):
        pieces.append(source[at : found.start()])
        at, part, before = found.end(), found[0], _letter_of(marks)
        if part == "{":
            outer.append(marks)
        elif part == "}":
            marks = outer.pop() if outer else NO_MARKS
        elif found[1] == "plain":
            marks = NO_MARKS
        elif found[1]:
            marks = marks - {found[1]} if found[2] == "0" else marks | {found[1]}
        now = _letter_of(marks)
        ends = _letter(SEEN) if before and now != before else ""
        begins = _letter(now) if now and now != before else ""
        pieces += (ends, part, begins)
    return "".join((*pieces, source[at:]))


def _letter_of(marks: frozenset[str]) -> str:
    """What words with these marks begin with: what is struck out holds no longer, seen or not."""
    if marks - {"v"}:
        return STRUCK
    return UNSEEN if marks else ""


def _hidden(text: str) -> Iterator[HiddenText]:
    for found in UNSEEN_WORDS.finditer(text):
        page = text.count(PAGE, 0, found.start()) + 1
        words = found[1].translate({ord(mark): " " for mark in MARKS.values()})
        yield from hidden_texts(page, [("invisible", words)])


def _places(words: str) -> str:
    """What hidden words leave behind: the ends of cells, rows and pages among them."""
    return "".join(char for char in words if char in MARKS.values())


def _words(source: str) -> str:
    text: str = striprtf.rtf_to_text(source, errors="replace")  # type: ignore[no-untyped-call]  # no types
    return text


def _mark(found: re.Match[str]) -> str:
    """A control word becomes a letter of ours, written as RTF writes letters."""
    return _letter(MARKS[found.group(1)])


def _letter(letter: str) -> str:
    return f"{{\\uc1\\u{ord(letter)}?}}"


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
