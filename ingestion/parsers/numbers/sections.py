"""The sections of a number format, for positive, negative, zero and text, and their signs.

This is our own code, since the one Python port of SheetJS's SSF dates from 2020, fails with current
Babel, brings seven packages and shows `DD.MM.YYYY` as "31.00.2027".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

# Excel allows no longer formats.
MAX_FORMAT = 1_000
SECTION = re.compile(r'((?:"[^"]*"?|\\.?|_.?|\*.?|\[[^\]]*\]?|[^;"\\_*\[])*)(?:;|\Z)', re.DOTALL)
TOKEN = re.compile(
    r"""(?P<literal>"[^"]*"?|\\.?)
    |(?P<gap>_.?)
    |(?P<fill>\*.?)
    |(?P<bracket>\[[^\]]*\]?)
    |(?P<general>General)
    |(?P<exponent>[eE][+-])
    |(?P<noon>AM/PM|A/P)
    |(?P<fraction_of_second>(?<=[sS\]])\.0+)
    |(?P<date>y+|m+|d+|h+|s+)
    |(?P<digit>[0\#?])
    |(?P<point>\.)
    |(?P<comma>,)
    |(?P<percent>%)
    |(?P<text>@)
    |(?P<other>.)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)\]")
ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
MONEY = re.compile(r"\[\$([^\]-]*)(?:-([^\]]*))?\]")
COLOUR = re.compile(
    r"\[(black|blue|cyan|green|magenta|red|white|yellow|color\s*\d+)\]", re.IGNORECASE
)
PLAIN = re.compile(r"(\0*)(0|#,##0)(?:\.(0+))?(\0*)")


class Kind(StrEnum):
    """The meaning of a piece of a format."""

    LITERAL = "literal"
    DIGIT = "digit"
    POINT = "point"
    COMMA = "comma"
    PERCENT = "percent"
    EXPONENT = "exponent"
    SLASH = "slash"
    DATE = "date"
    ELAPSED = "elapsed"
    SUBSECOND = "fraction of second"
    NOON = "noon"
    TEXT = "text"
    GENERAL = "general"


PLAIN_SIGNS = (Kind.DIGIT, Kind.COMMA, Kind.POINT)


@dataclass(frozen=True, slots=True)
class Piece:
    """A sign of a format, or words that stand in it as they are."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Plain:
    """A number with fixed decimals, perhaps grouped, between words: `0.00" kg"`, `#,##0`."""

    before: str
    places: int
    has_groups: bool
    after: str


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a format; `condition` is the operator and the number it compares with.

    `language` is the Windows language identifier of its dates, -1 for the reader's own. `plain` is
    set for the usual formats, which are shown without examining every sign.
    """

    pieces: tuple[Piece, ...]
    condition: tuple[str, float] | None = None
    has_colour: bool = False
    language: int = 0
    plain: Plain | None = None

    @property
    def is_date(self) -> bool:
        return any(piece.kind in (Kind.DATE, Kind.ELAPSED) for piece in self.pieces)

    @property
    def is_text(self) -> bool:
        return any(piece.kind is Kind.TEXT for piece in self.pieces)

    @property
    def has_sign(self) -> bool:
        """Whether words or marks of the section show that the number is negative."""
        words = "".join(piece.text for piece in self.pieces if piece.kind is Kind.LITERAL)
        return any(mark in words for mark in "-−–(") or any(c.isalpha() for c in words)


@lru_cache(maxsize=2_000)
def sections_of(number_format: str) -> tuple[Section, ...]:
    """Split a format into at most four sections; an empty or overlong one shows any number."""
    if not 0 < len(number_format) <= MAX_FORMAT:
        return (Section((Piece(Kind.GENERAL, ""),)),)
    parts: list[str] = []
    start = 0
    while len(parts) < 4 and (match := SECTION.match(number_format, start)):
        parts.append(match[1])
        if match.end() == len(number_format) and not match[0].endswith(";"):
            break
        start = match.end()
    return tuple(_section(part) for part in parts)


def _section(text: str) -> Section:
    condition = CONDITION.search(text)
    languages = [money[2] for money in MONEY.finditer(text) if money[2]]
    pieces = tuple(_pieces(text))
    return Section(
        pieces,
        (condition[1], float(condition[2])) if condition else None,
        bool(COLOUR.search(text)),
        _language(languages[0]) if languages else 0,
        _plain(pieces),
    )


def _plain(pieces: tuple[Piece, ...]) -> Plain | None:
    signs = "".join(p.text if p.kind in PLAIN_SIGNS else "\0" for p in pieces)
    match = PLAIN.fullmatch(signs)
    if match is None or any(p.kind not in (*PLAIN_SIGNS, Kind.LITERAL) for p in pieces):
        return None
    before, after = len(match[1]), len(signs) - len(match[4])
    return Plain(
        "".join(piece.text for piece in pieces[:before]),
        len(match[3] or ""),
        "," in match[2],
        "".join(piece.text for piece in pieces[after:]),
    )


def _language(identifier: str) -> int:
    """Return the language; `F800` and `F400` are the reader's own long date and time."""
    try:
        number = int(identifier.split(",", maxsplit=1)[0], 16)
    except ValueError:
        return 0
    return -1 if number & 0xFFFF in (0xF800, 0xF400) else number & 0xFFFF


def _pieces(text: str) -> Iterator[Piece]:
    for token in TOKEN.finditer(text):
        shown = token[0]
        match token.lastgroup:
            case "literal":
                yield Piece(Kind.LITERAL, shown.strip('"') if shown[0] == '"' else shown[1:])
            case "gap":
                yield Piece(Kind.LITERAL, " ")
            case "fill":
                yield Piece(Kind.LITERAL, "")
            case "bracket":
                yield from _bracket(shown)
            case "fraction_of_second":
                yield Piece(Kind.SUBSECOND, shown)
            case "other":
                yield Piece(Kind.SLASH if shown == "/" else Kind.LITERAL, shown)
            case "digit" | "point" | "comma" | "percent" | "exponent" | "date" as kind:
                yield Piece(Kind(kind), shown)
            case "noon" | "text" | "general" as kind:
                yield Piece(Kind(kind), shown)


def _bracket(shown: str) -> Iterator[Piece]:
    if elapsed := ELAPSED.fullmatch(shown):
        yield Piece(Kind.ELAPSED, elapsed[1].lower())
    elif (money := MONEY.fullmatch(shown)) and money[1]:
        yield Piece(Kind.LITERAL, money[1])
