"""Judges by the passages that were found whether the documents can answer at all."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.answers import RetrievedChunk
from rag.reading.designations import Naming, asked_designations
from rag.reading.question import QuestionTerms
from rag.reading.reader import ReadUnit, strength_of

__all__ = ["Evidence", "QuestionTerms", "weigh_evidence"]

# Rounded from a logistic regression on the sample questions (51 answerable, 22 not), 400 questions
# of SQuAD 2.0 dev, and 300 questions of five other sets asked about the same documents. A threshold
# of 2.16 passes 90 % of the answerable sample questions and 98.5 % of SQuAD's; it stops 86 % of the
# unanswerable sample questions and 96 % of those of the other sets.
SENTENCE_WEIGHT = 2.0
KNOWN_WEIGHT = 0.5
OFF_KIND_WEIGHT = 2.0
ENOUGH = 2.16
# "What is the gate code?" beside words about gates: where no document has the word "code", an
# answer is unlikely. Of 173 questions of this form in SQuAD 2.0 dev, 5 of 70 without an answer ask
# for such an unknown thing, and 1 of 103 with one, which stays above the threshold.
UNKNOWN_THING_PRICE = 0.8
# "What is the allowance for Italy?" and "What is error 907?" where no document has the name or the
# number: what is near is about others. Not as sure, since "in the Rome office" may not matter.
UNKNOWN_NAME_PRICE = 0.5
# From here on the nearest passage is shown with the note that no document says this directly.
POSSIBLE = 1.7
# Lower, because a language model reads the passages and can itself say that they do not answer.
ENOUGH_FOR_MODEL = 1.9


@dataclass(frozen=True, slots=True)
class Evidence:
    """The signs that passages hold the answer.

    `similarity` and `sentence_similarity` are the best cosine similarities of a passage and of a
    sentence in its passage, in [-1, 1]. `nearest` is the strength of the sentence nearest to the
    question, `fitting` that of the nearest sentence with the kind of words asked for. `known` is
    the weighted share in [0, 1] of the question's terms that occur in any document,
    `is_thing_unknown` says that no document has the word for the very thing asked for, and
    `is_name_unknown` that none has a name or number in the question. `for_model` says that a
    language model will read the passages.
    """

    similarity: float
    sentence_similarity: float
    nearest: float
    fitting: float
    known: float
    for_model: bool = False
    is_thing_unknown: bool = False
    is_name_unknown: bool = False

    @property
    def strength(self) -> float:
        """The signs in one number; compared with `ENOUGH` or `ENOUGH_FOR_MODEL`."""
        meaning = self.fitting + SENTENCE_WEIGHT * self.sentence_similarity
        off_kind = self.nearest - self.fitting
        # A language model may know another word for the thing.
        unknown = 0.0 if self.for_model else self._unknown
        return meaning + KNOWN_WEIGHT * self.known - OFF_KIND_WEIGHT * off_kind - unknown

    @property
    def _unknown(self) -> float:
        thing = UNKNOWN_THING_PRICE * self.is_thing_unknown
        return max(thing, UNKNOWN_NAME_PRICE * self.is_name_unknown)

    @property
    def is_enough(self) -> bool:
        """Whether the signs are strong enough to show something instead of abstaining."""
        return self.strength >= (ENOUGH_FOR_MODEL if self.for_model else POSSIBLE)

    @property
    def is_tentative(self) -> bool:
        """Whether the signs are too weak to say that the passages answer."""
        return not self.for_model and self.strength < ENOUGH


def weigh_evidence(
    terms: QuestionTerms,
    chunks: Sequence[RetrievedChunk],
    sentences: Sequence[ReadUnit] | None = None,
) -> Evidence:
    """Return the evidence in `sentences`, or in whole passages where `sentences` is None."""
    if sentences is None:
        strengths = fitting = [_passage_strength(terms, hit) for hit in chunks]
    else:
        strengths = [sentence.strength for sentence in sentences]
        fitting = [sentence.strength for sentence in sentences if sentence.is_fitting]
    return Evidence(
        similarity=max((hit.similarity or 0.0 for hit in chunks), default=0.0),
        sentence_similarity=max(map(_best_sentence, chunks), default=0.0),
        nearest=max(strengths, default=0.0),
        fitting=max(fitting, default=0.0),
        known=terms.known,
        for_model=sentences is None,
        is_thing_unknown=terms.is_thing_unknown,
        is_name_unknown=terms.is_name_unknown or _is_unnamed(terms, sentences or ()),
    )


def _is_unnamed(terms: QuestionTerms, sentences: Sequence[ReadUnit]) -> bool:
    """Return whether no sentence is about what the question identifies by a number."""
    return bool(asked_designations(terms.question)) and not any(
        sentence.naming >= Naming.NAMED for sentence in sentences
    )


def _best_sentence(hit: RetrievedChunk) -> float:
    """Return the best sentence similarity, or that of the passage if it has no sentence vectors."""
    return hit.sentence_similarity or hit.similarity or 0.0


def _passage_strength(terms: QuestionTerms, hit: RetrievedChunk) -> float:
    text = hit.chunk.searchable_text
    similarity = hit.similarity or 0.0
    return strength_of(similarity, terms.coverage(text), similarity)
