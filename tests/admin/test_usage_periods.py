"""Days of a report are days on the reader's calendar, also where clocks change."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.usage.period import Period, Step

BERLIN, KATHMANDU, NEW_YORK = map(ZoneInfo, ("Europe/Berlin", "Asia/Kathmandu", "America/New_York"))
ZONES: list[tzinfo] = [UTC, BERLIN, KATHMANDU, NEW_YORK, ZoneInfo("Pacific/Apia")]


def period(first: str, last: str, zone: tzinfo, as_of: str = "2027-01-01T00:00+00:00") -> Period:
    return Period(
        date.fromisoformat(first), date.fromisoformat(last), zone, datetime.fromisoformat(as_of)
    )


@pytest.mark.parametrize(
    ("day", "zone", "hours", "begins"),
    [
        ("2026-03-29", BERLIN, 23, "2026-03-28T23:00+00:00"),
        ("2026-10-25", BERLIN, 25, "2026-10-24T22:00+00:00"),
        ("2026-11-01", NEW_YORK, 25, "2026-11-01T04:00+00:00"),
        ("2026-10-25", KATHMANDU, 24, "2026-10-24T18:15+00:00"),
    ],
)
def test_a_day_has_the_hours_that_its_clocks_show(
    day: str, zone: tzinfo, hours: int, begins: str
) -> None:
    whole = period(day, day, zone).whole

    assert whole.since == datetime.fromisoformat(begins)
    assert whole.until - whole.since == timedelta(hours=hours)


def test_today_ends_now_and_is_compared_with_as_much_of_another_day() -> None:
    noon = datetime(2026, 10, 26, 11, tzinfo=UTC)  # 12:00 in Berlin, the day after clocks changed

    running = Period.of_days(2, BERLIN, noon)

    assert (running.first, running.last) == (date(2026, 10, 25), date(2026, 10, 26))
    assert running.until == noon
    before = running.previous
    assert (before.first, before.last) == (date(2026, 10, 23), date(2026, 10, 24))
    assert before.until == datetime(2026, 10, 24, 10, tzinfo=UTC)  # 12:00 in Berlin


def test_weeks_begin_on_monday_and_months_on_their_first() -> None:
    days = period("2026-10-28", "2026-11-10", BERLIN)

    weeks = [span.first.isoformat() for span in days.spans(Step.WEEK)]
    months = [span.first.isoformat() for span in days.spans(Step.MONTH)]

    assert weeks == ["2026-10-28", "2026-11-02", "2026-11-09"]
    assert months == ["2026-10-28", "2026-11-01"]


def test_what_has_not_happened_yet_is_an_empty_span() -> None:
    days = period("2026-11-09", "2026-11-12", UTC, "2026-11-10T12:00+00:00")

    lengths = [span.until - span.since for span in days.spans()]

    assert lengths == [timedelta(days=1), timedelta(hours=12), timedelta(0), timedelta(0)]


@given(
    zone=st.sampled_from(ZONES),
    step=st.sampled_from(Step),
    first=st.dates(date(2009, 1, 1), date(2030, 1, 1)),
    days=st.integers(1, 400),
)
def test_spans_follow_each_other_without_gap_or_overlap(
    zone: tzinfo, step: Step, first: date, days: int
) -> None:
    as_of = datetime(2040, 1, 1, tzinfo=UTC)
    whole = Period(first, first + timedelta(days=days - 1), zone, as_of)

    spans = whole.spans(step)

    assert spans[0].since == whole.since
    assert spans[-1].until == whole.until
    ends = [span.until for span in spans[:-1]]
    assert ends == [span.since for span in spans[1:]]
