"""Values of privacy: what is kept how long, legal holds, and erasures of people."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DataClass(StrEnum):
    """A class of data that may have a period after which it is deleted."""

    CONVERSATIONS = "conversations"
    USAGE = "usage"
    GUARD_NOTES = "guard_notes"
    FEEDBACK = "feedback"
    SENT_QUESTIONS = "sent_questions"
    INCIDENTS = "incidents"
    DRAFTS = "drafts"
    REFUSALS = "refusals"
    SIGN_INS = "sign_ins"


class ErasureState(StrEnum):
    """How far the erasure of a person has come."""

    BEGUN = "begun"
    """The account is closed; nothing is removed yet."""
    REMOVED = "removed"
    """No row holds anything of the person; files are still to be rewritten and searched."""
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class LegalHold:
    """Everything of a person, or one conversation, that is kept until it is released.

    `conversation_id` is "" for everything. `released_at` is None while it holds.
    """

    id: str
    person_id: str
    person_name: str
    conversation_id: str
    reason: str
    placed_by: str
    placed_at: datetime
    released_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HiddenChat:
    """A conversation that its author deleted: until when they can undo it, and whether it is held.

    What is held stays hidden, and is deleted once its legal hold is released.
    """

    undo_until: datetime
    is_held: bool
