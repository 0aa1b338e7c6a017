"""The events while an answer is made, as the page receives them."""

from collections.abc import Generator
from dataclasses import dataclass
from enum import StrEnum

from core.domain.answers import Answer, Source


class Step(StrEnum):
    """The steps that a person is told about."""

    WAITING = "waiting"
    SEARCHING = "searching"
    READING = "reading"
    WRITING = "writing"


@dataclass(frozen=True, slots=True)
class StepStarted:
    """The start of a step, or a sign that WAITING for the person's turn goes on.

    `count` is the number of collections or passages that the step works on, `part` the one of its
    `parts` that begins, 0 of a step that has none.
    """

    step: Step
    count: int
    part: int = 0
    parts: int = 0


@dataclass(frozen=True, slots=True)
class TextAdded:
    """Text that the answer has grown by: words of a model, or words shown letter for letter.

    The latter have `is_quote`: a quote as `> words [1]`, or words of the sandbox itself.
    """

    text: str
    is_quote: bool = False


@dataclass(frozen=True, slots=True)
class TextWithdrawn:
    """The withdrawal of all text so far: the model was still thinking."""


@dataclass(frozen=True, slots=True)
class AnswerFinished:
    """A recorded answer; its status says whether it is complete or failed.

    `sources` are the documents that stand behind it.
    """

    message_id: str
    answer: Answer
    sources: frozenset[Source] = frozenset()


AnswerEvent = StepStarted | TextAdded | TextWithdrawn | AnswerFinished
AnswerEvents = Generator[AnswerEvent, None, None]
"""An answer in the making; closing it stops the answer, which is stored as far as it got."""
