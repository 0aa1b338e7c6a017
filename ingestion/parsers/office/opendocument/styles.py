"""The styles of an OpenDocument file: hidden and struck-out words, and page breaks."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from xml.etree.ElementTree import Element

from ingestion.parsers.hidden import WHITE

NAMESPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "presentation": "urn:oasis:names:tc:opendocument:xmlns:presentation:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "chart": "urn:oasis:names:tc:opendocument:xmlns:chart:1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
    "math": "http://www.w3.org/1998/Math/MathML",
    "xlink": "http://www.w3.org/1999/xlink",
    "field": "urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0",
    "loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0",
}
PREFIXES = {uri: prefix for prefix, uri in NAMESPACES.items()}
MAX_STYLES = 20
# Of 255, each of red, green and blue: from here on as good as white.
LIGHT = 240
INVISIBLE, TINY = "invisible", "tiny"
NO_GROUND = ("", "transparent", "none")


def name_of(element: Element) -> str:
    """Return the name of an element, such as `text:p`; empty for comments."""
    if not isinstance(element.tag, str):
        return ""
    uri, _, local = element.tag.removeprefix("{").partition("}")
    return f"{PREFIXES.get(uri, '')}:{local}"


def attribute(element: Element, name: str) -> str:
    """Return the value of an attribute such as `text:style-name`; empty if there is none."""
    prefix, _, local = name.partition(":")
    return element.get(f"{{{NAMESPACES[prefix]}}}{local}") or ""


@dataclass(frozen=True, slots=True)
class Look:
    """The look of words; `has_ground` if something behind them may make white words visible."""

    is_hidden: bool = False
    is_struck: bool = False
    is_white: bool = False
    is_tiny: bool = False
    has_ground: bool = False
    is_raised: bool = False
    font: str = ""

    @property
    def hiding(self) -> str:
        """Why nobody sees the words; empty if they are seen."""
        if self.is_hidden:
            return INVISIBLE
        if self.is_tiny:
            return TINY
        return WHITE if self.is_white and not self.has_ground else ""


class OdfStyles:
    """The styles of one document; those of later `roots` win."""

    def __init__(self, *roots: Element) -> None:
        self._styles: dict[tuple[str, str], Any] = {}
        self._fonts: dict[str, str] = {}
        self._known: dict[tuple[str, str], dict[str, str]] = {}
        style, svg = (f"{{{NAMESPACES['style']}}}", "svg-compatible:1.0}font-family")
        for root in roots:
            for face in root.iter(f"{style}font-face"):
                family = next((v for k, v in face.items() if k.endswith(svg)), "")
                self._fonts[attribute(face, "style:name")] = family.strip("'\"")
            for definition in root.iter(f"{style}style"):
                key = attribute(definition, "style:family"), attribute(definition, "style:name")
                self._styles[key] = definition

    def breaks(self, name: str) -> str:
        """Return where a paragraph style breaks the page: `before`, `after`, or empty."""
        properties = self.properties("paragraph", name)
        for side in ("before", "after"):
            if properties.get(f"fo:break-{side}") == "page":
                return side
        return "before" if properties.get("style:master-page-name") else ""

    def look(self, family: str, name: str, above: Look) -> Look:
        """Return the look of a paragraph, span, cell or section inside one that looks `above`."""
        own = self.properties(family, name) if name else {}
        if not own:
            return above
        ground = own.get("fo:background-color", "")
        look = replace(above, has_ground=above.has_ground or _is_dark(ground))
        if line := own.get("style:text-line-through-style", own.get(LINE_TYPE, "")):
            look = replace(look, is_struck=line != "none")
        if display := own.get("text:display"):
            look = replace(look, is_hidden=display == "none")
        if colour := own.get("fo:color"):
            look = replace(look, is_white=_is_light(colour))
        if own.get("style:use-window-font-color") == "true":
            look = replace(look, is_white=False)
        if size := own.get("fo:font-size"):
            look = replace(look, is_tiny=size in ("0pt", "0.1pt", "0.5pt", "1pt"))
        if position := own.get("style:text-position"):
            look = replace(
                look, is_raised=position.startswith("super") or position[0] in "123456789"
            )
        if font := own.get("style:font-name"):
            look = replace(look, font=self._fonts.get(font, font))
        return look

    def properties(self, family: str, name: str) -> dict[str, str]:
        """Return all properties of a style and those it is based on; the nearest ones win."""
        key = (family, name)
        if key not in self._known:
            merged: dict[str, str] = {}
            for style in reversed(list(self._chain(family, name))):
                for part in (style, *style):
                    merged |= {_short(k): v for k, v in part.items()}
            self._known[key] = merged
        return self._known[key]

    def _chain(self, family: str, name: str) -> Iterator[Element]:
        for _ in range(MAX_STYLES):
            style = self._styles.get((family, name), self._styles.get(("", name)))
            if style is None:
                return
            yield style
            name = attribute(style, "style:parent-style-name")


LINE_TYPE = "style:text-line-through-type"


def is_painted(*roots: Element) -> bool:
    """Tells whether pages have a colour or a picture behind their text."""
    style = f"{{{NAMESPACES['style']}}}"
    for root in roots:
        for layout in root.iter(f"{style}page-layout-properties"):
            if _is_dark(attribute(layout, "fo:background-color")) or len(layout):
                return True
        for graphic in root.iter(f"{style}graphic-properties"):
            if attribute(graphic, "style:run-through") == "background":
                return True
    return False


def _short(key: str) -> str:
    uri, _, local = key.removeprefix("{").partition("}")
    return f"{PREFIXES.get(uri, '')}:{local}"


def _is_dark(colour: str) -> bool:
    return colour not in NO_GROUND and not _is_light(colour)


def _is_light(colour: str) -> bool:
    digits = colour.removeprefix("#")
    try:
        return len(digits) == 6 and min(bytes.fromhex(digits)) >= LIGHT
    except ValueError:
        return False
