"""Numbers are the same in any spelling, and different under another sign."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.text.numbers import Sign, are_compatible, numbers_in


def signs(text: str) -> list[tuple[str, Sign]]:
    return [(number.digits, number.sign) for number in numbers_in(text)]


@pytest.mark.parametrize(
    "text",
    [
        "-18 °C must be kept",
        "kept at −18 °C",
        "kept at –18 °C",
        "minus 18 °C",
        "moins 18 °C",
        "negative 18",
        "18 degrees below zero",
        "18 °C unter Null",
        "18 grados bajo cero",
        "EUR -18",
        "-€18",
        "€-18",
        "(18) EUR",
        "$(18)",
        "Tarnow | (18.0) | x",
        "18.00- EUR",
        "18,00-",
        "total: - 18",
        "from -18",
        "(-18)",
        "x=-18",
    ],
)
def test_a_minus_is_read_in_any_spelling(text: str) -> None:
    assert signs(text) == [("18", Sign.MINUS)]


@pytest.mark.parametrize(
    "text",
    [
        "5-18 °C",
        "5–18 °C",
        "5 - 18 °C",
        "2020–2024",
        "A-18",
        "COVID-19",
        "2026-03-01",
        "18-month",
        "50,- EUR",
        "5- to 10-day",
        "0561-4411",
        "hall – 18 tons",
        "18-\nmonth",
        "UTC-5",
    ],
)
def test_a_dash_that_joins_is_no_minus(text: str) -> None:
    assert {sign for _, sign in signs(text)} == {Sign.PLAIN}


@pytest.mark.parametrize(
    "text", ["- 18 tons", "±18", "+/- 18", "five euros (18 EUR)", "room 3 (2023)", "10 -18"]
)
def test_what_may_be_either_is_left_open(text: str) -> None:
    assert signs(text)[-1][1] is Sign.OPEN


def test_an_amount_by_which_something_fell_is_a_minus_without_a_sign() -> None:
    assert signs("sales fell by 350 EUR") == [("350", Sign.FALL)]
    assert signs("a loss of 350 EUR") == [("350", Sign.FALL)]
    assert signs("it fell to 350 EUR") == [("350", Sign.PLAIN)]
    assert signs("it dropped 21 °C") == [("21", Sign.PLAIN)]


def test_signs_clash_where_no_reading_makes_them_the_same() -> None:
    assert not are_compatible(Sign.MINUS, Sign.PLAIN)
    assert not are_compatible(Sign.PLUS, Sign.MINUS)
    assert not are_compatible(Sign.PLUS, Sign.FALL)
    assert are_compatible(Sign.FALL, Sign.MINUS)
    assert are_compatible(Sign.OPEN, Sign.MINUS)
    assert are_compatible(Sign.PLUS, Sign.PLAIN)


@pytest.mark.parametrize("text", ["1,200.50", "1.200,50", "1200.5", "1’200.50", "1200,5"])
def test_one_number_has_one_spelling(text: str) -> None:
    assert [number.digits for number in numbers_in(text)] == ["1200.5"]


@given(st.text(alphabet="0123456789-−–()+±|.,€ EURbelowzero\n", max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    assert all(number.digits for number in numbers_in(text))
