"""Reads what a text says in disguise: encoded, shifted, in digits for letters, letter by letter.

Each reading is plain text again, for the rules of `core.guardrails.injection`. What does not become
words is no reading, so that pictures, keys and tables of numbers cost a glance.
"""

import base64
import binascii
import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from urllib.parse import unquote

from core.guardrails.folding import fold

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}(?:[ \t]*\n[A-Za-z0-9+/_-]+)*={0,2}")
_HEX = re.compile(r"(?:0x)?(?:[0-9A-Fa-f]{2}[ :,]?(?:0x)?){11,}[0-9A-Fa-f]{2}")
_PERCENT = re.compile(r"(?:[\w.,;:!?'-]{0,40}%[0-9A-Fa-f]{2}){2,}[\w.,;:!?'-]{0,40}")
_ESCAPES = re.compile(
    r"(?:[^\\\n]{0,3}\\(?:x[0-9A-Fa-f]{2}|u\{?[0-9A-Fa-f]{4}\}?)){6,}[^\\\n]{0,3}"
)
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u\{?([0-9A-Fa-f]{4})\}?)")
_LONGEST_RUN = 20_000
_BEGINNING = re.compile(r"(?<![a-z])[a-z]{4}")
_DIGITS_IN_WORD = re.compile(
    r"(?i)(?<![a-z0-9@$])(?=[a-z]{0,20}[0-9@$!|]{1,20}[a-z])[a-z0-9@$!|]{4,20}"
)
_LETTERS_OF_DIGITS = "0134578@$!|"
_AS_I = str.maketrans(_LETTERS_OF_DIGITS, "oieastbasii")
_AS_L = str.maketrans(_LETTERS_OF_DIGITS, "oleastbasll")
_WITH_DIGITS = re.compile(r"[A-Za-z0-9@$!|]{0,30}[A-Za-z0-9@$]")
_APART = re.compile(r"(?<!\w)\w(?:[ \t.,·•*_|/~-]{1,3}\w(?!\w)){11,}")
_NOT_LETTER = re.compile(r"\W|_")
_LONGEST_WORD = 16
_SHARE_OF_WORDS = 0.85


@dataclass(frozen=True, slots=True)
class Reading:
    """What the characters from `start` to `end` say in plain text.

    `is_aligned` says that each character of it stands for the one at its place.
    """

    text: str
    start: int
    end: int
    is_aligned: bool = False


def readings(text: str, words: frozenset[str]) -> Iterator[Reading]:
    """Yield the readings of a text; letters set apart are put together to these words."""
    rotated = codecs.encode(text, "rot13")
    if _beginnings(rotated) & _beginnings_of(words):
        yield Reading(rotated, 0, len(text), is_aligned=True)
    if any(_with_letters(word, words) in words for word in set(_DIGITS_IN_WORD.findall(text))):
        plain = _WITH_DIGITS.sub(lambda match: _with_letters(match[0], words), text)
        yield Reading(plain, 0, len(text), is_aligned=True)
    for pattern, decoded in _DECODERS:
        for match in pattern.finditer(text):
            plain = decoded(match[0][:_LONGEST_RUN])
            if _reads_as_words(plain):
                yield Reading(plain, *match.span())
    for match in _APART.finditer(text):
        yield Reading(_put_together(match[0], words), *match.span())


def _beginnings(text: str) -> frozenset[str]:
    return frozenset(_BEGINNING.findall(text.lower()))


@cache
def _beginnings_of(words: frozenset[str]) -> frozenset[str]:
    return _beginnings(" ".join(words))


def _with_letters(word: str, words: frozenset[str]) -> str:
    """Return a word with letters for its digits; a one is an l where that makes a known word."""
    if word.isalpha():
        return word
    tall = word.lower().translate(_AS_L)
    return tall if tall in words else word.lower().translate(_AS_I)


def _reads_as_words(text: str) -> bool:
    plain = sum(char.isalpha() or char.isspace() for char in text)
    is_words = len(text) > len("ignore") and plain >= _SHARE_OF_WORDS * len(text)
    return is_words or _BASE64.fullmatch(text) is not None


def _from_base64(run: str) -> str:
    digits = "".join(run.split()).rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(digits + "=" * (-len(digits) % 4)).decode("utf-8", "replace")
    except binascii.Error:
        return ""


def _from_hex(run: str) -> str:
    digits = re.sub(r"[ :,]|0x", "", run)
    return bytes.fromhex(digits[: len(digits) // 2 * 2]).decode("utf-8", "replace")


def _from_escapes(run: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)), run)


_DECODERS: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
    (_BASE64, _from_base64),
    (_HEX, _from_hex),
    (_PERCENT, unquote),
    (_ESCAPES, _from_escapes),
)


def _put_together(run: str, words: frozenset[str]) -> str:
    """Return the letters of a run as the fewest of these words; others stay letters."""
    letters = _NOT_LETTER.sub("", fold(run).text)[:_LONGEST_RUN]
    best = [(0, 0)]
    """For each number of letters: the fewest parts that they make, and where the last begins."""
    for end in range(1, len(letters) + 1):
        starts = (s for s in range(max(0, end - _LONGEST_WORD), end - 1) if letters[s:end] in words)
        best.append(min((best[s][0] + 1, s) for s in (*starts, end - 1)))
    parts: list[str] = []
    end = len(letters)
    while end:
        start = best[end][1]
        parts.append(letters[start:end])
        end = start
    return " ".join(reversed(parts))
