"""What a question identifies by a number ("gate 12", "crane K2"), and what else has a number.

Meaning and words alone can hardly tell gate 12 from gate 1, since their sentences differ in one
figure.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from rag.reading.answer_patterns import is_measured
from rag.reading.question_words import QUESTION_WORDS, plain, shaping_words

_NUMBER = (
    r"\d+(?:[./-]\d+)*[a-z]?(?!\w|[:.,]\d)"
    r"|[A-Z](?![\w-])|[IVX]{2,5}(?![\w-])|(?<=\()[a-z](?=\))"
)
# What may stand between the word and its number, in the languages that are read.
_SIGN = r"(?:(?:no|nr|num|number|nummer|num[eé]ro|n[uú]mero|numer)s?\b\.?\s?|n[°º]\s?|[№#]\s?)?"
_WORD = r"(?:[^\W\d_]{2,}(?=[\s:(-])|§§?)"
_NAMED = re.compile(rf"(?P<word>{_WORD})(?:[\s:]|\s?-\s?|\s?\()?(?i:{_SIGN})(?P<number>{_NUMBER})")
_FURTHER = re.compile(
    r"\s?(?P<join>,|/|&|\+|-|–|\b(?:and|or|to|through|und|oder|bis|et|ou|à|y|o|a|i|lub|do)\b)\s?"
    rf"(?P<number>{_NUMBER})"
)
_RANGE = frozenset("- – to through bis à a do".split())
LONGEST_RANGE = 500
# A code is a word of its own: K2, B-117, DIN-5008.
_CODE = re.compile(
    r"(?<![\w.-])(?P<letters>[^\W\d_]{1,5})-?(?P<number>\d+(?:[./-]\d+)*)(?![\w%°])"
    r"(?:\s?(?:-|–|\b(?:to|through|bis|à|a|do)\b)\s?(?P=letters)-?(?P<last>\d+))?"
)
# "Aged 55 or older" includes other ages.
_LIMIT = re.compile(
    r"\s?(?:\+|\b(?:or|and|oder|und|ou|et|o|y|lub|i)\s(?:more|older|over|above|up|higher|later|less|fewer"
    r"|younger|under|below|lower|earlier|mehr|älter|höher|später|weniger|jünger|niedriger|darüber"
    r"|darunter|plus|moins|más|menos|mayor|menor|więcej|mniej|starsi|młodsi)\b)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\w./-])(?:19|20)\d\d(?![\w%]|[.,/-]\d)")
YEAR = ""
"""Stands for the word of a year, which has none."""
# Texts number their own parts without these words.
_PARTS = """
    section chapter article paragraph clause point item step rule abschnitt kapitel artikel paragraf
    absatz ziffer punkt schritt regel chapitre alinea etape regle seccion capitulo articulo apartado
    parrafo paso regla punto rozdział artykuł ustep krok zasada §
    """.split()
_OPENING_NUMBER = re.compile(r"\W*(?:§\s?)?(?P<number>\d+(?:\.\d+)*|[a-z](?=[.)]))(?=[.):]?\s)")
# "What comes after step 2?" and "Who ruled before 1921?" ask for another step and year.
_BESIDE = re.compile(
    r"(?<!look )(?<!looks )(?<!looking )(?<!looked )\b(?:after|before|prior to|until|since|by"
    r"|next to|than|nach|vor|seit|bis|neben|als|après|avant|depuis|que|después de|antes de|desde"
    r"|hasta|po|przed|od)\s+(?:[^\W\d_]{1,5}\s+){0,2}$",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[?!])\s+|(?<=\.)\s+(?=[A-ZÀ-Ž¿])")


class Naming(IntEnum):
    """How words relate to what the question identifies by a number; better is higher."""

    ANOTHER = -1
    SILENT = 0
    NAMED = 1
    ITSELF = 2
    """In the part of a text that has the number: under the heading 2.2."""


@dataclass(frozen=True, slots=True)
class Designation:
    """A word in plain letters and the numbers after it; `word` holds the letters of a code."""

    word: str
    numbers: frozenset[str]
    is_code: bool = False

    @property
    def text(self) -> str:
        """The designation as it may stand in a text: "section 2.2"."""
        return " ".join((self.word, *sorted(self.numbers)))

    @property
    def is_part(self) -> bool:
        """Whether the word names a part of a text, such as a section or a step."""
        return any(_are_same_word(self.word, part) for part in _PARTS)

    def naming(self, words: str, above: Sequence[str]) -> Naming:
        """Return how `words` relate to this designation.

        `above` is what the words stand under, the nearest first. Of the words and the texts above
        them, the first that mentions such a thing at all decides.
        """
        if any(map(self._begins, (words, *above))):
            return Naming.ITSELF
        for level in (words, *above):
            mentioned = self._numbers_in(level)
            if mentioned:
                return Naming.NAMED if mentioned & self.numbers else Naming.ANOTHER
        return Naming.SILENT

    def is_called(self, cell: str) -> bool:
        """Return whether a cell holds nothing but the designation.

        That is "K2", "Gate 12" or, below the name of a column, "12".
        """
        if self.is_code:
            return bool(_CODE.fullmatch(cell) and self._numbers_in(cell) & self.numbers)
        is_number = bool(cell) and _plain_number(cell) in self.numbers
        return is_number or bool(_NAMED.fullmatch(cell) and self._numbers_in(cell) & self.numbers)

    def _begins(self, text: str) -> bool:
        """Return whether a text opens with one of the numbers: "2.2 Duties", "(b) insurance"."""
        opening = _OPENING_NUMBER.match(text) if self.is_part else None
        return opening is not None and _plain_number(opening["number"]) in self.numbers

    def _numbers_in(self, text: str) -> frozenset[str]:
        of_same = (
            other.numbers
            for other in _designations(text)
            if other.is_code is self.is_code and self._is_same_kind(other.word)
        )
        return frozenset().union(*of_same)

    def _is_same_kind(self, word: str) -> bool:
        return word == self.word if self.is_code else _are_same_word(word, self.word)


def asked_designations(question: str) -> tuple[Designation, ...]:
    """Return the designations in the last sentence of a question that has any.

    "Gate 12" is one; "worth 80 euros" and "after 12 months" are measures.
    """
    for sentence in reversed(_SENTENCE_END.split(question)):
        designations = list(_designations(sentence, is_question=True))
        if designations:
            return _one_for_each_word(designations)
    return ()


def naming(designations: Sequence[Designation], words: str, above: Sequence[str]) -> Naming:
    """Return how words under `above` relate to the designations of a question.

    If the words are about another thing of any of these kinds, that decides.
    """
    namings = [designation.naming(words, above) for designation in designations]
    if Naming.ANOTHER in namings or not namings:
        return min(namings, default=Naming.SILENT)
    return max(namings)


def _one_for_each_word(designations: Sequence[Designation]) -> tuple[Designation, ...]:
    """Merge the designations of each word, since gate 7 and gate 8 are both asked for."""
    merged: dict[tuple[str, bool], Designation] = {}
    for designation in designations:
        key = (designation.word, designation.is_code)
        numbers = designation.numbers | (merged[key].numbers if key in merged else frozenset())
        merged[key] = replace(designation, numbers=numbers)
    return tuple(merged.values())


def _designations(text: str, *, is_question: bool = False) -> Iterator[Designation]:
    shaping = shaping_words(text) if is_question else QUESTION_WORDS
    for match in _NAMED.finditer(text):
        word = plain(match["word"])
        is_limit = _LIMIT.match(text, match.end())
        if word in shaping or is_limit or (is_question and not _is_called_so(text, match)):
            continue
        yield Designation(word, frozenset(_numbers_from(text, match)))
    years = [
        match for match in _YEAR.finditer(text) if not is_question or _is_called_so(text, match)
    ]
    if years:
        yield Designation(YEAR, frozenset(match.group() for match in years))
    for match in _CODE.finditer(text):
        yield Designation(plain(match["letters"]), frozenset(_codes_from(match)), is_code=True)


def _is_called_so(question: str, match: re.Match[str]) -> bool:
    is_pronoun = match.group().endswith(" I")
    is_beside = _BESIDE.search(question[: match.start()])
    return not (is_pronoun or is_beside or is_measured(question[match.end() :]))


def _numbers_from(text: str, match: re.Match[str]) -> Iterator[str]:
    """Yield the number and those listed with it: "5, 6 and 9", "5 to 9"."""
    last = _plain_number(match["number"])
    yield last
    position = match.end()
    while further := _FURTHER.match(text, position):
        number = _plain_number(further["number"])
        if further["join"].lower() in _RANGE:
            yield from _between(last, number)
        yield number
        last, position = number, further.end()


def _codes_from(match: re.Match[str]) -> Iterator[str]:
    first, last = _plain_number(match["number"]), match["last"]
    yield first
    if last:
        yield _plain_number(last)
        yield from _between(first, _plain_number(last))


def _between(first: str, last: str) -> Iterator[str]:
    if first.isdigit() and last.isdigit() and int(last) - int(first) <= LONGEST_RANGE:
        yield from map(str, range(int(first) + 1, int(last)))


def _plain_number(number: str) -> str:
    return number.lstrip("0").casefold() or "0"


def _are_same_word(word: str, other: str) -> bool:
    """Return whether words are forms of one word: gate, gates; Tor, Tore; brama, bramy, bramie."""
    shorter, longer = sorted((word, other), key=len)
    if not shorter:
        return word == other
    if len(longer) - len(shorter) > 2:
        return False
    shared = len(shorter) if len(shorter) < 4 else len(shorter) - 1
    return longer[:shared] == shorter[:shared]
