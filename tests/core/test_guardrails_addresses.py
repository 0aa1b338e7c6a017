"""Addresses are found; numbers of sections, versions and parts are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.guardrails.detectors import Kind, detect

OUTLINE = st.lists(st.integers(1, 39), min_size=4, max_size=4)
OCTET = st.integers(0, 255)


def addresses(text: str) -> list[str]:
    return [text[hit.start : hit.end] for hit in detect(text) if hit.kind is Kind.IP]


@pytest.mark.parametrize(
    "text",
    [
        "10.2.1.3 Termination of the lease",
        "see 1.1.2.11 and 1.1.2.12",
        "Section 4.41.2.1 applies",
        "laut Abschnitt 3.2.1.4",
        "firmware version 2.60.1.7",
        "## 7.3.2.1 Servers in the north hall",
    ],
)
def test_numbers_of_outlines_and_versions_are_no_addresses(text: str) -> None:
    assert addresses(text) == []


@pytest.mark.parametrize(
    "text",
    ["ping 10.2.1.3", "8.8.8.8 is our DNS", "http://10.1.2.3/a", "10.1.2.0/24", "10.0.0.5:8080"],
)
def test_an_address_with_words_of_networks_is_found(text: str) -> None:
    assert len(addresses(text)) == 1


@given(st.sampled_from(["server", "host", "gateway", "IP", "router"]), OCTET, OCTET, OCTET)
def test_any_private_address_beside_such_a_word_is_found(word: str, a: int, b: int, c: int) -> None:
    assert addresses(f"the {word} 10.{a}.{b}.{c} answers") == [f"10.{a}.{b}.{c}"]


@given(OUTLINE)
def test_no_number_of_a_heading_is_an_address(numbers: list[int]) -> None:
    assert addresses(f"text\n{'.'.join(map(str, numbers))} Server rooms") == []


@pytest.mark.parametrize(
    "text",
    [
        "We moved it to 10.2.1.3 last week",
        "Seit gestern läuft er auf 10.2.1.3.",
        "can you reach 4.3.2.1 from the depot?",
        "| 10.2.1.3 | Drucker | Halle 2 |",
    ],
)
def test_an_address_in_prose_is_found_without_a_word_of_networks(text: str) -> None:
    assert len(addresses(text)) == 1
