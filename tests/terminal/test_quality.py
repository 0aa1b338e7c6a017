"""`quality`: the figures of the page Quality, in the terminal."""

import pytest

from admin.quality.measures import HELPFUL
from admin.quality.values import Monitor
from core.domain.clock import new_id, now
from core.storage.tables import AnswerUsageRow
from tests.terminal.conftest import Terminal


@pytest.fixture
def used(terminal: Terminal) -> Terminal:
    """Twenty answers, of which five are not in the documents."""
    with terminal.services.database.begin() as session:
        session.add_all(
            AnswerUsageRow(
                message_id=new_id(),
                conversation_id="",
                user_id="anna",
                engine="large",
                status="complete",
                abstained=number < 5,
                total_ms=1_000,
            )
            for number in range(20)
        )
    return terminal


def test_every_measure_is_told_with_its_cases_and_what_it_means(used: Terminal) -> None:
    records = {one["key"]: one for one in used("quality", "--json").records}

    abstained = records["abstained"]
    assert (abstained["value"], abstained["cases"]) == (0.25, 20)
    assert abstained["low"] < 0.25 < abstained["high"]
    assert abstained["before"]["cases"] == 0
    assert (records["helpful"]["value"], records["helpful"]["meaning"]) == (None, HELPFUL.meaning)


def test_monitors_are_told_once_they_were_checked(used: Terminal) -> None:
    assert "were not checked yet" in used("quality").err

    records = used("quality", "--check", "--json").records

    monitors = [one for one in records if one["kind"] == "monitor"]
    assert [one["key"] for one in monitors] == list(Monitor)
    assert {one["state"] for one in monitors} == {"no data"}


def test_a_table_says_where_there_are_too_few_cases(used: Terminal) -> None:
    ran = used("quality")

    assert "25.0%" in ran.out
    assert "too few" in ran.out


def test_a_period_is_two_days_of_a_calendar(used: Terminal) -> None:
    today = now().date().isoformat()

    ran = used("quality", "--from", today, "--to", today, "--zone", "UTC", "--json")

    [abstained] = [one for one in ran.records if one["key"] == "abstained"]
    assert abstained["cases"] == 20


def test_a_period_that_ends_before_it_begins_is_bad_usage(used: Terminal) -> None:
    assert used("quality", "--from", "2026-02-01", "--to", "2026-01-01").code == 2
