"""Numbers of people are masked, when in doubt; numbers of goods, papers and measures are not."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.guardrails.detectors import Kind, detect
from core.guardrails.masking import Masker
from core.guardrails.numbers.labels import even
from core.guardrails.plausibility import is_plausible

DIGITS = st.text("0123456789", min_size=5, max_size=12)
JOINTS = st.sampled_from([" ", "-", "/", ".", "\u00a0", "\u2011", "\u202f"])


def found(text: str) -> list[tuple[Kind, str]]:
    return [(hit.kind, text[hit.start : hit.end]) for hit in detect(text)]


def reported(text: str) -> list[str]:
    return [
        text[hit.start : hit.end]
        for hit in detect(text)
        if is_plausible(hit.kind, text, hit.start, hit.end)
    ]


def joined(digits: str, size: int, joint: str) -> str:
    return joint.join(digits[n : n + size] for n in range(0, len(digits), size))


def with_check_digit(digits: str) -> str:
    """The digits with one more, so that they pass the Luhn check."""
    doubled = [2 * int(d) - 9 * (int(d) > 4) for d in digits[::-2]]
    return digits + str(-(sum(doubled) + sum(map(int, digits[-2::-2]))) % 10)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("Telephone: 525-55-762-9538", Kind.PHONE, "525-55-762-9538"),
        ("Tél. : 01 42 68 53 00", Kind.PHONE, "01 42 68 53 00"),
        ("Llámeme al 612 34 56 78", Kind.PHONE, "612 34 56 78"),
        ("Sie erreichen mich unter 0171-2345678.", Kind.PHONE, "0171-2345678"),
        ("Anna Petersen, 040 / 48 - 312 99", Kind.PHONE, "040 / 48 - 312 99"),
        ("Phone number for the night shift: 541 754 3010", Kind.PHONE, "541 754 3010"),
        ("Tel.: 40 55 12", Kind.PHONE, "40 55 12"),
        ("Office\\,07700 063 966-Fax", Kind.PHONE, "07700 063 966"),
        ("Visa 4111 1111 1111 1111 04/28", Kind.CARD, "4111 1111 1111 1111"),
        ("Kreditkarte: 4111 1111 1111 1112", Kind.CARD, "4111 1111 1111 1112"),
        ("card 4111.1111.1111.1111", Kind.CARD, "4111.1111.1111.1111"),
        ("IBAN: DE89 3704 0044 0532 0130 03", Kind.IBAN, "DE89 3704 0044 0532 0130 03"),
        ("IBAN DE89 3704\n0044 0532 0130 00", Kind.IBAN, "DE89 3704\n0044 0532 0130 00"),
        ("SSN 078051120", Kind.ID, "078051120"),
        ("Steuer-ID: 86 095 742 719", Kind.ID, "86 095 742 719"),
        ("her number 65 170839 J 003", Kind.ID, "65 170839 J 003"),
        ("Mme Durand, 1 85 05 78 006 084 91", Kind.ID, "1 85 05 78 006 084 91"),
        ("Ana, 12345678Z", Kind.ID, "12345678Z"),
        ("Renten-Nr. 12 190367 K 006", Kind.ID, "12 190367 K 006"),
        ("Frau Meier 756.9217.0769.85", Kind.ID, "756.9217.0769.85"),
        ("passport no. C01X00T47", Kind.ID, "C01X00T47"),
        ("Anna Petersen, geb. 12.03.84 in Kiel", Kind.BIRTH, "12.03.84"),
        ("date of birth: March 12, 1984", Kind.BIRTH, "March 12, 1984"),
        ("née le 12 mars 1984", Kind.BIRTH, "12 mars 1984"),
        ("ping 2001:db8::1", Kind.IP, "2001:db8::1"),
        ("write to anna(at)werft.example", Kind.EMAIL, "anna(at)werft.example"),
    ],
)
def test_a_value_is_masked_whole_and_under_its_own_name(text: str, kind: Kind, value: str) -> None:
    assert (kind, value) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Art.-Nr. 0893 610 105",
        "Part no. 541-754-3010",
        "Teilenummer: 078-05-1120",
        "Rechnungsnr.: 0421-9876-12",
        "Facture n° 01 42 68 53 00",
        "Referencia 912 345 678",
        "EAN 4006381333931, ISBN 978-3-16-148410-0",
        "DIN EN 14175-3:2019-07 und ISO 9001:2015",
        "4000-5000 mm, 180-200-220 °C, 2.500.000 EUR",
        "+12 345 678 EUR and 1 234 567 890 units",
        "1 500 000 mobile phones, 25 000 000 home users",
        "Telefon 12 000 Stück; Telefon 2019-2024: 3 % mehr",
        "Mol Cell 2001 7 927 936",
        "the desk is reached on ext. 2240, Durchwahl 4711, Tel. intern 4711",
        "call 2024-0012345 is closed",
        "53.5511086, 009.9936820",
        "20240115103000 and 2024-01-15 10:30:00",
        "Umsatz 2021 2022 2023 2024, Gleis 01 02 03 04 05",
        "logo@2x.png, std::vector a::b, 10:30:00",
        "firmware 10.2.1.3, EC 1.14.16.2, Titel 4.1.2.1, Excel 16.0.1.2",
        "built on 12.03.1984, valid until 12.03.2030",
    ],
)
def test_numbers_of_goods_papers_and_measures_stay_as_they_are(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "ticket 541-754-3010 is open",
        "Anna Petersen, 040 2950796",
        "| 4500 4600 4700 4836 4925 |",
        "the serial numbers run from 4111 1111 1111 1111 on",
        "moved from 10.2.1.3 to 10.2.1.4",
        "Mozart was born on 27 January 1756 in Salzburg, Bach on 21.03.1685",
    ],
)
def test_in_doubt_a_number_is_masked_and_nobody_is_told(text: str) -> None:
    assert reported(text) == []


def test_what_is_masked_in_doubt_is_masked_indeed() -> None:
    assert found("Anna Petersen, 040 2950796") == [(Kind.PHONE, "040 2950796")]
    assert found("moved to 10.2.1.3 today") == [(Kind.IP, "10.2.1.3")]


@given(
    st.sampled_from(["Tel.:", "Phone:", "Mobil", "Tél. :", "Móvil:", "Call me at", "Handy:"]),
    st.text("123456789", min_size=7, max_size=12).filter(lambda text: text[:2] not in ("19", "20")),
    st.integers(2, 4),
    JOINTS,
)
def test_any_number_behind_a_word_for_phones_is_masked(
    word: str, digits: str, size: int, joint: str
) -> None:
    value = joined(digits, size, joint)

    assert f"{word} {value}, thanks".replace(value, "") == re.sub(
        r"<[A-Z]+_1>", "", Masker().mask(f"{word} {value}, thanks").text
    )


@given(
    st.sampled_from(["Karte", "card no.", "{}", "tarjeta", "please refund"]),
    st.from_regex(r"(?:4\d{3}|5[1-5]\d\d|222[1-9])\d{11}", fullmatch=True),
    st.sampled_from(["", " ", "-", "\u00a0"]),
)
def test_any_card_number_is_masked_whatever_stands_around(
    word: str, digits: str, joint: str
) -> None:
    digits = "".join(str(int(digit)) for digit in digits)  # \d has the digits of other scripts
    value = joined(with_check_digit(digits), 4, joint)

    assert (Kind.CARD, value) in found(f"{word} {value} today")


@given(st.integers(0, 10**18 - 1), st.sampled_from(["", " ", "-", "\u00a0", "\u2011"]))
def test_any_iban_is_masked(account: int, joint: str) -> None:
    digits = f"{account:018d}"
    iban = f"DE{98 - int(f'{digits}131400') % 97:02d}{digits}"
    value = joined(iban, 4, joint)

    assert found(f"to {value} please") == [(Kind.IBAN, value)]


@given(
    st.sampled_from(
        ["Art.-Nr.", "Artikelnummer:", "Part no.", "item number", "Bestell-Nr.", "SKU", "P/N",
         "Rechnungsnummer", "invoice no.", "Seriennummer", "Référence", "n° de série", "Referencia",
         "Kundennummer", "EAN", "Zeichnung", "batch", "Lieferschein", "order number"]
    ),
    st.lists(DIGITS.map(lambda text: text[:5]), min_size=1, max_size=4),
    st.sampled_from([" ", "-", "."]),
)  # fmt: skip
def test_no_number_of_goods_is_reported(label: str, groups: list[str], joint: str) -> None:
    assert reported(f"{label} {joint.join(groups)}") == []


@given(st.lists(st.integers(1, 39), min_size=4, max_size=4))
def test_four_small_numbers_are_masked_in_prose_and_left_in_references(numbers: list[int]) -> None:
    value = ".".join(map(str, numbers))

    assert found(f"We moved it to {value} last week") == [(Kind.IP, value)]
    for reference in ("see {} below", "Abschnitt {}", "voir {}", "{} Termination", "Pos. {} x"):
        assert found(reference.format(value)) == []


@given(st.text(st.characters(codec="utf-8")))
def test_plain_signs_stand_where_the_original_ones_stood(text: str) -> None:
    assert len(even(text)) == len(text)


def test_a_number_stays_one_value_however_its_blanks_look() -> None:
    assert found("Tel. +49\u00a040\u2011123456") == [(Kind.PHONE, "+49\u00a040\u2011123456")]
