"""Folds look-alike spellings together, so that a check sees what a person reads."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Cyrillic and Greek letters that are drawn like Latin ones (Unicode confusables, lower case).
_LOOKALIKES = str.maketrans("аеорсухіјѕԁһӏοαενιτκρυ", "aeopcyxijsdhloaevitkpu")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_INVISIBLE = frozenset({"Cf", "Co", "Cn", "Cs"})


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `places[i]` is the offset in the original of its character i."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original of a non-empty range of the folded text."""
        return self.places[start], self.places[end - 1] + 1


def fold(text: str) -> Folded:
    """NFKC, lower case, no accents or invisible characters, look-alikes as Latin letters."""
    if text.isascii():
        return Folded(text.lower(), tuple(range(len(text))))
    letters: list[str] = []
    places: list[int] = []
    done = 0
    for match in _NOT_ASCII.finditer(text):
        place = match.start()
        letters.append(text[done:place].lower())
        places.extend(range(done, place))
        folded = _fold_character(match[0])
        letters.append(folded)
        places.extend([place] * len(folded))
        done = place + 1
    letters.append(text[done:].lower())
    places.extend(range(done, len(text)))
    return Folded("".join(letters), tuple(places))


@lru_cache(maxsize=4096)
def _fold_character(char: str) -> str:
    if unicodedata.category(char) in _INVISIBLE:
        return ""
    parts = unicodedata.normalize("NFKD", char).lower()
    plain = re.sub("[\u0300-\u036f]", "", parts)
    return plain.translate(_LOOKALIKES).replace("’", "'").replace("ß", "ss")
