"""The numbers of lists and headings in OpenDocument files: `2.1`, `(b)`, `Step 3:`."""

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from ingestion.parsers.building import one_line
from ingestion.parsers.office.opendocument.styles import NAMESPACES, attribute
from ingestion.parsers.office.word.numbering import in_kind

KINDS = {
    "1": "decimal",
    "a": "lowerLetter",
    "A": "upperLetter",
    "i": "lowerRoman",
    "I": "upperRoman",
}
LEVELS = 10
MAX_START = 99_999
MAX_LABEL = 80
PLACEHOLDER = re.compile(r"%(10|[1-9])%")
OUTLINE = ""
"""The name under which headings outside lists are counted."""
TEXT = f"{{{NAMESPACES['text']}}}"


@dataclass(frozen=True, slots=True)
class _Level:
    """The numbering of a level; `pattern` holds `%2%` where the number of level 2 stands."""

    kind: str = "decimal"
    start: int = 1
    pattern: str = ""


@dataclass(slots=True)
class OdfList:
    """A list in progress: its style, and the number of each open level, counted from 0."""

    style: str
    open: dict[int, int]


class OdfNumbering:
    """The lists of one document, and the last number of each."""

    def __init__(self, *roots: Element) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        for root in roots:
            for style in root.iter(f"{TEXT}list-style"):
                self._levels[attribute(style, "style:name")] = _levels(style)
            for outline in root.iter(f"{TEXT}outline-style"):
                self._levels[OUTLINE] = _levels(outline)
        self._by_id: dict[str, OdfList] = {}
        self._last: dict[str, OdfList] = {}
        self._headings = OdfList(OUTLINE, {})

    def begun(self, element: Element, around: OdfList | None) -> OdfList:
        """Return the list of a `text:list`, which may continue an earlier one."""
        style = attribute(element, "text:style-name")
        if around is not None:
            return OdfList(style or around.style, around.open)
        continued = self._by_id.get(attribute(element, "text:continue-list"))
        if continued is None and attribute(element, "text:continue-numbering") == "true":
            continued = self._last.get(style)
        continued = OdfList(style, {}) if continued is None else continued
        self._last[style] = continued
        if name := element.get("{http://www.w3.org/XML/1998/namespace}id"):
            self._by_id[name] = continued
        return continued

    def next(self, counted: OdfList, at: int, start: str = "") -> str:
        """Return the number of the next paragraph on level `at`, from 0; empty if it has none."""
        levels = self._levels.get(counted.style, {})
        level = levels.get(at)
        if level is None or at >= LEVELS:
            return ""
        first = _number(start) if start else level.start
        before = None if start else counted.open.get(at)
        counted.open[at] = first if before is None else before + 1
        for deeper in [open_level for open_level in counted.open if open_level > at]:
            del counted.open[deeper]

        def shown(match: re.Match[str]) -> str:
            above = int(match[1]) - 1
            outer = levels.get(above, _Level())
            return in_kind(counted.open.get(above, outer.start), outer.kind)

        return one_line(PLACEHOLDER.sub(shown, level.pattern))[:MAX_LABEL]

    def heading(self, level: str, start: str = "") -> str:
        """Return the number of the next heading outside of lists; `level` counts from 1."""
        return self.next(self._headings, max(_number(level) - 1, 0), start)


def _levels(style: Element) -> dict[int, _Level]:
    levels: dict[int, _Level] = {}
    for level in style:
        kind = KINDS.get(attribute(level, "style:num-format"))
        at = _number(attribute(level, "text:level")) - 1
        if kind is not None and 0 <= at < LEVELS:
            start = _number(attribute(level, "text:start-value") or "1")
            levels[at] = _Level(kind, start, _pattern(level, at))
    return levels


def _pattern(level: Element, at: int) -> str:
    """Return the pattern newer programs write, else builds it as the standard says (19.500)."""
    if own := attribute(level, "loext:num-list-format"):
        return own[:MAX_LABEL]
    count = min(max(_number(attribute(level, "text:display-levels") or "1"), 1), at + 1)
    placeholders = ".".join(f"%{number}%" for number in range(at + 2 - count, at + 2))
    before, after = (attribute(level, f"style:num-{side}") for side in ("prefix", "suffix"))
    return f"{before}{placeholders}{after}"[:MAX_LABEL]


def _number(value: str) -> int:
    is_number = value.isascii() and value.isdecimal() and len(value) < 8
    return min(int(value), MAX_START) if is_number else 1
