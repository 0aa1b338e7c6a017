"""Judges from what was found whether the documents can answer at all."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.answers import RetrievedChunk
from rag.question import QuestionTerms
from rag.reader import ReadUnit, strength_of

__all__ = ["Evidence", "QuestionTerms", "judge"]

# Logistic regression on the sample questions (51 answerable, 22 not), 300 questions of SQuAD 2.0
# dev and 112 of the TTS handbook, against questions of other sets asked about the same documents;
# rounded. At 1.12 it lets 94 % of the answerable sample questions pass, 98 % of SQuAD's and all of
# the handbook's; it stops 86 % of the unanswerable ones and 94 % of those of other sets.
KNOWN_WEIGHT = 0.35
OFF_KIND_WEIGHT = 0.5
ENOUGH = 1.12


@dataclass(frozen=True, slots=True)
class Evidence:
    """The signs that passages hold the answer.

    `similarity` is the best cosine similarity of a passage in [-1, 1]; `nearest` the strength of
    the sentence that comes nearest to the question, `fitting` that of the nearest one among those
    that hold the kind of words asked for; `known` the weighted share in [0, 1] of the question's
    terms that occur in any document.
    """

    similarity: float
    nearest: float
    fitting: float
    known: float

    @property
    def strength(self) -> float:
        off_kind = self.nearest - self.fitting
        return self.fitting - OFF_KIND_WEIGHT * off_kind + KNOWN_WEIGHT * self.known

    @property
    def is_enough(self) -> bool:
        return self.strength >= ENOUGH


def judge(
    terms: QuestionTerms,
    chunks: Sequence[RetrievedChunk],
    sentences: Sequence[ReadUnit] | None = None,
) -> Evidence:
    """The evidence in `sentences`; where nobody read them (None), whole passages stand in."""
    if sentences is None:
        strengths = fitting = [_passage_strength(terms, hit) for hit in chunks]
    else:
        strengths = [sentence.strength for sentence in sentences]
        fitting = [sentence.strength for sentence in sentences if sentence.is_fitting]
    return Evidence(
        similarity=max((hit.similarity or 0.0 for hit in chunks), default=0.0),
        nearest=max(strengths, default=0.0),
        fitting=max(fitting, default=0.0),
        known=terms.known,
    )


def _passage_strength(terms: QuestionTerms, hit: RetrievedChunk) -> float:
    text = hit.chunk.searchable_text
    similarity = hit.similarity or 0.0
    return strength_of(similarity, terms.coverage(text), similarity)
