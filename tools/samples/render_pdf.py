"""Renders sample sources as PDF files with outline, metadata and page numbers."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BalancedColumns,
    BaseDocTemplate,
    Flowable,
    Frame,
    HRFlowable,
    ListFlowable,
    ListItem,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)
from reportlab.platypus.tableofcontents import TableOfContents

from tools.samples import blocks as b
from tools.samples import pdf_style as style
from tools.samples.archive import document_date
from tools.samples.theme import COMPANY, column_shares

MARGIN = 22 * mm
TOP = 24 * mm
WIDTH = A4[0] - 2 * MARGIN
COLUMN_GAP = 9 * mm
FOOTER_HEIGHT = 12 * mm


class Title(Paragraph):  # type: ignore[misc]
    """A heading that adds itself to the outline when it is drawn."""

    def __init__(self, block: b.Heading) -> None:
        """Set the heading in the style of its level."""
        super().__init__(markup(block.text), style.HEADINGS[block.level])
        self.block = block
        self.key = f"s-{block.text.split()[0]}"

    def draw(self) -> None:
        """Draw the heading and set a bookmark."""
        self.canv.bookmarkPage(self.key)
        self.canv.addOutlineEntry(self.block.text, self.key, self.block.level - 1)
        super().draw()


class Numbered(Canvas):  # type: ignore[misc]
    """A canvas that knows the number of pages when it prints the footers."""

    def __init__(self, *args: object, **options: object) -> None:
        """Start with an empty list of pages."""
        super().__init__(*args, **options)
        self.pages: list[dict[str, object]] = []

    def showPage(self) -> None:  # noqa: N802  reportlab's name
        """Keep the page until the total is known."""
        self.pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Print all pages with their footers."""
        for page in self.pages:
            self.__dict__.update(page)
            draw_footer(self, len(self.pages))
            super().showPage()
        super().save()


class Handout(BaseDocTemplate):  # type: ignore[misc]
    """A document template that reports sections to the table of contents."""

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802  reportlab's name
        """Tell the table of contents about each section."""
        if isinstance(flowable, Title) and flowable.block.level == 1:
            self.notify("TOCEntry", (0, flowable.block.text, self.page, flowable.key))


def markup(text: str) -> str:
    """Turn bold marks into reportlab markup."""
    pieces = (f"<b>{escape(part)}</b>" if bold else escape(part) for part, bold in b.spans(text))
    return "".join(pieces)


def draw_footer(canvas: Canvas, total: int) -> None:
    """Print company name and page number."""
    canvas.setStrokeColor(style.RULE)
    canvas.line(MARGIN, FOOTER_HEIGHT + 4 * mm, A4[0] - MARGIN, FOOTER_HEIGHT + 4 * mm)
    canvas.setFillColor(style.DARK)
    canvas.setFont("Helvetica", 8)
    canvas.drawString(MARGIN, FOOTER_HEIGHT, f"{COMPANY}, internal document")
    page = f"Page {canvas.getPageNumber()} of {total}"
    canvas.drawRightString(A4[0] - MARGIN, FOOTER_HEIGHT, page)


def header(meta: dict[str, str]) -> Callable[[Canvas, Handout], None]:
    """Make the function that prints the running header."""

    def draw(canvas: Canvas, document: Handout) -> None:
        canvas.setFillColor(style.DARK)
        canvas.rect(0, A4[1] - 4 * mm, A4[0], 4 * mm, stroke=0, fill=1)
        if document.page > 1:
            canvas.setFont("Helvetica", 8)
            canvas.drawString(MARGIN, A4[1] - 14 * mm, meta["title"])
            canvas.drawRightString(A4[0] - MARGIN, A4[1] - 14 * mm, meta["version"])

    return draw


def grid(block: b.Grid, width: float) -> list[Flowable]:
    """Draw a table with the company header."""
    styles = [style.HEAD_CELL] + [style.CELL] * (len(block.rows) - 1)
    cells = [
        [Paragraph(markup(cell), kind) for cell in row]
        for row, kind in zip(block.rows, styles, strict=True)
    ]
    widths = [share * width for share in column_shares(block)]
    table = Table(cells, widths, style=style.GRID, repeatRows=1, spaceBefore=4, spaceAfter=11)
    return [table]


def items(block: b.Items) -> list[Flowable]:
    """Draw a bulleted or numbered list."""
    entries = [ListItem(Paragraph(markup(item), style.ITEM)) for item in block.items]
    options = (
        {"bulletType": "1", "bulletFormat": "%s."}
        if block.numbered
        else {"bulletType": "bullet", "start": "•"}
    )
    bullet = {"bulletFontName": "Helvetica", "bulletFontSize": 11, "leftIndent": 18}
    colour = {"bulletColor": style.AMBER if not block.numbered else style.DARK}
    return [ListFlowable(entries, **options, **bullet, **colour), Spacer(0, 5)]


def flow(block: b.Block, width: float) -> list[Flowable]:
    """Draw any block."""
    match block:
        case b.Heading():
            return [Title(block)]
        case b.Text(text):
            return [Paragraph(markup(text), style.BODY)]
        case b.Note(text):
            return [Paragraph(markup(text), style.NOTE)]
        case b.Items():
            return items(block)
        case b.Grid():
            return grid(block, width)
        case b.PageBreak():
            return [PageBreak()]
        case b.Columns(inner):
            return [columns(inner)]


def columns(inner: tuple[b.Block, ...]) -> Flowable:
    """Set blocks in two balanced columns."""
    width = (WIDTH - COLUMN_GAP) / 2
    parts = [part for block in inner for part in flow(block, width)]
    return BalancedColumns(parts, nCols=2, innerPadding=COLUMN_GAP)


def title_block(meta: dict[str, str]) -> list[Flowable]:
    """Draw title, subtitle and facts on the first page."""
    facts = f"{meta['version']}  |  {meta['author']}  |  valid from {meta['valid']}"
    return [
        Paragraph(markup(meta["title"]), style.TITLE),
        Paragraph(markup(meta["subtitle"]), style.SUBTITLE),
        Paragraph(markup(facts), style.FACTS),
        HRFlowable(WIDTH, 1.6, color=style.AMBER, spaceBefore=3, spaceAfter=10),
    ]


def contents() -> list[Flowable]:
    """Make the table of contents."""
    table = TableOfContents(levelStyles=[style.CONTENTS], dotsMinLevel=-1)
    return [table, Spacer(0, 6)]


def render(source: b.Source, target: Path) -> None:
    """Write one PDF file."""
    meta = source.meta
    os.environ["SOURCE_DATE_EPOCH"] = str(int(document_date(meta["valid"]).timestamp()))
    document = Handout(
        str(target),
        pagesize=A4,
        title=meta["title"],
        author=f"{COMPANY}, {meta['author']}",
        subject=meta["subtitle"],
        creator=COMPANY,
        lang="en",
        invariant=1,
    )
    bottom = FOOTER_HEIGHT + 8 * mm
    frame = Frame(MARGIN, bottom, WIDTH, A4[1] - TOP - bottom + 4 * mm, 0, 0, 0, 0, "body")
    document.addPageTemplates(PageTemplate("page", [frame], onPage=header(meta)))
    story = title_block(meta) + (contents() if meta["toc"] == "yes" else [])
    story += [part for block in source.blocks for part in flow(block, WIDTH)]
    document.multiBuild(story, canvasmaker=Numbered)
