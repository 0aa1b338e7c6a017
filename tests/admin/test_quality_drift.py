"""The daily check of drift: what it reads, what it keeps, and what it must not keep."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import insert, text
from sqlmodel import SQLModel, col, select, update

from admin.quality.drift import DriftChecks
from admin.quality.values import Days, Monitor, State, Verdict
from admin.usage.days import UsageDays
from core.domain.clock import new_id
from core.domain.conversations import MessageRole
from core.domain.costs.money import ExchangeRates
from core.domain.identity import SYSTEM
from core.storage.database import Database
from core.storage.tables import (
    AnswerUsageRow,
    AuditEventRow,
    ConversationRow,
    DriftVerdictRow,
    FeedbackRow,
    MessageRow,
    UserRow,
)
from tests.ingestion.fakes import HashingEmbedder

MONDAY = datetime(2026, 11, 30, 6, tzinfo=UTC)
TRAVEL = "which class may we book on a train flight taxi hotel ferry ship tram bus".split()
CUSTOMS = "what duty tariff form seal origin export import licence does freight need abroad".split()


class Clock:
    """Stands where a test puts it."""

    def __init__(self) -> None:
        self.time = MONDAY

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


def checks_of(
    database: Database, clock: Clock, embedder: HashingEmbedder | None = None
) -> DriftChecks:
    days = UsageDays(database)
    return DriftChecks(database, days, ExchangeRates("EUR"), embedder or HashingEmbedder(), clock)


def fill(database: Database, *, last_week: Sequence[str] = TRAVEL, helpful: float = 0.8) -> None:
    """Six weeks with 30 questions a day, of which the last one may differ."""
    random = Random(6)
    with database.begin() as session:
        session.add(UserRow(id="anna", email="a@nordhafen.example", name="Anna", role="employee"))
        session.flush()
        rows: list[SQLModel] = []
        for day in range(1, 43):
            is_last = day <= 7
            words = last_week if is_last else TRAVEL
            for _ in range(30):
                at = MONDAY - timedelta(days=day, minutes=random.randrange(300))
                share = helpful if day <= 14 else 0.8
                rows += exchange(random, at, words, is_helpful=random.random() < share)
        for kind in (ConversationRow, MessageRow, AnswerUsageRow, FeedbackRow):
            same = [row.model_dump() for row in rows if isinstance(row, kind)]
            session.execute(insert(kind), same)


def exchange(
    random: Random, at: datetime, words: Sequence[str], *, is_helpful: bool
) -> list[SQLModel]:
    chat, answer_id = new_id(), f"{random.getrandbits(128):032x}"
    question = " ".join(random.sample(words, 6))
    return [
        ConversationRow(id=chat, user_id="anna", title="Chat"),
        message(chat, 0, new_id(), question, at),
        message(chat, 1, answer_id, "Yes.", at),
        AnswerUsageRow(
            message_id=answer_id,
            conversation_id=chat,
            user_id="anna",
            created_at=at,
            engine="large",
            embedding_model="hashing",
            status="complete",
            passages_found=8,
            top_similarity=random.gauss(0.6, 0.1),
            sentences=random.choice((1, 2, 3)),
            supported_sentences=1,
            first_token_ms=400,
            total_ms=round(2_000 * random.lognormvariate(0, 0.3)),
            cost_micros=500,
        ),
        FeedbackRow(message_id=answer_id, user_id="anna", rating=1 if is_helpful else -1),
    ]


def message(chat: str, position: int, message_id: str, words: str, at: datetime) -> MessageRow:
    role = MessageRole.ASSISTANT if position else MessageRole.USER
    return MessageRow(
        id=message_id,
        conversation_id=chat,
        position=position,
        role=role,
        text=words,
        status="complete",
        created_at=at,
    )


def state_of(verdicts: Sequence[Verdict], monitor: Monitor) -> State:
    return next(one.state for one in verdicts if one.monitor is monitor)


def test_ordinary_weeks_are_as_usual_but_what_costs_nothing_has_no_verdict(
    database: Database, clock: Clock
) -> None:
    fill(database)

    verdicts = checks_of(database, clock).check()

    assert [one.monitor for one in verdicts] == list(Monitor)
    # Costs are those of requests, of which there are none here.
    assert state_of(verdicts, Monitor.COST) is State.NO_DATA
    assert {one.state for one in verdicts if one.monitor is not Monitor.COST} == {State.OK}


def test_a_week_about_something_else_is_an_alert(database: Database, clock: Clock) -> None:
    fill(database, last_week=CUSTOMS)

    verdicts = checks_of(database, clock).check()

    assert state_of(verdicts, Monitor.TOPICS) is State.ALERT
    assert state_of(verdicts, Monitor.HELPFUL) is State.OK


def test_two_weeks_with_15_points_fewer_helpful_answers_are_an_alert(
    database: Database, clock: Clock
) -> None:
    fill(database, helpful=0.65)

    verdicts = checks_of(database, clock).check()

    [helpful] = [one for one in verdicts if one.monitor is Monitor.HELPFUL]
    assert helpful.state is State.ALERT
    assert (helpful.cases, helpful.usual_cases) == (210, 840)
    assert helpful.low is not None
    assert helpful.value is not None
    assert helpful.value < helpful.low


def test_figures_of_a_verdict_equal_a_query_of_their_own(database: Database, clock: Clock) -> None:
    fill(database, helpful=0.7)

    verdicts = checks_of(database, clock).check()

    [helpful] = [one for one in verdicts if one.monitor is Monitor.HELPFUL]
    query = text(
        "SELECT avg(CASE WHEN f.rating = 1 THEN 1.0 ELSE 0 END) FROM feedback f "
        "JOIN answer_usage u ON u.message_id = f.message_id "
        "WHERE u.created_at >= '2026-11-23' AND u.created_at < '2026-11-30'"
    )
    with database.read() as session:
        assert helpful.value == pytest.approx(float(session.execute(query).scalar_one()))


def test_another_embedding_model_begins_anew_and_is_no_drift(
    sqlite_database: Database, clock: Clock
) -> None:
    fill(sqlite_database)
    newer = col(AnswerUsageRow.created_at) >= MONDAY - timedelta(days=7)
    with sqlite_database.begin() as session:
        session.execute(
            update(AnswerUsageRow).where(newer).values(embedding_model="newer", top_similarity=0.9)
        )

    verdicts = checks_of(sqlite_database, clock, HashingEmbedder("newer")).check()

    assert state_of(verdicts, Monitor.CLOSENESS) is State.NO_DATA
    assert state_of(verdicts, Monitor.TOPICS) is State.OK


def test_questions_of_deleted_conversations_are_not_read(
    sqlite_database: Database, clock: Clock
) -> None:
    fill(sqlite_database)
    with sqlite_database.begin() as session:
        session.execute(update(ConversationRow).values(deleted_at=MONDAY))
    embedder = HashingEmbedder()

    verdicts = checks_of(sqlite_database, clock, embedder).check()

    assert state_of(verdicts, Monitor.TOPICS) is State.NO_DATA
    assert embedder.embedded == 0


def test_at_most_400_questions_of_each_window_are_embedded(
    sqlite_database: Database, clock: Clock
) -> None:
    fill(sqlite_database)
    embedder = HashingEmbedder()

    checks_of(sqlite_database, clock, embedder).check()

    assert embedder.embedded == 210 + 400


def test_the_same_day_gives_the_same_verdicts(sqlite_database: Database, clock: Clock) -> None:
    fill(sqlite_database, last_week=CUSTOMS)
    checks = checks_of(sqlite_database, clock)

    assert checks.check() == checks.check()


def test_what_is_kept_are_figures_without_any_word(sqlite_database: Database, clock: Clock) -> None:
    fill(sqlite_database)

    checks_of(sqlite_database, clock).check()

    with sqlite_database.read() as session:
        rows = session.exec(select(DriftVerdictRow)).all()
    values = [value for row in rows for value in row.model_dump().values()]
    kept = {value for value in values if isinstance(value, str)}
    assert kept <= {*map(str, Monitor), *map(str, State)}


def test_a_day_is_checked_once_until_someone_asks(sqlite_database: Database, clock: Clock) -> None:
    fill(sqlite_database)
    checks = checks_of(sqlite_database, clock)

    assert (checks.check_due(), checks.check_due()) == (len(Monitor), 0)
    clock.time += timedelta(days=1)
    assert checks.check_due() == len(Monitor)


def test_the_newest_verdicts_are_read_back_as_they_were_made(
    database: Database, clock: Clock
) -> None:
    fill(database)
    checks = checks_of(database, clock)
    checks.check()
    clock.time += timedelta(days=1)

    made = checks.check()

    with database.read() as session:
        read = checks.newest(session)
    assert [one.computed_at is not None for one in read] == [True] * len(Monitor)
    assert [without_time(one) for one in read] == [without_time(one) for one in made]


def without_time(verdict: Verdict) -> tuple[object, ...]:
    return (
        *(verdict.monitor, verdict.state, verdict.window, verdict.reference, verdict.cases),
        *(verdict.usual_cases, verdict.value, verdict.usual, verdict.low, verdict.high),
    )


def test_verdicts_of_more_than_400_days_ago_are_deleted(
    sqlite_database: Database, clock: Clock
) -> None:
    checks = checks_of(sqlite_database, clock)
    checks.check()
    clock.time += timedelta(days=401)

    checks.check()

    with sqlite_database.read() as session:
        kept = set(session.exec(select(col(DriftVerdictRow.until))).all())
    assert kept == {clock.time.date()}


def test_without_the_embedding_model_everything_else_is_checked_and_topics_later(
    sqlite_database: Database, clock: Clock
) -> None:
    fill(sqlite_database)

    silent = HashingEmbedder()
    silent.forbidden_word = "train"  # asked for again and again

    assert checks_of(sqlite_database, clock, silent).check_due() == len(Monitor) - 1
    assert checks_of(sqlite_database, clock).check_due() == len(Monitor)


def test_days_accepted_as_normal_are_compared_with_and_audited(
    sqlite_database: Database, clock: Clock
) -> None:
    fill(sqlite_database, helpful=0.65)
    checks = checks_of(sqlite_database, clock)

    accepted = checks.accept(SYSTEM)

    assert accepted == Days(date(2026, 11, 2), date(2026, 11, 30))
    assert {one.reference for one in checks.check()} == {accepted}
    with sqlite_database.read() as session:
        [event] = session.exec(select(AuditEventRow.action)).all()
    assert event == "quality.accept_reference"


def test_an_empty_database_gives_no_verdict(database: Database, clock: Clock) -> None:
    verdicts = checks_of(database, clock).check()

    assert {one.state for one in verdicts} == {State.NO_DATA}
