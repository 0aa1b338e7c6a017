"""Days that are added up always equal the answers, requests and ratings that they are made of."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlmodel import col

from admin.usage.days import UsageDays
from admin.usage.period import Period, Span, Step
from admin.usage.pieces import Piece
from admin.usage.reports import UsageReports
from admin.usage.values import Dimension, UsageReport
from core.domain.clock import new_id
from core.domain.conversations import MessageRole
from core.domain.costs.money import ExchangeRates
from core.domain.identity import SYSTEM
from core.storage.database import Database
from core.storage.tables import (
    AnswerUsageRow,
    ConversationRow,
    FeedbackRow,
    MessageRow,
    ModelCallRow,
    UsageChangeRow,
    UsageDayRow,
    UserRow,
)

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 3, 14, 20, tzinfo=UTC)
"""Nine days after clocks changed in Berlin."""


class FromRows(UsageDays):
    """The same without any day added up: everything is read from single rows."""

    def pieces(
        self,
        spans: Sequence[Span],
        zone: tzinfo,  # noqa: ARG002  of the method it replaces
    ) -> list[Piece]:
        return [Piece(n, since=span.since, until=span.until) for n, span in enumerate(spans)]


def fill(database: Database, random: Random, rows: int = 120) -> list[str]:
    """Answers of three weeks with their requests, some of them rated; returns the rated ones."""
    rated = []
    with database.begin() as session:
        session.merge(UserRow(id="anna", email="a@nordhafen.example", name="Anna", role="employee"))
        session.flush()
        chat = ConversationRow(user_id="anna", title="Chat")
        session.add(chat)
        session.flush()
        for number in range(rows):
            at = NOW - timedelta(minutes=random.randrange(21 * 24 * 60))
            message_id, usage = new_id(), answer(random, at)
            if random.random() < 0.5:
                usage.message_id = message_id
                session.add(message(chat.id, message_id, number))
                session.flush()
                rating = random.choice([1, 1, -1])
                session.add(FeedbackRow(message_id=message_id, user_id="anna", rating=rating))
                rated.append(message_id)
            session.add(usage)
            if usage.engine not in ("passages", "sandbox"):
                session.add(request(random, usage))
    return rated


def message(chat_id: str, message_id: str, position: int) -> MessageRow:
    return MessageRow(
        id=message_id,
        conversation_id=chat_id,
        position=position,
        role=MessageRole.ASSISTANT,
        text="An answer.",
        status="complete",
    )


def answer(random: Random, at: datetime) -> AnswerUsageRow:
    return AnswerUsageRow(
        message_id="",
        conversation_id="c",
        user_id=random.choice(["anna", "ben", "carl"]),
        group_names=random.choice(["", "Customs", "Customs + Sales"]),
        created_at=at,
        surface=random.choice(["chat", "chat", "terminal", "evaluation"]),
        engine=random.choice(["large", "small", "passages", "sandbox"]),
        status=random.choice(["complete", "complete", "failed", "stopped"]),
        abstained=random.random() < 0.2,
        sentences=random.randrange(5),
        supported_sentences=random.randrange(3),
        passages_found=random.randrange(3),
        citations=random.randrange(3),
        invalid_citations=random.randrange(2),
        repaired_citations=random.randrange(2),
        first_token_ms=random.choice([None, random.randrange(2000)]),
        total_ms=random.randrange(90_000),
    )


def request(random: Random, usage: AnswerUsageRow) -> ModelCallRow:
    return ModelCallRow(
        answer_usage_id=usage.id,
        user_id=usage.user_id,
        group_names=usage.group_names,
        created_at=usage.created_at,
        surface=usage.surface,
        purpose="answer",
        provider="local",
        model_requested=usage.engine,
        status=random.choice(["complete", "failed"]),
        usage_source=random.choice(["provider", "estimated"]),
        input_tokens=random.randrange(5000),
        output_tokens=random.randrange(500),
        cost_micros=random.randrange(10_000),
        currency=random.choice(["EUR", "EUR", "USD"]),
    )


def reports(database: Database, days: UsageDays) -> UsageReports:
    return UsageReports(database, ExchangeRates("EUR"), days)


def everything(database: Database, days: UsageDays, zone: tzinfo = BERLIN) -> list[Any]:
    """Every kind of figure that reports tell."""
    period = Period.of_days(14, zone, NOW)
    source = reports(database, days)
    told: list[Any] = [source.report(SYSTEM, period=period, step=step) for step in Step]
    told += [source.breakdown(SYSTEM, period, by) for by in Dimension]
    told.append(source.grouped(SYSTEM, period, list(Dimension), Step.DAY))
    return told


def test_figures_of_added_up_days_equal_those_of_single_rows(database: Database) -> None:
    fill(database, Random(3))
    days = UsageDays(database, "Europe/Berlin")

    added_up = everything(database, days)

    assert added_up == everything(database, FromRows(database, "Europe/Berlin"))
    first = added_up[0]
    assert isinstance(first, UsageReport)
    assert first.total.questions > 20


@pytest.mark.parametrize("seed", range(4))
def test_whatever_changes_the_days_follow(database: Database, seed: int) -> None:
    random = Random(seed)
    rated = fill(database, random, 60)
    days = UsageDays(database, "Europe/Berlin")
    days.refresh()

    fill(database, random, 10)
    with database.begin() as session:
        session.execute(
            update(FeedbackRow).where(col(FeedbackRow.message_id).in_(rated[:3])).values(rating=-1)
        )
        session.execute(delete(MessageRow).where(col(MessageRow.id).in_(rated[3:6])))
        late = select(col(AnswerUsageRow.id)).order_by(col(AnswerUsageRow.created_at)).limit(3)
        session.execute(
            update(AnswerUsageRow)
            .where(col(AnswerUsageRow.id).in_(late))
            .values(created_at=NOW - timedelta(days=2))
        )
        session.execute(delete(ModelCallRow).where(col(ModelCallRow.user_id) == "carl"))
        session.execute(text("UPDATE answer_usage SET status = 'failed' WHERE user_id = 'ben'"))

    assert everything(database, days) == everything(database, FromRows(database))


def test_only_days_that_changed_are_added_up_again(database: Database) -> None:
    fill(database, Random(5))
    days = UsageDays(database, "Europe/Berlin")
    assert days.refresh() > 14
    assert days.refresh() == 0

    with database.begin() as session:
        session.add(answer(Random(1), datetime(2026, 10, 24, 22, 30, tzinfo=UTC)))

    assert days.refresh() == 1
    with database.read() as session:
        newest = select(func.count()).where(col(UsageDayRow.day) == date(2026, 10, 25))
        assert session.execute(newest).scalar_one() >= 1
        assert session.execute(select(col(UsageChangeRow.id))).all() == []


def test_another_zone_of_the_company_makes_all_days_anew(database: Database) -> None:
    fill(database, Random(6))
    UsageDays(database, "Europe/Berlin").refresh()
    tokyo = UsageDays(database, "Asia/Tokyo")

    assert everything(database, tokyo, ZoneInfo("Asia/Tokyo")) == everything(
        database, FromRows(database), ZoneInfo("Asia/Tokyo")
    )


def test_a_reader_elsewhere_gets_days_of_their_own_calendar(database: Database) -> None:
    fill(database, Random(8))
    days = UsageDays(database, "Europe/Berlin")
    kathmandu = ZoneInfo("Asia/Kathmandu")

    assert everything(database, days, kathmandu) == everything(
        database, FromRows(database), kathmandu
    )


def test_days_can_be_made_anew_from_the_rows(database: Database) -> None:
    fill(database, Random(9))
    days = UsageDays(database, "Europe/Berlin")
    before = everything(database, days)
    with database.begin() as session:
        session.execute(update(UsageDayRow).values(questions=1_000))
    assert everything(database, days) != before

    assert days.rebuild() > 14

    assert everything(database, days) == before


def test_without_usage_there_is_nothing_to_add_up(database: Database) -> None:
    days = UsageDays(database)

    assert (days.rebuild(), days.refresh()) == (0, 0)
