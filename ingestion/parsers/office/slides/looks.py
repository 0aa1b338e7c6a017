"""The words of a slide that nobody sees: as coloured as their ground, transparent, or tiny."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml.etree import _Element as XmlElement
from pptx.shapes.base import BaseShape
from pptx.slide import Slide

from ingestion.parsers.hidden import WHITE as ON_WHITE
from ingestion.parsers.office.charts import A
from ingestion.parsers.office.slides.colours import (
    WHITE,
    Colour,
    P,
    Palette,
    is_faint,
    is_light,
    is_opaque,
    look_alike,
)

INVISIBLE, TINY_WORDS = "invisible", "tiny"
# In hundredths of a point: people do not read one point or less.
TINY = 100
FILLS = tuple(f"{A}{name}Fill" for name in ("no", "solid", "grad", "blip", "patt", "grp"))
NO_FILL, SOLID = FILLS[:2]
FONT = f"{A}fontRef"
RUNS = (f"{A}r", f"{A}fld")
# Styles of tables that paint nothing; every other one may colour its cells and words.
UNPAINTED = (
    "",
    "{2D5ABB26-0587-4C30-8999-92F81FD0307C}",
    "{5940675A-B579-460E-94D1-54222C63F5DA}",
)
TITLES = ("title", "ctrTitle")
MAX_BASES = 4
# The painted shapes that are searched for the colour behind words.
MAX_BEHIND = 1_000

Box = tuple[int, int, int, int]
"""Left, top, right and bottom."""


@dataclass(frozen=True, slots=True)
class _Fill:
    """What a shape paints; `colour` is None if there are several, or if it is unknown."""

    is_painted: bool
    colour: Colour | None = None


@dataclass(frozen=True, slots=True)
class _Position:
    """The place of a shape in drawing order, and its box, None if it does not tell."""

    at: int
    box: Box | None


@dataclass(frozen=True, slots=True)
class _Painted:
    """A shape that may stand behind others; `colour` is None if it is unknown."""

    position: _Position
    colour: Colour | None


CLEAR, UNKNOWN = _Fill(is_painted=False), _Fill(is_painted=True)


class SlideLooks:
    """The grounds of the words of one slide, by which hidden words are found and taken out."""

    def __init__(self, slide: Slide) -> None:
        self._slide = slide
        self._palette = Palette(slide)
        self._master = slide.slide_layout.slide_master
        self._paper = self._background()
        shapes = [*self._below(), *slide.shapes]
        self._positions = {
            shape._element: _Position(at, _box(shape)) for at, shape in enumerate(shapes)
        }
        self._painted = list(self._paints(shapes))
        self._in_groups: dict[XmlElement, bool] = {}

    def take_hidden(self, shape: BaseShape) -> list[tuple[str, str]]:
        """Take the words that nobody sees out of a shape and return them as (kind, words).

        Words hidden side by side in a paragraph are one text.
        """
        hidden: list[tuple[str, str]] = []
        grounds: dict[XmlElement | None, Colour | None] = {}
        before: tuple[str, Any] = ("", None)
        for run in shape._element.iter(*RUNS):
            text = run.find(f"{A}t")
            if text is None or not text.text:
                continue
            cell = _above(run, f"{A}tc")
            if cell not in grounds:
                grounds[cell] = self._ground(shape, cell)
            key = (self._hiding(shape, run, grounds[cell]), run.getparent())
            if key[0] and key == before:
                hidden[-1] = (key[0], hidden[-1][1] + text.text)
            elif key[0]:
                hidden.append((key[0], text.text))
            text.text = "" if key[0] else text.text
            before = key
        return hidden

    def _hiding(self, shape: BaseShape, run: XmlElement, ground: Colour | None) -> str:
        layers = list(self._layers(shape, run))
        size = next((layer.get("sz") for layer in layers if layer.get("sz")), "")
        if size.isascii() and size.isdecimal() and len(size) < 7 and int(size) <= TINY:
            return TINY_WORDS
        if _is_outlined(layers) or run.find(f"{A}rPr/{A}hlinkClick") is not None:
            return ""
        fill = next(
            (candidate for layer in layers if (candidate := _fill(layer)) is not None), None
        )
        if fill is None:
            return ""
        if fill.tag == NO_FILL or (fill.tag == SOLID and is_faint(fill)):
            return INVISIBLE
        marked = run.find(f"{A}rPr/{A}highlight")
        behind = ground if marked is None else self._palette.of(marked)
        colour = self._palette.of(fill) if fill.tag in (SOLID, FONT) else None
        if colour is None or behind is None or not look_alike(colour, behind):
            return ""
        return ON_WHITE if is_light(colour) else INVISIBLE

    def _layers(self, shape: BaseShape, run: XmlElement) -> Iterator[XmlElement]:
        """Yield what defines the look of a run, nearest first; table styles are not known."""
        own = run.find(f"{A}rPr")
        if own is not None:
            yield own
        if _above(run, f"{A}tc") is not None:
            return
        level = run.getparent().find(f"{A}pPr")
        name = f"{A}lvl{_level(level) + 1}pPr/{A}defRPr"
        for owner in (shape, *_bases(shape)):
            properties = owner._element.find(f"{P}txBody/{A}lstStyle/{name}")
            if properties is not None:
                yield properties
        style = shape._element.find(f"{P}style")
        if style is not None and style.find(f"{FONT}/*") is not None:
            yield style
        properties = self._master._element.find(f"{P}txStyles/{P}{_text_style(shape)}/{name}")
        if properties is not None:
            yield properties

    def _background(self) -> Colour | None:
        for owner in (self._slide, self._slide.slide_layout, self._master):
            background = owner._element.find(f"{P}cSld/{P}bg")
            if background is None:
                continue
            reference = background.find(f"{P}bgRef")
            if reference is not None:
                return self._palette.background(reference)
            fill = _fill(background.find(f"{P}bgPr"))
            if fill is None or fill.tag == NO_FILL:
                return WHITE
            return self._palette.of(fill) if fill.tag == SOLID else None
        return WHITE

    def _below(self) -> Iterator[BaseShape]:
        """Return what layout and master draw below the slide, without their placeholders."""
        owners = (self._slide, self._slide.slide_layout)
        shows = [owner._element.get("showMasterSp") not in ("0", "false") for owner in owners]
        layers = [self._master.shapes] if all(shows) else []
        layers += [self._slide.slide_layout.shapes] if shows[0] else []
        return (shape for layer in layers for shape in layer if not shape.is_placeholder)

    def _ground(self, shape: BaseShape, cell: XmlElement | None) -> Colour | None:
        """Return the colour behind the words of a shape or its cell; None if it is not known."""
        if cell is not None:
            fill = _fill(cell.find(f"{A}tcPr"))
            if fill is None:
                table = _above(cell, f"{A}tbl")
                style = "" if table is None else table.findtext(f"{A}tblPr/{A}tableStyleId") or ""
                return self._behind(shape) if style in UNPAINTED else None
            paint = self._paint_of(fill)
        else:
            paint = self._paint(shape)
        return paint.colour if paint.is_painted else self._behind(shape)

    def _behind(self, shape: BaseShape) -> Colour | None:
        """Return the colour of the last shape drawn where this one lies."""
        top = _outermost(shape._element)
        if top is not shape._element and self._is_painted_in_group(top, shape._element):
            return None
        own = self._positions.get(top, _Position(len(self._positions), None))
        last = bisect_left(self._painted, own.at, key=lambda painted: painted.position.at)
        for painted in reversed(self._painted[max(last - MAX_BEHIND, 0) : last]):
            box = painted.position.box
            if own.box is None or box is None:
                return None
            if _overlap(box, own.box):
                return painted.colour if _covers(box, own.box) else None
        return self._paper if last <= MAX_BEHIND else None

    def _paints(self, shapes: Sequence[BaseShape]) -> Iterator["_Painted"]:
        """Yield the shapes that paint something; lines do not, and pictures have many colours."""
        for shape in shapes:
            element = shape._element
            if element.tag == f"{P}cxnSp":
                continue
            paint = self._paint(shape) if element.tag == f"{P}sp" else UNKNOWN
            if paint.is_painted:
                yield _Painted(self._positions[element], paint.colour)

    def _is_painted_in_group(self, group: XmlElement, element: XmlElement) -> bool:
        """Tells whether something of a group is drawn before one of its shapes."""
        if element not in self._in_groups:
            is_painted = False
            for shape in group.iter(f"{P}sp", f"{P}pic", f"{P}graphicFrame"):
                self._in_groups[shape] = is_painted
                is_painted = is_painted or _may_paint(shape)
        return self._in_groups.get(element, True)

    def _paint(self, shape: BaseShape) -> _Fill:
        for owner in (shape, *_bases(shape)):
            properties = owner._element.find(f"{P}spPr")
            fill = _fill(properties)
            if fill is not None:
                return self._paint_of(fill)
        reference = shape._element.find(f"{P}style/{A}fillRef")
        number = "0" if reference is None else reference.get("idx") or "0"
        if number == "0":
            return CLEAR
        return (
            _Fill(is_painted=True, colour=self._palette.of(reference)) if number == "1" else UNKNOWN
        )

    def _paint_of(self, fill: XmlElement) -> _Fill:
        if fill.tag == NO_FILL:
            return CLEAR
        is_plain = fill.tag == SOLID and is_opaque(fill)
        return _Fill(is_painted=True, colour=self._palette.of(fill)) if is_plain else UNKNOWN


def is_off(shape: BaseShape, width: int, height: int) -> bool:
    """Tells whether a shape lies beside a slide of this size, if both are known."""
    box = _box(shape)
    return box is not None and min(width, height) > 0 and not _overlap(box, (0, 0, width, height))


def _fill(properties: XmlElement | None) -> XmlElement | None:
    """Return the element that colours something, or the reference to a shape's text colour."""
    if properties is None:
        return None
    return next((child for child in properties if child.tag in (*FILLS, FONT)), None)


def _is_outlined(layers: Sequence[XmlElement]) -> bool:
    """Tells whether the letters have an outline, in which case they need no colour."""
    line = next(
        (candidate for layer in layers if (candidate := layer.find(f"{A}ln")) is not None), None
    )
    fill = _fill(line)
    return fill is not None and fill.tag != NO_FILL


def _bases(shape: BaseShape) -> Iterator[BaseShape]:
    """Yield the placeholders from which a shape inherits what it does not define."""
    base: BaseShape | None = shape
    for _ in range(MAX_BASES):
        base = getattr(base, "_base_placeholder", None)
        if base is None:
            return
        yield base


def _text_style(shape: BaseShape) -> str:
    kind = shape._element.find(f".//{P}nvPr/{P}ph")
    if kind is None:
        return "otherStyle"
    return "titleStyle" if kind.get("type") in TITLES else "bodyStyle"


def _level(properties: XmlElement | None) -> int:
    value = "" if properties is None else properties.get("lvl") or ""
    return min(int(value), 8) if value.isascii() and value.isdecimal() and len(value) < 4 else 0


def _outermost(element: XmlElement) -> XmlElement:
    """Return the shape or group, directly on the slide, that holds an element."""
    while (above := element.getparent()) is not None and above.tag == f"{P}grpSp":
        element = above
    return element


def _may_paint(shape: XmlElement) -> bool:
    if shape.tag != f"{P}sp":
        return True
    fill = _fill(shape.find(f"{P}spPr"))
    reference = shape.find(f"{P}style/{A}fillRef")
    if fill is None:
        return reference is not None and reference.get("idx") not in (None, "0")
    return bool(fill.tag != NO_FILL)


def _box(shape: BaseShape) -> Box | None:
    """Return where a shape lies, None if it does not say."""
    sides = (shape.left, shape.top, shape.width, shape.height)
    if any(side is None for side in sides):
        return None
    left, top, width, height = map(int, sides)
    return left, top, left + width, top + height


def _overlap(first: Box, second: Box) -> bool:
    is_beside = first[2] <= second[0] or second[2] <= first[0]
    return not is_beside and not (first[3] <= second[1] or second[3] <= first[1])


def _covers(outer: Box, inner: Box) -> bool:
    starts_before = outer[0] <= inner[0] and outer[1] <= inner[1]
    return starts_before and outer[2] >= inner[2] and outer[3] >= inner[3]


def _above(node: XmlElement, tag: str) -> XmlElement | None:
    while node is not None and node.tag != tag:
        node = node.getparent()
    return node
