"""Renders sample sources as Word files with heading styles and hard page breaks."""

from __future__ import annotations

from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from tools.samples import blocks as b
from tools.samples.archive import document_date, freeze
from tools.samples.theme import ACCENT, COMPANY, DEEP, PALE, column_shares

TEXT_WIDTH = 16.0


def fill(paragraph: Paragraph, text: str) -> Paragraph:
    """Add text with bold parts."""
    for part, bold in b.spans(text):
        paragraph.add_run(part).bold = bold or None
    return paragraph


def shade(cell: _Cell, colour: str) -> None:
    """Give a cell a background colour."""
    element = OxmlElement("w:shd")
    element.set(qn("w:val"), "clear")
    element.set(qn("w:fill"), colour)
    cell._tc.get_or_add_tcPr().append(element)


def add_table(document: WordDocument, grid: b.Grid) -> None:
    """Add a table with a coloured header row."""
    table = document.add_table(len(grid.rows), len(grid.rows[0]), style="Table Grid")
    table.autofit = False
    shares = column_shares(grid)
    for number, row in enumerate(grid.rows):
        for cell, text, share in zip(table.rows[number].cells, row, shares, strict=True):
            cell.width = Cm(TEXT_WIDTH * share)
            fill_cell(cell, text, head=number == 0)
    repeat_header(table)
    document.add_paragraph().paragraph_format.space_after = Pt(2)


def fill_cell(cell: _Cell, text: str, *, head: bool) -> None:
    """Write one cell."""
    paragraph = fill(cell.paragraphs[0], text)
    paragraph.paragraph_format.space_after = Pt(2)
    for run in paragraph.runs:
        run.font.size = Pt(9.5)
        if head:
            run.bold = True
            run.font.color.rgb = RGBColor(255, 255, 255)
    if head:
        shade(cell, DEEP)


def repeat_header(table: Table) -> None:
    """Repeat the first row when a table continues on the next page."""
    element = OxmlElement("w:tblHeader")
    element.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(element)


def add_note(document: WordDocument, text: str) -> None:
    """Add a highlighted remark."""
    cell = document.add_table(1, 1, style="Table Grid").rows[0].cells[0]
    shade(cell, PALE)
    fill(cell.paragraphs[0], text)


def add_break(document: WordDocument) -> None:
    """Start a new page."""
    document.paragraphs[-1].add_run().add_break(WD_BREAK.PAGE)


def add_block(document: WordDocument, block: b.Block) -> None:
    """Add any block."""
    match block:
        case b.Heading(level, text):
            document.add_heading(text, level)
        case b.Text(text):
            fill(document.add_paragraph(), text)
        case b.Note(text):
            add_note(document, text)
        case b.Items(items, numbered):
            add_items(document, items, numbered=numbered)
        case b.Grid():
            add_table(document, block)
        case b.PageBreak():
            add_break(document)


def add_items(document: WordDocument, items: tuple[str, ...], *, numbered: bool) -> None:
    """Add a list; numbers are written out so that every list starts at one."""
    for number, item in enumerate(items, start=1):
        if numbered:
            paragraph = document.add_paragraph(f"{number}. ", style="List Continue")
        else:
            paragraph = document.add_paragraph(style="List Bullet")
        fill(paragraph, item)


def prepare(document: WordDocument, meta: dict[str, str]) -> None:
    """Set fonts, margins and properties."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.footer.paragraphs[0].text = f"{COMPANY}, {meta['title']}, {meta['version']}"
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(11)
    for level, colour in ((1, DEEP), (2, ACCENT)):
        document.styles[f"Heading {level}"].font.color.rgb = RGBColor.from_string(colour)
    properties = document.core_properties
    properties.title, properties.subject = meta["title"], meta["subtitle"]
    properties.author = f"{COMPANY}, {meta['author']}"
    properties.last_modified_by = properties.author
    properties.comments = ""


def render(source: b.Source, target: Path) -> None:
    """Write one Word file."""
    meta = source.meta
    document = Document()
    prepare(document, meta)
    document.add_paragraph(meta["title"], style="Title")
    document.add_paragraph(meta["subtitle"], style="Subtitle")
    document.add_paragraph(f"{meta['version']}, {meta['author']}, valid from {meta['valid']}")
    for block in source.blocks:
        add_block(document, block)
    document.save(str(target))
    freeze(target, document_date(meta["valid"]))
