"""Makes a follow-up question searchable with the earlier questions it leans on."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.answers import Turn
from core.domain.ports import WeightedText

# A short question that opens like this, or any that points back with one of the words below, leans
# on the question before.
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
# Weight in the search of the question before, beside the question itself; the one before that has
# half of it. On 132 follow-ups of a public benchmark of conversations, questions that lean were
# found best at 0.35 to 0.5 (nDCG@10 .63, the question alone .57) and others at 0.15 (.78, .77).
LEANING_WEIGHT = 0.4
TOPIC_WEIGHT = 0.15


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A question with earlier questions that count for less, the latest first.

    `leans_on` is the earlier question without which this one cannot be understood, "" if none.
    """

    text: str
    context: tuple[WeightedText, ...] = ()
    leans_on: str = ""

    @property
    def standalone(self) -> str:
        """The question with the one it leans on, as a reader has to know it."""
        return f"{self.leans_on} {self.text}".strip()


def search_query(question: str, history: Sequence[Turn] = ()) -> SearchQuery:
    """Return the question with its context; without a language model nothing is rephrased."""
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
    """Return the latest question that stands alone, or the first if none does."""
    return next((text for text in reversed(earlier) if not _leans(text)), earlier[0])


def _leans(question: str) -> bool:
    """Return whether a question cannot be understood without the one before."""
    words = _WORD.findall(question)
    if _POINTING_BACK.search(question):
        return True
    return len(words) <= SHORT_QUESTION_WORDS and bool(_LEANING_START.match(question))
