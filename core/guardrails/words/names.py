"""Finds the names of listed people, however they are cased, ordered, shortened and inflected."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from core.guardrails.numbers.places import Span

SHORTEST = 3
"""Letters of a name that counts on its own."""

_TOKEN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# What may stand between the parts of one name: "Nowak, Anna", "anna.nowak", "Anna M. Nowak".
_GAP = re.compile(r"(?:[ \t]{0,3}\n?[ \t]{0,3}|\.[ -]{0,2}|-|,[ ]{0,3}|_|[ ]?/[ ]?)")
_PARTICLES = frozenset(
    "von van vom zu zum zur der den de del della di da du la le ten ter el bin al".split()
)
_TITLES = frozenset(
    "mr mrs ms mx miss sir madam dr prof doktor professor herr herrn hr frau fr fraulein"
    " pan pani pana panu panem pania panstwo monsieur m mme mlle madame maitre"
    " mevrouw mw meneer dhr heer senor senora sr sra"
    " signor signora signore sig sigra kollege kollegin kollegen colleague".split()
)
_HONOURS = frozenset("dr prof dipl ing mag med phd jun sen jr sr msc bsc mba ii iii iv".split())
# Endings of names in English, German, Polish, Dutch and French, without accents.
_ENDINGS = frozenset(
    "s es ns n en a u y i e o ie ia iu ii em iem owi ow ami ach om ego emu im ym ej iej iego iemu"
    " cie cy m ami iego owie ek ski owa owej owna owny ownie".split()
)
_LONGEST_ENDING = 4
_LETTERS = str.maketrans({"ł": "l", "ß": "ss", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the name of a person: their number, and its place in the name."""

    person: int
    place: int


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a text, and whose name it may be a part of."""

    start: int
    end: int
    text: str
    parts: frozenset[_Part]

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper()


class NameList:
    """The names of people that are looked for; immutable, safe to share between threads.

    First and family name count together in any case and order, also with initials between or
    instead. One of them alone counts unless it is an ordinary word; behind a title, or where it is
    all of a listed name, it always does.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = tuple(dict.fromkeys(name for name in names if name.strip()))
        self._parts: list[tuple[str, ...]] = [_parts_of(name) for name in self._names]
        self._whole = frozenset(name for name in self._names if _TOKEN.fullmatch(name))
        joined = ("".join(parts) for parts in map(_all_parts_of, self._names))
        self._whole_folded = frozenset([*map(_folded, self._whole), *joined])
        self._known: dict[str, set[_Part]] = defaultdict(set)
        for person, parts in enumerate(self._parts):
            for place, part in enumerate(parts):
                for form in _forms(part):
                    self._known[form].add(_Part(person, place))
            for place, part in enumerate(_parts_of(_transliterated(self._names[person]))):
                self._known[part].add(_Part(person, min(place, len(parts) - 1)))
        for person, name in enumerate(self._names):
            self._known["".join(_all_parts_of(name))].add(_Part(person, 0))
        self._beginnings = frozenset(form[:2] for form in self._known)

    @property
    def names(self) -> tuple[str, ...]:
        """The names as they were given, each once."""
        return self._names

    def find(self, text: str) -> Iterator[Span]:
        """Yield where names stand, in their order, never overlapping."""
        if not self._known:
            return
        words = list(self._words(text))
        position = 0
        while position < len(words):
            last = self._last_of_name(text, words, position)
            if last is None:
                position += 1
                continue
            yield words[position].start, _with_dot(text, words[last])
            position = last + 1

    def _words(self, text: str) -> Iterator[_Word]:
        for match in _TOKEN.finditer(text):
            yield _Word(match.start(), match.end(), match[0], self._parts_named(match[0]))

    def _parts_named(self, token: str) -> frozenset[_Part]:
        folded = _folded(token)
        if folded[:2] not in self._beginnings:
            return frozenset()
        found = set(self._known.get(folded, ()))
        for length in range(1, min(_LONGEST_ENDING, len(folded) - SHORTEST) + 1):
            stem = folded[:-length]
            if folded[-length:] in _ENDINGS:
                found.update(self._known.get(f"{stem}|", ()))
                if length == 1 or len(stem) > SHORTEST:
                    found.update(self._known.get(stem, ()))
        if "-" in token:
            for piece in folded.split("-"):
                found.update(self._known.get(piece, ()))
        return frozenset(found)

    def _last_of_name(self, text: str, words: Sequence[_Word], first: int) -> int | None:
        """Return the last word of a name that begins with this one, None if none does."""
        word = words[first]
        if word.parts:
            together = self._together(text, words, first)
            if together is not None:
                return together
            return first if self._is_name_alone(text, words, first) else None
        if len(word.text) == 1:
            return self._behind_initial(text, words, first)
        return None

    def _together(self, text: str, words: Sequence[_Word], first: int) -> int | None:
        """Return the last of several words that are parts of the name of one person."""
        people = {part.person for part in words[first].parts}
        last = None
        for position in range(first + 1, min(first + 6, len(words))):
            word = words[position]
            if not _GAP.fullmatch(text, words[position - 1].end, word.start):
                break
            shared = people & {part.person for part in word.parts}
            other = {part for part in word.parts if part.person in shared}
            if shared and other - words[first].parts:
                people, last = shared, position
            elif len(word.text) == 1:
                last = position if last is None and self._is_initial(text, word, people) else last
            elif last is not None and _folded(word.text) in _HONOURS:
                last = position
            elif _folded(word.text) not in _PARTICLES:
                break
        return last

    def _is_initial(self, text: str, word: _Word, people: Iterable[int]) -> bool:
        """Return whether a letter ends a name, as in "Anna N."."""
        letter = _folded(word.text)
        is_marked = word.is_capital and text[word.end : word.end + 1] == "."
        return is_marked and any(self._parts[person][-1].startswith(letter) for person in people)

    def _behind_initial(self, text: str, words: Sequence[_Word], first: int) -> int | None:
        """Return the family name behind an initial, as in "A. Nowak" or "A. M. Nowak"."""
        letter = _folded(words[first].text)
        has_dot = text[words[first].end : words[first].end + 1] == "."
        if not (has_dot or words[first].is_capital):
            return None
        for position in range(first + 1, min(first + 4, len(words))):
            word = words[position]
            if not _GAP.fullmatch(text, words[position - 1].end, word.start):
                return None
            for part in word.parts:
                begins = self._parts[part.person][0].startswith(letter)
                if part.place and begins and (word.is_capital or has_dot):
                    return position
            if len(word.text) > 1 and _folded(word.text) not in _PARTICLES:
                return None
        return None

    def _is_name_alone(self, text: str, words: Sequence[_Word], position: int) -> bool:
        word = words[position]
        folded = _folded(word.text)
        before = words[position - 1] if position else None
        if before is not None and word.is_capital and _folded(before.text) in _TITLES:
            return _GAP.fullmatch(text, before.end, word.start) is not None
        if word.text in self._whole or (word.is_capital and folded in self._whole_folded):
            return True
        if folded in self._whole_folded and not _is_common(folded):  # annanowak, 李小龙
            return True
        if len(folded) < SHORTEST or _is_common(folded):
            return False
        is_exact = any(
            folded in _forms(self._parts[part.person][part.place]) for part in word.parts
        )
        return word.is_capital or (is_exact and len(folded) > SHORTEST)


def _parts_of(name: str) -> tuple[str, ...]:
    """Return the parts of a name that tell who it is, folded, in their order."""
    if name.count(",") == 1:
        family, first = name.split(",")
        name = f"{first} {family}"
    parts = [_folded(match[0]) for match in _TOKEN.finditer(name)]
    telling = [part for part in parts if part not in _HONOURS and part not in _PARTICLES]
    # A single letter is an initial, a single sign of a script without capitals a name.
    whole = (part for part in telling if len(part) > 1 or part.upper() == part.lower())
    return tuple(whole) or tuple(parts)


def _all_parts_of(name: str) -> tuple[str, ...]:
    """Return all parts of a name, also those of one letter."""
    return tuple(_folded(match[0]) for match in _TOKEN.finditer(name))


def _transliterated(name: str) -> str:
    """Return a name as it is typed without umlauts: Müller, Mueller."""
    return name.casefold().translate(_GERMAN)


@lru_cache(maxsize=100_000)
def _forms(part: str) -> frozenset[str]:
    """Return how a part is written; one that ends with a bar needs an ending."""
    forms = {part}
    if "-" in part:
        forms.update(piece for piece in part.split("-") if len(piece) >= SHORTEST)
    for vowel in ("a", "o", "e", "i", "y"):
        if part.endswith(vowel) and len(part) > SHORTEST:
            forms.add(f"{part[:-1]}|")
    if part.endswith(("ski", "ska", "cki", "cka", "dzki", "dzka")):
        forms.add(f"{part[:-2]}c|")
    for ending in ("ek", "el", "er", "ec", "ol", "iec"):  # Marek, Marka; Paweł, Pawła; Wójcik
        if part.endswith(ending) and len(part) > len(ending) + 2:
            forms.add(f"{part[: -len(ending)]}{ending[-1]}|")
    return frozenset(forms)


@lru_cache(maxsize=100_000)
def _folded(token: str) -> str:
    """Return a word in small letters without accents."""
    plain = unicodedata.normalize("NFKD", token.casefold().translate(_LETTERS))
    return "".join(char for char in plain if not unicodedata.combining(char))


@cache
def _common() -> frozenset[str]:
    raw = files("core.guardrails.rules").joinpath("common_words.txt").read_text(encoding="utf-8")
    lines = (line for line in raw.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())


def _is_common(folded: str) -> bool:
    return folded in _common() or (folded.endswith("s") and folded[:-1] in _common())


def _with_dot(text: str, word: _Word) -> int:
    """Return where a name ends: an initial ends with its full stop."""
    is_initial = len(word.text) == 1 and text[word.end : word.end + 1] == "."
    return word.end + is_initial


NOBODY_LISTED = NameList()
"""The list without anybody."""
