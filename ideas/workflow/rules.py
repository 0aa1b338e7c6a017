"""The table of moves: from where to where, whose move it is, and what it takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.domain.ideas.workflow import IdeaStatus, Need

S = IdeaStatus


class Part(StrEnum):
    """What a person is to an idea."""

    SUBMITTER = "submitter"
    """Its author, or someone who submitted it together with the author."""
    COMMITTEE = "committee"
    """An active reviewer or administrator who did not submit it."""
    OWNER = "owner"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Rule:
    """A move: one of `parts` makes it, and it takes all of `needs`."""

    parts: frozenset[Part]
    needs: tuple[Need, ...]


def _by(*parts: Part, needs: tuple[Need, ...] = ()) -> Rule:
    return Rule(frozenset(parts), (Need.REASON, Need.LAWFUL, *needs))


def _ending(*parts: Part, needs: tuple[Need, ...] = ()) -> Rule:
    """Return a move that is open to prohibited ideas too."""
    return Rule(frozenset(parts), (Need.REASON, *needs))


SAFE = (Need.RISK, Need.OVERSIGHT, Need.SIGN_OFF)
DECISION = (Need.REVIEWS, Need.RATIONALE)
DECLINE = _ending(Part.COMMITTEE, needs=(Need.LESSON,))
MERGE = _by(Part.COMMITTEE, needs=(Need.TARGET,))
WITHDRAW = _by(Part.SUBMITTER)
BY_COMMITTEE = _by(Part.COMMITTEE)
RETIRE = _ending(Part.OWNER, Part.ADMIN)

RULES: Mapping[tuple[IdeaStatus, IdeaStatus], Rule] = {
    (S.SUBMITTED, S.TRIAGE): BY_COMMITTEE,
    (S.SUBMITTED, S.DECLINED): DECLINE,
    (S.SUBMITTED, S.DUPLICATE): MERGE,
    (S.SUBMITTED, S.WITHDRAWN): WITHDRAW,
    (S.TRIAGE, S.NEEDS_INFO): BY_COMMITTEE,
    (S.TRIAGE, S.EVALUATION): _by(Part.COMMITTEE, needs=(Need.RISK,)),
    (S.TRIAGE, S.DECLINED): DECLINE,
    (S.TRIAGE, S.DUPLICATE): MERGE,
    (S.TRIAGE, S.WITHDRAWN): WITHDRAW,
    (S.NEEDS_INFO, S.TRIAGE): _by(Part.SUBMITTER, needs=(Need.REPLY,)),
    (S.NEEDS_INFO, S.PARKED): BY_COMMITTEE,
    (S.NEEDS_INFO, S.DECLINED): DECLINE,
    (S.NEEDS_INFO, S.DUPLICATE): MERGE,
    (S.NEEDS_INFO, S.WITHDRAWN): WITHDRAW,
    (S.EVALUATION, S.APPROVED): _by(Part.COMMITTEE, needs=(*DECISION, *SAFE)),
    (S.EVALUATION, S.PARKED): _by(Part.COMMITTEE, needs=DECISION),
    (S.EVALUATION, S.DECLINED): _ending(Part.COMMITTEE, needs=(*DECISION, Need.LESSON)),
    (S.EVALUATION, S.NEEDS_INFO): BY_COMMITTEE,
    (S.EVALUATION, S.DUPLICATE): MERGE,
    (S.EVALUATION, S.WITHDRAWN): WITHDRAW,
    (S.APPROVED, S.EXPERIMENT): _by(Part.OWNER, needs=(Need.OWNERSHIP, *SAFE)),
    (S.APPROVED, S.PARKED): BY_COMMITTEE,
    (S.APPROVED, S.DECLINED): DECLINE,
    (S.EXPERIMENT, S.PRODUCTION): _by(Part.COMMITTEE, needs=(Need.CLOSED_EXPERIMENT, *SAFE)),
    (S.EXPERIMENT, S.PARKED): BY_COMMITTEE,
    (S.EXPERIMENT, S.DECLINED): DECLINE,
    (S.PRODUCTION, S.MEASURED): _by(Part.OWNER, needs=(Need.ACTUAL_IMPACT,)),
    (S.PRODUCTION, S.RETIRED): RETIRE,
    (S.MEASURED, S.RETIRED): RETIRE,
    (S.PARKED, S.TRIAGE): BY_COMMITTEE,
    (S.PARKED, S.DECLINED): DECLINE,
    (S.PARKED, S.DUPLICATE): MERGE,
    (S.PARKED, S.WITHDRAWN): WITHDRAW,
}
"""All moves after the submission, which makes the idea (draft -> submitted)."""

WORDS = frozenset({Need.REASON, Need.RATIONALE, Need.LESSON, Need.TARGET})
"""What a person says with the move itself."""
