"""Rich Text documents: their words, tables and page breaks."""

import re
from collections.abc import Collection, Iterator
from itertools import count

from striprtf import striprtf

from core.domain.knowledge import HiddenText, ParsedDocument
from ingestion.parsers.building import build, one_line, row, tidy
from ingestion.parsers.damage import damaged_if_it_fails
from ingestion.parsers.hidden import WHITE as ON_WHITE
from ingestion.parsers.hidden import hidden_texts
from ingestion.parsers.unread import Unread

DAMAGED = "The Rich Text document is damaged. Save it again and upload it."
# From the private use area, which no program writes and no reader of RTF changes.
PAGE, CELL, ROW = "\ue000", "\ue001", "\ue002"
MARKS = {"page": PAGE, "cell": CELL, "nestcell": CELL, "row": ROW, "nestrow": ROW}
NOTE_BEGINS, NOTE_ENDS = "\ue008", "\ue009"
PLACES = frozenset((*MARKS.values(), NOTE_BEGINS, NOTE_ENDS))
CONTROL = re.compile(r"\\(page|cell|nestcell|row|nestrow)(?![a-zA-Z0-9])[ ]?")
# Words that are not seen or hold no longer begin with one of these letters and end with `SEEN`:
# from `\v` to `\v0`, from `\strike` to `\strike0`, `\plain` or a group's end, and so on.
UNSEEN, STRUCK, WHITE, TINY, SEEN = "\ue003", "\ue004", "\ue005", "\ue006", "\ue007"
HIDING = {UNSEEN: "invisible", WHITE: ON_WHITE, TINY: "tiny"}
LOOKS = re.compile(
    r"\\(v|strike|striked|deleted|plain|cf|fs|footnote)(\d{0,4})(?![a-zA-Z0-9])[ ]?"
    r"|\\[^a-zA-Z]|[{}]"
)
OUT_OF_SIGHT = re.compile(
    f"([{UNSEEN}{STRUCK}{WHITE}{TINY}])([^{UNSEEN}{STRUCK}{WHITE}{TINY}{SEEN}]*)(?:{SEEN}|$)"
)
NOTE = re.compile(f"{NOTE_BEGINS}([^{NOTE_BEGINS}{NOTE_ENDS}]*){NOTE_ENDS}")
COMMENT = re.compile(r"\\annotation(?![a-zA-Z0-9])")
COLOURS = re.compile(r"\{\\colortbl([^{}]*)\}")
PARTS = re.compile(r"\\(?:red|green|blue)(\d{1,3})")
# Highlights and shades of words and cells, which may stand behind white words.
PAINTED = re.compile(
    r"\\(?:highlight|cb|chcbpat|cbpat|clcbpat|trcbpat|shading|chshdng|clshdng)[1-9]|\\\*\\background"
)
# In half points; and each of red, green and blue, of 255.
TINY_SIZE, LIGHT = 2, 240
NO_MARKS: frozenset[str] = frozenset()
UNSEEN_BY = (("v", UNSEEN), ("fs", TINY), ("cf", WHITE))
PICTURE = re.compile(r"(?<=[\s\\a-z0-9])[0-9a-fA-F\s]{400,}(?=[}\\])")
TITLE = re.compile(r"\{\\title ([^{}]{1,300})\}")


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """Read pages, which end at the author's page breaks; struck-out words are left out.

    Footnotes stand below the paragraph that refers to them; comments are counted.
    """
    source = PICTURE.sub("", content.decode("cp1252", "replace"))
    with damaged_if_it_fails(DAMAGED):
        text = _words(_with_marks(CONTROL.sub(_mark, source), _white(source)))
        match = TITLE.search(source)
        title = _words(f"{{\\rtf1 {match.group(1)}}}") if match else None
    shown = OUT_OF_SIGHT.sub(lambda match: _places(match[2]), text)
    numbers = count(1)
    pages = [_page(part, numbers) for part in shown.replace(SEEN, "").split(PAGE)]
    while len(pages) > 1 and not pages[-1].strip():
        pages.pop()
    unread = Unread({"comments": len(COMMENT.findall(source))})
    return build(
        [(page, "page") for page in pages],
        file_name,
        titles=[title],
        hidden=list(_hidden(text)),
        left_out=unread.left_out(),
    )


def _with_marks(source: str, white: Collection[int]) -> str:
    """Return the source with a mark letter wherever words begin or cease to look different.

    `white` holds the numbers of the colours that are as good as white.
    """
    pieces: list[str] = []
    outer: list[tuple[frozenset[str], bool]] = []
    marks, is_note, at = NO_MARKS, False, 0
    for control in LOOKS.finditer(source):
        pieces.append(source[at : control.start()])
        at, part, before, ends_note = control.end(), control[0], _letter_of(marks), False
        match control[1]:
            case None if part == "{":
                outer.append((marks, is_note))
                is_note = False
            case None if part == "}":
                ends_note = is_note
                marks, is_note = outer.pop() if outer else (NO_MARKS, False)
            case None:
                pass
            case "footnote":
                part, is_note = _letter(NOTE_BEGINS), True
            case word:
                marks = _marked(marks, word, control[2], white)
        now = _letter_of(marks)
        pieces += (
            _letter(SEEN) if before and now != before else "",
            _letter(NOTE_ENDS) if ends_note else "",
            part,
            _letter(now) if now and now != before else "",
        )
    return "".join((*pieces, source[at:]))


def _marked(
    marks: frozenset[str], word: str, number: str, white: Collection[int]
) -> frozenset[str]:
    """Return the marks that hold behind a control word."""
    match word:
        case "plain":
            return NO_MARKS
        case "cf":
            is_on = int(number or 0) in white
        case "fs":
            is_on = bool(number) and int(number) <= TINY_SIZE
        case _:
            is_on = number != "0"
    return marks | {word} if is_on else marks - {word}


def _letter_of(marks: frozenset[str]) -> str:
    """Return the letter that begins words with these marks; struck out goes before hidden."""
    if marks & {"strike", "striked", "deleted"}:
        return STRUCK
    return next((letter for word, letter in UNSEEN_BY if word in marks), "")


def _white(source: str) -> set[int]:
    """Return the numbers of colours as good as white; none if they may stand on something."""
    palette = COLOURS.search(source)
    if palette is None or PAINTED.search(source):
        return set()
    colours = ([int(part) for part in PARTS.findall(colour)] for colour in palette[1].split(";"))
    return {at for at, parts in enumerate(colours) if len(parts) == 3 and min(parts) >= LIGHT}


def _hidden(text: str) -> Iterator[HiddenText]:
    by_page: dict[int, list[tuple[str, str]]] = {}
    page, at = 1, 0
    for run in OUT_OF_SIGHT.finditer(text):
        page, at = page + text.count(PAGE, at, run.start()), run.start()
        if run[1] in HIDING:
            words = run[2].translate({ord(mark): " " for mark in MARKS.values()})
            by_page.setdefault(page, []).append((HIDING[run[1]], words))
    for page, hidden in by_page.items():
        yield from hidden_texts(page, hidden)


def _places(words: str) -> str:
    """Return what hidden words leave behind: the ends of the cells, rows and pages in them."""
    return "".join(char for char in words if char in PLACES)


def _words(source: str) -> str:
    text: str = striprtf.rtf_to_text(source, errors="replace")  # type: ignore[no-untyped-call]  # no types
    return text


def _mark(control: re.Match[str]) -> str:
    """Turn a control word into a mark letter, written as RTF writes letters."""
    return _letter(MARKS[control.group(1)])


def _letter(letter: str) -> str:
    return f"{{\\uc1\\u{ord(letter)}?}}"


def _page(text: str, numbers: Iterator[int]) -> str:
    lines = (_line(line) for line in _rows_on_lines(_notes_below(text, numbers)).split("\n"))
    return tidy("\n".join(lines))


def _notes_below(text: str, numbers: Iterator[int]) -> str:
    """Put each note below its paragraph, as in Word; in a cell, behind the words."""
    pieces: list[str] = []
    notes: list[str] = []
    at = 0
    for note in NOTE.finditer(text):
        between = text[at : note.start()]
        paragraph, end, rest = between.partition("\n")
        pieces.append(f"{paragraph}{''.join(notes)}{end}{rest}" if end else between)
        notes = [] if end else notes
        at = note.end()
        if not note[1].strip():
            continue
        number = next(numbers)
        pieces.append(f"[{number}]")
        notes.append(f"\n\n[{number}] {one_line(note[1])}\n")
    paragraph, end, rest = text[at:].partition("\n")
    return "".join((*pieces, paragraph, *notes, end, rest))


def _rows_on_lines(text: str) -> str:
    """Put each row on one line, whatever line ends its cells hold."""
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
