"""Questions that the documents do not answer, and who can be asked instead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class GapStatus(StrEnum):
    """The state of a knowledge gap; every state but open has a reply."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"
    DECLINED = "declined"


class GapCause(StrEnum):
    """Why a question is a gap."""

    UNANSWERED = "unanswered"
    """The documents did not answer it."""
    WEAK = "weak"
    """A language model answered, and the documents support less than half of its sentences."""
    NOT_HELPFUL = "not_helpful"
    """The person who asked rated the answer not helpful."""
    SENT = "sent"
    """The person sent it on, although the answer showed what comes near."""


@dataclass(frozen=True, slots=True)
class GapRoute:
    """A person who can be asked about a near collection; without a name, the administrators.

    `owner_id` is empty where the collection has no active owner.
    """

    collection_id: str = ""
    collection_name: str = ""
    owner_id: str = ""
    owner_name: str = ""


@dataclass(frozen=True, slots=True)
class GapDraft:
    """A question as it would be sent, letter for letter, and who can be asked, likeliest first.

    `searched_for` is the standalone query, empty if it is the question.
    """

    question: str
    searched_for: str
    routes: tuple[GapRoute, ...]


@dataclass(frozen=True, slots=True)
class KnowledgeGap:
    """A question that somebody sent on, and its outcome.

    `owner_name` is who was asked at that time (empty: the administrators), `reply` the answer or
    the reason for closing, `document_name` the document that closes it, if the reader may know it.
    `message_id` is empty once the chat is gone. Where nobody sent the question on and it was
    settled with others that mean the same, `is_sent` is false.
    """

    id: str
    message_id: str
    question: str
    searched_for: str
    note: str
    status: GapStatus
    asker_name: str
    asked_at: datetime
    collection_id: str = ""
    collection_name: str = ""
    owner_name: str = ""
    reply: str = ""
    replied_by: str = ""
    replied_at: datetime | None = None
    is_read: bool = False
    document_name: str = ""
    is_sent: bool = True
    topic_id: str = ""

    @property
    def is_open(self) -> bool:
        return self.status is GapStatus.OPEN

    @property
    def has_news(self) -> bool:
        """Whether a reply arrived that the person who asked has not seen."""
        return not self.is_open and not self.is_read


@dataclass(frozen=True, slots=True)
class GapOutcome:
    """How a topic was settled; `document_name` is empty without a document, or if it is gone.

    A personal one was read by a single person.
    """

    status: GapStatus
    reply: str
    by: str
    at: datetime
    document_id: str = ""
    document_name: str = ""
    is_personal: bool = False


@dataclass(frozen=True, slots=True)
class GapTopic:
    """Questions that mean the same; `label` is one of them, word for word.

    `causes` counts the questions, `people` those who asked them. `assignee_name` is who is
    responsible, empty for the administrators; `is_assigned` says that somebody was chosen, who need
    not own the collection. `outcome` is the last one.
    """

    id: str
    label: str
    status: GapStatus
    questions: int
    people: int
    causes: Mapping[GapCause, int]
    first_asked: datetime
    last_asked: datetime
    collection_id: str = ""
    collection_name: str = ""
    assignee_id: str = ""
    assignee_name: str = ""
    is_assigned: bool = False
    reopened_at: datetime | None = None
    outcome: GapOutcome | None = None
    sent: tuple[KnowledgeGap, ...] = ()
    is_golden: bool = False

    @property
    def is_open(self) -> bool:
        return self.status is GapStatus.OPEN


@dataclass(frozen=True, slots=True)
class GapQuestion:
    """One question of a topic, without the name of whoever asked."""

    message_id: str
    question: str
    asked_at: datetime
    cause: GapCause
    was_told: bool = False


@dataclass(frozen=True, slots=True)
class TopicPage:
    """Topics on one page of a list, and how many there are on all."""

    shown: tuple[GapTopic, ...]
    total: int
