"""Reads the passages that were found: how near each sentence comes to the question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.domain.answers import RetrievedChunk
from core.domain.text.sentences import UnitKind
from core.domain.text.table_rows import cells_of
from rag.reading.answer_kind import AnswerKind, Expectation, expected_answer
from rag.reading.bounded_rows import bounded_rows
from rag.reading.designations import Designation, Naming, asked_designations, naming
from rag.reading.question import QuestionTerms
from rag.reading.siblings import other_days, outdone
from rag.reading.stamps import is_stamp
from rag.reading.unit_vectors import UnitVectors
from rag.reading.units import QuotableUnit, quotable_units

# Relative to the similarity of a sentence. Listwise softmax regression on 300 questions of SQuAD
# 2.0 dev and the sample questions gave 1.0, 0.75, 0.15 and 0.14; a grid around them on 600 others
# preferred a smaller weight of the rank, and is flat between 0.05 and 0.14.
COVERAGE_WEIGHT = 1.0
PASSAGE_WEIGHT = 0.7
FITTING_WEIGHT = 0.15
RANK_WEIGHT = 0.1
# What a newer e-mail quotes of an earlier one may no longer be true. It is quoted only where
# nothing newer is near: this is at least the distance at which a further quote is dropped.
EARLIER_PRICE = 0.5
# Words about gate 1 are not quoted for a question about gate 12 if others are about gate 12: this
# is more than the distance at which a further quote is dropped.
ANOTHER_PRICE = 1.0
# Words about gate 12 are near a question about it, however little else the two share.
NAMED_WEIGHT = 0.4
# The table row or part of a text that has the number is what was asked for, even if its words do
# not resemble the question. A row with the kind of words asked for counts for more.
ENTRY_WEIGHT = 0.6
FITTING_ENTRY_WEIGHT = 1.1
# The words of section 2.2 come before a sentence that refers to it.
ITSELF_WEIGHT = 0.5
# The row of crane K2 comes before words that share only other words with the question. A row or
# sentence that merely mentions hall 2 is not the row of hall 2.
ROW_WEIGHT = 0.8
# What stands beside the row or item asked for is read with it, but not marked: this is more than
# the distance at which a quote is.
OUTDONE_PRICE = 0.2
# Under a heading that asks the very question, the first words answer it; what follows adds to them.
OPENING_WEIGHT = 0.15
# Coverage from which a role may stand for a name: "The warden calls the doctor" names nobody, but
# answers "Whom does the warden call?".
SAYS_ALL = 0.999
# Only the most promising units are embedded, by the signs that cost nothing and with more weight
# on the rank of the passage. 12 of 44 (the average) show as many answers to the golden questions as
# all, one more of 53 to the employees' and one less of 200 to SQuAD 2.0 dev's.
UNITS_EMBEDDED = 12
SKIMMED_RANK_WEIGHT = 0.3


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a question asks for.

    `beside` tells by their number in order which units are table rows whose bounds hold an amount
    of the question, and which are for other amounts or days than those it names,
    and `outdone` which stand beside a row or list item that it names.
    """

    expectation: Expectation
    designations: Sequence[Designation]
    beside: Mapping[int, Naming]
    outdone: frozenset[int]

    @property
    def designation(self) -> str:
        """What the question calls the things that it identifies by a number."""
        return " ".join(designation.text for designation in self.designations)


@dataclass(frozen=True, slots=True)
class ReadUnit:
    """A sentence, list item or table row with the signs that it answers.

    `similarity` is its cosine similarity to the question in [-1, 1]. `coverage` is the weighted
    share in [0, 1] of the question's terms in it and in the sentence it points back to.
    `is_fitting` says that it may be an answer of the kind asked for, `is_of_kind` that it has the
    signs of one. `naming` is how it relates to what the question identifies by a number,
    `naming_weight` what that adds to its strength, and `is_own_row` says that it is the table row
    of that very thing. `is_reply` says that it opens the text under a heading that asks the same,
    `is_outdone` that it stands beside a row or item that the question names.
    """

    unit: QuotableUnit
    similarity: float
    coverage: float
    is_fitting: bool
    is_of_kind: bool
    naming: Naming = Naming.SILENT
    naming_weight: float = 0.0
    is_own_row: bool = False
    is_reply: bool = False
    is_outdone: bool = False

    @property
    def strength(self) -> float:
        """How likely the words hold the answer, on one scale for all questions."""
        return self._meaning + self.naming_weight

    @property
    def score(self) -> float:
        """How far ahead the words rank among the quotes of one answer; higher is better."""
        fitting = FITTING_WEIGHT * self.is_of_kind
        earlier = EARLIER_PRICE * self.unit.hit.chunk.is_earlier_message
        itself = ITSELF_WEIGHT * (self.naming is Naming.ITSELF)
        row = ROW_WEIGHT * self.is_own_row
        another = ANOTHER_PRICE * (self.naming is Naming.ANOTHER)
        another += OUTDONE_PRICE * self.is_outdone
        rank = RANK_WEIGHT / (1 + self.unit.rank) + OPENING_WEIGHT * self.is_reply
        return self._meaning + fitting + itself + row - earlier - another + rank

    @property
    def _meaning(self) -> float:
        return strength_of(self.similarity, self.coverage, self.unit.hit.similarity or 0.0)


def strength_of(similarity: float, coverage: float, passage_similarity: float) -> float:
    """Return the three signs of an answer, weighted, as one number."""
    return similarity + COVERAGE_WEIGHT * coverage + PASSAGE_WEIGHT * passage_similarity


def read(
    vectors: UnitVectors, query: str, terms: QuestionTerms, chunks: Sequence[RetrievedChunk]
) -> list[ReadUnit]:
    """Return at most `UNITS_EMBEDDED` quotable units of the passages, most promising first."""
    units = quotable_units(chunks)
    beside = other_days(query, units) | bounded_rows(query, units)
    asked = _Asked(expected_answer(query), asked_designations(query), beside, outdone(terms, units))
    skimmed = [_skimmed(unit, terms, asked, number) for number, unit in enumerate(units)]
    content = [unit for unit in skimmed if not is_stamp(unit.unit, terms)] or skimmed
    promising = sorted(content, key=_promise, reverse=True)[:UNITS_EMBEDDED]
    if not promising:
        return []
    contexts = vectors.embed([unit.unit.context for unit in promising])
    wordings = dict.fromkeys((query, terms.rephrased))
    similarities = np.max([contexts @ vectors.embed_query(words) for words in wordings], axis=0)
    return [
        replace(unit, similarity=float(similarity))
        for unit, similarity in zip(promising, similarities, strict=True)
    ]


def _promise(skimmed: ReadUnit) -> float:
    """Return how likely it is, before a unit is embedded, that it answers."""
    return skimmed.score + SKIMMED_RANK_WEIGHT / (1 + skimmed.unit.rank)


def _skimmed(unit: QuotableUnit, terms: QuestionTerms, asked: _Asked, number: int) -> ReadUnit:
    """Read the signs that cost nothing; the similarity is still 0."""
    expectation, bounded = asked.expectation, asked.beside.get(number, Naming.SILENT)
    about = naming(asked.designations, unit.words, unit.above) or bounded
    itself = asked.designation if about is Naming.ITSELF else ""
    coverage = _coverage(unit, terms, itself)
    is_of_kind = expectation.is_met(unit.text, unit.context) or (
        coverage >= SAYS_ALL and expectation.may_be_role(unit.text)
    )
    is_fitting = is_of_kind or not expectation.is_binding
    return ReadUnit(
        unit,
        0.0,
        coverage,
        is_fitting=is_fitting and about is not Naming.ANOTHER,
        is_of_kind=is_of_kind,
        naming=about,
        naming_weight=_naming_weight(unit, about, expectation, is_of_kind=is_of_kind),
        is_own_row=about is Naming.NAMED
        and (bounded is Naming.NAMED or _is_own_row(unit, asked.designations)),
        is_reply=_opens_reply(unit, terms) and (is_of_kind or expectation.kind is AnswerKind.ANY),
        is_outdone=number in asked.outdone,
    )


def _opens_reply(unit: QuotableUnit, terms: QuestionTerms) -> bool:
    """Return whether words are the first under a heading that asks all that the question asks."""
    is_first = not unit.before and unit.kind is not UnitKind.TABLE_ROW
    asks = unit.heading.rstrip().endswith("?")
    return is_first and asks and terms.coverage(unit.heading) >= SAYS_ALL


def _is_own_row(unit: QuotableUnit, designations: Sequence[Designation]) -> bool:
    """Return whether one of the cells holds nothing but one of the designations."""
    is_row = unit.kind is UnitKind.TABLE_ROW
    return is_row and any(
        designation.is_called(cell) for designation in designations for cell in cells_of(unit.text)
    )


def _naming_weight(
    unit: QuotableUnit, about: Naming, expectation: Expectation, *, is_of_kind: bool
) -> float:
    """Return what it adds that a unit is about what the question identifies by a number."""
    if about < Naming.NAMED:
        return 0.0
    if about is Naming.ITSELF:
        return ENTRY_WEIGHT
    if unit.kind is not UnitKind.TABLE_ROW:
        return NAMED_WEIGHT
    is_asked_for = is_of_kind and expectation.kind is not AnswerKind.ANY
    return FITTING_ENTRY_WEIGHT if is_asked_for else ENTRY_WEIGHT


def _coverage(unit: QuotableUnit, terms: QuestionTerms, itself: str) -> float:
    """Return the coverage of a unit together with the sentence before it.

    That sentence counts in full where the unit points back to it, else half. `itself` is what the
    question calls the part of the text that the unit stands in, "" if it stands elsewhere.
    """
    words = f"{itself} {unit.context}"
    alone = terms.coverage(words)
    if not unit.before:
        return alone
    together = terms.coverage(f"{unit.before} {words}")
    return together if unit.points_back else (alone + together) / 2
