"""Amounts of a question lie within the bounds of a table row, or outside."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.figures.bounds import Amount, Bounds, amounts_in, bounds_in, weekdays_in


@pytest.mark.parametrize(
    ("question", "column", "inside", "outside"),
    [
        (
            "How much notice must I give after six years?",
            "Length of service",
            ["More than 5 years", "5 to 10 years", "from 6 years", "over 70 months"],
            ["Up to 2 years", "2 to 5 years", "less than 6 years", "10+ years"],
        ),
        (
            "Who approves a trip of 800 euros?",
            "Amount",
            ["501 to 2,500 EUR", "up to 1,000 EUR", "€500–€900", "EUR 700 or more"],
            ["up to 500 EUR", "over 2,500 EUR", "501 to 2,500 USD"],
        ),
        (
            "There are four of us in the car, what may it cost?",
            "Persons",
            ["3 to 4", "at least 4", "up to 4"],
            ["1 to 2", "5 to 8", "more than 4"],
        ),
        (
            "I work on Saturday at 5 pm, what is paid?",
            "Time",
            ["Saturday after 14:00", "Mon-Sat from 16:00 to 20:00", "weekends after 12:00"],
            ["Saturday before 14:00", "Mon-Fri after 14:00", "Sunday after 14:00", "after 20:00"],
        ),
        (
            "May one person lift a 20 kilo box?",
            "Weight",
            ["15 to 25 kilograms", "up to 25 kg", "from 20 kg"],
            ["under 15 kg", "more than 20 kg", "15 to 25 metres"],
        ),
        (
            "What does the transport of 7 pallets cost?",
            "Pallets",
            ["5 to 10", "more than 6", "6 to 8 pallets"],
            ["1 to 4", "more than 10", "5 to 10 tonnes"],
        ),
        (
            "What is the rate for a parcel of 3 kg?",
            "Weight in kg",
            ["2 to 5", "up to 3", "≥ 3"],
            ["under 3", "5 to 10"],
        ),
    ],
)
def test_an_amount_lies_within_bounds(
    question: str, column: str, inside: list[str], outside: list[str]
) -> None:
    amounts = amounts_in(question)

    def holds(cell: str) -> bool:
        bounds = bounds_in(cell, column)
        return bounds is not None and any(map(bounds.holds, amounts))

    assert [cell for cell in inside if not holds(cell)] == []
    assert [cell for cell in outside if holds(cell)] == []


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "Department head",
        "190 EUR",
        "3",
        "Version 3.2",
        "a note of more than nine words about what happens after two years of service",
    ],
)
def test_a_cell_without_limits_has_no_bounds(cell: str) -> None:
    assert bounds_in(cell, "Limit in EUR") is None


@pytest.mark.parametrize(
    "question",
    [
        "What does gate 12 do?",
        "What is the limit in London?",
        "Is there one for me?",
        "50 per cent",
    ],
)
def test_numbers_that_measure_nothing_are_no_amounts(question: str) -> None:
    assert [a for a in amounts_in(question) if a.dimension not in {"share"}] == []


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Mon-Fri 06:00-18:00", {0, 1, 2, 3, 4}),
        ("from Friday to Monday", {4, 5, 6, 0}),
        ("on Saturdays", {5}),
        ("at weekends", {5, 6}),
        ("on working days", {0, 1, 2, 3, 4}),
        ("the sunny month of May", set()),
        ("a wedding", set()),
    ],
)
def test_weekdays_are_read_with_their_spans(text: str, days: set[int]) -> None:
    assert weekdays_in(text) == days


@given(st.integers(0, 99), st.integers(1, 99), st.integers(0, 250))
def test_bounds_hold_what_lies_between_them(low: int, width: int, asked: int) -> None:
    bounds = bounds_in(f"{low} to {low + width} months")

    assert bounds == Bounds("month", Decimal(low), Decimal(low + width))
    assert bounds.holds(Amount(Decimal(asked), "month")) == (low <= asked <= low + width)


@given(st.text(max_size=80), st.text(max_size=40))
def test_any_text_can_be_read(cell: str, column: str) -> None:
    bounds = bounds_in(cell, column)

    assert bounds is None or bounds.low is not None or bounds.high is not None
    assert all(isinstance(amount, Amount) for amount in amounts_in(cell))
