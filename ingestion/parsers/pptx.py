"""PowerPoint presentations: one page a slide, with its title, tables and notes."""

import io
from collections.abc import Iterator
from typing import Any

from pptx import Presentation
from pptx.exc import PythonPptxError

from core.domain.knowledge import ParsedDocument
from core.errors import UnreadableDocument
from ingestion.parsers.building import build, one_line, row, tidy
from ingestion.parsers.damage import damaged_if_it_fails
from ingestion.parsers.pptx_graphics import graphic_text

MAX_HEADING = 200
DAMAGED = "The presentation is damaged. Save it again and upload it."


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """One page a slide, hidden and empty ones included, so that numbers are those of the slides."""
    with damaged_if_it_fails(DAMAGED, PythonPptxError):
        deck = Presentation(io.BytesIO(content))
        pages = [(_slide_text(slide), "slide") for slide in deck.slides]
        title = deck.core_properties.title
        has_pictures = any(hasattr(s, "image") for d in deck.slides for s in _flat(d.shapes))
    if has_pictures and not any(text.strip() for text, _ in pages):
        raise UnreadableDocument("The presentation contains no text, only pictures.")
    return build(pages, file_name, titles=[title])


def _slide_text(slide: Any) -> str:  # Any: python-pptx has no types
    title = slide.shapes.title
    blocks = [_heading(title.text_frame.text)] if title is not None else []
    rest = (s for s in _flat(slide.shapes) if title is None or s.shape_id != title.shape_id)
    blocks.extend(_shape_text(shape) for shape in rest)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        notes = tidy(slide.notes_slide.notes_text_frame.text)
        blocks.append(f"Notes:\n{notes}" if notes.strip() else "")
    return tidy("\n\n".join(block for block in blocks if block.strip(" #")))


def _heading(title: str) -> str:
    """Some authors write a whole slide into its title."""
    words = one_line(title)
    return f"# {words}" if len(words) <= MAX_HEADING else tidy(title.replace("\v", "\n"))


def _flat(shapes: Any) -> Iterator[Any]:
    """Shapes in their order with those inside groups."""
    stack = list(reversed(list(shapes)))
    while stack:
        shape = stack.pop()
        if hasattr(shape, "shapes"):
            stack.extend(reversed(list(shape.shapes)))
        else:
            yield shape


def _shape_text(shape: Any) -> str:
    if getattr(shape, "has_table", False):
        rows = (row(cell.text for cell in line.cells) for line in shape.table.rows)
        return "\n".join(line for line in rows if line)
    if text := graphic_text(shape):
        return text
    if shape.has_text_frame:
        return "\n".join(_paragraph_text(p) for p in shape.text_frame.paragraphs)
    return ""


def _paragraph_text(paragraph: Any) -> str:
    text = one_line(paragraph.text.replace("\v", " "))
    return f"- {text}" if text and paragraph.level > 0 else text
