"""Makes a follow-up question stand on its own."""

import re
from collections.abc import Sequence

from core.domain.answers import Turn

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


def standalone_query(question: str, history: Sequence[Turn]) -> str:
    """The question with what it leans on: the latest question before it that stands alone.

    Without a language model nothing is rephrased: the earlier question is put in front, which
    brings its words into both searches. A question that stands alone is returned as it is.
    """
    earlier = [turn.text for turn in history if turn.role == "user"]
    if not earlier or not _leans(question):
        return question
    anchor = next((text for text in reversed(earlier) if not _leans(text)), earlier[0])
    return f"{anchor.strip()} {question.strip()}"


def _leans(question: str) -> bool:
    words = _WORD.findall(question)
    if _POINTING_BACK.search(question):
        return True
    return len(words) <= SHORT_QUESTION_WORDS and bool(_LEANING_START.match(question))
