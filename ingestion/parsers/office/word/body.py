"""The text of the pages of a Word document, made from its body."""

import re
from collections.abc import Iterator, Mapping

from lxml.etree import _Element as XmlElement

from ingestion.parsers.blocks import ITEM
from ingestion.parsers.building import one_line, raised, tidy
from ingestion.parsers.office.word.numbering import LABEL
from ingestion.parsers.office.word.symbols import form_field, readable, symbol
from ingestion.parsers.office.word.tables import HARD_BREAK, SOFT_BREAK, WRAPPERS, W, table_text

FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
NOTE_OPENS, NOTE_ENDS = "\x05", "\x06"
NOTE = re.compile(f"{NOTE_OPENS}([^{NOTE_ENDS}]*){NOTE_ENDS}")
# The styles of the lines of a table of contents, under their names in several languages.
CONTENTS = re.compile(r"(TOC|Verzeichnis|TM|Sommario|TDC|Inhopg)\d")
# Words to skip: the copy of text boxes for old programs, the origin of moved words, deleted words,
# and reading aids above words, which repeat them.
ELSEWHERE = (FALLBACK, f"{W}moveFrom", f"{W}del", f"{W}rt")


def read_body(
    body: XmlElement,
    levels: dict[str, int],
    notes: Mapping[str, str] | None = None,
) -> list[str]:
    """Return the text of each page in order; an empty last page is left out.

    `notes` holds foot- and endnotes; each stands below the paragraph that refers to it.
    """
    numbers: dict[str, int] = {}
    _join_paragraphs(body)
    blocks = (_block(element, levels) for element in _blocks(body))
    marked = "".join(_with_notes(block, notes or {}, numbers) for block in blocks)
    pages = [tidy(page) for page in _split_pages(marked)]
    while len(pages) > 1 and not pages[-1].strip():
        pages.pop()
    return pages


def _join_paragraphs(body: XmlElement) -> None:
    """Join a paragraph whose end was deleted with the next one, of which it is the beginning."""
    for paragraph in list(body.iter(f"{W}p")):
        following = paragraph.getnext()
        if following is None or following.tag != f"{W}p":
            continue
        if paragraph.find(f"{W}pPr/{W}rPr/{W}del") is None:
            continue
        properties = following.find(f"{W}pPr")
        at = 0 if properties is None else following.index(properties) + 1
        own = [child for child in paragraph if child.tag != f"{W}pPr"]
        following[at:at] = own
        paragraph.getparent().remove(paragraph)


def _with_notes(block: str, notes: Mapping[str, str], numbers: dict[str, int]) -> str:
    cited = [name for name in NOTE.findall(block) if name in notes]
    for name in cited:
        numbers.setdefault(name, len(numbers) + 1)
    shown = NOTE.sub(lambda m: f"[{numbers[m[1]]}]" if m[1] in numbers else "", block)
    return shown + "".join(f"\n\n[{numbers[name]}] {notes[name]}\n" for name in cited)


def _split_pages(marked: str) -> list[str]:
    """Cuts at page breaks; soft ones count only after text, as Word writes both kinds for one."""
    pages = [""]
    for hard_part in marked.split(HARD_BREAK):
        for position, text in enumerate(hard_part.split(SOFT_BREAK)):
            if position and pages[-1].strip():
                pages.append("")
            pages[-1] += text
        pages.append("")
    return pages[:-1]


def _blocks(parent: XmlElement) -> Iterator[XmlElement]:
    """Yield paragraphs and tables in order, also those inside content controls.

    A table of contents only repeats what follows, so only its page breaks count.
    """
    for element in parent.iterchildren():
        if element.tag in (f"{W}p", f"{W}tbl"):
            yield element
        elif element.tag in WRAPPERS:
            yield from _blocks(element)


def _block(element: XmlElement, levels: dict[str, int]) -> str:
    if element.tag == f"{W}tbl":
        return f"\n\n{table_text(element, _text)}\n"
    return _paragraph(element, levels)


def _paragraph(element: XmlElement, levels: dict[str, int]) -> str:
    properties = element.find(f"{W}pPr")
    before = SOFT_BREAK if _is_on(properties, "pageBreakBefore") else ""
    after = SOFT_BREAK if _starts_new_section(properties) else ""
    return f"{before}{_prefixed(element, levels)}{after}"


def _breaks(text: str) -> str:
    return "".join(c for c in text if c in (HARD_BREAK, SOFT_BREAK))


def _prefixed(element: XmlElement, levels: dict[str, int]) -> str:
    text, properties = _text(element), element.find(f"{W}pPr")
    style = _value(properties, "pStyle")
    if CONTENTS.fullmatch(style) or _is_contents(element):
        return _breaks(text)
    if text.strip() and (label := element.get(LABEL)):
        text = _numbered(text, label)
        if style not in levels:
            return f"\n{text}" if ITEM.match(f"{label} ") else f"\n\n{text}\n"
    if style in levels and text.strip():
        return f"{_breaks(text)}\n\n{'#' * levels[style]} {one_line(text)}\n\n"
    if text.strip() and properties is not None and properties.find(f"{W}numPr") is not None:
        return f"\n- {text.lstrip()}"
    if text.strip() and style.lower().startswith("list"):
        return f"\n- {text.lstrip()}"
    return f"\n\n{text}"


def _is_contents(paragraph: XmlElement) -> bool:
    """Tells whether Word made the paragraph as part of a table of contents."""
    for control in paragraph.iterancestors(f"{W}sdt"):
        gallery = control.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
        if gallery is not None and gallery.get(f"{W}val") == "Table of Contents":
            return True
    return False


def _numbered(text: str, label: str) -> str:
    """Put the number in front of the first word, behind any page breaks before it."""
    words = text.lstrip()
    return f"{text[: len(text) - len(words)]}{label} {words}"


def _text(element: XmlElement) -> str:
    """Return the text below `element`; page breaks stand in it as HARD_BREAK and SOFT_BREAK."""
    inner = (node for node in element.iter() if node is not element)
    return "".join(_piece(node) for node in inner if not _is_elsewhere(node, element))


def _piece(node: XmlElement) -> str:
    match node.tag:
        case t if t == f"{W}t":
            return _words(node)
        case t if t == f"{W}sym":
            return symbol(node)
        case t if t == f"{W}fldChar":
            return form_field(node)
        case t if t == MATH_TEXT:
            return node.text or ""
        case t if t in (f"{W}footnoteReference", f"{W}endnoteReference"):
            kind = "f" if t.endswith("footnoteReference") else "e"
            return f"{NOTE_OPENS}{kind}{node.get(f'{W}id')}{NOTE_ENDS}"
        case t if t == f"{W}tab":
            return "\t" if node.getparent().tag == f"{W}r" else ""
        case t if t == f"{W}ptab":
            return "\t"
        case t if t == f"{W}p":
            return f"\n{node.get(LABEL)} " if node.get(LABEL) else "\n"
        case t if t == f"{W}cr":
            return "\n"
        case t if t == f"{W}br":
            return HARD_BREAK if node.get(f"{W}type") == "page" else "\n"
        case t if t == f"{W}lastRenderedPageBreak":
            return SOFT_BREAK
        case t if t == f"{W}noBreakHyphen":
            return "-"
        case _:
            return ""


def _words(node: XmlElement) -> str:
    run, text = node.getparent(), node.text or ""
    properties = run.find(f"{W}rPr")
    if _is_on(properties, "vanish"):
        return ""
    if _value(properties, "vertAlign") == "superscript":
        before = run.getprevious()
        texts = () if before is None else before.iter(f"{W}t")
        return raised(text, "".join(earlier.text or "" for earlier in texts))
    return readable(text, run)


def _is_elsewhere(node: XmlElement, top: XmlElement) -> bool:
    """Tells whether the words were deleted, or also stand elsewhere in the file."""
    while node is not None and node is not top:
        if node.tag in ELSEWHERE:
            return True
        node = node.getparent()
    return False


def _value(properties: XmlElement | None, name: str) -> str:
    setting = None if properties is None else properties.find(f"{W}{name}")
    return "" if setting is None else setting.get(f"{W}val") or ""


def _is_on(properties: XmlElement | None, name: str) -> bool:
    setting = None if properties is None else properties.find(f"{W}{name}")
    return setting is not None and setting.get(f"{W}val") not in ("0", "false", "off")


def _starts_new_section(properties: XmlElement | None) -> bool:
    section = None if properties is None else properties.find(f"{W}sectPr")
    if section is None:
        return False
    kind = section.find(f"{W}type")
    return kind is None or kind.get(f"{W}val") not in ("continuous", "nextColumn")
