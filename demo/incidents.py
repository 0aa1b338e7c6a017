"""Problems that the made-up people reported, and how they ended."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from sqlmodel import Session, col, func, select

from core.domain.governance.incidents import (
    IncidentKind,
    IncidentOutcome,
    IncidentState,
    Severity,
)
from core.storage.tables import IncidentRow
from demo.calendar import Calendar
from demo.marks import demo_id
from demo.people import person_id
from demo.script import employees

WEEKS_AGO = (41, 33, 26, 19, 14, 11, 8, 6, 4, 3, 1, 0.5)
NEAR_MISS = 4
"""One of so many is a near miss."""
STILL_OPEN = 2
"""So many of the newest are not closed."""


def incident_rows(session: Session, calendar: Calendar, random: Random) -> Iterator[IncidentRow]:
    """Yield a problem for each of these weeks, the older ones closed."""
    first = session.exec(select(func.max(col(IncidentRow.number)))).one() or 0
    people, kinds = employees(), list(IncidentKind)
    severities, outcomes = list(Severity), list(IncidentOutcome)
    for place, weeks_ago in enumerate(WEEKS_AGO):
        reported_at = calendar.moment(weeks_ago, random)
        is_open = place >= len(WEEKS_AGO) - STILL_OPEN
        closed_at = min(reported_at + timedelta(days=random.uniform(0.2, 6)), calendar.until)
        yield IncidentRow(
            id=demo_id("incident", place),
            number=first + place + 1,
            reporter_id=person_id(people[place % len(people)].key),
            kind=kinds[place % len(kinds)].value,
            is_near_miss=place % NEAR_MISS == NEAR_MISS - 1,
            engine="passages",
            severity=None if is_open else severities[(place + 1) % len(severities)].value,
            state=(IncidentState.NEW if is_open else IncidentState.CLOSED).value,
            outcome=None if is_open else outcomes[place % len(outcomes)].value,
            reported_at=reported_at,
            closed_at=None if is_open else closed_at,
        )
