"""`usage`: figures of any period, by what one asks for."""

import pytest
from sqlmodel import select

from core.domain.clock import now
from core.storage.tables import AnswerUsageRow, ModelCallRow, UsageDayRow
from tests.terminal.conftest import Terminal


@pytest.fixture
def used(terminal: Terminal) -> Terminal:
    """Two answers of a model in one group, and one that was quoted."""
    with terminal.services.database.begin() as session:
        for engine, group in (("large", "Customs"), ("large", "Customs"), ("passages", "")):
            usage = AnswerUsageRow(
                message_id="",
                conversation_id="",
                user_id="anna",
                group_names=group,
                engine=engine,
                status="complete",
                total_ms=1_000,
            )
            session.add(usage)
            if engine == "large":
                session.add(request(group))
    return terminal


def request(group: str) -> ModelCallRow:
    return ModelCallRow(
        user_id="anna",
        group_names=group,
        surface="chat",
        purpose="answer",
        provider="local",
        model_requested="large",
        status="complete",
        input_tokens=1_000,
        cost_micros=250_000,
    )


def test_combinations_are_told_dearest_first_and_the_total_last(used: Terminal) -> None:
    ran = used("usage", "--by", "model,group", "--json")

    told = [(r["model"], r["group"], r["questions"], r["cost"]) for r in ran.records]
    assert told == [("large", "Customs", 2, 0.5), ("passages", "", 1, 0.0), ("total", "", 3, 0.5)]


def test_steps_and_dimensions_go_together(used: Terminal) -> None:
    today = now().date()
    period = ("--from", today.replace(day=1).isoformat(), "--to", today.isoformat())

    [first, *_] = used("usage", *period, "--by", "month,person", "--json").records

    assert first["month"] == today.replace(day=1).isoformat()
    assert (first["person"], first["questions"]) == ("a former employee", 3)


def test_a_table_shows_what_fits(used: Terminal) -> None:
    ran = used("usage", "--by", "surface")

    assert "0.50 EUR" in ran.out
    assert "p95" not in ran.out


def test_a_period_is_two_days_of_a_calendar(used: Terminal) -> None:
    today = now().date().isoformat()

    ran = used("usage", "--from", today, "--to", today, "--zone", "UTC", "--json")

    assert [record["questions"] for record in ran.records] == [3, 3]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--by", "moon"], "moon is none of"),
        (["--by", "day,month"], "one of day, week and month"),
        (["--zone", "Mars/Base"], "no time zone Mars/Base"),
        (["--to", "2026-01-02"], "--to needs --from"),
        (["--from", "2026-02-01", "--to", "2026-01-02"], "would end before it begins"),
    ],
)
def test_what_cannot_be_told_is_bad_usage(
    terminal: Terminal, options: list[str], told: str
) -> None:
    ran = terminal("usage", *options)

    assert ran.code == 2
    assert told in " ".join(ran.err.split())


def test_days_are_added_up_again_on_request(used: Terminal) -> None:
    used("usage")
    with used.services.database.begin() as session:
        for row in session.exec(select(UsageDayRow)).all():
            session.delete(row)

    ran = used("usage", "--rebuild")

    assert "1 day added up again." in ran.err
    with used.services.database.read() as session:
        assert len(session.exec(select(UsageDayRow)).all()) == 3
