"""The fonts of printed documents, and what becomes of characters that none of them has.

Source Sans has Latin, Greek and Cyrillic letters and is embedded. For Chinese, Japanese and Korean
the document names fonts that PDF readers bring along (ISO 32000-1, 9.7.5.2).
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain, groupby
from xml.sax.saxutils import escape

from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import getFont, registerFont, registerFontFamily
from reportlab.pdfbase.ttfonts import TTFont

PLAIN, BOLD = "SourceSans", "SourceSans-Bold"
CHINESE, JAPANESE, KOREAN = "STSong-Light", "HeiseiKakuGo-W5", "HYGothic-Medium"
MARKED_COLOR = "#fff3c4"
REPLACEMENT = "[?]"
"""Printed once for a run of characters that no font has."""
_MISSING = "\N{REPLACEMENT CHARACTER}"
_FILES = {PLAIN: "SourceSansPro-Regular.ttf", BOLD: "SourceSansPro-Bold.ttf"}
_LIKE = str.maketrans(
    {"‐": "-", "‑": "-", "⁃": "-", "\t": " ", "●": "•", "∙": "•", "□": "☐", "▢": "☐", "⇒": "→"}
)
_KANA = re.compile(r"[\u3040-\u30ff]")
_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
_EAST_ASIAN = re.compile(
    r"[\u1100-\u11ff\u2e80-\u2fdf\u3000-\u303f\u3040-\u318f\u31a0-\u4dbf\u4e00-\u9fff"
    r"\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]"
)


@dataclass(frozen=True, slots=True)
class Printable:
    """A text in the markup of ReportLab."""

    markup: str
    has_east_asian: bool = False
    has_replaced: bool = False


def printable(text: str, marked: Sequence[tuple[int, int]] = ()) -> Printable:
    """Return a text as it can be printed, escaped, its lines kept.

    A character without a glyph is printed as what it is composed of or looks like, else replaced.
    `marked` are the places of words on a coloured ground, in order and apart.
    """
    font = _east_asian_font(text)
    pieces = [(_printable(piece, font), is_marked) for piece, is_marked in _cut(text, marked)]
    return Printable(
        "".join(
            _on_colour(piece.markup) if is_marked else piece.markup for piece, is_marked in pieces
        ),
        any(piece.has_east_asian for piece, _ in pieces),
        any(piece.has_replaced for piece, _ in pieces),
    )


def on_one_line(text: str) -> str:
    """Return a text as it can be drawn outside of paragraphs, in the embedded font alone."""
    plain = unicodedata.normalize("NFC", " ".join(text.split())).translate(_LIKE)
    letters = chain.from_iterable(map(_printed, plain))
    drawn = "".join(_MISSING if is_east_asian else char for char, is_east_asian in letters)
    return re.sub(f"{_MISSING}+", REPLACEMENT, drawn)


def _cut(text: str, marked: Sequence[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a text in order, and whether they are marked."""
    position = 0
    for start, end in marked:
        yield text[position:start], False
        yield text[start:end], True
        position = end
    yield text[position:], False


def _on_colour(markup: str) -> str:
    return f'<font backColor="{MARKED_COLOR}">{markup}</font>'


def _printable(text: str, east_asian: str) -> Printable:
    plain = unicodedata.normalize("NFC", text).translate(_LIKE)
    letters = list(chain.from_iterable(map(_printed, plain)))
    markup = "".join(
        _in_font("".join(char for char, _ in run), east_asian if is_east_asian else "")
        for is_east_asian, run in groupby(letters, key=lambda letter: letter[1])
    )
    return Printable(
        markup.replace("\n", "<br/>"),
        any(is_east_asian for _, is_east_asian in letters),
        (_MISSING, False) in letters,
    )


@cache
def register_fonts() -> None:
    """Tell ReportLab, once in a process, where the fonts are."""
    folder = files("font_source_sans_pro").joinpath("files")
    for name, file in _FILES.items():
        registerFont(TTFont(name, str(folder.joinpath(file))))
    # Neither has slanted Greek and Cyrillic letters, so nothing is printed slanted.
    registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)
    for name in (CHINESE, JAPANESE, KOREAN):
        registerFont(UnicodeCIDFont(name))


def _in_font(run: str, font: str) -> str:
    shown = escape(re.sub(f"{_MISSING}+", REPLACEMENT, run))
    return f'<font name="{font}">{shown}</font>' if font else shown


def _printed(char: str) -> Iterator[tuple[str, bool]]:
    """Yield what is printed for a character, and whether it needs an East Asian font."""
    if char == "\n":
        yield char, False
    elif unicodedata.category(char) in ("Cc", "Cf"):  # a control, a joiner
        return
    elif _has(char):
        yield char, False
    elif char.isspace():
        yield " ", False
    elif unicodedata.combining(char):  # a mark of a letter that is replaced
        return
    elif _EAST_ASIAN.match(char):
        yield char, True
    else:
        parts = [p for p in unicodedata.normalize("NFKD", char) if not unicodedata.combining(p)]
        is_composed = parts and parts != [char] and all(map(_has, parts))
        for part in parts if is_composed else [_MISSING]:
            yield part, False


@cache
def _glyphs() -> frozenset[int]:
    register_fonts()
    return frozenset(getFont(PLAIN).face.charToGlyph) & frozenset(getFont(BOLD).face.charToGlyph)


def _has(char: str) -> bool:
    return ord(char) in _glyphs()


def _east_asian_font(text: str) -> str:
    """Return the font for the East Asian letters of a text, by its other letters."""
    if _HANGUL.search(text):
        return KOREAN
    return JAPANESE if _KANA.search(text) else CHINESE
