"""Values of the AI-use policy: its versions, who acknowledged them, and first steps."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Decision(StrEnum):
    """What a person said to a version of the policy."""

    ACKNOWLEDGED = "acknowledged"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A published version; `text` is Markdown, `note` says what changed and may be empty.

    A material one has to be acknowledged by everyone again. `published_by` is the name of whoever
    published it, empty for the version that came with the product.
    """

    id: str
    number: int
    text: str
    sha256: str
    is_material: bool
    note: str
    published_at: datetime
    published_by: str = ""


@dataclass(frozen=True, slots=True)
class PolicyDraft:
    """A text that is not published yet; `version` counts its changes, 0 for none saved."""

    text: str
    version: int = 0
    changed_by: str = ""
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What a person said to a version, and the SHA-256 of the text that they were shown."""

    number: int
    sha256: str
    decision: Decision
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonStanding:
    """How a person with an account stands to the policy; `number` is 0 for none acknowledged.

    `trained_at` is when they first passed the quiz.
    """

    id: str
    name: str
    email: str
    is_settled: bool
    number: int = 0
    at: datetime | None = None
    has_declined: bool = False
    trained_at: datetime | None = None


class Step(StrEnum):
    """A first step in the sandbox."""

    ASKED = "asked"
    SOURCE_OPENED = "source_opened"
    RATED = "rated"
    IDEA_SEEN = "idea_seen"


@dataclass(frozen=True, slots=True)
class Trail:
    """The first steps of a person: those that are done, and whether they passed the quiz."""

    done: frozenset[Step]
    has_passed_quiz: bool


def text_sha256(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, as 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()
