"""Text is cut where a reader would cut it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.sentences import UnitKind, split_sentences, text_units


def test_sentences_end_at_full_stops_and_question_marks() -> None:
    assert split_sentences("You get 30 days. Is that all? Yes.") == [
        "You get 30 days.",
        "Is that all?",
        "Yes.",
    ]


def test_abbreviations_numbers_and_initials_do_not_end_a_sentence() -> None:
    text = "Claims, e.g. for 3.5 hours, go to Dr. M. Weber approx. weekly."

    assert split_sentences(text) == [text]


def test_a_sentence_runs_over_a_line_end_but_not_over_a_blank_line() -> None:
    assert split_sentences("The rate\nis 0.38 EUR\n\nper kilometre") == [
        "The rate\nis 0.38 EUR",
        "per kilometre",
    ]


def test_list_items_and_table_rows_are_kept_whole() -> None:
    units = text_units("# Rates\nSee below:\n- Car. Private only.\n1. Bike\nCar | 0.38 | EUR")

    assert [unit.kind for unit in units] == [
        UnitKind.HEADING,
        UnitKind.SENTENCE,
        UnitKind.LIST_ITEM,
        UnitKind.LIST_ITEM,
        UnitKind.TABLE_ROW,
    ]
    assert units[2].text == "- Car. Private only."


@given(st.text(alphabet="ab .?!\n-|#1)", max_size=200))
def test_units_keep_their_places_and_lose_no_word(text: str) -> None:
    units = text_units(text)

    assert all(text[unit.start : unit.end] == unit.text for unit in units)
    assert "".join("".join(unit.text.split()) for unit in units) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "items"),
    [
        (
            "* **Eligibility**: Former Peace\n  Corps volunteers can be selected.\n* Others wait.",
            [
                "* **Eligibility**: Former Peace\n  Corps volunteers can be selected.",
                "* Others wait.",
            ],
        ),
        (
            "• Forms go to the desk of\nthe harbour office\n• Keys stay here",
            ["• Forms go to the desk of\nthe harbour office", "• Keys stay here"],
        ),
        (
            "- Keys stay here.\nThe gate closes at ten.",
            ["- Keys stay here.", "The gate closes at ten."],
        ),
        ("- Keys stay here\n\n  The gate closes.", ["- Keys stay here", "The gate closes."]),
    ],
    ids=["indented", "goes on", "a sentence after it", "a paragraph after it"],
)
def test_a_list_item_is_whole_also_over_line_ends(text: str, items: list[str]) -> None:
    assert [unit.text for unit in text_units(text)] == items
