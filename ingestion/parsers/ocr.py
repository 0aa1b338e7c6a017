"""Text recognition by the program tesseract, if it is installed."""

import functools
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass

from ingestion.parsers.building import tidy

# The time for all pages of one file; a file as a whole has 60 seconds.
BUDGET_SECONDS = 40.0
# A page that takes longer is abandoned.
PAGE_SECONDS = 20.0
# The languages to ask for, if their data is installed; each costs time on every page.
LANGUAGES = ("eng", "deu", "fra", "spa", "ita", "nld", "pol", "por")
WORD_LEVEL = "5"
NEEDS_OCR = (
    "The file contains only images of text (a scan) and needs OCR. Install tesseract on the "
    "server, or run the file through text recognition and upload the result."
)


@dataclass(frozen=True, slots=True)
class Recognised:
    """The text of an image and the mean confidence of its words in [0, 1], None without words."""

    text: str
    confidence: float | None


class Recogniser:
    """A reader of images that stops when the time for the file is used up."""

    def __init__(self, seconds: float | None = None) -> None:
        self._end = time.monotonic() + (BUDGET_SECONDS if seconds is None else seconds)

    def read(self, image: bytes) -> Recognised | None:
        """Read a PNG, PNM or TIFF image; None if no time is left or reading failed."""
        seconds = min(PAGE_SECONDS, self._end - time.monotonic())
        if seconds <= 0:
            return None
        table = _run(["stdin", "stdout", "-l", languages(), "tsv"], image, seconds)
        return None if table is None else read_table(table)


@functools.cache
def is_installed() -> bool:
    """Tells whether text recognition can be used, with at least one language."""
    return shutil.which("tesseract") is not None and bool(languages())


def read_table(table: str) -> Recognised:
    """Read the lines and paragraphs of tesseract's TSV output."""
    blocks: dict[tuple[str, str], dict[str, list[str]]] = {}
    confidences: list[tuple[float, int]] = []
    for level, block, paragraph, line, confidence, word in _rows(table):
        if level == WORD_LEVEL and word.strip():
            blocks.setdefault((block, paragraph), {}).setdefault(line, []).append(word)
            confidences.append((float(confidence), len(word)))
    paragraphs = ("\n".join(" ".join(words) for words in p.values()) for p in blocks.values())
    letters = sum(length for _, length in confidences)
    mean = sum(c * length for c, length in confidences) / letters / 100 if letters else None
    return Recognised(tidy("\n\n".join(paragraphs)), mean and round(min(max(mean, 0.0), 1.0), 3))


def _rows(table: str) -> Iterator[tuple[str, str, str, str, str, str]]:
    for row in table.splitlines()[1:]:
        fields = row.split("\t", 11)
        if len(fields) == 12:
            yield fields[0], fields[2], fields[3], fields[4], fields[10], fields[11]


@functools.cache
def languages() -> str:
    listed = _run(["--list-langs"], b"", PAGE_SECONDS) or ""
    installed = {line.strip() for line in listed.splitlines()}
    return "+".join(language for language in LANGUAGES if language in installed)


def _run(arguments: list[str], image: bytes, seconds: float) -> str | None:
    """Return what tesseract printed, None if it failed or took too long."""
    program = shutil.which("tesseract")
    if program is None:
        return None
    try:
        done = subprocess.run(
            [program, *arguments],
            input=image,
            capture_output=True,
            timeout=seconds,
            check=True,
            # More threads make a page hardly faster and take the machine from everybody else.
            env={"OMP_THREAD_LIMIT": "1", "PATH": "/usr/local/bin:/usr/bin:/bin"},
        )
    except (subprocess.SubprocessError, OSError):
        return None
    return done.stdout.decode("utf-8", "replace")
