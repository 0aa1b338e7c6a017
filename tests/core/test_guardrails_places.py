"""What is looked for at some places of a text only is found as if it were looked for everywhere."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.guardrails.numbers.cards import possible_cards, sure_cards
from core.guardrails.numbers.identity import announced_ids, birthdays, checked_ids, formed_ids
from core.guardrails.numbers.labels import even
from core.guardrails.numbers.phones import announced_phones, phones
from core.guardrails.numbers.places import digit_rows, fold, holds
from core.guardrails.words.keys import secrets

FIGURES = (
    *("0", "1", " ", "-", "/", "(", ")", "+", "|", " | ", ", ", "\n", "49", "00", "12 34", "4567"),
    *("X", "A1B2", "ABCDEF", "AB 12 34 56 C", "4111 1111", "DE89 3704 0044 0532 0130 00", "\u0663"),
    *("756.1234", "12345678Z", "1 85 05 78 006 084 36", "12 010190 M 012", "ext. 12", "office"),
    *(" in the harbour and the yard behind it, of which nobody speaks any more, ", "Tel. ", "DW 1"),
)
WORDS = (
    *(
        "geb. ",
        "born on ",
        "n\u00e9 le ",
        "NAT",
        "date of birth: ",
        "d.o.b. ",
        "f. nac. ",
        "3 May 1984",
    ),
    *(
        "12.3.1984",
        "bearer ",
        "Pass",
        "word=",
        "p\u0430ss=",
        "\u017fecret=",
        "\u212aennwort: ",
        "a1b2c3d4e5f6",
    ),
    *(
        "sk-",
        "pk_live_",
        "ghp_",
        "AKIA",
        "ABCDEFGHIJKLMNOP",
        "eyJ",
        "hf_",
        "\u0130",
        " ",
        ".",
        "_",
        "-",
    ),
    *(
        "AIza",
        "xoxb-",
        "-----BEGIN PRIVATE KEY-----",
        "api key: ",
        "API_KEY=",
        "secret: ",
        "0123456789",
    ),
)
BY_ROWS = (
    *(sure_cards, possible_cards, announced_ids, checked_ids, formed_ids),
    *(announced_phones, phones),
)
BY_WORDS = (secrets, birthdays)


def texts(pieces: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(pieces), max_size=30).map("".join)


@given(texts(FIGURES))
@settings(max_examples=300)
def test_numbers_are_found_among_rows_of_digits_as_in_the_whole_text(text: str) -> None:
    for find in BY_ROWS:
        assert list(find(text, digit_rows(text))) == list(find(text, [(0, len(text))]))


@given(texts(WORDS))
@settings(max_examples=300)
def test_what_begins_with_a_word_is_found_as_in_the_whole_text(text: str) -> None:
    for find in BY_WORDS:
        assert list(find(text, fold(text))) == list(find(text, None))


@given(st.text(st.sampled_from("a\u0660\u0669\u00a0\u2013\uff10\uff1c\uff1e\u3000\u00e9 ")))
def test_signs_of_other_widths_become_plain_ones_in_their_places(text: str) -> None:
    plain = {
        "\u0660": "0",
        "\u0669": "9",
        "\u00a0": " ",
        "\u2013": "-",
        "\uff10": "0",
        "\u3000": " ",
    }

    assert even(text) == "".join(plain.get(char, char) for char in text)


def test_ordinary_prose_has_no_rows_of_digits() -> None:
    assert digit_rows("In 2019 some 400 people worked there; by 2020 there were 1,200.") == ()


@pytest.mark.parametrize("text", ["\u017fecret", "to\u212aen", "b\u0130rth", "b\u0131rth"])
def test_letters_that_pass_for_others_are_not_folded(text: str) -> None:
    assert fold(text) is None
    assert holds(fold(text), "secret")
