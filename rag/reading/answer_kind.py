"""What kind of words a question asks for, and whether a sentence holds such words."""

import re
from dataclasses import dataclass
from enum import StrEnum

from rag.reading.answer_patterns import (
    ASKED,
    ASKS,
    BOTH,
    CAUSE,
    EXTENT,
    FIGURE,
    HOW_MANY,
    MONEY,
    NAME,
    NAMED,
    NAMED_CELL,
    NO_NAMES,
    ROLE,
    SELDOM_REPEATED,
    SENTENCE,
    SPAN,
    THING,
    TIME,
    beside_number,
    unit_of_measure,
)


class AnswerKind(StrEnum):
    """The form that the answer to a question takes."""

    CAUSE = "cause"
    COUNT = "count"
    MONEY = "money"
    DURATION = "duration"
    FIGURE = "figure"
    TIME = "time"
    NAME = "name"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What an answer must hold.

    `words` are those of the question, `measure` is the unit after "how many", `named` the word
    whose name is asked for ("name of the driver").
    """

    kind: AnswerKind
    words: frozenset[str] = frozenset()
    measure: str = ""
    named: str = ""

    @property
    def is_binding(self) -> bool:
        """Whether words of another kind are no answer; a cause may be told without any sign."""
        return self.kind is not AnswerKind.CAUSE

    def is_met(self, quoted: str, context: str) -> bool:
        """Whether words hold what is asked for; `context` adds their heading and columns."""
        match self.kind:
            case AnswerKind.CAUSE:
                return bool(CAUSE.search(context))
            case AnswerKind.COUNT if self.measure:
                return bool(beside_number(self.measure).search(context))
            case AnswerKind.COUNT | AnswerKind.FIGURE:
                return bool(FIGURE.search(quoted))
            case AnswerKind.MONEY:
                return bool(MONEY.search(context))
            case AnswerKind.DURATION:
                is_time = SPAN.search(context) or TIME.search(quoted)
                return bool(is_time or EXTENT.search(quoted))
            case AnswerKind.TIME:
                return bool(FIGURE.search(quoted) or TIME.search(quoted))
            case AnswerKind.NAME:
                names = (*NAME.findall(quoted), *NAMED_CELL.findall(quoted))
                return self._mentions(context) and any(map(self._is_new, names))
            case AnswerKind.ANY:
                return True

    def may_be_role(self, quoted: str) -> bool:
        """Whether words that say all of a question for a name tell a post or a body instead."""
        roles = (match.group().lower() for match in ROLE.finditer(quoted))
        asks_who = self.kind is AnswerKind.NAME and not self.named
        return asks_who and any(role not in self.words for role in roles)

    def _mentions(self, context: str) -> bool:
        """Whether what is to be named is spoken of: insurance, insures, insurer are the same."""
        words = re.findall(r"[a-z]+", context.lower())
        return not self.named or any(word[:5] == self.named[:5] for word in words)

    def _is_new(self, name: str) -> bool:
        return name.lower() not in self.words and name.lower() not in NO_NAMES


def expected_answer(question: str) -> Expectation:
    """What the last sentence that asks something asks for.

    Two questions in one ("Do we do that, and what does it cost?") are answered by either kind, so
    the first one decides, and nothing is expected if one of them may be answered by any words.
    """
    sentences = [s.strip() for s in SENTENCE.findall(question) if s.strip()]
    asking = next((s for s in reversed(sentences) if ASKS.search(s)), question)
    halves = BOTH.split(asking)
    kinds = [_kind(half) for half in halves]
    if AnswerKind.ANY in kinds:
        return Expectation(AnswerKind.ANY)
    named = NAMED.search(halves[0]) if kinds[0] is AnswerKind.NAME else None
    return Expectation(
        kinds[0],
        frozenset(re.findall(r"\w+", question.lower())),
        measure=unit_of_measure(halves[0]) if kinds[0] is AnswerKind.COUNT else "",
        named=(named[1] or named[2]).lower() if named else "",
    )


def thing_asked_for(question: str) -> str:
    """The word for what "What is the ...?" asks for, "" where its answer need not have it.

    Where the answer is known by other signs (an amount, a name), they decide.
    """
    asked = list(THING.finditer(question))
    if not asked or expected_answer(question).kind is not AnswerKind.ANY:
        return ""
    thing = asked[-1][1].split()[-1].strip("’'-").lower()
    return "" if thing in SELDOM_REPEATED else thing


def _kind(question: str) -> AnswerKind:
    if HOW_MANY.search(question):
        return AnswerKind.COUNT
    found = (kind for kind, pattern in ASKED.items() if pattern.search(question))
    return AnswerKind(next(found, AnswerKind.ANY))
