"""The kind of words that a question asks for, and whether a sentence holds such words."""

import re
from dataclasses import dataclass
from enum import StrEnum

from rag.reading.answer_patterns import (
    ASKS_SOMETHING,
    CAUSE,
    CONVERTIBLE,
    EXTENT,
    FIGURE,
    HOW_MANY,
    KIND_PATTERNS,
    MONEY,
    NAME,
    NAME_OF,
    NAMED_CELL,
    NO_NAMES,
    ROLE,
    SECOND_QUESTION,
    SELDOM_REPEATED,
    SENTENCE,
    SPAN,
    THING_ASKED_FOR,
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

    `words` are the words of the question in lower case, `measure` is the stem of the unit after
    "how many", and `named` is the word whose name is asked for ("name of the driver").
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
        """Return whether words hold what is asked for; `context` adds their heading and columns."""
        match self.kind:
            case AnswerKind.CAUSE:
                return bool(CAUSE.search(context))
            case AnswerKind.COUNT if self.measure:
                units = CONVERTIBLE.get(self.measure, (self.measure,))
                return any(beside_number(unit).search(context) for unit in units)
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
        """Return whether words may answer a question for a name with a role or a body instead.

        It takes for granted that they hold all words of the question.
        """
        roles = (match.group().lower() for match in ROLE.finditer(quoted))
        asks_who = self.kind is AnswerKind.NAME and not self.named
        return asks_who and any(role not in self.words for role in roles)

    def _mentions(self, context: str) -> bool:
        """Return whether the context speaks of what is to be named.

        Words with the same first five letters count as one: insurance, insures, insurer.
        """
        words = re.findall(r"[a-z]+", context.lower())
        return not self.named or any(word[:5] == self.named[:5] for word in words)

    def _is_new(self, name: str) -> bool:
        return name.lower() not in self.words and name.lower() not in NO_NAMES


def expected_answer(question: str) -> Expectation:
    """Return what the last sentence of a text that asks something asks for.

    Two questions in one ("Do we do that, and what does it cost?") are answered by either kind, so
    the first one decides. If any words may answer one of them, nothing is expected.
    """
    sentences = [s.strip() for s in SENTENCE.findall(question) if s.strip()]
    asking = next((s for s in reversed(sentences) if ASKS_SOMETHING.search(s)), question)
    halves = SECOND_QUESTION.split(asking)
    kinds = [_kind(half) for half in halves]
    if AnswerKind.ANY in kinds:
        return Expectation(AnswerKind.ANY)
    named = NAME_OF.search(halves[0]) if kinds[0] is AnswerKind.NAME else None
    return Expectation(
        kinds[0],
        frozenset(re.findall(r"\w+", question.lower())),
        measure=unit_of_measure(halves[0]) if kinds[0] is AnswerKind.COUNT else "",
        named=(named[1] or named[2]).lower() if named else "",
    )


def thing_asked_for(question: str) -> str:
    """Return the word for what "What is the ...?" asks for, "" where its answer need not have it.

    Where the answer is recognised by other signs (an amount, a name), those signs decide.
    """
    matches = list(THING_ASKED_FOR.finditer(question))
    if not matches or expected_answer(question).kind is not AnswerKind.ANY:
        return ""
    thing = matches[-1][1].split()[-1].strip("’'-").lower()
    return "" if thing in SELDOM_REPEATED else thing


def _kind(question: str) -> AnswerKind:
    if HOW_MANY.search(question):
        return AnswerKind.COUNT
    kinds = (kind for kind, pattern in KIND_PATTERNS.items() if pattern.search(question))
    return AnswerKind(next(kinds, AnswerKind.ANY))
