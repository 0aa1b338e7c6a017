"""The passage engine: answers with the best sentences of the best passages, word for word."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.answers import RetrievedChunk
from core.domain.ports import Embedder
from core.domain.text.sentences import UnitKind
from rag.reading.question import QuestionTerms
from rag.reading.reader import ReadUnit, read
from rag.reading.stamps import is_title
from rag.reading.unit_vectors import UnitVectors

PASSAGES_READ = 8
# Readers read four quotes and skim five: the best of a second passage comes on top.
MAX_QUOTES = 4
MAX_WORDS = 150
# A further quote may score this much less than the best one, and its words cost a little each. On
# 400 questions of SQuAD 2.0 dev, 0.42 and 0.005 showed 90.2 % of the gold answers in 53 words on
# average, these 91.0 % in 54, and 0.5 and 0.004 91.7 % in 61.
BEHIND_BEST = 0.46
WORD_PRICE = 0.006
# A quote is shown first with what stands around it. So what its passage promises counts more than
# for the words alone, and the words shared with the question for less. A grid over these two and
# the rank of the passage on 100 sample questions and 200 of SQuAD 2.0 dev is flat around them; the
# first card held the answer for .78 of the employees' questions, .83 of the golden and .92 of
# SQuAD's, where the rank of the passage alone (weight 0.3) gave .73, .79 and .91.
PASSAGE_SENTENCE_WEIGHT = 0.6
COVERAGE_DISCOUNT = 0.3
# The first card and one of another passage, where that promises at most this much less, held the
# answer for .86 of the employees' questions, .92 of the golden and .96 of SQuAD's, in 1.3 to 1.6
# cards; a third one added at most .005.
BEHIND_FIRST = 0.3
# Where nothing answers directly, a second far passage is seldom the one: of 31 such answers to the
# sample questions, 2 had the answer in it alone, and it promised at most 0.18 less.
BEHIND_FIRST_NEAR = 0.2
# The sentence nearest to a question may only repeat it. Where it has no sign of the kind of answer
# asked for, sentences that have one are compared with the best of them if it is near enough.
BEHIND_REPEATED = 0.9
# What each quoted row of a table takes from the score of further rows.
ROW_PRICE = 0.05


@dataclass(frozen=True, slots=True)
class Quote:
    """Exact words of a passage: `text == hit.chunk.text[start:][: len(text)]`."""

    hit: RetrievedChunk
    text: str
    start: int
    score: float = 0.0
    kind: UnitKind = UnitKind.SENTENCE
    is_of_kind: bool = False
    coverage: float = 0.0

    @property
    def end(self) -> int:
        """The offset in the passage where the quote ends."""
        return self.start + len(self.text)


class PassageEngine:
    """The selection of sentences that answer a question.

    It goes by meaning, by the question's terms, and by the passage that a sentence stands in.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._vectors = UnitVectors(embedder)

    def read(
        self, query: str, terms: QuestionTerms, chunks: Sequence[RetrievedChunk]
    ) -> list[ReadUnit]:
        """Return the sentences of the best passages with the signs that they answer."""
        return read(self._vectors, query, terms, chunks[:PASSAGES_READ])

    def quotes(
        self,
        query: str,
        terms: QuestionTerms,
        chunks: Sequence[RetrievedChunk],
        sentences: Sequence[ReadUnit] | None = None,
        *,
        is_tentative: bool = False,
    ) -> list[Quote]:
        """Return the best quotes; none without passages.

        The first one is the best to show with what stands around it. The best of another passage
        follows if it promises nearly as much, then the others by their score, of `is_tentative`
        ones only those of the same passages. `sentences` is what `read` returned, if it was called.
        """
        units = self.read(query, terms, chunks) if sentences is None else sentences
        remaining = [_quote(unit) for unit in units]
        if not remaining:
            return []
        leading = _leading(remaining, BEHIND_FIRST_NEAR if is_tentative else BEHIND_FIRST)
        chosen = leading[:1]
        remaining.remove(chosen[0])
        while remaining and len(chosen) < MAX_QUOTES:
            quote = max(remaining, key=lambda quote: _worth(quote, chosen))
            remaining.remove(quote)
            if not is_title(quote.text, quote.kind) and _adds(quote, chosen):
                chosen.append(quote)
        others = [quote for quote in chosen if quote not in leading]
        if is_tentative:
            others = [quote for quote in others if any(quote.hit is q.hit for q in leading)]
        return [*leading, *sorted(others, key=lambda quote: -quote.score)]


def _leading(quotes: Sequence[Quote], behind: float) -> list[Quote]:
    """Return the best quote to show first, and one of another passage that is so little behind."""
    first, *others = sorted(quotes, key=_promise, reverse=True)
    least = _promise(first) - behind
    second = next((quote for quote in others if _may_be_second(quote, first)), None)
    return [first] if second is None or _promise(second) < least else [first, second]


def _may_be_second(quote: Quote, first: Quote) -> bool:
    is_apart = quote.hit is not first.hit and not _repeats(quote, first)
    return is_apart and not is_title(quote.text, quote.kind)


def _quote(sentence: ReadUnit) -> Quote:
    unit = sentence.unit
    return Quote(
        unit.hit,
        unit.text,
        unit.start,
        sentence.score,
        unit.kind,
        sentence.is_of_kind,
        sentence.coverage,
    )


def _promise(quote: Quote) -> float:
    """Return how likely a quote and what stands around it answer together."""
    around = PASSAGE_SENTENCE_WEIGHT * (quote.hit.sentence_similarity or 0.0)
    return quote.score + around - COVERAGE_DISCOUNT * quote.coverage


def _worth(quote: Quote, chosen: Sequence[Quote]) -> float:
    """Return the score, less for each row of the same table that is already quoted."""
    rows = sum(q.hit is quote.hit and q.kind is quote.kind is UnitKind.TABLE_ROW for q in chosen)
    return quote.score - ROW_PRICE * rows


def _adds(quote: Quote, chosen: Sequence[Quote]) -> bool:
    if not chosen:
        return True
    words = sum(len(q.text.split()) for q in (*chosen, quote))
    allowed = BEHIND_BEST - WORD_PRICE * len(quote.text.split())
    is_close = _measure(quote, chosen) - quote.score <= allowed
    return is_close and words <= MAX_WORDS and not any(_repeats(quote, q) for q in chosen)


def _measure(quote: Quote, chosen: Sequence[Quote]) -> float:
    """Return the score that a further quote is compared with."""
    best = max(chosen, key=lambda other: other.score)
    if best.is_of_kind or not quote.is_of_kind:
        return best.score
    of_kind = [other.score for other in chosen if other.is_of_kind]
    first = max(of_kind, default=quote.score)
    return first if best.score - first <= BEHIND_REPEATED else best.score


def _repeats(quote: Quote, other: Quote) -> bool:
    is_same_place = quote.hit is other.hit and quote.start < other.end and other.start < quote.end
    return is_same_place or quote.text.casefold() == other.text.casefold()
