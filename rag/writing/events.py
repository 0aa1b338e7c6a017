"""The events while an answer is made, as the page receives them."""

from collections.abc import Generator
from dataclasses import dataclass
from enum import StrEnum

from core.domain.answers import Answer


class Step(StrEnum):
    """The steps that a person is told about."""

    WAITING = "waiting"
    SEARCHING = "searching"
    READING = "reading"
    WRITING = "writing"


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A step begins, or WAITING for the person's turn goes on.

    `count` is the number of collections or passages that it works on.
    """

    step: Step
    count: int


@dataclass(frozen=True, slots=True)
class TextAdded:
    """The answer has grown by `text`: words of a model, or what is shown letter for letter.

    The latter `is_quote`: a quote as `> words [1]`, or words of the sandbox itself.
    """

    text: str
    is_quote: bool = False


@dataclass(frozen=True, slots=True)
class TextWithdrawn:
    """The text so far is no part of the answer: the model was still thinking."""


@dataclass(frozen=True, slots=True)
class AnswerFinished:
    """The answer is complete, or failed by its status, and recorded."""

    message_id: str
    answer: Answer


AnswerEvent = StepStarted | TextAdded | TextWithdrawn | AnswerFinished
AnswerEvents = Generator[AnswerEvent, None, None]
"""An answer in the making; closing it stops the answer, which is stored as far as it got."""
