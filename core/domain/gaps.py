"""Questions that the documents do not answer, and who can be asked instead."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class GapStatus(StrEnum):
    """The state of a knowledge gap; every state but open has a reply."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"
    DECLINED = "declined"


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
    the reason for closing. `message_id` is empty once the chat is gone.
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

    @property
    def is_open(self) -> bool:
        return self.status is GapStatus.OPEN

    @property
    def has_news(self) -> bool:
        """Whether a reply arrived that the person who asked has not seen."""
        return not self.is_open and not self.is_read
