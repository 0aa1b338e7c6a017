"""The numbers that Word sets in front of paragraphs: `2.2`, `(a)`, `Step 3:`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml.etree import _Element as XmlElement

from ingestion.parsers.building import one_line
from ingestion.parsers.office.word.symbols import W, is_symbol_font

# The attribute in which a paragraph keeps its number until its text is read.
LABEL = "label"
LEVELS = 9
MAX_STYLES = 20
MAX_LABEL = 80
# Word counts no further in lettered lists, which would grow without end.
MAX_LETTERED = 780
PLACEHOLDER = re.compile(r"%([1-9])")
COPIES = ("{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",)
TAKEN_BACK = (f"{W}del", f"{W}moveFrom", f"{W}vanish")
ROMAN = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L")),
    *((40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)


@dataclass(frozen=True, slots=True)
class _Level:
    """The numbering of a list level; `restart` is the level after which it begins again."""

    start: int = 1
    kind: str = "decimal"
    text: str = ""
    style: str = ""
    restart: int | None = None
    is_legal: bool = False
    is_hidden: bool = False
    is_bullet: bool = False


@dataclass(slots=True)
class _Counter:
    """The state of a list: the number of each open level, counted from 0."""

    open: dict[int, int]
    begun: set[str]


class Numbering:
    """The lists of one document, and the last number of each."""

    def __init__(self, numbering: XmlElement | None, styles: XmlElement | None) -> None:
        none: tuple[Any, ...] = ()
        abstracts = none if numbering is None else numbering.iterchildren(f"{W}abstractNum")
        self._abstracts = {abstract.get(f"{W}abstractNumId"): abstract for abstract in abstracts}
        numbers = none if numbering is None else numbering.iterchildren(f"{W}num")
        self._numbers = {number.get(f"{W}numId"): number for number in numbers}
        definitions = none if styles is None else styles.iter(f"{W}style")
        self._styles = {style.get(f"{W}styleId") or "": style for style in definitions}
        self._usual = next(
            (name for name, style in self._styles.items() if _is_usual(style)),
            "",
        )
        self._levels: dict[str, dict[int, _Level]] = {}
        self._counters: dict[str, _Counter] = {}

    def label(self, body: XmlElement) -> None:
        """Write the number of each numbered paragraph below `body`, in reading order."""
        if not self._numbers:
            return
        for paragraph in _shown_paragraphs(body):
            if label := self._next(paragraph):
                paragraph.set(LABEL, label)

    def _next(self, paragraph: XmlElement) -> str:
        list_id, at = self._list_of(paragraph)
        if list_id not in self._numbers:
            return ""
        levels = self._levels_of(list_id)
        level = levels.get(at)
        if level is None:
            return ""
        counted = self._count(list_id, at, levels)
        return "" if level.is_bullet or level.is_hidden else _label(at, levels, counted)

    def _list_of(self, paragraph: XmlElement) -> tuple[str, int]:
        """Return the list id of a paragraph and its level; the ids "" and "0" mean no list."""
        properties = paragraph.find(f"{W}pPr")
        own = None if properties is None else properties.find(f"{W}numPr")
        list_id, at = _value(own, "numId"), _value(own, "ilvl")
        if list_id:
            return list_id, _number(at, 0)
        name = _value(properties, "pStyle") or self._usual
        list_id, by_style = self._list_of_style(name)
        return list_id, _number(at, by_style)

    def _list_of_style(self, name: str) -> tuple[str, int]:
        """Return the nearest list among a style and those it is based on, and the level."""
        names = []
        for _ in range(MAX_STYLES):
            style = self._styles.get(name)
            if style is None:
                break
            names.append(name)
            reference = style.find(f"{W}pPr/{W}numPr")
            if list_id := _value(reference, "numId"):
                by_style = {level.style: at for at, level in self._levels_of(list_id).items()}
                named = next((by_style[n] for n in names if n in by_style), None)
                at = _number(_value(reference, "ilvl"), 0)
                return list_id, at if named is None else named
            name = _value(style, "basedOn")
        return "", 0

    def _levels_of(self, list_id: str) -> dict[int, _Level]:
        if list_id not in self._levels:
            number = self._numbers.get(list_id)
            levels = {} if number is None else _levels(self._abstract(number))
            for override in () if number is None else number.iterchildren(f"{W}lvlOverride"):
                levels |= _levels(override)
            self._levels[list_id] = levels
        return self._levels[list_id]

    def _abstract(self, number: XmlElement) -> XmlElement | None:
        """Return the definition of a list, which a style may refer to another list."""
        abstract = self._abstracts.get(_value(number, "abstractNumId"))
        link = "" if abstract is None else _value(abstract, "numStyleLink")
        if link in self._styles:
            linked = _value(self._styles[link].find(f"{W}pPr/{W}numPr"), "numId")
            other = self._numbers.get(linked)
            return None if other is None else self._abstracts.get(_value(other, "abstractNumId"))
        return abstract

    def _count(self, list_id: str, at: int, levels: dict[int, _Level]) -> dict[int, int]:
        """Return the numbers of all levels at the next paragraph of a list.

        Lists of one definition count together, until one of them says where it starts.
        """
        number = self._numbers[list_id]
        counter = self._counters.setdefault(_value(number, "abstractNumId"), _Counter({}, set()))
        if list_id not in counter.begun:
            counter.begun.add(list_id)
            for level, start in _starts(number):
                counter.open[level] = start - 1
        for above in range(at):
            counter.open.setdefault(above, levels.get(above, _Level()).start)
        start = levels[at].start
        counter.open[at] = counter.open.get(at, start - 1) + 1
        for below in range(at + 1, LEVELS):
            restart = levels.get(below, _Level()).restart
            if restart is None or at < restart:
                counter.open.pop(below, None)
        return counter.open


def _shown_paragraphs(body: XmlElement) -> Iterator[XmlElement]:
    """Yield the paragraphs that are counted, without copies and deleted ones."""
    for paragraph in body.iter(f"{W}p"):
        mark = paragraph.find(f"{W}pPr/{W}rPr")
        is_gone = mark is not None and any(mark.find(tag) is not None for tag in TAKEN_BACK)
        if is_gone and not any(_is_kept(text) for text in paragraph.iter(f"{W}t")):
            continue
        if not any(node.tag in COPIES for node in paragraph.iterancestors()):
            yield paragraph


def _is_kept(text: XmlElement) -> bool:
    moved = any(node.tag == f"{W}moveFrom" for node in text.iterancestors())
    return bool((text.text or "").strip()) and not moved


def _levels(parent: XmlElement | None) -> dict[int, _Level]:
    definitions = () if parent is None else parent.iterchildren(f"{W}lvl")
    return {_number(level.get(f"{W}ilvl") or "", 0): _level(level) for level in definitions}


def _level(level: XmlElement) -> _Level:
    kind = _value(level, "numFmt") or "decimal"
    restart = _value(level, "lvlRestart")
    hidden = level.find(f"{W}rPr/{W}vanish")
    return _Level(
        start=_number(_value(level, "start"), 1, most=99_999),
        kind=kind,
        text=_value(level, "lvlText"),
        style=_value(level, "pStyle"),
        restart=_number(restart, 0) if restart else None,
        is_legal=level.find(f"{W}isLgl") is not None,
        is_hidden=hidden is not None and hidden.get(f"{W}val") not in ("0", "false", "off"),
        is_bullet=kind == "bullet" or is_symbol_font(level.find(f"{W}rPr")),
    )


def _starts(number: XmlElement) -> Iterator[tuple[int, int]]:
    for override in number.iterchildren(f"{W}lvlOverride"):
        if start := _value(override, "startOverride"):
            yield _number(override.get(f"{W}ilvl") or "", 0), _number(start, 1, most=99_999)


def _label(at: int, levels: dict[int, _Level], counted: dict[int, int]) -> str:
    is_legal = levels[at].is_legal

    def shown(match: re.Match[str]) -> str:
        level = int(match[1]) - 1
        kind = levels.get(level, _Level()).kind
        return in_kind(counted.get(level, 1), "decimal" if is_legal else kind)

    return one_line(PLACEHOLDER.sub(shown, levels[at].text[:MAX_LABEL]))[:MAX_LABEL]


def in_kind(count: int, kind: str) -> str:
    """Return a number as Word writes it in a list; other scripts are written in digits."""
    match kind:
        case "none":
            return ""
        case "upperRoman" | "lowerRoman":
            return _roman(count) if kind == "upperRoman" else _roman(count).lower()
        case "upperLetter" | "lowerLetter":
            return _letters(count) if kind == "upperLetter" else _letters(count).lower()
        case "decimalZero":
            return f"{count:02d}"
        case "ordinal":
            return f"{count}{_ending(count)}"
        case _:
            return str(count)


def _roman(count: int) -> str:
    if not 0 < count < 4000:
        return str(count)
    shown = ""
    for value, letters in ROMAN:
        shown, count = shown + letters * (count // value), count % value
    return shown


def _letters(count: int) -> str:
    """Return A to Z, then AA, BB and so on, as Word counts."""
    if not 0 < count <= MAX_LETTERED:
        return str(count)
    return chr(ord("A") + (count - 1) % 26) * ((count - 1) // 26 + 1)


def _ending(count: int) -> str:
    if count % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")


def _is_usual(style: XmlElement) -> bool:
    is_default = style.get(f"{W}default") in ("1", "true", "on")
    return is_default and style.get(f"{W}type") == "paragraph"


def _value(parent: XmlElement | None, name: str) -> str:
    element = None if parent is None else parent.find(f"{W}{name}")
    return "" if element is None else element.get(f"{W}val") or ""


def _number(value: str, usual: int, most: int = LEVELS - 1) -> int:
    is_number = value.isascii() and value.isdecimal() and len(value) < 8
    return min(int(value), most) if is_number else usual
