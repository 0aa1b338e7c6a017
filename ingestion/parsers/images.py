"""Image files: the words on each frame, by text recognition."""

import io
import warnings
from collections.abc import Iterator

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from core.domain.knowledge import ParsedDocument
from core.errors import UnreadableDocument
from ingestion.parsers import ocr
from ingestion.parsers.building import PageText, build

FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF")
# An A3 sheet at 400 dpi; tesseract needs some ten bytes for each pixel.
MAX_PIXELS = 32_000_000
# Larger images are scaled down to this size, A4 at 300 dpi.
READ_PIXELS = 9_000_000
MAX_FRAMES = 500
DAMAGED = "The image is damaged or incomplete. Export it again and upload the new file."
TOO_LARGE = "The image has more than 32 million pixels. Make it smaller and upload it again."
NO_TEXT = "No text was recognised in the image."


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """Read one page for each frame; frames that were not read in time have quality 0.

    Raises UnreadableDocument for damaged and huge images, and without tesseract.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=FORMATS)
            if not ocr.is_installed():
                raise UnreadableDocument(ocr.NEEDS_OCR)
            pages = list(_pages(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadableDocument(TOO_LARGE) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise UnreadableDocument(DAMAGED) from error
    if not any(page.text.strip() for page in pages):
        raise UnreadableDocument(NO_TEXT)
    return build(pages, file_name)


def _pages(image: Image.Image) -> Iterator[PageText]:
    recogniser = ocr.Recogniser()
    for number, frame in enumerate(ImageSequence.Iterator(image)):
        if number >= MAX_FRAMES:
            return
        if frame.width * frame.height > MAX_PIXELS:
            raise UnreadableDocument(TOO_LARGE)
        yield read_image(recogniser, ImageOps.exif_transpose(frame))


def read_image(recogniser: ocr.Recogniser, image: Image.Image) -> PageText:
    """Read the words on an image of any mode, with transparent areas taken as white."""
    recognised = recogniser.read(_encoded(image))
    if recognised is None:
        return PageText("", is_readable=False)
    return PageText(recognised.text, ocr_confidence=recognised.confidence)


def _encoded(image: Image.Image) -> bytes:
    """Return the image in grey as PGM, which neither side has to compress or unpack."""
    if image.mode in ("RGBA", "LA", "PA", "P"):
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image)
    grey = image.convert("L")
    pixels = grey.width * grey.height
    if pixels > READ_PIXELS:
        factor = (READ_PIXELS / pixels) ** 0.5
        grey = grey.resize((max(1, int(grey.width * factor)), max(1, int(grey.height * factor))))
    stored = io.BytesIO()
    grey.save(stored, "PPM")
    return stored.getvalue()
