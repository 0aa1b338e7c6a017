"""The passage engine: answers with the best sentences of the best passages, word for word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.domain.answers import RetrievedChunk
from core.domain.ports import Embedder
from core.domain.text.sentences import UnitKind
from rag.reading.question import QuestionTerms
from rag.reading.reader import ReadUnit, read

PASSAGES_READ = 8
# Readers read four quotes and skim five.
MAX_QUOTES = 4
MAX_WORDS = 150
TITLE_WORDS = 12
_STAMP = re.compile(
    r"(?:version|revision|valid from|as of|document (?:no|number))\b", re.IGNORECASE
)
# A further quote may score this much less than the best one, and its words cost a little each. On
# 400 questions of SQuAD 2.0 dev, 0.42 and 0.005 showed 90.2 % of the gold answers in 53 words on
# average, these 91.0 % in 54, and 0.5 and 0.004 91.7 % in 61.
BEHIND_BEST = 0.46
WORD_PRICE = 0.006
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

    @property
    def end(self) -> int:
        """The offset in the passage where the quote ends."""
        return self.start + len(self.text)


class PassageEngine:
    """The selection of sentences that answer a question.

    It goes by meaning, by the question's terms, and by the passage that a sentence stands in.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def read(
        self, query: str, terms: QuestionTerms, chunks: Sequence[RetrievedChunk]
    ) -> list[ReadUnit]:
        """Return the sentences of the best passages with the signs that they answer."""
        return read(self._embedder, query, terms, chunks[:PASSAGES_READ])

    def quotes(
        self,
        query: str,
        terms: QuestionTerms,
        chunks: Sequence[RetrievedChunk],
        sentences: Sequence[ReadUnit] | None = None,
    ) -> list[Quote]:
        """Return the best quotes, best first; none without passages.

        `sentences` is what `read` returned, if it was called.
        """
        units = self.read(query, terms, chunks) if sentences is None else sentences
        remaining = sorted(map(_quote, units), key=lambda quote: -quote.score)
        chosen: list[Quote] = []
        while remaining and len(chosen) < MAX_QUOTES:
            quote = max(remaining, key=lambda quote: _worth(quote, chosen))
            remaining.remove(quote)
            if chosen and _is_beside_the_point(quote, terms):
                continue
            if _adds(quote, chosen):
                chosen.append(quote)
        return sorted(_joined(chosen), key=lambda quote: -quote.score)


def _quote(sentence: ReadUnit) -> Quote:
    unit = sentence.unit
    return Quote(unit.hit, unit.text, unit.start, sentence.score, unit.kind, sentence.is_of_kind)


def _worth(quote: Quote, chosen: Sequence[Quote]) -> float:
    """Return the score, less for each row of the same table that is already quoted."""
    rows = sum(q.hit is quote.hit and q.kind is quote.kind is UnitKind.TABLE_ROW for q in chosen)
    return quote.score - ROW_PRICE * rows


def _is_beside_the_point(quote: Quote, terms: QuestionTerms) -> bool:
    """Return whether a quote is good enough alone but disturbs beside another.

    The stamp of a document ("Version 3.2 | Human Resources") is found by its title alone, and a
    short line without a full stop is a title.
    """
    if _STAMP.match(quote.text):
        return not terms.coverage(quote.text)
    is_line = quote.text[-1].isalnum() and len(quote.text.split()) <= TITLE_WORDS
    return quote.kind is UnitKind.SENTENCE and is_line


def _adds(quote: Quote, chosen: Sequence[Quote]) -> bool:
    if not chosen:
        return True
    words = sum(len(q.text.split()) for q in (*chosen, quote))
    allowed = BEHIND_BEST - WORD_PRICE * len(quote.text.split())
    is_close = _measure(quote, chosen) - quote.score <= allowed
    return is_close and words <= MAX_WORDS and not any(_repeats(quote, q) for q in chosen)


def _measure(quote: Quote, chosen: Sequence[Quote]) -> float:
    """Return the score that a further quote is compared with."""
    best = chosen[0]
    if best.is_of_kind or not quote.is_of_kind:
        return best.score
    of_kind = [other.score for other in chosen if other.is_of_kind]
    first = max(of_kind, default=quote.score)
    return first if best.score - first <= BEHIND_REPEATED else best.score


def _repeats(quote: Quote, other: Quote) -> bool:
    is_same_place = quote.hit is other.hit and quote.start < other.end and other.start < quote.end
    return is_same_place or quote.text.casefold() == other.text.casefold()


def _joined(quotes: Sequence[Quote]) -> list[Quote]:
    """Join consecutive sentences of a passage into one quote; table rows stay separate."""
    joined: list[Quote] = []
    for quote in sorted(quotes, key=lambda quote: (quote.hit.chunk.id, quote.start)):
        if joined and _follows(joined[-1], quote):
            joined[-1] = _both(joined[-1], quote)
        else:
            joined.append(quote)
    return joined


def _follows(first: Quote, second: Quote) -> bool:
    are_sentences = first.kind is second.kind is UnitKind.SENTENCE
    between = first.hit.chunk.text[first.end : second.start]
    return first.hit is second.hit and are_sentences and not between.strip()


def _both(first: Quote, second: Quote) -> Quote:
    text = first.hit.chunk.text[first.start : second.end]
    return replace(first, text=text, score=max(first.score, second.score))
