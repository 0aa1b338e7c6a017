"""The states of an idea and the moves between them; `ideas/workflow` holds the guards."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class IdeaStatus(StrEnum):
    """The state of an idea."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    TRIAGE = "triage"
    NEEDS_INFO = "needs_info"
    EVALUATION = "evaluation"
    APPROVED = "approved"
    EXPERIMENT = "experiment"
    PRODUCTION = "production"
    MEASURED = "measured"
    RETIRED = "retired"
    PARKED = "parked"
    DECLINED = "declined"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"

    @property
    def phase(self) -> "Phase":
        return PHASES[self]

    @property
    def takes_votes(self) -> bool:
        """Whether people can still vote for the idea."""
        return self in VOTED


class Phase(StrEnum):
    """What the states come to for reports."""

    IDEA = "idea"
    OPPORTUNITY = "opportunity"
    PROJECT = "project"
    PARKED = "parked"
    CLOSED = "closed"


PHASES = {
    IdeaStatus.DRAFT: Phase.IDEA,
    IdeaStatus.SUBMITTED: Phase.IDEA,
    IdeaStatus.TRIAGE: Phase.IDEA,
    IdeaStatus.NEEDS_INFO: Phase.IDEA,
    IdeaStatus.EVALUATION: Phase.IDEA,
    IdeaStatus.APPROVED: Phase.OPPORTUNITY,
    IdeaStatus.EXPERIMENT: Phase.OPPORTUNITY,
    IdeaStatus.PRODUCTION: Phase.PROJECT,
    IdeaStatus.MEASURED: Phase.PROJECT,
    IdeaStatus.PARKED: Phase.PARKED,
    IdeaStatus.RETIRED: Phase.CLOSED,
    IdeaStatus.DECLINED: Phase.CLOSED,
    IdeaStatus.DUPLICATE: Phase.CLOSED,
    IdeaStatus.WITHDRAWN: Phase.CLOSED,
}

VOTED = frozenset(
    {
        IdeaStatus.SUBMITTED,
        IdeaStatus.TRIAGE,
        IdeaStatus.NEEDS_INFO,
        IdeaStatus.EVALUATION,
        IdeaStatus.APPROVED,
        IdeaStatus.EXPERIMENT,
        IdeaStatus.PARKED,
    }
)


@dataclass(frozen=True, slots=True)
class Move:
    """One step on the way of an idea, as the timeline shows it."""

    from_status: IdeaStatus
    to_status: IdeaStatus
    by_name: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SignOff:
    """The record that a committee looked at an idea of high or unclear risk."""

    by_name: str
    at: datetime
    text: str
    triage_id: str


@dataclass(frozen=True, slots=True)
class Oversight:
    """How people stay in charge of what an idea builds."""

    who_decides: str = ""
    how_overruled: str = ""
    when_it_fails: str = ""

    @property
    def is_complete(self) -> bool:
        return all(t.strip() for t in (self.who_decides, self.how_overruled, self.when_it_fails))


class Need(StrEnum):
    """What a move takes."""

    REASON = "reason"
    """A few words that everyone reads."""
    RATIONALE = "rationale"
    """A longer reason, because the reviewers disagree."""
    LESSON = "lesson"
    """What was learned."""
    TARGET = "target"
    """Another idea that this one repeats, which is neither a duplicate itself nor withdrawn."""
    LAWFUL = "lawful"
    """That the idea is not a prohibited practice."""
    RISK = "risk"
    """A triage that is not older than what it is about."""
    SIGN_OFF = "sign_off"
    """The committee's word on that triage."""
    OVERSIGHT = "oversight"
    """Who decides, how it is overruled, and what happens when it fails."""
    REVIEWS = "reviews"
    """Two submitted reviews without a conflict of interest."""
    REPLY = "reply"
    """That a submitter changed or commented on the idea since it was asked about."""
    OWNERSHIP = "ownership"
    """Owner, budget cap, success metric and end date."""
    CLOSED_EXPERIMENT = "closed_experiment"
    ACTUAL_IMPACT = "actual_impact"


@dataclass(frozen=True, slots=True)
class MoveRequest:
    """A move that a person wants, and what they say about it; `version` is the one they saw."""

    to: IdeaStatus
    version: int
    reason: str = ""
    lesson: str = ""
    target_id: str = ""


@dataclass(frozen=True, slots=True)
class MoveOption:
    """A move that a person may make now, with what is still missing besides words and a target."""

    to: IdeaStatus
    missing: tuple[Need, ...] = ()
    wants: tuple[Need, ...] = ()

    @property
    def is_open(self) -> bool:
        return not self.missing
