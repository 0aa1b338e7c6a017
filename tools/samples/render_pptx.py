"""Renders a sample source as a presentation with titles, tables and notes."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import PP_ALIGN
from pptx.presentation import Presentation as Deck
from pptx.shapes.autoshape import Shape
from pptx.slide import Slide
from pptx.table import _Cell
from pptx.util import Cm, Pt

from tools.samples import blocks as b
from tools.samples.archive import document_date, freeze
from tools.samples.theme import ACCENT, COMPANY, DEEP, column_shares

TITLE_LAYOUT, CONTENT_LAYOUT, TABLE_LAYOUT = 0, 1, 5
NOTES = "Notes: "
TABLE_WIDTH = 29.0
ROW_HEIGHT = 1.3


def colour(text: str) -> RGBColor:
    """Read a colour such as 0B3C49."""
    return RGBColor(*bytes.fromhex(text))  # type: ignore[no-untyped-call]  # no types


def split_slides(blocks: tuple[b.Block, ...]) -> list[list[b.Block]]:
    """Cut the blocks before each heading."""
    number = 0
    numbered: list[tuple[int, b.Block]] = []
    for block in blocks:
        number += isinstance(block, b.Heading)
        numbered.append((number, block))
    return [[block for _, block in part] for _, part in groupby(numbered, lambda pair: pair[0])]


def add_slide(deck: Deck, part: list[b.Block], meta: dict[str, str]) -> None:
    """Add one slide with its notes."""
    first = len(deck.slides) == 0
    has_table = any(isinstance(block, b.Grid) for block in part)
    layout = TITLE_LAYOUT if first else TABLE_LAYOUT if has_table else CONTENT_LAYOUT
    slide = deck.slides.add_slide(deck.slide_layouts[layout])
    style_title(slide)
    if first:
        add_subtitle(slide, meta)
    for block in part:
        add_content(slide, block)


def add_subtitle(slide: Slide, meta: dict[str, str]) -> None:
    """Fill the second line of the title slide."""
    box = slide.placeholders[1]
    box.left, box.top, box.width, box.height = Cm(2.2), Cm(5.2), Cm(29), Cm(4)
    box.text = f"{meta['subtitle']}\n{COMPANY}, valid from {meta['valid']}"
    for paragraph in box.text_frame.paragraphs:
        paragraph.alignment, paragraph.font.size = PP_ALIGN.LEFT, Pt(22)


def style_title(slide: Slide) -> None:
    """Widen the title and draw the accent line below it."""
    title = title_of(slide)
    line = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Cm(2.4), Cm(4.15), Cm(4), Cm(0.12))
    line.fill.solid()
    line.fill.fore_color.rgb = colour(ACCENT)
    line.line.fill.background()
    title.left, title.top, title.width, title.height = Cm(2.2), Cm(1.5), Cm(29), Cm(2.5)


def add_content(slide: Slide, block: b.Block) -> None:
    """Put one block on the slide."""
    match block:
        case b.Heading(_, text):
            set_title(slide, text)
        case b.Items(items):
            add_bullets(slide, items)
        case b.Grid():
            add_table(slide, block)
        case b.Text(text) if text.startswith(NOTES):
            add_notes(slide, text.removeprefix(NOTES))


def set_title(slide: Slide, text: str) -> None:
    """Write the title in the company colour."""
    title = title_of(slide)
    title.text = text
    paragraph = title.text_frame.paragraphs[0]
    paragraph.font.size, paragraph.font.bold = Pt(34), True
    paragraph.alignment = PP_ALIGN.LEFT
    paragraph.font.color.rgb = colour(DEEP)


def add_notes(slide: Slide, text: str) -> None:
    """Write what the speaker says."""
    frame = slide.notes_slide.notes_text_frame
    if frame is None:
        raise ValueError("the template has no place for notes")
    frame.text = text


def title_of(slide: Slide) -> Shape:
    """Return the title, which all layouts in use have."""
    if slide.shapes.title is None:
        raise ValueError("the layout has no title")
    return slide.shapes.title


def add_bullets(slide: Slide, items: tuple[str, ...]) -> None:
    """Fill the body with bullets."""
    body = slide.placeholders[1]
    body.left, body.top, body.width, body.height = Cm(2.2), Cm(5.2), Cm(29), Cm(11.5)
    body.text_frame.text = items[0]
    for item in items[1:]:
        body.text_frame.add_paragraph().text = item
    for paragraph in body.text_frame.paragraphs:
        paragraph.font.size, paragraph.space_after = Pt(24), Pt(10)


def add_table(slide: Slide, grid: b.Grid) -> None:
    """Add a table below the title."""
    count = len(grid.rows)
    position = (Cm(2.4), Cm(5.2), Cm(TABLE_WIDTH), Cm(ROW_HEIGHT * count))
    table = slide.shapes.add_table(count, len(grid.rows[0]), *position).table
    for index, share in enumerate(column_shares(grid)):
        table.columns[index].width = Cm(TABLE_WIDTH * share)
    for number, row in enumerate(grid.rows):
        for index, text in enumerate(row):
            fill_cell(table.cell(number, index), text, head=number == 0)


def fill_cell(cell: _Cell, text: str, *, head: bool) -> None:
    """Write one table cell."""
    cell.text = text
    cell.text_frame.paragraphs[0].font.size = Pt(18)
    if head:
        cell.fill.solid()  # type: ignore[no-untyped-call]  # no types
        cell.fill.fore_color.rgb = colour(DEEP)


def render(source: b.Source, target: Path) -> None:
    """Write one presentation."""
    meta = source.meta
    deck = Presentation()
    deck.slide_width, deck.slide_height = Cm(33.87), Cm(19.05)
    properties = deck.core_properties
    properties.title, properties.subject = meta["title"], meta["subtitle"]
    properties.author = f"{COMPANY}, {meta['author']}"
    properties.last_modified_by = properties.author
    properties.comments = ""
    for part in split_slides(source.blocks):
        add_slide(deck, part, meta)
    deck.save(str(target))
    freeze(target, document_date(meta["valid"]))
