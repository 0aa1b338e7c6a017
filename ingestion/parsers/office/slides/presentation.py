"""PowerPoint presentations: a page for each slide, with its title, tables and notes."""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pptx import Presentation
from pptx.exc import PythonPptxError
from pptx.shapes.autoshape import Shape
from pptx.shapes.base import BaseShape
from pptx.shapes.graphfrm import GraphicFrame
from pptx.slide import Slide
from pptx.table import Table, _Cell, _Row

from core.domain.knowledge import ParsedDocument
from core.errors import UnreadableDocument
from ingestion.parsers.building import build, one_line, tidy
from ingestion.parsers.damage import damaged_if_it_fails
from ingestion.parsers.hidden import NOT_DISPLAYED, hidden_texts
from ingestion.parsers.inner_files import InnerFiles
from ingestion.parsers.office.formulas import write_out
from ingestion.parsers.office.graphics import UNREADABLE, R, graphic_text
from ingestion.parsers.office.slides.looks import SlideLooks, is_off
from ingestion.parsers.office.slides.words import frame_text, unwrap
from ingestion.parsers.pictures import PictureReader
from ingestion.parsers.tables import Spanned, spread, table_lines

P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
OBJECT = f"{P}oleObj"
MAX_HEADING = 200
DAMAGED = "The presentation is damaged. Save it again and upload it."


def parse(content: bytes, file_name: str, depth: int = 0) -> ParsedDocument:
    """Read one page for each slide, empty ones included, so that the numbers agree.

    A hidden slide is an empty page; its words are hidden text, and so are words of the colour
    behind them and words beside a slide. Struck-out words and comments are left out. What is
    embedded is read where it stands; `depth` counts the files around this one.
    """
    files = InnerFiles(depth)
    with damaged_if_it_fails(DAMAGED, PythonPptxError):
        deck = Presentation(io.BytesIO(content))
        reader = SlideReader(files, deck.slide_width or 0, deck.slide_height or 0)
        slides = [reader.slide(number, slide) for number, slide in enumerate(deck.slides, start=1)]
        title = deck.core_properties.title
        has_pictures = any(hasattr(s, "image") for d in deck.slides for s, _ in _flat(d.shapes))
    if has_pictures and not any(slide.text.strip() for slide in slides):
        raise UnreadableDocument("The presentation contains no text, only images.")
    hidden = [
        text
        for number, slide in enumerate(slides, start=1)
        for text in hidden_texts(number, slide.hidden)
    ]
    return build(
        [(slide.text, "slide") for slide in slides],
        file_name,
        titles=[title],
        hidden=[*hidden, *files.hidden],
        left_out=files.unread.left_out(*reader.pictures.left_out),
    )


@dataclass(frozen=True, slots=True)
class _Slide:
    """The text of a slide, and the (kind, words) on it that nobody sees."""

    text: str
    hidden: Sequence[tuple[str, str]] = ()


class SlideReader:
    """The reader for the slides of one presentation and the files it holds."""

    def __init__(self, files: InnerFiles, width: int, height: int) -> None:
        self._files = files
        self._size = (width, height)
        self.pictures = PictureReader()

    def slide(self, number: int, slide: Slide) -> _Slide:
        """Read a slide; hidden slides, hidden shapes and shapes beside the slide show nothing."""
        unwrap(slide.shapes._spTree)
        write_out(slide.shapes._spTree)
        shapes = list(_flat(slide.shapes, self._size))
        if slide._element.get("show") in ("0", "false"):
            text = _text(slide, [(shape, _shape_text(shape)) for shape, _ in shapes])
            return _Slide("", [(NOT_DISPLAYED, text)])
        shown = [shape for shape, is_hidden in shapes if not is_hidden]
        switched_off = "\n".join(_shape_text(shape) for shape, is_hidden in shapes if is_hidden)
        looks = SlideLooks(slide)
        unseen = [words for shape in shown for words in looks.take_hidden(shape)]
        texts = [(shape, self._shape_text(number, shape)) for shape in shown]
        self._files.unread["comments"] += _comments(slide)
        words = self.pictures.words(_pictures(shown))
        pictures = f"\n\nOn pictures:\n{words}" if words else ""
        return _Slide(_text(slide, texts) + pictures, [(NOT_DISPLAYED, switched_off), *unseen])

    def _shape_text(self, number: int, shape: BaseShape) -> str:
        """Return the words of a shape, its chart, diagram or file; counts what cannot be read."""
        try:
            return _shape_text(shape) or graphic_text(shape) or self._file(number, shape)
        except UNREADABLE:
            self._files.unread["charts and diagrams"] += 1
            return ""

    def _file(self, number: int, shape: BaseShape) -> str:
        embedded = next(shape._element.iter(OBJECT), None)
        if embedded is None or embedded.find(f"{P}embed") is None:
            return ""
        part = shape.part.related_part(embedded.get(f"{R}id"))
        return self._files.words(str(part.partname), part.blob, page=number)


def _pictures(shapes: Iterable[BaseShape]) -> Iterator[bytes]:
    """Yield the pictures among shapes, except those that are linked and not stored."""
    for shape in shapes:
        try:
            image = getattr(shape, "image", None)
        except (KeyError, ValueError, AttributeError, PythonPptxError):
            continue
        if image is not None:
            yield image.blob


def _comments(slide: Slide) -> int:
    """Count the comments, of both kinds that PowerPoint knows."""
    parts = (r.target_part for r in slide.part.rels.values() if r.reltype.endswith("/comments"))
    return sum(len(re.findall(rb"<(?:\w+:)?cm[\s/>]", part.blob)) for part in parts)


def _text(slide: Slide, texts: Sequence[tuple[BaseShape, str]]) -> str:
    title = slide.shapes.title
    name = None if title is None else title.shape_id
    is_titled = any(shape.shape_id == name for shape, _ in texts)
    blocks = [_heading(frame_text(title.text_frame, "\n"))] if title and is_titled else []
    blocks.extend(text for shape, text in texts if shape.shape_id != name)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        notes = tidy(frame_text(slide.notes_slide.notes_text_frame))
        blocks.append(f"Notes:\n{notes}" if notes.strip() else "")
    return tidy("\n\n".join(block for block in blocks if block.strip(" #")))


def _heading(title: str) -> str:
    """Return the title as a heading, unless a whole slide is written into it."""
    words = one_line(title)
    return f"# {words}" if len(words) <= MAX_HEADING else tidy(title)


def _flat(
    shapes: Iterable[BaseShape], size: tuple[int, int] | None = None
) -> Iterator[tuple[BaseShape, bool]]:
    """Yield the shapes in order, also those inside groups, and whether each is hidden.

    Shapes beside a slide of this `size` (width, height) are hidden too.
    """
    stack = [(shape, size is not None and is_off(shape, *size)) for shape in reversed(list(shapes))]
    while stack:
        shape, is_inside_hidden = stack.pop()
        is_hidden = is_inside_hidden or _is_hidden(shape)
        if hasattr(shape, "shapes"):
            stack.extend((inner, is_hidden) for inner in reversed(list(shape.shapes)))
        else:
            yield shape, is_hidden


def _is_hidden(shape: BaseShape) -> bool:
    return shape._element._nvXxPr.cNvPr.get("hidden") in ("1", "true")


def _shape_text(shape: BaseShape) -> str:
    if isinstance(shape, GraphicFrame) and shape.has_table:
        return _table_text(shape.table)
    return frame_text(shape.text_frame) if isinstance(shape, Shape) else ""


def _table_text(table: Table) -> str:
    """Return a table, in which merged cells count for all of their places."""
    grid = spread(
        [
            [
                Spanned(frame_text(cell.text_frame), cell.span_width, cell.span_height)
                for cell in _begun(line)
            ]
            for line in table.rows
        ]
    )
    return "\n".join(table_lines(grid, headers=None if table.first_row else 0))


def _begun(line: _Row) -> Iterator[_Cell]:
    """Return the cells of a row except those that another cell is merged over."""
    return (cell for cell in line.cells if not cell.is_spanned)
