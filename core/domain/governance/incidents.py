"""Values of incidents: problems that people report, and what becomes of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class IncidentKind(StrEnum):
    """What went wrong."""

    WRONG = "wrong"
    HARMFUL = "harmful"
    PERSONAL_DATA = "personal_data"
    LEAKED = "leaked"
    INJECTION = "injection"
    OTHER = "other"


class Severity(StrEnum):
    """How bad it is, the worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class IncidentState(StrEnum):
    """Where it stands."""

    NEW = "new"
    IN_WORK = "in_work"
    CLOSED = "closed"


class IncidentOutcome(StrEnum):
    """What it came to."""

    FIXED = "fixed"
    EXPLAINED = "explained"
    NO_PROBLEM = "no_problem"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class IncidentNote:
    """What an administrator noted while looking into it."""

    text: str
    author_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Incident:
    """A reported problem; it holds the words of its reporter, and none of the answer.

    `message_id` is the answer that it is about, empty for a problem without one and once the
    conversation is gone. `engine` wrote that answer. `severity` and `outcome` are None until
    somebody decided; `reply` is what the reporter reads at the end. `version` counts changes.
    """

    id: str
    number: int
    kind: IncidentKind
    is_near_miss: bool
    state: IncidentState
    reported_at: datetime
    words: str = ""
    message_id: str = ""
    engine: str = ""
    reporter_id: str = ""
    reporter_name: str = ""
    severity: Severity | None = None
    owner_id: str = ""
    owner_name: str = ""
    outcome: IncidentOutcome | None = None
    reply: str = ""
    closed_at: datetime | None = None
    version: int = 1

    @property
    def is_open(self) -> bool:
        return self.state is not IncidentState.CLOSED


def incident_label(number: int) -> str:
    """Return what people call it: `INC-12`."""
    return f"INC-{number}"
