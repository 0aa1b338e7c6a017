"""Conversations as their owner sees them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.answers import Answer, Source


class MessageRole(StrEnum):
    """The writer of a message."""

    USER = "user"
    ASSISTANT = "assistant"


class FeedbackReason(StrEnum):
    """The reasons why an answer was not helpful."""

    INCORRECT = "incorrect"
    NOT_IN_SOURCE = "not_in_source"
    OUTDATED = "outdated"
    INCOMPLETE = "incomplete"
    WRONG_DOCUMENT = "wrong_document"
    REFUSED = "refused"
    TOO_SLOW = "too_slow"
    UNSAFE = "unsafe"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Feedback:
    """A person's judgement of one answer; rating is 1 (helpful) or -1 (not helpful)."""

    rating: int
    reason: FeedbackReason | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One entry of a conversation; `answer` is set on assistant messages.

    `sources` are the documents that stand behind the answer. `has_reply` says that somebody
    replied later to everyone who asked this.
    """

    id: str
    role: MessageRole
    text: str
    created_at: datetime
    answer: Answer | None = None
    feedback: Feedback | None = None
    sources: frozenset[Source] = frozenset()
    has_reply: bool = False


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """One line in the history; `has_reply` says that somebody answered and nobody read it yet."""

    id: str
    title: str
    updated_at: datetime
    is_pinned: bool = False
    has_reply: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation with its messages, oldest first; `earlier` ones were left out before them.

    `suggestions` are questions to ask next, if they were asked for.
    """

    id: str
    title: str
    created_at: datetime
    updated_at: datetime
    messages: tuple[Message, ...] = ()
    earlier: int = 0
    suggestions: tuple[str, ...] = ()
