"""The way of each idea from its submission to where it stands, step by step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from core.domain.ideas.workflow import IdeaStatus
from demo.calendar import Calendar
from demo.script import IdeaScript, employees

S = IdeaStatus
DECIDED = (S.TRIAGE, S.EVALUATION)
WAYS: Mapping[IdeaStatus, tuple[IdeaStatus, ...]] = {
    S.SUBMITTED: (),
    S.TRIAGE: (S.TRIAGE,),
    S.NEEDS_INFO: (S.TRIAGE, S.NEEDS_INFO),
    S.EVALUATION: DECIDED,
    S.APPROVED: (*DECIDED, S.APPROVED),
    S.EXPERIMENT: (*DECIDED, S.APPROVED, S.EXPERIMENT),
    S.PRODUCTION: (*DECIDED, S.APPROVED, S.EXPERIMENT, S.PRODUCTION),
    S.MEASURED: (*DECIDED, S.APPROVED, S.EXPERIMENT, S.PRODUCTION, S.MEASURED),
    S.RETIRED: (*DECIDED, S.APPROVED, S.EXPERIMENT, S.PRODUCTION, S.RETIRED),
    S.PARKED: (*DECIDED, S.PARKED),
    S.DECLINED: (*DECIDED, S.DECLINED),
    S.DUPLICATE: (S.TRIAGE, S.DUPLICATE),
    S.WITHDRAWN: (S.WITHDRAWN,),
}
WEEKS: Mapping[IdeaStatus, float] = {
    S.TRIAGE: 0.6,
    S.NEEDS_INFO: 0.5,
    S.EVALUATION: 1.0,
    S.APPROVED: 2.5,
    S.EXPERIMENT: 1.5,
    S.PRODUCTION: 7.0,
    S.MEASURED: 9.0,
    S.RETIRED: 14.0,
    S.PARKED: 2.5,
    S.DECLINED: 1.5,
    S.DUPLICATE: 0.4,
    S.WITHDRAWN: 2.0,
}
"""How long it usually takes until an idea enters a state, from the state before."""
REASONS: Mapping[IdeaStatus, Sequence[str]] = {
    S.TRIAGE: ("Taken for the next round.", "Complete enough to look at the risk."),
    S.NEEDS_INFO: ("Please say which data would be needed, and where they are today.",),
    S.EVALUATION: ("The risk is clear, two reviewers are asked.", "Worth two independent looks."),
    S.APPROVED: ("Both reviews agree, and the budget of the quarter covers it.",),
    S.EXPERIMENT: ("Owner, budget and measure are set; the pilot starts on Monday.",),
    S.PRODUCTION: ("The pilot reached its measure; the department takes it over.",),
    S.MEASURED: ("The figures of the first months are in.",),
    S.RETIRED: ("The customs office writes its letters in plain words since summer.",),
    S.PARKED: ("Not this year: the same people are needed for the new warehouse.",),
    S.DECLINED: ("Thank you. We do not go on with it; what we learned stands below.",),
    S.DUPLICATE: ("The same as an earlier idea; your vote moves there.",),
    S.WITHDRAWN: ("A colleague found that we may use the photos of the association.",),
}
COMMITTEE = tuple(person.key for person in employees() if person.role == "reviewer")


@dataclass(frozen=True, slots=True)
class Step:
    """A move of an idea: from where, to where, when, by whom (a key) and why."""

    came_from: IdeaStatus
    to: IdeaStatus
    at: datetime
    by: str
    reason: str


def reviewers_of(script: IdeaScript) -> list[str]:
    """Return the keys of the committee without those who submitted the idea."""
    return [key for key in COMMITTEE if key != script.by and key not in script.together]


def steps_of(script: IdeaScript, calendar: Calendar, random: Random) -> list[Step]:
    """Return the moves of an idea in order, all of them between its submission and today."""
    way = way_of(script)
    usual = sum(WEEKS[status] for status in way)
    pace = min(1.0, 0.85 * script.weeks_ago / usual) if usual else 1.0
    steps: list[Step] = []
    before, weeks_ago = S.SUBMITTED, script.weeks_ago
    for status in way:
        weeks_ago -= WEEKS[status] * pace
        at = calendar.until - timedelta(weeks=weeks_ago)
        reason = random.choice(REASONS[status])
        steps.append(Step(before, status, at, _mover(script, status), reason))
        before = status
    return steps


def way_of(script: IdeaScript) -> tuple[IdeaStatus, ...]:
    """Return the states after the submission; what was never reviewed is declined in triage."""
    if script.state is S.DECLINED and not script.scores:
        return (S.TRIAGE, S.DECLINED)
    return WAYS[script.state]


def _mover(script: IdeaScript, status: IdeaStatus) -> str:
    match status:
        case S.EXPERIMENT | S.MEASURED | S.RETIRED | S.WITHDRAWN:
            return script.by
        case _:
            return reviewers_of(script)[0]
