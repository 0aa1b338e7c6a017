"""The life around an idea: comments and what people are told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Visibility(StrEnum):
    """Who reads a comment."""

    PUBLIC = "public"
    REVIEWERS = "reviewers"

    def narrowest(self, other: "Visibility") -> "Visibility":
        """Return the one of both that fewer people read."""
        return Visibility.REVIEWERS if Visibility.REVIEWERS in (self, other) else self


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment; a deleted one keeps its place without its text.

    `from_number` is the number of the duplicate that it was written under, None usually.
    """

    id: str
    author_id: str
    author_name: str
    text: str
    at: datetime
    visibility: Visibility = Visibility.PUBLIC
    parent_id: str = ""
    edited_at: datetime | None = None
    is_deleted: bool = False
    from_number: int | None = None


class Happening(StrEnum):
    """What a notification is about."""

    MOVED = "moved"
    COMMENTED = "commented"
    MENTIONED = "mentioned"
    MERGED = "merged"
    EDITED = "edited"
    REVIEW_DUE = "review_due"
    OWNER_NAMED = "owner_named"
    CO_SUBMITTER_NAMED = "co_submitter_named"
    RISK_CHANGED = "risk_changed"
    RESULTS_PUBLISHED = "results_published"
    GAP_ANSWERED = "gap_answered"
    GAP_CLOSED = "gap_closed"
    GAP_DECLINED = "gap_declined"
    GAP_ASSIGNED = "gap_assigned"
    INCIDENT_REPORTED = "incident_reported"
    INCIDENT_CLOSED = "incident_closed"
    ACCOUNT_FACTOR_ADDED = "account_factor_added"
    ACCOUNT_FACTOR_REMOVED = "account_factor_removed"
    ACCOUNT_PASSWORD_SET = "account_password_set"  # noqa: S105  the name of a happening
    ACCOUNT_CONNECTED = "account_connected"
    ACCOUNT_DISCONNECTED = "account_disconnected"
    COPY_FOUND = "copy_found"
    ANSWER_WITHDRAWN = "answer_withdrawn"
    ANSWER_RESTORED = "answer_restored"

    @property
    def is_of_account(self) -> bool:
        """Whether it is about how a person signs in."""
        return self.value.startswith("account_")

    @property
    def is_without_idea(self) -> bool:
        """Whether it is about an answer in the chat or an account, and no idea."""
        return self.value.startswith(("gap_", "incident_", "account_", "copy_", "answer_"))


class DigestChoice(StrEnum):
    """How often a person wants a mail about what they have not read."""

    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Notification:
    """Something that happened to an idea or a question; a page puts it into words.

    `details` hold values such as the state that an idea moved to, never a text of a person.
    """

    id: str
    happening: Happening
    at: datetime
    idea_id: str = ""
    idea_number: int = 0
    idea_title: str = ""
    actor_name: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    is_read: bool = False
