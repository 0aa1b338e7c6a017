"""The colours of a slide as red, green and blue, by its theme; None if they are unknown."""

import colorsys
from collections.abc import Mapping

from lxml.etree import _Element as XmlElement
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.slide import Slide, SlideMaster

from ingestion.parsers.damage import DAMAGE
from ingestion.parsers.office.charts import A

P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
PRESET: Mapping[str, Colour] = {"white": WHITE, "black": (0, 0, 0)}
# Each of red, green and blue, of 255: from here on as good as white.
LIGHT = 240
# Colours this close cannot be told apart.
NEAR = 15
WHOLE = 100_000
# Below this opacity, a colour is not seen.
FAINT = 0.1
BACKGROUNDS = 1_001


class Palette:
    """The colours of one slide's theme, and which of them stand for text and paper."""

    def __init__(self, slide: Slide) -> None:
        master = slide.slide_layout.slide_master
        self._theme = _theme(master)
        mapping = master._element.find(f"{P}clrMap")
        self._mapping = {} if mapping is None else dict(mapping.attrib)
        for owner in (slide.slide_layout, slide):
            own = owner._element.find(f"{P}clrMapOvr/{A}overrideClrMapping")
            self._mapping |= {} if own is None else dict(own.attrib)

    def of(self, holder: XmlElement | None) -> Colour | None:
        """Return the colour of a fill or reference; None for changes not computed here."""
        for element in () if holder is None else holder:
            value, name = element.get("val") or "", element.tag.removeprefix(A)
            match name:
                case "srgbClr":
                    colour = _hexadecimal(value)
                case "sysClr":
                    colour = _hexadecimal(element.get("lastClr") or "")
                case "prstClr":
                    colour = PRESET.get(value)
                case "schemeClr":
                    colour = self._themed(value)
                case _:
                    continue
            return _changed(colour, element)
        return None

    def background(self, reference: XmlElement) -> Colour | None:
        """Return the colour of a background that a theme defines by its number."""
        number = reference.get("idx") or ""
        if not number.isdecimal() or self._theme is None:
            return None
        at = int(number) - BACKGROUNDS
        fills = self._theme.find(f".//{A}bgFillStyleLst")
        if at < 0 or fills is None or at >= len(fills):
            return WHITE if int(number) in (0, BACKGROUNDS - 1) else None
        plain = fills[at].find(f"{A}schemeClr") if fills[at].tag == f"{A}solidFill" else None
        is_plain = plain is not None and plain.get("val") == "phClr" and not len(plain)
        return self.of(reference) if is_plain else None

    def _themed(self, name: str) -> Colour | None:
        stored = self._mapping.get(name, name)
        element = None if self._theme is None else self._theme.find(f".//{A}clrScheme/{A}{stored}")
        return self.of(element)


def is_light(colour: Colour) -> bool:
    """Tells whether the colour is as good as white."""
    return min(colour) >= LIGHT


def look_alike(first: Colour, second: Colour) -> bool:
    """Tells whether words in the one colour cannot be read on the other."""
    if is_light(first) and is_light(second):
        return True
    return all(abs(a - b) <= NEAR for a, b in zip(first, second, strict=True))


def is_faint(fill: XmlElement) -> bool:
    """Tells whether a colour is too transparent to be seen."""
    return any(_share(alpha) < FAINT for alpha in fill.iter(f"{A}alpha"))


def is_opaque(fill: XmlElement) -> bool:
    """Tells whether a fill hides everything behind it."""
    return all(_share(alpha) >= 1 for alpha in fill.iter(f"{A}alpha"))


def _theme(master: SlideMaster) -> XmlElement | None:
    try:
        return parse_xml(master.part.part_related_by(RELATIONSHIP_TYPE.THEME).blob)
    except DAMAGE:
        return None


def _hexadecimal(value: str) -> Colour | None:
    try:
        red, green, blue = bytes.fromhex(value)
    except ValueError:
        return None
    return red, green, blue


def _changed(colour: Colour | None, element: XmlElement) -> Colour | None:
    """Return the colour made darker or lighter (ECMA-376, 20.1.2.3.20 and .21)."""
    if colour is None:
        return None
    hue, light, full = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    for change in element:
        match change.tag.removeprefix(A):
            case "lumMod":
                light *= _share(change)
            case "lumOff":
                light += _share(change)
            case "alpha":
                continue
            case _:
                return None
    red, green, blue = colorsys.hls_to_rgb(hue, min(max(light, 0.0), 1.0), full)
    return round(red * 255), round(green * 255), round(blue * 255)


def _share(element: XmlElement) -> float:
    value = (element.get("val") or "").rstrip("%")
    try:
        return float(value) / (100 if "%" in (element.get("val") or "") else WHOLE)
    except ValueError:
        return 1.0
