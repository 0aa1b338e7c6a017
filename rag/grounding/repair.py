"""Finds the passage that says what a sentence cites another passage for.

Words alone decide, and strictly: a sentence that no passage says word for word, or nearly so, keeps
the source that it cites and is judged by it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.domain.answers import Support
from core.guardrails.injection import find_injections
from core.guardrails.requests import find_requests
from rag.figures.sameness import is_same
from rag.grounding.evidence import Evidence, SourceUnit, gather, holds, whole_of
from rag.grounding.judges.lexical import LexicalJudge
from rag.grounding.statements import Statement, statement_of
from rag.grounding.verdicts import Claim

# Words and figures that a sentence needs, so that it is no accident that a passage has them.
LEAST_ITEMS = 3
# Share of them that one passage must have; measured with benchmarks/repairs.py.
LEAST_SHARE = 0.9
# Units that say it together; words from all over a passage say something else.
MOST_UNITS = 2


@dataclass(frozen=True, slots=True)
class GivenPassage:
    """A passage as a model was given it; `context` is the title of its document and headings."""

    context: str
    text: str

    @property
    def words(self) -> str:
        """All of it."""
        return f"{self.context}\n\n{self.text}"


class SourceRepair:
    """The passages that a model was given, by the numbers it cites them with."""

    def __init__(self, passages: Mapping[int, GivenPassage]) -> None:
        self._passages = passages
        self._judge = LexicalJudge()

    def carrier(self, sentence: str, cited: Sequence[int]) -> int | None:
        """Return the number of the passage that says a sentence.

        It is None where the cited passages say it, where no other one does, and where nobody could
        tell: the sentence is short, or in another language than what it cites.
        """
        claim = statement_of(" ".join(sentence.split()))
        if not _is_telling(claim) or not self.is_wrong(sentence, cited):
            return None
        return next(
            (n for n in self._by_share(claim, cited) if self._says(n, claim, sentence)), None
        )

    def is_wrong(self, sentence: str, cited: Sequence[int]) -> bool:
        """Return whether the cited passages together do not say a sentence."""
        passages = tuple(self._passages[number].words for number in cited)
        return not passages or self._support(sentence, passages) in (
            Support.WEAK,
            Support.UNSUPPORTED,
        )

    def _support(self, sentence: str, passages: tuple[str, ...]) -> Support:
        [verdict] = self._judge.judge([Claim(sentence, passages)]).verdicts
        return verdict.support

    def _by_share(self, claim: Statement, cited: Sequence[int]) -> list[int]:
        """Return the other passages that have nearly all words of the sentence, the best first."""
        shares = {
            number: _share(claim, passage.words)
            for number, passage in self._passages.items()
            if number not in cited
        }
        near = [number for number, share in shares.items() if share >= LEAST_SHARE]
        return sorted(near, key=lambda number: -shares[number])

    def _says(self, number: int, claim: Statement, sentence: str) -> bool:
        passage = self._passages[number]
        evidence = gather(claim, (passage.words,))
        if evidence.covered < LEAST_SHARE or not _has_figures(claim, evidence):
            return False
        if not _is_one_place(evidence.units, passage) or any(
            _is_order(unit.text) for unit in evidence.units
        ):
            return False
        return self._support(sentence, (passage.words,)) is Support.SUPPORTED


def _is_telling(claim: Statement) -> bool:
    """Return whether it is no accident that a passage has all of it.

    A word with its figure is enough, as in a row of a table.
    """
    figures = len(claim.figures.numbers) + len(claim.figures.dates)
    return len(claim.stems) + figures >= LEAST_ITEMS or bool(claim.stems and figures)


def _share(claim: Statement, passage: str) -> float:
    """Return the share in [0, 1] of the content words that stand anywhere in a passage."""
    held = sum(holds(whole_of((passage,)), stem) for stem in claim.stems)
    return held / len(claim.stems) if claim.stems else 0.0


def _has_figures(claim: Statement, evidence: Evidence) -> bool:
    """Return whether each number stands in the evidence itself, also one written as a word."""
    dated = {n for unit in evidence.units for d in unit.statement.figures.dates for n in d.numbers}
    return all(
        figure.value in dated or any(is_same(figure, other) for other in evidence.numbers)
        for figure in claim.figures.numbers
    )


def _is_one_place(units: Sequence[SourceUnit], passage: GivenPassage) -> bool:
    """Return whether it is one unit below the headings, or two with nothing between them."""
    before = len(passage.context)
    places = sorted((unit.start, unit.end) for unit in units if unit.start >= before)
    between = (passage.words[end:start] for (_, end), (start, _) in pairwise(places))
    return 1 <= len(places) <= MOST_UNITS and not any(map(str.strip, between))


def _is_order(text: str) -> bool:
    """Return whether words are aimed at a model, which a source says without meaning it."""
    return bool(find_injections(text) or find_requests(text))
