"""PowerPoint presentations: one page a slide, with its title, tables and notes."""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pptx import Presentation
from pptx.exc import PythonPptxError

from core.domain.knowledge import ParsedDocument
from core.errors import UnreadableDocument
from ingestion.parsers.building import build, one_line, tidy
from ingestion.parsers.damage import damaged_if_it_fails
from ingestion.parsers.hidden import NOT_DISPLAYED, hidden_texts
from ingestion.parsers.pictures import PictureReader
from ingestion.parsers.pptx_graphics import graphic_text
from ingestion.parsers.tables import Spanned, spread, table_lines

MAX_HEADING = 200
DAMAGED = "The presentation is damaged. Save it again and upload it."


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """One page a slide, empty ones included, so that numbers are those of the slides.

    A hidden slide is an empty page; its words are hidden text.
    """
    with damaged_if_it_fails(DAMAGED, PythonPptxError):
        deck = Presentation(io.BytesIO(content))
        reader = PictureReader()
        slides = [_slide(slide, reader) for slide in deck.slides]
        title = deck.core_properties.title
        has_pictures = any(hasattr(s, "image") for d in deck.slides for s, _ in _flat(d.shapes))
    if has_pictures and not any(slide.text.strip() for slide in slides):
        raise UnreadableDocument("The presentation contains no text, only pictures.")
    hidden = [
        text
        for number, slide in enumerate(slides, start=1)
        for text in hidden_texts(number, [(NOT_DISPLAYED, slide.hidden)])
    ]
    pages = [(slide.text, "slide") for slide in slides]
    return build(pages, file_name, titles=[title], hidden=hidden, left_out=reader.left_out)


@dataclass(frozen=True, slots=True)
class _Slide:
    """What a slide shows, and the words on it that are not shown."""

    text: str
    hidden: str = ""


def _slide(slide: Any, reader: PictureReader) -> _Slide:  # Any: python-pptx has no types
    """A hidden slide shows nothing, and neither does a shape that is switched off."""
    shapes = list(_flat(slide.shapes))
    if slide._element.get("show") in ("0", "false"):
        return _Slide("", _text(slide, shapes))
    hidden = [shape for shape, is_hidden in shapes if is_hidden]
    shown = [(shape, False) for shape, is_hidden in shapes if not is_hidden]
    words = reader.words(_pictures(shape for shape, _ in shown))
    pictures = f"\n\nOn pictures:\n{words}" if words else ""
    return _Slide(_text(slide, shown) + pictures, "\n".join(map(_shape_text, hidden)))


def _pictures(shapes: Iterable[Any]) -> Iterator[bytes]:
    """The pictures among shapes; one that is linked and not stored is none."""
    for shape in shapes:
        try:
            image = getattr(shape, "image", None)
        except (KeyError, ValueError, AttributeError, PythonPptxError):
            continue
        if image is not None:
            yield image.blob


def _text(slide: Any, shapes: Sequence[tuple[Any, bool]]) -> str:
    title = slide.shapes.title
    name = None if title is None else title.shape_id
    is_titled = any(shape.shape_id == name for shape, _ in shapes)
    blocks = [_heading(title.text_frame.text)] if title is not None and is_titled else []
    blocks.extend(_shape_text(shape) for shape, _ in shapes if shape.shape_id != name)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        notes = tidy(slide.notes_slide.notes_text_frame.text)
        blocks.append(f"Notes:\n{notes}" if notes.strip() else "")
    return tidy("\n\n".join(block for block in blocks if block.strip(" #")))


def _heading(title: str) -> str:
    """Some authors write a whole slide into its title."""
    words = one_line(title)
    return f"# {words}" if len(words) <= MAX_HEADING else tidy(title.replace("\v", "\n"))


def _flat(shapes: Any) -> Iterator[tuple[Any, bool]]:
    """Shapes in their order with those inside groups, and whether each is hidden."""
    stack = [(shape, False) for shape in reversed(list(shapes))]
    while stack:
        shape, is_inside_hidden = stack.pop()
        is_hidden = is_inside_hidden or _is_hidden(shape)
        if hasattr(shape, "shapes"):
            stack.extend((inner, is_hidden) for inner in reversed(list(shape.shapes)))
        else:
            yield shape, is_hidden


def _is_hidden(shape: Any) -> bool:
    return shape._element._nvXxPr.cNvPr.get("hidden") in ("1", "true")


def _shape_text(shape: Any) -> str:
    if getattr(shape, "has_table", False):
        return _table_text(shape.table)
    if text := graphic_text(shape):
        return text
    if shape.has_text_frame:
        return "\n".join(_paragraph_text(p) for p in shape.text_frame.paragraphs)
    return ""


def _table_text(table: Any) -> str:
    """A table whose merged cells count for all of their places."""
    grid = spread(
        [
            [Spanned(cell.text, cell.span_width, cell.span_height) for cell in _begun(line)]
            for line in table.rows
        ]
    )
    return "\n".join(table_lines(grid, headers=None if table.first_row else 0))


def _begun(line: Any) -> Iterator[Any]:
    """The cells of a row without those that another one is merged over."""
    return (cell for cell in line.cells if not cell.is_spanned)


def _paragraph_text(paragraph: Any) -> str:
    text = one_line(paragraph.text.replace("\v", " "))
    return f"- {text}" if text and paragraph.level > 0 else text
