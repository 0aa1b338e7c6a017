"""Removes from texts the characters that people cannot see.

Text is normalised to NFC, not NFKC: NFKC rewrites meaning ("m²" becomes "m2", "10²" becomes
"102") and would break exact quotes. Detection uses `core.guardrails.folding`, which does fold.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_NEWLINES = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_ZWNJ, _ZWJ, _SKIN_TONES = "\u200c", "\u200d", range(0x1F3FB, 0x1F400)
_PICTOGRAPHS = range(0x1F000, 0x1FB00)
_SYMBOLS = range(0x2190, 0x2C00)  # arrows to stars: the older emoji, such as the heart
_JOINING_SCRIPTS = range(0x0600, 0x0E00)  # Arabic to Sinhala, where joiners change letters
_IDEOGRAPHS = range(0x3400, 0xA000)
# Blank, yet letters or marks to Unicode: fillers, the grapheme joiner, Mongolian selectors.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")


class Invisible(StrEnum):
    """Kinds of characters that people cannot see."""

    CONTROL = "control characters"
    FORMAT = "zero-width and direction characters"
    TAG = "tag characters"
    PRIVATE = "private or unassigned characters"
    SELECTOR = "variation selectors"


@dataclass(frozen=True, slots=True)
class CleanText:
    """Visible text, and how many characters of each kind were removed."""

    text: str
    counts: tuple[tuple[Invisible, int], ...] = ()

    @property
    def removed(self) -> int:
        """The number of characters that were removed."""
        return sum(count for _, count in self.counts)


@dataclass(frozen=True, slots=True)
class InvisibleRun:
    """Invisible characters in a row, `place` characters into the text without them."""

    kind: Invisible
    place: int
    characters: str


def clean(text: str) -> CleanText:
    """Normalise to NFC and remove invisible characters; cleaning twice changes nothing.

    Kept: line feeds and tabs, joiners inside emoji and in scripts that spell with them, one
    variation selector after a character. Other line ends become line feeds and are not counted.
    """
    source = unicodedata.normalize("NFC", _NEWLINES.sub("\n", text))
    if not _may_hold_invisible(source):
        return CleanText(source)
    visible: list[str] = []
    counts: Counter[Invisible] = Counter()
    for char, kind in _walk(source):
        if kind is None:
            visible.append(char)
        else:
            counts[kind] += 1
    result = unicodedata.normalize("NFC", "".join(visible))
    return CleanText(result, tuple(sorted(counts.items())))


def clean_line(text: str) -> str:
    """Put a name or title on one line, without invisible characters, as it is stored."""
    return " ".join(clean(text).text.split())


def invisible_runs(text: str) -> tuple[InvisibleRun, ...]:
    """Return the characters that `clean` removes, grouped by kind, in order."""
    source = unicodedata.normalize("NFC", _NEWLINES.sub("\n", text))
    if not _may_hold_invisible(source):
        return ()
    runs: list[InvisibleRun] = []
    offset = 0
    for char, kind in _walk(source):
        if kind is None:
            offset += 1
        elif runs and (runs[-1].kind, runs[-1].place) == (kind, offset):
            runs[-1] = InvisibleRun(kind, offset, runs[-1].characters + char)
        else:
            runs.append(InvisibleRun(kind, offset, char))
    return tuple(runs)


def _may_hold_invisible(text: str) -> bool:
    """Look at each different character once, which spares most texts the way through all."""
    return any(_invisible(char, "", "") is not None for char in set(text))


def _walk(source: str) -> Iterator[tuple[str, Invisible | None]]:
    """Yield each character, with its kind if it is removed."""
    before = ""
    for position, char in enumerate(source):
        kind = _invisible(char, before, source[position + 1 : position + 2])
        if kind is None:
            before = char
        yield char, kind


def _invisible(char: str, before: str, following: str) -> Invisible | None:
    """Return the kind of an invisible character, None for one that stays."""
    if " " <= char < "\x7f":
        return None
    code = ord(char)
    if char in "\n\t":
        return None
    if char in (_ZWNJ, _ZWJ):
        return None if _joins(char, before, following) else Invisible.FORMAT
    if 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF:
        return None if _selects(code, before) else Invisible.SELECTOR
    if char in _BLANKS:
        return Invisible.FORMAT
    return _by_category(char, code)


def _by_category(char: str, code: int) -> Invisible | None:
    match unicodedata.category(char):
        case "Cc":
            return Invisible.CONTROL
        case "Cf":
            return Invisible.TAG if 0xE0000 <= code <= 0xE007F else Invisible.FORMAT
        case "Cn" if code in _PICTOGRAPHS:  # emoji newer than this Python's Unicode tables
            return None
        case "Co" | "Cn" | "Cs":
            return Invisible.PRIVATE
        case _:
            return None


def _joins(char: str, before: str, following: str) -> bool:
    if not before or not following:
        return False
    first, second = ord(before), ord(following)
    if first in _JOINING_SCRIPTS and second in _JOINING_SCRIPTS:
        return True
    is_emoji = first in _PICTOGRAPHS or first in _SYMBOLS or first == 0xFE0F
    return char == _ZWJ and is_emoji and (second in _PICTOGRAPHS or second in _SYMBOLS)


def _selects(code: int, before: str) -> bool:
    """Return whether a variation selector changes the character before it and carries no data."""
    if not before or before.isspace() or before == _ZWJ:
        return False
    if code >= 0xE0100:
        return ord(before) in _IDEOGRAPHS
    return not (0xFE00 <= ord(before) <= 0xFE0F or 0xE0100 <= ord(before) <= 0xE01EF)
