"""Rules as data: keys, numbers with their check digits, and words of ten countries."""

import re

import pytest

from core.guardrails.detectors import Kind, detect
from core.guardrails.masking import mask
from core.guardrails.numbers.check_digits import CHECKS
from core.guardrails.rules.loading import COUNTRIES, key_rules, number_rules
from tools.trial.private_forms import PrivateForm, private_forms

FORMS = list(private_forms())
PIECE = 5
"""Characters of a value that must not be left over next to its placeholder."""


def left_of(form: PrivateForm) -> list[str]:
    """Return values, and longer pieces of them, that masking leaves."""
    masked = mask(form.text).text
    pieces = [piece for value in form.values for piece in re.findall(rf"\w{{{PIECE},}}", value)]
    return [value for value in (*form.values, *pieces) if value in masked]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.text[:50])
def test_no_value_of_a_natural_sentence_is_left(form: PrivateForm) -> None:
    assert left_of(form) == []


def test_there_are_more_than_a_hundred_sentences_of_every_kind() -> None:
    assert len(FORMS) > 100
    assert {form.group for form in FORMS} >= {"keys", "passwords", "phones", "numbers of people"}


@pytest.mark.parametrize(
    "text",
    [
        "The password is required at every sign-in.",
        "My password is wrong, what now?",
        "Das Passwort ist abgelaufen.",
        "Passwort: mindestens 12 Zeichen",
        "hasło to podstawa bezpieczeństwa",
        "Le mot de passe est obligatoire.",
        "Het wachtwoord is verlopen",
        "Someone could use that password to access\nyour account",
        "pin 12 of the connector, the pin is 4 mm thick",
        "The key figures for 2026 are 12, 13 and 14",
        "Basic authentication is turned off, see basic configuration settings",
        "Bestellung 4500123456 vom 12.03.2026, Rechnung 2026-004711 über 1.234,56 EUR",
        "Umsatz 2025: 601 234 567 EUR, population 601 234 567",
        "Kostenstelle 4711, Raum 2.14, cost centre 100200, room B 312",
        "§ 15 Abs. 3 BUrlG, ISO 9001:2015, Richtlinie 2016/679, Az. 12 O 345/26",
        "commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
        "UUID 123e4567-e89b-12d3-a456-426614174000",
        "Kundennummer 10023456, employee number 00123456, Ticket 123456789",
        "20457 Hamburg, 00-950 Warszawa, 75008 Paris, SW1A 1AA",
        "1:10:100 at 10:30:00, 24/7, 2 x 45 minutes",
        "Lagerplatz 12-34-56, Weg 3, Platz 12 im Lager",
        "At some point in the year, almost all of it was at one point subject to tax",
        "During 2019, spring 12, monitoring 24, Arbeitsplatz 12, Parkplatz 14, et al. Front 14",
        "Accession PMC176546, the 3'-UTR of the bovine ANGPT1",
        "WLAN: 5 GHz, wlan / ethernet-2 is down, Wi-Fi 6 / Wi-Fi 6E",
        "The cost code for travel is 100200, the error code of the pump is E4711",
        "Le code de la route est clair, code of conduct: 24 pages",
        "The user guide, pass 3 of 12, login page, pass mark 80%",
        "The password (see page 12) must be changed",
        "Kapitel 3, 24103 Wörter, Gate 7, 1400 Lkw am Tag, Am Montag 3, 1500 Euro",
        "EU Reg DE 2016, Reg. (EC) 1223/2009, the truck AB 12 left",
        "WW: uitkering 2026, ww: zie bladzijde twaalf",
        "NIP slip 3, the TIN can 12345, my account 360 review",
    ],
)
def test_ordinary_sentences_are_left_alone(text: str) -> None:
    assert mask(text).text == text


RIGHT = {
    "at_social": "1237010180",
    "ch_uid": "CHE-116.281.710",
    "de_health": "A123456780",
    "de_pension": "65 170839 J 003",
    "de_tax_id": "86 095 742 719",
    "ean_13": "756.9217.0769.85",
    "es_dni": "12345678Z",
    "fr_nir": "1 85 05 78 006 084 91",
    "fr_vat": "FR83404833048",
    "gb_nhs": "943 476 5919",
    "icao_9303": "L01X00T471",
    "it_fiscal_code": "RSSMRA85T10A562S",
    "mod_11_10": "DE136695976",
    "nl_bsn": "111222333",
    "pl_id_card": "ABS123456",
    "pl_nip": "526-104-08-28",
    "pl_pesel": "44051401359",
}
"""Numbers in the examples of the authorities, or made by their rules."""


def test_every_check_has_an_example() -> None:
    assert set(RIGHT) == set(CHECKS) == {rule.check for rule in number_rules() if rule.check}


@pytest.mark.parametrize(("name", "number"), RIGHT.items())
def test_a_right_number_passes_and_a_wrong_digit_does_not(name: str, number: str) -> None:
    place = max(index for index, char in enumerate(number) if char.isdigit())
    wrong = f"{number[:place]}{(int(number[place]) + 1) % 10}{number[place + 1 :]}"

    assert CHECKS[name](number)
    assert not CHECKS[name](wrong)


def test_a_number_of_another_kind_is_told_by_its_check_digit() -> None:
    assert detect("pracownik 44051401359 odchodzi")[0].kind is Kind.ID
    assert detect("przesyłka 44051401358 odchodzi") == []


def test_a_secret_says_what_it_opens() -> None:
    key = "AKIA" + "ABCDEFGHIJKLMNOP"

    assert [hit.type for hit in detect(f"key {key}, PIN 4711")] == ["AWS_ACCESS_KEY", "PIN"]


def test_every_country_has_words_and_every_key_a_beginning() -> None:
    assert len(COUNTRIES) == 10
    for rule in key_rules():
        assert rule.begins
        assert all(begin == begin.lower() for begin in rule.begins)


@pytest.mark.parametrize("sign", ["a", "pass", "key: ", "1 ", "secret ", "-", "@ ", ". ", "ul. A"])
def test_no_text_takes_long(sign: str) -> None:
    text = sign * (200_000 // len(sign))

    detect(text)  # the time limit of the suite is the check
