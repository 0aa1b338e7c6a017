"""Sets the blocks of a document on the pages of a PDF."""

import io
from collections.abc import Iterator, Sequence
from functools import partial
from typing import assert_never

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Image, LongTable, SimpleDocTemplate, Spacer
from reportlab.platypus import Paragraph as TextBlock

from core.printing import styles
from core.printing.blocks import (
    Block,
    Bullets,
    Drawing,
    Facts,
    Heading,
    Paragraph,
    Picture,
    Quotation,
    Table,
    Title,
)
from core.printing.drawing import drawn
from core.printing.fonts import REPLACEMENT, Printable, printable, register_fonts
from core.printing.pages import NumberedPages

REPLACED = f"{REPLACEMENT} stands for characters that cannot be printed here."
MAX_COLUMNS = 10
"""Rows of a table with more columns are printed one below the other, as facts."""
LONGEST_CELL = 60
"""Letters from which a cell asks for no wider column."""
NAME_SHARE = 0.28
"""What the names of facts take of the width."""
_PADDING = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("TOPPADDING", (0, 0), (-1, -1), 3),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ("LEFTPADDING", (0, 0), (-1, -1), 4),
    ("RIGHTPADDING", (0, 0), (-1, -1), 4),
]
_Command = tuple[object, ...]
"""A command of ReportLab: its name, the first and the last cell, and its values."""


def to_pdf(title: str, blocks: Sequence[Block], *, footer: str = "") -> bytes:
    """Return a document as PDF, on A4 with page numbers; `footer` stands on every page.

    The same blocks give the same bytes.
    """
    register_fonts()
    content = io.BytesIO()
    template = SimpleDocTemplate(
        content,
        pagesize=(styles.PAGE_WIDTH, styles.PAGE_HEIGHT),
        title=title,
        creator="GenAI Sandbox",
        invariant=1,
        **dict.fromkeys(
            ("leftMargin", "rightMargin", "topMargin", "bottomMargin"), styles.FRAME_MARGIN
        ),
    )
    setting = _Setting()
    parts = [part for block in blocks for part in setting.set(block)]
    if setting.has_replaced:
        parts.extend(setting.set(Paragraph(REPLACED, is_note=True)))
    template.build(parts, canvasmaker=partial(NumberedPages, footer=footer))
    return content.getvalue()


class _Setting:
    """Turns blocks into what ReportLab lays out; knows whether characters were replaced."""

    def __init__(self) -> None:
        self.has_replaced = False

    def set(self, block: Block) -> Iterator[Flowable]:
        match block:
            case Title():
                yield self._text(block.text, styles.TITLE)
            case Heading():
                style = styles.SMALL_HEADING if block.is_small else styles.HEADING
                yield self._text(block.text, style)
            case Paragraph():
                yield self._text(block.text, _paragraph_style(block))
            case Quotation():
                yield from self._quotation(block)
            case Bullets():
                yield from self._bullets(block)
            case Facts():
                yield from self._facts(block)
            case Table():
                yield from self._table(block)
            case Picture():
                yield _picture(block)
            case Drawing():
                yield drawn(block)
                yield Spacer(0, 6)
            case _:
                assert_never(block)

    def _text(self, text: str, style: ParagraphStyle, bullet: str | None = None) -> Flowable:
        return self._set(printable(text), style, bullet)

    def _set(self, shown: Printable, style: ParagraphStyle, bullet: str | None = None) -> Flowable:
        self.has_replaced = self.has_replaced or shown.has_replaced
        chosen = styles.in_east_asia(style) if shown.has_east_asian else style
        return TextBlock(shown.markup, chosen, bulletText=bullet)

    def _quotation(self, block: Quotation) -> Iterator[Flowable]:
        bar = [("LINEBEFORE", (0, 0), (0, -1), 2, styles.LINE), ("LEFTPADDING", (0, 0), (0, 0), 9)]
        words = self._set(printable(block.text, block.marked), styles.TIGHT)
        yield _grid([[words]], [styles.TEXT_WIDTH], bar)
        yield Spacer(0, 5)

    def _bullets(self, block: Bullets) -> Iterator[Flowable]:
        signs = [f"{number}." for number in block.numbers] or ["•"] * len(block.items)
        for sign, item in zip(signs, block.items, strict=True):
            yield self._text(item, styles.ITEM, sign)
        yield Spacer(0, 4)

    def _facts(self, block: Facts) -> Iterator[Flowable]:
        rows = [
            [self._text(name, styles.NAME), self._text(value, styles.TIGHT)]
            for name, value in block.pairs
        ]
        if rows:
            widths = [share * styles.TEXT_WIDTH for share in (NAME_SHARE, 1 - NAME_SHARE)]
            yield _grid(rows, widths, [("LEFTPADDING", (0, 0), (0, -1), 0)])
            yield Spacer(0, 5)

    def _table(self, block: Table) -> Iterator[Flowable]:
        columns = max(map(len, (block.header, *block.rows)), default=0)
        if columns > MAX_COLUMNS:
            for row in block.rows:
                yield from self._facts(Facts(list(zip(block.header, row, strict=False))))
        elif columns:
            head = [self._text(text, styles.HEAD) for text in _filled(block.header, columns)]
            rows = [
                [self._text(text, styles.CELL) for text in _filled(row, columns)]
                for row in block.rows
            ]
            yield _grid([head, *rows], _widths(block, columns), _lines(block), repeated=1)
            yield Spacer(0, 6)


def _paragraph_style(block: Paragraph) -> ParagraphStyle:
    if block.is_note:
        return styles.NOTE
    return styles.STRONG if block.is_strong else styles.PARAGRAPH


def _grid(
    rows: Sequence[Sequence[Flowable]],
    widths: Sequence[float],
    commands: Sequence[_Command],
    *,
    repeated: int = 0,
) -> Flowable:
    """Return rows of cells; a row that is longer than a page goes on on the next one."""
    return LongTable(
        rows,
        colWidths=widths,
        repeatRows=repeated,
        hAlign="LEFT",
        style=[*_PADDING, *commands],
        splitInRow=1,
    )


def _lines(block: Table) -> list[_Command]:
    return [
        ("BACKGROUND", (0, 0), (-1, 0), styles.HEADER),
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, styles.LINE),
        *(("BACKGROUND", (0, n + 1), (-1, n + 1), styles.MARKED) for n in sorted(block.marked)),
    ]


def _filled(cells: Sequence[str], columns: int) -> list[str]:
    return [*cells, *[""] * (columns - len(cells))]


def _widths(block: Table, columns: int) -> list[float]:
    """Return widths by the longest cell of each column, none less than half of an equal share."""
    rows = [_filled(row, columns) for row in (block.header, *block.rows)]
    longest = [min(LONGEST_CELL, max(map(len, column))) for column in zip(*rows, strict=True)]
    free, total = styles.TEXT_WIDTH / 2, sum(longest) or 1
    return [free / columns + free * length / total for length in longest]


def _picture(block: Picture) -> Flowable:
    picture = Image(io.BytesIO(block.png), hAlign="LEFT")
    width = block.width * styles.TEXT_WIDTH
    picture._restrictSize(width, styles.TEXT_HEIGHT)  # noqa: SLF001  # there is no public one
    return picture
