"""Rates with their intervals."""

from hypothesis import given
from hypothesis import strategies as st

from admin.measures import MIN_CASES, Definition, Unit, rate, wilson

HELPFUL = Definition("helpful_rate", "Helpful", "Of the rated answers.", Unit.SHARE)


def test_the_interval_is_that_of_the_published_example() -> None:
    # 81 of 263: Newcombe 1998, Statistics in Medicine 17, 857-872, table I, method 3.
    interval = wilson(81, 263)
    assert (round(interval.low, 4), round(interval.high, 4)) == (0.2553, 0.3662)


def test_no_rate_is_told_of_too_few_cases() -> None:
    told = rate(HELPFUL, 15, MIN_CASES - 1)
    assert (told.value, told.cases, told.interval) == (None, MIN_CASES - 1, None)
    assert rate(HELPFUL, 15, MIN_CASES).value == 15 / MIN_CASES


@given(st.data())
def test_an_interval_holds_its_rate_and_stays_between_none_and_all(data: st.DataObject) -> None:
    cases = data.draw(st.integers(1, 100_000))
    hits = data.draw(st.integers(0, cases))
    interval = wilson(hits, cases)
    assert 0 <= interval.low <= hits / cases + 1e-12
    assert hits / cases - 1e-12 <= interval.high <= 1
    narrower = wilson(hits * 4, cases * 4)
    assert narrower.high - narrower.low < interval.high - interval.low
