"""Plants faults into sentences of documents, and rewords the same sentences without a fault.

Every function takes its own random generator, so that one seed always gives the same cases.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from core.domain.text.sentences import UnitKind, text_units

SHORTEST, LONGEST = 6, 40  # words of a sentence worth repeating


class Kind(StrEnum):
    """The changes made to a sentence; the first four must be noticed."""

    NUMBER = "changed number"
    NEGATION = "negation"
    ENTITY = "swapped entity"
    STRANGER = "sentence from another document"
    REPEATED = "repeated"
    SHORTENED = "shortened at a clause"
    PERSON = "third person to second"
    FORMAT = "numbers in another spelling"
    MERGED = "two sentences in one"
    ROW = "table row as a sentence"


FAULTS = (Kind.NUMBER, Kind.NEGATION, Kind.ENTITY, Kind.STRANGER)
FAITHFUL = (Kind.REPEATED, Kind.SHORTENED, Kind.PERSON, Kind.FORMAT, Kind.MERGED, Kind.ROW)


@dataclass(frozen=True, slots=True)
class SourcePassage:
    """A passage and the document it is from."""

    document: str
    text: str


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence as an answer would have it, with the passage it cites."""

    kind: Kind
    sentence: str
    passage: str

    @property
    def is_faulty(self) -> bool:
        return self.kind in FAULTS


_Change = Callable[[str, random.Random], str | None]

_DIGITS = re.compile(r"(?<![\w.,/-])\d{1,4}(?:,\d{3})*(?:\.\d+)?(?![\w/-])")
_COUNTS = "two three four five six seven eight nine ten twelve fifteen twenty thirty fifty".split()
_COUNT = re.compile(rf"(?<![:-])\b(?:{'|'.join(_COUNTS)})\b(?!-| and a half)")
_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|can|could|may|must|should|will|would|has been|have been|had)\b(?! not\b)"
)
_NOT = re.compile(r"\s(?:not|never)\b(?! only\b)|n[’']t\b")
_NAME = re.compile(
    r"(?<=[a-z,] )(?!Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    r"[A-Z][a-z]{2,}(?: [A-Z][a-z]{2,})*|(?<=[a-z,] )[A-Z]{2,5}\b"
)
_CLAUSE = re.compile(r",\s+(?:and|but|which|who|where|while|although|because|so|or)\b|;|\s+\(")
_PEOPLE = re.compile(
    r"^(?:All |Each |Every |The )?(?:employees?|staff(?: members)?|team members?|users?|people"
    r"|customers?|colleagues|parents?|drivers?|contractors?|anyone|you)\b",
    re.IGNORECASE,
)
_LARGE = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?![\w,]|\.\d)")
_PERCENT = re.compile(r"(?<=\d) ?%(?!\w)| percent\b")
_SPELLED = dict(zip("2 3 4 5 6 7 8 9 10 12 15 20 30 50".split(), _COUNTS, strict=True))


def quotable(passage: str, kind: UnitKind = UnitKind.SENTENCE) -> list[str]:
    """Return the whole sentences (or rows) of a passage that an answer could repeat."""
    texts = [" ".join(unit.text.split()) for unit in text_units(passage) if unit.kind is kind]
    fitting = [text for text in texts if SHORTEST <= len(text.split()) <= LONGEST]
    if kind is not UnitKind.SENTENCE:
        return fitting
    return [text for text in fitting if re.match(r"[A-Z].*[a-z)%\d”\"]\.$", text)]


def plant(
    kind: Kind, passages: Sequence[SourcePassage], count: int, rng: random.Random
) -> list[Case]:
    """Return at most `count` cases of one kind, at most one for each passage."""
    cases: list[Case] = []
    for passage in rng.sample(list(passages), len(passages)):
        if len(cases) == count:
            break
        sentence = _changed(kind, passage, passages, rng)
        if sentence:
            cases.append(Case(kind, sentence, passage.text))
    return cases


def _changed(
    kind: Kind, passage: SourcePassage, passages: Sequence[SourcePassage], rng: random.Random
) -> str | None:
    if kind is Kind.STRANGER:
        return _from_elsewhere(passage, passages, rng)
    if kind is Kind.ROW:
        return _row(passage.text, rng)
    if kind is Kind.MERGED:
        return _merged(quotable(passage.text), rng)
    if kind is Kind.ENTITY:
        return _entity(passage, passages, rng)
    sentences = quotable(passage.text)
    if kind is Kind.REPEATED:
        return rng.choice(sentences) if sentences else None
    for sentence in rng.sample(sentences, len(sentences)):
        changed = _CHANGES[kind](sentence, rng)
        if changed and changed != sentence:
            return changed
    return None


def change_number(sentence: str, rng: random.Random) -> str | None:
    """Replace one number, in digits or a word, by another one."""
    numbers = [*_DIGITS.finditer(sentence), *_COUNT.finditer(sentence)]
    if not numbers:
        return None
    number = rng.choice(numbers)
    replacement = rng.choice([w for w in _COUNTS if w != number.group()])
    if number.group()[0].isdigit():
        replacement = _other_number(number.group(), rng)
    return sentence[: number.start()] + replacement + sentence[number.end() :]


def _other_number(digits: str, rng: random.Random) -> str:
    """Return another number of the same spelling: one digit changes, a year by some years."""
    positions = [i for i, c in enumerate(digits) if c.isdigit()]
    position = rng.choice(positions[-2:] if re.fullmatch(r"(?:19|20)\d\d", digits) else positions)
    choices = [c for c in "123456789" if c != digits[position]]
    return digits[:position] + rng.choice(choices) + digits[position + 1 :]


def change_negation(sentence: str, _rng: random.Random) -> str | None:
    """Remove a "not", or put one behind the first auxiliary verb."""
    if _NOT.search(sentence):
        return _NOT.sub("", sentence, count=1)
    auxiliary = _AUXILIARY.search(sentence)
    return f"{sentence[: auxiliary.end()]} not{sentence[auxiliary.end() :]}" if auxiliary else None


def _entity(
    passage: SourcePassage, passages: Sequence[SourcePassage], rng: random.Random
) -> str | None:
    """Replace one name by another, from the same passage if it has one, else from any."""
    sentences = [s for s in quotable(passage.text) if _NAME.search(s)]
    if not sentences:
        return None
    sentence = rng.choice(sentences)
    name = rng.choice(list(_NAME.finditer(sentence)))
    near = [n for n in _NAME.findall(passage.text) if n not in sentence and name.group() not in n]
    others = near or [
        n for p in rng.sample(list(passages), min(20, len(passages))) for n in _NAME.findall(p.text)
    ]
    fitting = [n for n in others if n not in sentence and n.isupper() == name.group().isupper()]
    if not fitting:
        return None
    replacement = str(rng.choice(fitting))
    return sentence[: name.start()] + replacement + sentence[name.end() :]


def _from_elsewhere(
    passage: SourcePassage, passages: Sequence[SourcePassage], rng: random.Random
) -> str | None:
    own = " ".join(passage.text.split())
    for stranger in rng.sample(list(passages), min(20, len(passages))):
        sentences = [s for s in quotable(stranger.text) if s not in own]
        if stranger.document != passage.document and sentences:
            return rng.choice(sentences)
    return None


def shorten(sentence: str, _rng: random.Random) -> str | None:
    """Return what precedes the first clause that can be left out."""
    clause = _CLAUSE.search(sentence)
    if not clause or len(sentence[: clause.start()].split()) < SHORTEST:
        return None
    return sentence[: clause.start()].rstrip(",") + "."


def address(sentence: str, _rng: random.Random) -> str | None:
    """Turn "Employees get" into "You get"."""
    subject = _PEOPLE.match(sentence)
    if not subject or subject.group().lower() == "you":
        return None
    predicate = re.sub(r"^ (gets|has|is)\b", _second_person, sentence[subject.end() :])
    return f"You{predicate}"


def _second_person(verb: re.Match[str]) -> str:
    return " " + {"gets": "get", "has": "have", "is": "are"}[verb[1]]


def respell(sentence: str, _rng: random.Random) -> str | None:
    """Turn 1,200 into 1200, 30 % into 30 percent, three into 3, and the other way round."""
    changed = _LARGE.sub(lambda m: m.group().replace(",", ""), sentence)
    changed = _PERCENT.sub(lambda m: " percent" if "%" in m.group() else " %", changed)
    changed = _COUNT.sub(lambda m: _digits_of(m.group()), changed)
    if changed == sentence:
        changed = re.sub(r"(?<![\w.,:$€£/-])(?:2|3|5|10|30)(?= [a-z])", _word_of, sentence)
    return changed


def _digits_of(word: str) -> str:
    return next(digits for digits, spelled in _SPELLED.items() if spelled == word)


def _word_of(match: re.Match[str]) -> str:
    return _SPELLED[match.group()]


def _merged(sentences: Sequence[str], rng: random.Random) -> str | None:
    """Join two consecutive sentences the way a summary does."""
    pairs = [p for p in pairwise(sentences) if len(" ".join(p).split()) < 50]
    if not pairs:
        return None
    first, second = rng.choice(pairs)
    start = second[0].lower() if second[1].islower() or second[1] == " " else second[0]
    return f"{first[:-1]}, and {start}{second[1:]}"


def _row(passage: str, rng: random.Random) -> str | None:
    """Return one figure of a table row with its label, as a sentence."""
    rows = [u.text for u in text_units(passage) if u.kind is UnitKind.TABLE_ROW]
    cells = [[cell.strip() for cell in row.strip(" |").split("|")] for row in rows]
    fitting = [c for c in cells[1:] if len(c) > 1 and re.match(r"[A-Za-z]{3}", c[0])]
    choices = [(c[0], v) for c in fitting for v in c[1:] if re.search(r"\d", v) and len(v) < 20]
    if not choices:
        return None
    label, value = rng.choice(choices)
    return f"For {label.rstrip(': ')}, the value is {value}."


_CHANGES: dict[Kind, _Change] = {
    Kind.NUMBER: change_number,
    Kind.NEGATION: change_negation,
    Kind.SHORTENED: shorten,
    Kind.PERSON: address,
    Kind.FORMAT: respell,
}
