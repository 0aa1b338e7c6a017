"""The parts of a printed document, from top to bottom; all texts are plain, without markup."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Title:
    """The name of the document, once at its top."""

    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, which stays on the page of what follows it; `is_small` is one of a part."""

    text: str
    is_small: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph in which line breaks are kept; a note is small and grey."""

    text: str
    is_strong: bool = False
    is_note: bool = False


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of a document, set off from the others.

    `marked` are pairs of start and end in them, in order and apart, that stand out.
    """

    text: str
    marked: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; with `numbers`, which has one for each item, a numbered one."""

    items: Sequence[str]
    numbers: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with their values, in two columns."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below a header, which is repeated on every page; shorter rows end with empty cells.

    `marked` are the numbers of rows that stand out.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    marked: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as PNG; `width` is its share of the text's width, above 0 and at most 1."""

    png: bytes
    width: float = 1.0


class Sign(StrEnum):
    """The form of a mark, so that colour is never the only difference."""

    CIRCLE = "circle"
    SQUARE = "square"
    TRIANGLE = "triangle"


class Anchor(StrEnum):
    """The part of a label that stands at its place."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


@dataclass(frozen=True, slots=True)
class Area:
    """A filled rectangle from its lower left corner."""

    x: float
    y: float
    width: float
    height: float
    colour: str


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line."""

    start: tuple[float, float]
    end: tuple[float, float]
    colour: str
    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign around its middle; `size` is half of its width. A hollow one is only its outline."""

    x: float
    y: float
    size: float
    sign: Sign
    colour: str
    is_hollow: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """A short text on one line; an upright one is read from below."""

    x: float
    y: float
    text: str
    anchor: Anchor = Anchor.START
    is_strong: bool = False
    is_upright: bool = False


Shape = Area | Line | Mark | Label


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes over the whole width of the text, the first one at the bottom.

    All coordinates and sizes are shares of that width, counted from the lower left corner; `height`
    is the share that the drawing is high.
    """

    height: float
    shapes: Sequence[Shape]


Block = Title | Heading | Paragraph | Quotation | Bullets | Facts | Table | Picture | Drawing
