"""The pictures inside office files: their words by text recognition, or how many were unread."""

import hashlib
import io
import warnings
import zipfile
from collections.abc import Collection, Iterable

from PIL import Image, UnidentifiedImageError

from core.domain.knowledge import LeftOut
from ingestion.parsers import ocr
from ingestion.parsers.images import FORMATS, MAX_PIXELS, read_image

# The file as a whole has 60 seconds, and its own text comes first.
SECONDS = 15.0
# In pixels: smaller pictures are icons and logos.
MIN_SIDE, MIN_PIXELS = 32, 10_000
# First bytes of drawings that only their own program shows.
DRAWINGS = (b"\xd7\xcd\xc6\x9a", b"\x01\x00\x00\x00")
FOLDERS = ("/media/", "Pictures/", "media/")
DRAWN = (".emf", ".wmf")
WHAT = "pictures"


class PictureReader:
    """The reader for the pictures of one file, each read once; it counts those it cannot read."""

    def __init__(self) -> None:
        self._recogniser = ocr.Recogniser(SECONDS)
        self._known: dict[bytes, str] = {}
        self.unread = 0

    def words(self, pictures: Iterable[bytes]) -> str:
        """Return the words on pictures, one paragraph for each; empty if there are none."""
        return "\n\n".join(filter(None, map(self._words, pictures)))

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """The pictures that were not read, to be noted with the document."""
        return left_out(self.unread)

    def _words(self, picture: bytes) -> str:
        key = hashlib.sha256(picture).digest()
        if key not in self._known:
            self._known[key] = self._read(picture)
        return self._known[key]

    def _read(self, content: bytes) -> str:
        if content.startswith(DRAWINGS):
            self.unread += 1
            return ""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                image = Image.open(io.BytesIO(content), formats=FORMATS)
                if not may_hold_words(image.width, image.height):
                    return ""
                recognised = read_image(self._recogniser, image) if ocr.is_installed() else None
        except (
            *(Image.DecompressionBombError, Image.DecompressionBombWarning),
            *(UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError),
        ):
            recognised = None
        if recognised is None or not recognised.is_readable:
            self.unread += 1
            return ""
        return recognised.text.strip()


def may_hold_words(width: int, height: int) -> bool:
    """Tells whether a picture is larger than an icon and small enough to be opened."""
    is_sign = min(width, height) < MIN_SIDE or width * height < MIN_PIXELS
    return not is_sign and width * height <= MAX_PIXELS


def left_out(count: int) -> tuple[LeftOut, ...]:
    """Return that many pictures as left out, nothing for 0."""
    return (LeftOut(WHAT, count),) if count else ()


def pictures_in(archive: zipfile.ZipFile) -> int:
    """Count the pictures of an office file that may have words on them."""
    names = {e.filename for e in archive.infolist() if _lies_with_pictures(e.filename)}
    return pictures_among(archive, names)


def pictures_among(archive: zipfile.ZipFile, names: Collection[str]) -> int:
    """Count the files of these names that are pictures with words on them, perhaps."""
    entries = (entry for entry in archive.infolist() if entry.filename in names)
    return sum(_may_say_something(archive, entry) for entry in entries)


def _lies_with_pictures(name: str) -> bool:
    return any(folder in f"/{name}" for folder in FOLDERS)


def _may_say_something(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    if entry.is_dir():
        return False
    if entry.filename.lower().endswith(DRAWN):
        return True
    try:
        with archive.open(entry) as source, warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(source, formats=FORMATS)
            return may_hold_words(image.width, image.height)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return False
