"""Figures of problems that people reported: how many, and how many for each 1,000 answers."""

from sqlmodel import Session, col, select

from admin.measures import MIN_CASES, Definition, Measure
from admin.usage.period import Span
from core.domain.governance.incidents import Severity
from core.storage.tables import IncidentRow

INCIDENTS = Definition(
    "incidents",
    "Problems reported",
    "Problems that people reported in the period, without near misses, by severity.",
)
INCIDENT_RATE = Definition(
    "incidents_per_thousand",
    "Problems for each 1,000 answers",
    "Problems reported in the period, without near misses, for each 1,000 answers of the period; "
    "test questions are left out.",
)
NEAR_MISSES = Definition(
    "near_misses",
    "Near misses reported",
    "Problems of the period that were noticed before they did any harm.",
)
NOT_JUDGED = "not_judged"


def reported_problems(
    session: Session, span: Span, answers: int
) -> tuple[Measure, Measure, Measure]:
    """Return problems, their rate and near misses of a span of days with so many answers."""
    reported = session.exec(
        select(IncidentRow.severity, IncidentRow.is_near_miss).where(
            col(IncidentRow.reported_at) >= span.since,
            col(IncidentRow.reported_at) < span.until,
        )
    ).all()
    severities = [severity or NOT_JUDGED for severity, is_near in reported if not is_near]
    parts = {kind: float(severities.count(kind)) for kind in (*map(str, Severity), NOT_JUDGED)}
    share = 1_000 * len(severities) / answers if answers >= MIN_CASES else None
    return (
        Measure(INCIDENTS, len(severities), parts=parts),
        Measure(INCIDENT_RATE, share, answers),
        Measure(NEAR_MISSES, len(reported) - len(severities)),
    )
