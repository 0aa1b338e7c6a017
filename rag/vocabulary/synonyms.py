"""Sets of synonyms, as they are shipped and as a text gives them."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from core.errors import InvalidInput
from rag.vocabulary.word_runs import word_runs

MAX_SETS = 5_000
MAX_PHRASES = 24
MAX_PHRASE_WORDS = 6
MAX_PHRASE_LETTERS = 60
EXACT = "="
"""In front of a phrase that is not recognised in another form: "=train" is not "training"."""
_LEADS_TO = "=>"
_COMMENT = re.compile(r"(?:^|\s)#.*")
_OTHER_SIGN = re.compile(r"[^\w '’‐‑&-]|_")


@dataclass(frozen=True, slots=True)
class SynonymSet:
    """Phrases that name the same thing, or with `targets` what documents may call each of them.

    Without targets a phrase leads to all others. With targets the phrases are not synonyms of
    each other, and nothing leads back: "father, mother => parent".
    """

    phrases: tuple[str, ...]
    targets: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise InvalidInput for a phrase twice, too few, too many, or one without letters."""
        together = (*self.phrases, *self.targets)
        for phrase in together:
            _check(phrase)
        spellings = [phrase.casefold() for phrase in together]
        if twice := next((p for p in spellings if spellings.count(p) > 1), None):
            raise InvalidInput(f"“{twice}” stands twice in a set of synonyms.")
        if not self.phrases or len(together) < 2:
            raise InvalidInput("A set of synonyms needs two words or phrases.")
        if len(together) > MAX_PHRASES:
            raise InvalidInput(f"A set of synonyms has at most {MAX_PHRASES} words or phrases.")

    @property
    def line(self) -> str:
        """The set as it is written: "holiday, vacation" or "father, mother => parent"."""
        left = ", ".join(self.phrases)
        return f"{left} {_LEADS_TO} {', '.join(self.targets)}" if self.targets else left

    @property
    def key(self) -> str:
        """A hash of the phrases, the same in any order and in any letters."""
        sides = (sorted(map(str.casefold, side)) for side in (self.phrases, self.targets))
        return hashlib.sha256("\n=>\n".join(map("\n".join, sides)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Sets of synonyms; sets that share a phrase are followed from one into the other."""

    sets: tuple[SynonymSet, ...]

    def __post_init__(self) -> None:
        """Raise InvalidInput for more sets than are looked through quickly."""
        if len(self.sets) > MAX_SETS:
            raise InvalidInput(f"A vocabulary has at most {MAX_SETS} sets of synonyms.")


def parse_vocabulary(text: str) -> Vocabulary:
    """Read one set from each line: phrases parted by commas, "=>" in front of targets.

    What follows "#" is a comment. Raises InvalidInput with the number of the line.
    """
    sets: list[SynonymSet] = []
    for number, line in enumerate(text.splitlines(), start=1):
        content = _COMMENT.sub("", line).strip()
        if content:
            sets.append(_parsed(number, content))
    return Vocabulary(tuple(sets))


@cache
def shipped_vocabulary() -> Vocabulary:
    """Read the English sets for workplaces that the product brings along."""
    file = files("rag.vocabulary").joinpath("synonyms_en.txt")
    return parse_vocabulary(file.read_text(encoding="utf-8"))


def parse_set(line: str) -> SynonymSet:
    """Read one set: phrases parted by commas, "=>" in front of targets; raise InvalidInput."""
    left, arrow, right = line.partition(_LEADS_TO)
    return SynonymSet(_phrases(left.split(",")), _phrases(right.split(",")) if arrow else ())


def _parsed(number: int, line: str) -> SynonymSet:
    try:
        return parse_set(line)
    except InvalidInput as error:
        raise InvalidInput(f"Line {number}: {error}") from error


def _phrases(parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in parts)


def _check(phrase: str) -> None:
    plain = phrase.removeprefix(EXACT)
    runs = list(word_runs(plain))
    if not any(map(str.isalpha, phrase)):
        raise InvalidInput("A set of synonyms has an entry without letters.")
    if len(runs) != 1 or _OTHER_SIGN.search(plain):
        raise InvalidInput(f"“{phrase}” is not a word or phrase: leave out its punctuation.")
    if len(runs[0]) > MAX_PHRASE_WORDS or len(phrase) > MAX_PHRASE_LETTERS:
        raise InvalidInput(
            f"“{phrase}” is too long: {MAX_PHRASE_WORDS} words and {MAX_PHRASE_LETTERS} letters "
            "at most."
        )
