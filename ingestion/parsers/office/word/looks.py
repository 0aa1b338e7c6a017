"""The words of a Word document that nobody sees: set as hidden, white on white, or tiny."""

import re
from collections.abc import Iterator
from typing import Any

from lxml.etree import _Element as XmlElement

from ingestion.parsers.hidden import NOT_DISPLAYED

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
# In half points, as Word counts: people do not read one point or less.
TINY = 2
# Each of red, green and blue, of 255: from here on as good as white.
LIGHT = 240
COLOUR = re.compile(r"[0-9A-Fa-f]{6}")
MAX_STYLES = 20
MAX_ENTRIES, MAX_LENGTH = 50, 500
# The patterns of shading that show nothing but its fill.
PLAIN = ("", "clear", "nil")
# Their text stands on a shape or picture whose colour the document does not tell.
SHAPES = (f"{W}txbxContent",)


class Looks:
    """The looks of the runs of one document, through their styles."""

    def __init__(self, styles: XmlElement | None = None, body: XmlElement | None = None) -> None:
        definitions = [] if styles is None else styles.iter(f"{W}style")
        self._styles = {style.get(f"{W}styleId") or "": style for style in definitions}
        self._defaults = {
            style.get(f"{W}type"): name
            for name, style in self._styles.items()
            if style.get(f"{W}default") in ("1", "true", "on")
        }
        self._usual = (
            None if styles is None else styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        )
        self._is_painted = body is not None and _is_painted(body)

    def hiding(self, run: XmlElement) -> str:
        """Return why a run is not seen, "invisible", "tiny" or "white"; empty if it is seen."""
        vanish = self._property(run, "vanish")
        if vanish is not None and _value(vanish) not in ("0", "false", "off"):
            return "invisible"
        size = _value(self._property(run, "sz"))
        if size.isascii() and size.isdigit() and len(size) < 5 and int(size) <= TINY:
            return "tiny"
        is_white = _is_light(_value(self._property(run, "color")))
        return "white" if is_white and not self._is_painted and not self._has_ground(run) else ""

    def is_struck(self, run: XmlElement) -> bool:
        """Tells whether the words are struck out, so that they hold no longer."""
        marks = (self._property(run, name) for name in ("strike", "dstrike"))
        return any(m is not None and _value(m) not in ("0", "false", "off") for m in marks)

    def _property(self, run: XmlElement, name: str) -> XmlElement | None:
        """Return the nearest definition: of the run, its style, its paragraph's style, or all."""
        for properties in self._layers(run):
            definition = properties.find(f"{W}{name}")
            if definition is not None:
                return definition
        return None

    def _layers(self, run: XmlElement) -> Iterator[XmlElement]:
        own = run.find(f"{W}rPr")
        if own is not None:
            yield own
            yield from self._of_style(_value(own.find(f"{W}rStyle")), f"{W}rPr")
        paragraph = _above(run, f"{W}p")
        if paragraph is not None:
            yield from self._of_style(self._paragraph_style(paragraph), f"{W}rPr")
        if self._usual is not None:
            yield self._usual

    def _paragraph_style(self, paragraph: XmlElement) -> str:
        name = _value(paragraph.find(f"{W}pPr/{W}pStyle"))
        return name or self._defaults.get("paragraph", "")

    def _of_style(self, name: str, part: str) -> Iterator[XmlElement]:
        """Yield the `part` of a style and of those it is based on."""
        for _ in range(MAX_STYLES):
            style = self._styles.get(name)
            if style is None:
                return
            properties = style.find(part)
            if properties is not None:
                yield properties
            name = _value(style.find(f"{W}basedOn"))

    def _has_ground(self, run: XmlElement) -> bool:
        """Tells whether something on which white is seen may stand behind the words."""
        if any(_is_ground(layer) for layer in self._layers(run)):
            return True
        node = run.getparent()
        while node is not None:
            if node.tag in SHAPES:
                return True
            if node.tag == f"{W}p" and self._is_shaded(node):
                return True
            if node.tag in (f"{W}tc", f"{W}tbl") and self._is_coloured(node):
                return True
            node = node.getparent()
        return False

    def _is_shaded(self, paragraph: XmlElement) -> bool:
        own = paragraph.find(f"{W}pPr")
        layers = self._of_style(self._paragraph_style(paragraph), f"{W}pPr")
        return any(_is_ground(layer) for layer in (own, *layers) if layer is not None)

    def _is_coloured(self, part: XmlElement) -> bool:
        """Tells whether a cell is shaded, or the style of a table shades any of its rows."""
        properties = part.find(f"{part.tag}Pr")
        if properties is None:
            return False
        name = _value(properties.find(f"{W}tblStyle"))
        shades: list[Any] = []
        for _ in range(MAX_STYLES):
            style = self._styles.get(name)
            if style is None:
                break
            shades += style.iter(f"{W}shd")
            name = _value(style.find(f"{W}basedOn"))
        return _is_ground(properties) or any(map(_is_dark, shades))


def take_hidden(part: XmlElement, looks: Looks) -> list[tuple[str, str]]:
    """Take the words that nobody sees out of a part and return them as (kind, words).

    What is hidden side by side in a paragraph is one text, and so is a hidden row of a table. At
    most 50 texts of 500 characters are returned.
    """
    hidden = _take_hidden_rows(part)
    before: tuple[str, Any] = ("", None)
    for run in part.iter(f"{W}r"):
        texts = list(run.iterchildren(f"{W}t"))
        words = "".join(text.text or "" for text in texts)
        key = (looks.hiding(run) if words else "", _above(run, f"{W}p"))
        if key[0] and key == before:
            hidden[-1] = (key[0], hidden[-1][1] + words)
        elif key[0]:
            hidden.append((key[0], words))
        for text in texts if key[0] else ():
            text.text = ""
        before = key if words else before
    cut = (
        (kind, words[start : start + MAX_LENGTH])
        for kind, words in hidden
        for start in range(0, len(words), MAX_LENGTH)
    )
    return [(kind, words) for kind, words in cut if words.strip()][:MAX_ENTRIES]


def _take_hidden_rows(part: XmlElement) -> list[tuple[str, str]]:
    """Take out the rows that a table hides, with the tables in their cells."""
    hidden: list[tuple[str, str]] = []
    for row in list(part.iter(f"{W}tr")):
        mark = row.find(f"{W}trPr/{W}hidden")
        if mark is None or _value(mark) in ("0", "false", "off"):
            continue
        cells = ("".join(t.text or "" for t in cell.iter(f"{W}t")) for cell in row.iter(f"{W}tc"))
        hidden.append((NOT_DISPLAYED, " ".join(filter(None, cells))))
        row.getparent().remove(row)
    return hidden


def take_struck(part: XmlElement, looks: Looks) -> None:
    """Take out the struck-out words, which the author took back."""
    for run in part.iter(f"{W}r"):
        texts = list(run.iterchildren(f"{W}t", f"{W}sym"))
        for text in texts if texts and looks.is_struck(run) else ():
            run.remove(text)


def _is_painted(body: XmlElement) -> bool:
    """Tells whether the page has a colour or a picture behind the text."""
    document = body.getparent()
    if document is not None and document.find(f"{W}background") is not None:
        return True
    return any(a.get("behindDoc") in ("1", "true") for a in body.iter(f"{WP}anchor"))


def _is_ground(properties: XmlElement) -> bool:
    highlight = _value(properties.find(f"{W}highlight"))
    shading = properties.find(f"{W}shd")
    return highlight not in ("", "none", "white") or (shading is not None and _is_dark(shading))


def _is_dark(shading: XmlElement) -> bool:
    """Tells whether the shading is neither white nor absent."""
    fill = shading.get(f"{W}fill") or "auto"
    is_plain = _value(shading) in PLAIN and shading.get(f"{W}themeFill") is None
    return not (is_plain and (fill == "auto" or _is_light(fill)))


def _is_light(colour: str) -> bool:
    if not COLOUR.fullmatch(colour):
        return False
    return min(bytes.fromhex(colour)) >= LIGHT


def _above(node: XmlElement, tag: str) -> XmlElement | None:
    while node is not None and node.tag != tag:
        node = node.getparent()
    return node


def _value(element: XmlElement | None) -> str:
    return "" if element is None else element.get(f"{W}val") or ""
