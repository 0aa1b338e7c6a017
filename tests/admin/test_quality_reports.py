"""Measures of quality equal independent SQL, and are kept from those who may not see them."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from admin.measures import Measure
from admin.quality.drift import DriftChecks
from admin.quality.reports import QualityReports
from admin.quality.values import GateState, LastEvaluation, QualityReport, State
from admin.usage.days import UsageDays
from admin.usage.period import Period
from core.domain.clock import new_id, now
from core.domain.conversations import MessageRole
from core.domain.costs.money import ExchangeRates
from core.domain.identity import SYSTEM, User
from core.errors import AccessDenied
from core.storage.database import Database
from core.storage.tables import (
    AnswerUsageRow,
    ConversationRow,
    FeedbackRow,
    IncidentRow,
    MessageRow,
    UserRow,
)
from tests.ingestion.fakes import HashingEmbedder

AT = datetime(2026, 11, 20, 15, tzinfo=UTC)
PERIOD = Period.of_days(14, UTC, AT)
RUN = LastEvaluation("golden", AT, 83, GateState.PASS, has_baseline=True)
SQL = {
    "helpful": (
        "SELECT avg(CASE WHEN f.rating = 1 THEN 1.0 ELSE 0 END), count(*) FROM answer_usage u "
        "JOIN feedback f ON f.message_id = u.message_id WHERE {use}"
    ),
    "coverage": (
        "SELECT avg(CASE WHEN f.rating IS NULL THEN 0.0 ELSE 1 END), count(*) FROM answer_usage u "
        "LEFT JOIN feedback f ON f.message_id = u.message_id WHERE {use}"
    ),
    "abstained": (
        "SELECT avg(CASE WHEN u.abstained THEN 1.0 ELSE 0 END), count(*) FROM answer_usage u "
        "WHERE {use}"
    ),
    "zero_hits": (
        "SELECT avg(CASE WHEN u.passages_found = 0 THEN 1.0 ELSE 0 END), count(*) "
        "FROM answer_usage u WHERE {use} AND u.status = 'complete' AND u.engine <> 'sandbox'"
    ),
    "unsupported": (
        "SELECT 1 - sum(u.supported_sentences) * 1.0 / sum(u.sentences), sum(u.sentences) "
        "FROM answer_usage u WHERE {use}"
    ),
    "cited": (
        "SELECT avg(CASE WHEN u.citations > 0 THEN 1.0 ELSE 0 END), count(*) FROM answer_usage u "
        "WHERE {use} AND u.status = 'complete' AND u.engine <> 'sandbox' AND NOT u.abstained"
    ),
    "invalid_citations": (
        "SELECT sum(u.invalid_citations) * 1.0 / sum(u.invalid_citations + u.citations), "
        "sum(u.invalid_citations + u.citations) FROM answer_usage u "
        "WHERE {use} AND u.status = 'complete' AND u.engine <> 'sandbox' AND NOT u.abstained"
    ),
    "repaired_citations": (
        "SELECT sum(u.repaired_citations), sum(u.citations) FROM answer_usage u "
        "WHERE {use} AND u.status = 'complete' AND u.engine <> 'sandbox' AND NOT u.abstained"
    ),
    "failed": (
        "SELECT avg(CASE WHEN u.status = 'failed' THEN 1.0 ELSE 0 END), count(*) "
        "FROM answer_usage u WHERE {use}"
    ),
    "incidents_per_thousand": (
        "SELECT 1000.0 * (SELECT count(*) FROM incidents i WHERE NOT i.is_near_miss "
        "AND i.reported_at >= :since AND i.reported_at < :until) / count(*), count(*) "
        "FROM answer_usage u WHERE {use}"
    ),
}
USE = "u.surface <> 'evaluation' AND u.created_at >= :since AND u.created_at < :until"


def fill(database: Database, random: Random, rows: int = 400) -> None:
    """Answers of every kind in four weeks, some of them rated."""
    with database.begin() as session:
        session.add(UserRow(id="anna", email="a@nordhafen.example", name="Anna", role="employee"))
        session.flush()
        chat = ConversationRow(user_id="anna", title="Chat")
        session.add(chat)
        session.flush()
        session.add_all(problem(random, number) for number in range(30))
        for number in range(rows):
            usage = answer(random, AT - timedelta(minutes=random.randrange(28 * 24 * 60)))
            session.add(usage)
            if random.random() < 0.4:
                session.add(message(chat.id, usage.message_id, number))
                session.flush()
                rating = random.choice([1, 1, -1])
                session.add(FeedbackRow(message_id=usage.message_id, user_id="anna", rating=rating))


def problem(random: Random, number: int) -> IncidentRow:
    return IncidentRow(
        number=number,
        reporter_id="anna",
        kind="wrong",
        state="new",
        is_near_miss=random.random() < 0.3,
        reported_at=AT - timedelta(minutes=random.randrange(28 * 24 * 60)),
    )


def answer(random: Random, at: datetime) -> AnswerUsageRow:
    sentences = random.randrange(5)
    status = random.choice(["complete", "complete", "complete", "failed", "stopped"])
    return AnswerUsageRow(
        message_id=new_id(),
        conversation_id="c",
        user_id="anna",
        created_at=at,
        surface=random.choice(["chat", "chat", "terminal", "evaluation"]),
        engine=random.choice(["large", "passages", "sandbox"]),
        status=status,
        error_type=random.choice(["timeout", "refused"]) if status == "failed" else "",
        abstained=random.random() < 0.2,
        passages_found=random.randrange(3),
        citations=random.randrange(3),
        invalid_citations=random.randrange(2),
        repaired_citations=random.randrange(2),
        sentences=sentences,
        supported_sentences=random.randrange(sentences + 1),
        total_ms=random.randrange(9_000),
    )


def message(chat_id: str, message_id: str, position: int) -> MessageRow:
    return MessageRow(
        id=message_id,
        conversation_id=chat_id,
        position=position,
        role=MessageRole.ASSISTANT,
        text="An answer.",
        status="complete",
    )


def reports_of(database: Database) -> QualityReports:
    days, rates = UsageDays(database), ExchangeRates("EUR")
    drift = DriftChecks(database, days, rates, HashingEmbedder(), clock=lambda: AT)
    return QualityReports(database, days, rates, drift, lambda: RUN)


def independently(database: Database, key: str, period: Period) -> tuple[float, int]:
    bounds: dict[str, Any] = {"since": period.since, "until": period.until}
    if database.dialect == "sqlite":
        bounds = {
            name: moment.replace(tzinfo=None).isoformat(" ") for name, moment in bounds.items()
        }
    with database.read() as session:
        value, cases = session.execute(text(SQL[key].format(use=USE)), bounds).one()
    return float(value), int(cases)


@pytest.mark.parametrize("key", SQL)
def test_each_measure_equals_a_query_of_its_own(database: Database, key: str) -> None:
    fill(database, Random(11))

    [found] = [
        one
        for one in reports_of(database).report(SYSTEM, PERIOD).measures
        if one.now.definition.key == key
    ]

    for measure, period in ((found.now, PERIOD), (found.before, PERIOD.previous)):
        value, cases = independently(database, key, period)
        assert measure.value == pytest.approx(value)
        assert measure.cases == cases


def test_errors_are_told_by_their_kind(database: Database) -> None:
    fill(database, Random(11))

    failed = measure(reports_of(database).report(SYSTEM, PERIOD), "failed")

    assert set(failed.parts) == {"timeout", "refused"}
    assert sum(share or 0 for share in failed.parts.values()) == pytest.approx(failed.value)


def measure(report: QualityReport, key: str) -> Measure:
    return next(one.now for one in report.measures if one.now.definition.key == key)


def test_shares_of_19_cases_are_not_told(sqlite_database: Database) -> None:
    with sqlite_database.begin() as session:
        session.add_all(answer(Random(1), AT - timedelta(hours=1)) for _ in range(19))

    report = reports_of(sqlite_database).report(SYSTEM, PERIOD)

    shares = [one.now for one in report.measures if one.now.definition.unit == "share"]
    assert {one.value for one in shares if (one.cases or 0) < 20} == {None}
    assert (measure(report, "abstained").cases or 0) <= 19


def test_weeks_are_the_twelve_up_to_the_last_day(sqlite_database: Database) -> None:
    fill(sqlite_database, Random(11))

    weeks = reports_of(sqlite_database).report(SYSTEM, PERIOD).weeks

    assert len(weeks) == 12
    assert {week.span.first.weekday() for week in weeks} == {0}
    assert weeks[-1].span.until == PERIOD.until


def test_without_any_answer_nothing_is_told(sqlite_database: Database) -> None:
    report = reports_of(sqlite_database).report(SYSTEM, PERIOD)

    assert {one.now.value for one in report.measures} == {None, 0}
    assert report.state is State.NO_DATA
    assert not report.verdicts


def test_the_last_evaluation_is_told_as_it_is_handed_in(sqlite_database: Database) -> None:
    assert reports_of(sqlite_database).report(SYSTEM, PERIOD).evaluation == RUN


def test_nobody_but_administrators_sees_or_changes_anything(sqlite_database: Database) -> None:
    reports, ben = reports_of(sqlite_database), User("ben", "b@nordhafen.example", "Ben")

    for look in (
        lambda: reports.report(ben, Period.of_days(7, UTC, now())),
        lambda: reports.check_now(ben),
        lambda: reports.accept_as_normal(ben),
    ):
        with pytest.raises(AccessDenied):
            look()
