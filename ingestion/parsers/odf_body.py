"""Turns the body of an OpenDocument file into text."""

from collections.abc import Iterator
from typing import Any

from ingestion.parsers.building import one_line, tidy
from ingestion.parsers.tables import Spanned, spread, table_lines

NAMESPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "presentation": "urn:oasis:names:tc:opendocument:xmlns:presentation:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
}
PREFIXES = {uri: prefix for prefix, uri in NAMESPACES.items()}
# Comments, deleted words, and what programs keep for themselves.
LEFT_OUT = {"office:annotation", "text:tracked-changes", "office:forms", "text:sequence-decls"}
HARD_BREAK, SOFT_BREAK = "\f", "\v"
# A cell may claim to stand sixteen thousand times; no reader would count further.
MAX_REPEATED = 50
ROW_GROUPS = ("table:table-header-rows", "table:table-rows", "table:table-row-group")


class OdfReader:
    """Reads one document; `breaking` names the styles with a page break and its side."""

    def __init__(self, breaking: dict[str, str]) -> None:
        self._breaking = breaking
        self._notes: list[str] = []

    def pages(self, body: Any) -> list[str]:  # Any: XML elements
        """The text of each page; an empty last page is left out."""
        marked = "".join(self._block(element, 0) for element in body)
        pages = [""]
        for position, part in enumerate(marked.replace(HARD_BREAK, SOFT_BREAK).split(SOFT_BREAK)):
            # A hard break is often followed by the note of the page it made.
            if position and pages[-1].strip():
                pages.append("")
            pages[-1] += part
        shown = [tidy(page) for page in pages]
        while len(shown) > 1 and not shown[-1].strip():
            shown.pop()
        return shown

    def slide(self, page: Any) -> str:
        """The text of a slide, its title as heading, then its notes."""
        shapes = [e for e in page if _name(e) != "presentation:notes"]
        title_class = f"{{{NAMESPACES['presentation']}}}class"
        titles = [e for e in shapes if e.get(title_class) == "title"]
        heading = one_line(" ".join(_plain(e) for e in titles))
        rest = "".join(self._block(e, 0) for e in shapes if e not in titles)
        notes = page.find("presentation:notes", NAMESPACES)
        said = "" if notes is None else tidy("".join(self._block(e, 0) for e in notes)).strip()
        blocks = [f"# {heading}" if heading else "", rest, f"Notes:\n{said}" if said else ""]
        return tidy("\n\n".join(b for b in blocks if b.strip())).replace(SOFT_BREAK, "")

    def _block(self, element: Any, depth: int) -> str:
        match _name(element):
            case "text:h" | "text:p" as kind:
                return self._paragraph(element, is_heading=kind == "text:h")
            case "text:list":
                return "\n" + "".join(self._item(item, depth) for item in element) + "\n"
            case "table:table":
                return f"\n\n{self._table(element)}\n"
            case "text:soft-page-break":
                return SOFT_BREAK
            case name if name in LEFT_OUT:
                return ""
            case _:  # sections, indexes, frames, groups
                return "".join(self._block(inner, depth) for inner in element)

    def _paragraph(self, element: Any, *, is_heading: bool) -> str:
        text = self._inline(element)
        notes = "".join(f"\n\n{note}" for note in self._notes)
        self._notes.clear()
        side = self._breaking.get(_attribute(element, "text:style-name"), "")
        if is_heading and text.strip():
            level = _attribute(element, "text:outline-level")
            marks = "#" * min(int(level), 6) if level.isdigit() and level != "0" else "#"
            text = f"{SOFT_BREAK if SOFT_BREAK in text else ''}{marks} {one_line(text)}"
        before = HARD_BREAK if side == "before" else ""
        return f"{before}\n\n{text}{notes}{HARD_BREAK if side == 'after' else ''}"

    def _item(self, item: Any, depth: int) -> str:
        lines: list[str] = []
        for element in item:
            if _name(element) == "text:list":
                lines.extend(self._item(inner, depth + 1) for inner in element)
            elif text := self._block(element, depth).strip("\n "):
                lines.append(f"{'  ' * min(depth, 8)}- {text}\n" if not lines else f"{text}\n")
        return "".join(lines)

    def _table(self, table: Any) -> str:
        rows = list(_own_rows(table))
        headers = len(list(table.iterfind("table:table-header-rows/table:table-row", NAMESPACES)))
        grid = spread([self._cells(line) for line in rows])
        return "".join(f"{line}\n" for line in table_lines(grid, headers=headers or None))

    def _cells(self, line: Any) -> list[Spanned]:
        """The cells of a row without those that another one is merged over."""
        cells: list[Spanned] = []
        for cell in line.iterfind("table:table-cell", NAMESPACES):
            spans = (_count(cell, f"table:number-{kind}-spanned") for kind in ("columns", "rows"))
            repeated = _count(cell, "table:number-columns-repeated")
            cells.extend([Spanned(self._cell_text(cell), *spans)] * repeated)
        return cells

    def _cell_text(self, cell: Any) -> str:
        text = "".join(self._block(inner, 0) for inner in cell)
        lines = text.replace(HARD_BREAK, " ").replace(SOFT_BREAK, " ").strip().split("\n")
        if cell.find(".//table:table", NAMESPACES) is None:
            return " ".join(lines)
        return "; ".join(line.strip().replace(" | ", ", ") for line in lines if line.strip())

    def _inline(self, element: Any) -> str:
        pieces = [element.text or ""]
        for child in element:
            pieces.extend((self._piece(child), child.tail or ""))
        return "".join(pieces)

    def _piece(self, child: Any) -> str:
        match _name(child):
            case "text:s":
                count = _attribute(child, "text:c")
                return " " * min(int(count) if count.isdigit() else 1, MAX_REPEATED)
            case "text:tab":
                return "\t"
            case "text:line-break":
                return "\n"
            case "text:soft-page-break":
                return SOFT_BREAK
            case "text:note":
                return self._note(child)
            case "draw:frame" | "draw:custom-shape" | "draw:g":
                return "".join(self._block(inner, 0) for inner in child)
            case name if name in LEFT_OUT:
                return ""
            case _:
                return self._inline(child)

    def _note(self, note: Any) -> str:
        mark = note.findtext("text:note-citation", "", NAMESPACES)
        body = note.find("text:note-body", NAMESPACES)
        text = "" if body is None else one_line(" ".join(_plain(e) for e in body))
        self._notes.append(f"[{mark}] {text}")
        return f"[{mark}]"


def _name(element: Any) -> str:
    if not isinstance(element.tag, str):
        return ""
    uri, _, local = element.tag.removeprefix("{").partition("}")
    return f"{PREFIXES.get(uri, '')}:{local}"


def _attribute(element: Any, name: str) -> str:
    prefix, _, local = name.partition(":")
    return element.get(f"{{{NAMESPACES[prefix]}}}{local}") or ""


def _plain(element: Any) -> str:
    return " ".join(element.itertext())


def _own_rows(table: Any) -> Iterator[Any]:
    """The rows of a table, also those in groups, without those of tables within its cells."""
    for child in table:
        if _name(child) == "table:table-row":
            yield from [child] * _count(child, "table:number-rows-repeated")
        elif _name(child) in ROW_GROUPS:
            yield from _own_rows(child)


def _count(element: Any, name: str) -> int:
    count = _attribute(element, name)
    return max(min(int(count), MAX_REPEATED), 1) if count.isdecimal() and len(count) < 10 else 1
