"""Masking: what is found, that it comes back exactly, and that nothing slips through."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.guardrails.detectors import Kind, detect
from core.guardrails.masking import Masker, mask

VALUES = (
    "max.mueller@nordhafen.example",
    "DE89 3704 0044 0532 0130 00",
    "GB29NWBK60161331926819",
    "4111 1111 1111 1111",
    "5500-0000-0000-0004",
    "+49 40 123456-78",
    "(541) 754-3010",
    "192.168.17.4",
    "078-05-1120",
    "12345678Z",
    "geb. 12.03.1984",
    "Tel. 40 55 12",
    "10.2.1.3",
    "sk-proj-abcdefghijklmnop1234",
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    "AKIAIOSFODNN7EXAMPLE",
    "<EMAIL_1>",
    "<SECRET_2>",
)
WORDS = st.one_of(
    st.sampled_from(VALUES),
    st.sampled_from(["Please", "call", "the", "depot.", "\n", "<b>", "<", "_1>", "€ 4,200.00"]),
    st.text(max_size=8),
)
TEXTS = st.lists(WORDS, max_size=12).map(" ".join)


def cut(text: str, places: Sequence[int]) -> list[str]:
    marks = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    return [text[start:end] for start, end in pairwise(marks)]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        (
            "Write to Max.Müller+hr@nordhafen.example.",
            Kind.EMAIL,
            "Max.Müller+hr@nordhafen.example",
        ),
        ("IBAN de89 3704 0044 0532 0130 00 EUR", Kind.IBAN, "de89 3704 0044 0532 0130 00"),
        ("card 4111-1111-1111-1111, thanks", Kind.CARD, "4111-1111-1111-1111"),
        ("server 10.0.4.17.", Kind.IP, "10.0.4.17"),
        ("Tel.: 040 123 456 78", Kind.PHONE, "040 123 456 78"),
        ("ring +1-541-754-3010 x123 now", Kind.PHONE, "+1-541-754-3010 x123"),
        ("06123 4567890 (mobile)", Kind.PHONE, "06123 4567890"),
        ("password=hunter2x!", Kind.SECRET, "hunter2x!"),
        ("Authorization: Bearer abcdefghij0123456789", Kind.SECRET, "abcdefghij0123456789"),
        ("postgresql://sandbox:s3cr3t@db/x", Kind.SECRET, "s3cr3t"),
        (
            "-----BEGIN PRIVATE KEY-----\nMIIB+/=\n-----END PRIVATE KEY-----",
            Kind.SECRET,
            "-----BEGIN PRIVATE KEY-----\nMIIB+/=\n-----END PRIVATE KEY-----",
        ),
    ],
)
def test_a_value_is_found_with_its_exact_extent(text: str, kind: Kind, value: str) -> None:
    assert [(hit.kind, text[hit.start : hit.end]) for hit in detect(text)] == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "Invoice 2024-001234 of 12.03.2024, order 4500123456, EUR 1.234.567,89",
        "ISBN 978-3-16-148410-0 weighs 12,500 kg; container MSKU 1234567 9",
        "4111 1111 1111 1112 fails the Luhn check",
        "2023 2024 2025 2026 are years, call 2023 2024 reports",
        "The password must have at least twelve characters.",
        "HS code 8703.23.19, EORI DE1234567, version 10.2.1",
        "Mobile 10 000 000 users, fax: 5 pages",
        "from 2024-01-15 10:30:00 to 2024-02-15 11:45:00",
    ],
)
def test_ordinary_numbers_are_left_alone(text: str) -> None:
    assert mask(text).text == text


def test_the_same_value_has_the_same_placeholder_in_every_text() -> None:
    masker = Masker()

    first = masker.mask("Ask anna@a.example or ben@b.example.")
    second = masker.mask("ben@b.example answered anna@a.example.")

    assert first.text == "Ask <EMAIL_1> or <EMAIL_2>."
    assert second.text == "<EMAIL_2> answered <EMAIL_1>."


def test_placeholders_of_the_text_itself_are_not_taken_for_ours() -> None:
    masker = Masker()
    masked = masker.mask("Print <EMAIL_1> for anna@a.example.")

    assert masked.text == "Print <LITERAL_1> for <EMAIL_1>."
    assert masker.restore(masked.text) == "Print <EMAIL_1> for anna@a.example."


def test_unknown_placeholders_stay_as_they_are() -> None:
    masker = Masker()
    masker.mask("anna@a.example")

    assert masker.restore("<EMAIL_99> <PERSON_1> <EMAIL_1>") == (
        "<EMAIL_99> <PERSON_1> anna@a.example"
    )


def test_values_do_not_show_in_logs() -> None:
    assert "anna" not in repr(mask("anna@a.example").replacements)


def test_a_link_is_never_stored_as_a_secret() -> None:
    masked = mask("password=https://evil.example/?q=1 token")

    assert [r.value for r in masked.replacements if "evil" in r.value] == []


@given(st.lists(TEXTS, max_size=4))
def test_masking_then_restoring_is_the_identity(texts: list[str]) -> None:
    masker = Masker()

    masked = [masker.mask(text).text for text in texts]

    assert [masker.restore(text) for text in masked] == texts


@given(TEXTS)
def test_masked_text_holds_none_of_the_values(text: str) -> None:
    masked = mask(text)

    for replacement in masked.replacements:
        if replacement.kind is not Kind.LITERAL:
            assert replacement.value not in masked.text


@given(TEXTS, st.lists(st.integers(min_value=0), max_size=12))
def test_a_stream_is_restored_alike_however_it_is_cut(text: str, places: list[int]) -> None:
    masker = Masker()
    answer = masker.mask(text).text + " <EMAIL_77> <IBA <EMAIL_1"

    restored = "".join(masker.restore_stream(cut(answer, places)))

    assert restored == masker.restore(answer)


@pytest.mark.parametrize("text", ["1" * 20_000, "1 " * 10_000, "a@" * 10_000, "DE89 " * 4_000])
def test_no_text_takes_long(text: str) -> None:
    import time

    started = time.process_time()
    detect(text)

    assert time.process_time() - started < 2
