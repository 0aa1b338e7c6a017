"""The text of the body of an OpenDocument file."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from xml.etree.ElementTree import Element

from ingestion.parsers.blocks import ITEM
from ingestion.parsers.building import one_line, raised, tidy
from ingestion.parsers.hidden import NOT_DISPLAYED
from ingestion.parsers.office.opendocument.numbers import OdfList, OdfNumbering
from ingestion.parsers.office.opendocument.styles import (
    NAMESPACES,
    Look,
    OdfStyles,
    attribute,
    name_of,
)
from ingestion.parsers.office.word.symbols import EMPTY as NOT_TICKED
from ingestion.parsers.office.word.symbols import TICKED, letter
from ingestion.parsers.tables import Spanned, spread, table_lines

# Deleted words, reading aids, scripts, tables of contents, and what programs keep for themselves.
LEFT_OUT = {
    *("text:tracked-changes", "office:forms", "text:sequence-decls", "text:ruby-text"),
    *("text:page-number", "text:page-count", "office:annotation-end", "text:script"),
    *("text:table-of-content", "text:alphabetical-index", "text:illustration-index"),
    *("text:table-index", "text:object-index", "text:table-of-content-source"),
}
HARD_BREAK, SOFT_BREAK = "\f", "\v"
PRIVATE = range(0xF000, 0xF100)
# A cell may claim to be repeated sixteen thousand times; no reader would count further.
MAX_REPEATED = 50
ROW_GROUPS = ("table:table-header-rows", "table:table-rows", "table:table-row-group")
HIDDEN_ROWS = ("collapse", "filter")
OBJECTS = ("draw:object", "draw:object-ole")
PLAIN = Look()

ReadObject = Callable[[Any], str]


class OdfReader:
    """The reader of one document, which keeps hidden words apart and counts comments.

    `read_object` gives the words of a chart, formula or file in a frame.
    """

    def __init__(
        self,
        styles: OdfStyles,
        numbering: OdfNumbering,
        read_object: ReadObject,
        look: Look = PLAIN,
    ) -> None:
        self._styles = styles
        self._numbering = numbering
        self._read_object = read_object
        self._look = look
        self._notes: list[str] = []
        self._is_apart = True
        self.hidden: list[tuple[str, str]] = []
        self.comments = 0

    def pages(self, body: Element) -> list[str]:
        """Return the text of each page; an empty last page is left out."""
        marked = "".join(self._block(element, 0, self._look) for element in body)
        pages = [""]
        for position, part in enumerate(marked.replace(HARD_BREAK, SOFT_BREAK).split(SOFT_BREAK)):
            # A hard break is often followed by the soft break of the page it made.
            if position and pages[-1].strip():
                pages.append("")
            pages[-1] += part
        shown = [tidy(page) for page in pages]
        while len(shown) > 1 and not shown[-1].strip():
            shown.pop()
        return shown

    def text(self, parts: Iterable[Element]) -> str:
        """Return the text of elements without pages."""
        words = "".join(self._block(element, 0, self._look) for element in parts)
        return tidy(words.replace(SOFT_BREAK, "").replace(HARD_BREAK, "")).strip("\n")

    def slide(self, page: Element) -> str:
        """Return the text of a slide: its title as a heading, its shapes, its notes."""
        shapes = [e for e in page if name_of(e) != "presentation:notes"]
        titles = [e for e in shapes if attribute(e, "presentation:class") == "title"]
        heading = one_line(self.text(titles))
        rest = self.text(e for e in shapes if e not in titles)
        notes = page.find("presentation:notes", NAMESPACES)
        note_text = "" if notes is None else self.text(notes)
        blocks = [
            f"# {heading}" if heading else "",
            rest,
            f"Notes:\n{note_text}" if note_text else "",
        ]
        return tidy("\n\n".join(b for b in blocks if b.strip()))

    def _block(self, element: Element, depth: int, look: Look) -> str:
        match name_of(element):
            case "text:h" | "text:p":
                return self._paragraph(element, look)
            case "text:list":
                return f"\n{self._list(element, depth, look, None)}\n"
            case "table:table":
                return f"\n\n{self._table(element, look)}\n"
            case "text:soft-page-break":
                return SOFT_BREAK
            case "text:section":
                inner = replace(look, is_hidden=look.is_hidden or _is_off(element))
                return "".join(self._block(e, depth, inner) for e in element)
            case "office:annotation":
                self.comments += 1
                return ""
            case name if name in LEFT_OUT:
                return ""
            case "draw:frame" if (embedded := _embedded(element)) is not None:
                return self._read_object(embedded)
            case _:  # indexes, frames, groups
                inner = _in_shape(element, look)
                return "".join(self._block(e, depth, inner) for e in element)

    def _paragraph(self, element: Element, look: Look, label: str = "") -> str:
        self._is_apart = True
        style = attribute(element, "text:style-name")
        look = self._styles.look("paragraph", style, look)
        if element.find("text:hidden-paragraph[@text:is-hidden='true']", NAMESPACES) is not None:
            look = replace(look, is_hidden=True)
        text = self._inline(element, look)
        notes = "".join(f"\n\n{note}" for note in self._notes)
        self._notes.clear()
        side = self._styles.breaks(style)
        if name_of(element) == "text:h":
            text = self._heading(element, text, label)
        elif label and text.strip():
            text = f"{label} {text.lstrip()}"
        before = HARD_BREAK if side == "before" else ""
        return f"{before}\n\n{text}{notes}{HARD_BREAK if side == 'after' else ''}"

    def _heading(self, element: Element, text: str, label: str) -> str:
        """Return a heading with its number; in a list, an empty one is counted too."""
        if not text.strip():
            return text
        level = attribute(element, "text:outline-level")
        if not label and attribute(element, "text:is-list-header") != "true":
            label = self._numbering.heading(level)
        marks = "#" * min(int(level), 6) if level.isdecimal() and level != "0" else "#"
        words = one_line(f"{label} {text}")
        return f"{SOFT_BREAK if SOFT_BREAK in text else ''}{marks} {words}"

    def _list(self, element: Element, depth: int, look: Look, around: OdfList | None) -> str:
        counted = self._numbering.begun(element, around)
        return "".join(self._item(item, depth, look, counted) for item in element)

    def _item(self, item: Element, depth: int, look: Look, counted: OdfList) -> str:
        """Return an item with its number or a dash; only its first paragraph is numbered."""
        lines: list[str] = []
        is_numbered = name_of(item) != "text:list-item"
        for element in item:
            kind = name_of(element)
            if kind == "text:list":
                lines.append(self._list(element, depth + 1, look, counted))
                continue
            label = ""
            if kind in ("text:p", "text:h") and not is_numbered:
                is_numbered = True
                start = attribute(item, "text:start-value")
                label = self._numbering.next(counted, depth, start)
            is_paragraph = kind in ("text:p", "text:h")
            block = (
                self._paragraph(element, look, label)
                if is_paragraph
                else self._block(element, depth, look)
            )
            if text := block.strip("\n "):
                is_heading = kind == "text:h"
                lines.append(_line(text, depth, label, is_first=not lines, is_heading=is_heading))
        return "".join(lines)

    def _table(self, table: Element, look: Look) -> str:
        look = self._styles.look("table", attribute(table, "table:style-name"), look)
        rows = list(_own_rows(table))
        grid = spread([self._cells(row.element, look) for row in rows])
        shown = []
        for row, line in zip(rows, grid, strict=True):
            if not row.is_hidden:
                shown.append(line)
            elif line.own:
                self.hidden.append((NOT_DISPLAYED, " ".join(line.own)))
        headers = sum(row.is_header and not row.is_hidden for row in rows)
        return "".join(f"{line}\n" for line in table_lines(shown, headers=headers or None))

    def _cells(self, line: Element, look: Look) -> list[Spanned]:
        """Return the cells of a row except those that another cell is merged over."""
        look = self._styles.look("table-row", attribute(line, "table:style-name"), look)
        cells: list[Spanned] = []
        for cell in line.iterfind("table:table-cell", NAMESPACES):
            spans = (_count(cell, f"table:number-{kind}-spanned") for kind in ("columns", "rows"))
            repeated = _count(cell, "table:number-columns-repeated")
            cells.extend([Spanned(self._cell_text(cell, look), *spans)] * repeated)
        return cells

    def _cell_text(self, cell: Element, look: Look) -> str:
        look = self._styles.look("table-cell", attribute(cell, "table:style-name"), look)
        text = "".join(self._block(inner, 0, look) for inner in cell)
        lines = text.replace(HARD_BREAK, " ").replace(SOFT_BREAK, " ").strip().split("\n")
        if cell.find(".//table:table", NAMESPACES) is None:
            return " ".join(lines)
        return "; ".join(line.strip().replace(" | ", ", ") for line in lines if line.strip())

    def _inline(self, element: Element, look: Look, before: str = "") -> str:
        """Return the words of an element; the text `before` decides how raised digits look."""
        words = self._shown(element.text or "", look)
        text = raised(words, before) if look.is_raised else words
        for child in element:
            text += self._piece(child, look, (before + text)[-1:])
            text += self._shown(child.tail or "", look)
        return text

    def _piece(self, child: Element, look: Look, before: str) -> str:
        match name_of(child):
            case "text:s":
                count = attribute(child, "text:c")
                spaces = min(int(count) if count.isdecimal() else 1, MAX_REPEATED)
                return self._shown(" " * spaces, look)
            case "text:tab":
                return "\t"
            case "text:line-break":
                return "\n"
            case "text:soft-page-break":
                return SOFT_BREAK
            case "text:note":
                return self._note(child, look)
            case "text:span":
                style = attribute(child, "text:style-name")
                return self._inline(child, self._styles.look("text", style, look), before[-1:])
            case "text:hidden-text" if _is_off(child):
                words = attribute(child, "text:string-value") or "".join(child.itertext())
                return self._shown(words, replace(look, is_hidden=True))
            case "loext:content-control" if attribute(child, "loext:checkbox") == "true":
                is_ticked = attribute(child, "loext:checked") == "true"
                return self._shown(TICKED if is_ticked else NOT_TICKED, look)
            case "field:fieldmark" if attribute(child, "field:type").endswith("CHECKBOX"):
                return self._shown(TICKED if _is_ticked(child) else NOT_TICKED, look)
            case "draw:frame" if (embedded := _embedded(child)) is not None:
                return self._read_object(embedded)
            case name if name.startswith("draw:"):
                return f"{self._block(child, 0, look)}\n"
            case "office:annotation":
                self.comments += 1
                return ""
            case name if name in LEFT_OUT:
                return ""
            case _:
                return self._inline(child, look)

    def _shown(self, words: str, look: Look) -> str:
        """Return the words if they are seen; keeps hidden ones apart and drop struck-out ones."""
        if not words or look.is_struck:
            return ""
        if kind := look.hiding:
            if self.hidden and not self._is_apart and self.hidden[-1][0] == kind:
                self.hidden[-1] = (kind, self.hidden[-1][1] + words)
            elif words.strip():
                self.hidden.append((kind, words))
                self._is_apart = False
            return ""
        self._is_apart = self._is_apart or bool(words.strip())
        if any(ord(char) in PRIVATE for char in words):
            font = look.font or "Symbol"
            return "".join(letter(ord(c), font) if ord(c) in PRIVATE else c for c in words)
        return words

    def _note(self, note: Element, look: Look) -> str:
        mark = note.findtext("text:note-citation", "", NAMESPACES)
        body = note.find("text:note-body", NAMESPACES)
        before, self._notes = self._notes, []
        words = () if body is None else (self._block(e, 0, look) for e in body)
        text = one_line(" ".join(words))
        self._notes = [*before, f"[{mark}] {text}"]
        return f"[{mark}]"


def _line(text: str, depth: int, label: str, *, is_first: bool, is_heading: bool) -> str:
    if is_heading:
        return f"\n{text}\n\n"
    if label and not ITEM.match(f"{label} "):
        return f"\n{text}\n"
    mark = "" if label or not is_first else "- "
    return f"{'  ' * min(depth, 8) if is_first else ''}{mark}{text}\n"


def _is_ticked(field: Element) -> bool:
    """Tells whether a legacy Word check box is ticked, as Writer stores it."""
    return any(
        attribute(parameter, "field:name").endswith("Checked")
        and attribute(parameter, "field:value") == "true"
        for parameter in field
    )


def _is_off(element: Element) -> bool:
    """Tells whether a section or field is hidden, always or as its condition last was."""
    if attribute(element, "text:display") == "none":
        return True
    return attribute(element, "text:is-hidden") == "true"


def _in_shape(element: Element, look: Look) -> Look:
    """Return the look of words in a shape, whose ground may have any colour."""
    return replace(look, has_ground=True) if name_of(element).startswith("draw:") else look


def _embedded(frame: Element) -> Element | None:
    """Return the object in a frame, of which the picture beside it is a copy."""
    return next((child for child in frame if name_of(child) in OBJECTS), None)


def _own_rows(
    table: Element, *, is_header: bool = False, is_hidden: bool = False
) -> Iterator["_TableRow"]:
    """Yield the rows of a table, also those in groups, but not those of nested tables."""
    for child in table:
        if name_of(child) == "table:table-row":
            is_off = is_hidden or attribute(child, "table:visibility") in HIDDEN_ROWS
            row = _TableRow(child, is_header=is_header, is_hidden=is_off)
            yield from [row] * _count(child, "table:number-rows-repeated")
        elif name_of(child) in ROW_GROUPS:
            yield from _own_rows(
                child,
                is_header=is_header or name_of(child) == ROW_GROUPS[0],
                is_hidden=is_hidden or attribute(child, "table:display") == "false",
            )


@dataclass(frozen=True, slots=True)
class _TableRow:
    """A row, whether it names the columns, and whether the table hides it."""

    element: Any
    is_header: bool
    is_hidden: bool


def _count(element: Element, name: str) -> int:
    count = attribute(element, name)
    return max(min(int(count), MAX_REPEATED), 1) if count.isdecimal() and len(count) < 10 else 1
