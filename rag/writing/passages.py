"""The passage engine: answers with the best sentences of the best passages, word for word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.answers import RetrievedChunk
from core.domain.ports import Embedder
from core.domain.text.sentences import UnitKind
from rag.reading.blocks import blocks_of
from rag.reading.question import QuestionTerms
from rag.reading.reader import ReadUnit, read

PASSAGES_READ = 8
# Readers read four quotes and skim five.
MAX_QUOTES = 4
MAX_WORDS = 150
TITLE_WORDS = 12
_STAMP = re.compile(
    r"(?:^|\| )(?:version|revision|valid from|as of|document (?:no|number))\b", re.IGNORECASE
)
# A further quote may score this much less than the best one, and its words cost a little each. On
# 400 questions of SQuAD 2.0 dev, 0.42 and 0.005 showed 90.2 % of the gold answers in 53 words on
# average, these 91.0 % in 54, and 0.5 and 0.004 91.7 % in 61.
BEHIND_BEST = 0.46
WORD_PRICE = 0.006
# A quote is shown first with what stands around it. So the rank of its passage counts more than it
# does for the words alone.
PASSAGE_RANK_WEIGHT = 0.3
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
    rank: int = 0

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
        """Return the best quotes; none without passages.

        The first one is the best to show with what stands around it, and the others follow by their
        score.
        `sentences` is what `read` returned, if it was called.
        """
        units = self.read(query, terms, chunks) if sentences is None else sentences
        quotes = [_quote(unit) for unit in units]
        remaining = [quote for quote in quotes if not _is_stamp(quote, terms)] or quotes
        if not remaining:
            return []
        first = max(remaining, key=_promise)
        chosen = [first]
        remaining.remove(first)
        while remaining and len(chosen) < MAX_QUOTES:
            quote = max(remaining, key=lambda quote: _worth(quote, chosen))
            remaining.remove(quote)
            if not _is_title(quote) and _adds(quote, chosen):
                chosen.append(quote)
        return [first, *sorted(chosen[1:], key=lambda quote: -quote.score)]


def _quote(sentence: ReadUnit) -> Quote:
    unit = sentence.unit
    return Quote(
        unit.hit, unit.text, unit.start, sentence.score, unit.kind, sentence.is_of_kind, unit.rank
    )


def _promise(quote: Quote) -> float:
    """Return how likely a quote and what stands around it answer together."""
    return quote.score + PASSAGE_RANK_WEIGHT / (1 + quote.rank)


def _worth(quote: Quote, chosen: Sequence[Quote]) -> float:
    """Return the score, less for each row of the same table that is already quoted."""
    rows = sum(q.hit is quote.hit and q.kind is quote.kind is UnitKind.TABLE_ROW for q in chosen)
    return quote.score - ROW_PRICE * rows


def _is_stamp(quote: Quote, terms: QuestionTerms) -> bool:
    """Return whether words name a document and its version, or its subject, and nothing more.

    They are found by the words of the title. A question that asks for a version or a date has
    other words in common with them.
    """
    chunk = quote.hit.chunk
    if stamp := _STAMP.search(quote.text):
        # On the first line of a page, the title of the document is in front of it.
        is_first = not chunk.text[: quote.start].strip()
        words = quote.text[stamp.start() :] if is_first else quote.text
        title = " ".join((chunk.document_title, *chunk.headings)).casefold().split()
        others = [word for word in words.split() if word.casefold() not in title]
        return not terms.coverage(" ".join(others))
    return _is_title(quote) and _is_subtitle(quote)


def _is_subtitle(quote: Quote) -> bool:
    """Return whether a line stands alone at the very beginning of a document, above its text."""
    chunk = quote.hit.chunk
    blocks = [] if chunk.start else blocks_of(chunk)
    is_above = len(blocks) > 1 and blocks[0].holds(quote.start)
    return is_above and len(blocks[0].pieces) == 1


def _is_title(quote: Quote) -> bool:
    """Return whether a quote is a short line without a full stop: it disturbs beside another."""
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
    best = max(chosen, key=lambda other: other.score)
    if best.is_of_kind or not quote.is_of_kind:
        return best.score
    of_kind = [other.score for other in chosen if other.is_of_kind]
    first = max(of_kind, default=quote.score)
    return first if best.score - first <= BEHIND_REPEATED else best.score


def _repeats(quote: Quote, other: Quote) -> bool:
    is_same_place = quote.hit is other.hit and quote.start < other.end and other.start < quote.end
    return is_same_place or quote.text.casefold() == other.text.casefold()
