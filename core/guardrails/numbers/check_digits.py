"""Check digits of national numbers of people and taxpayers, by the names that the rules use."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from core.guardrails.numbers.checksums import (
    is_article_number,
    is_french_number,
    is_pension_number,
    is_spanish_number,
)

_ICAO_WEIGHTS = (7, 3, 1)
_PESEL_WEIGHTS = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
_PESEL_CENTURIES = (1900, 2000, 2100, 2200, 1800)
# Values of the letters at odd places of a codice fiscale: decree of 23 December 1976.
_ODD = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (
            *(1, 0, 5, 7, 9, 13, 15, 17, 19, 21),
            *(1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22),
            *(25, 24, 23),
        ),
        strict=True,
    )
)


def is_german_tax_id(text: str) -> bool:
    """Return whether it is a German tax id: one digit two or three times, ISO/IEC 7064 MOD 11,10.

    Source: section 139b of the tax code, and the check of the Federal Central Tax Office.
    """
    digits = _digits(text)
    most = max(digits[:10].count(digit) for digit in set(digits[:10]))
    return len(digits) == 11 and most in (2, 3) and is_mod_11_10(text)


def is_mod_11_10(text: str) -> bool:
    """Return whether the last digit is right by ISO/IEC 7064 MOD 11,10."""
    *digits, last = _digits(text)
    product = 10
    for digit in digits:
        product = ((digit + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == last


def is_german_health_number(text: str) -> bool:
    """Return whether an insured person's number is right (section 290 of the social code V)."""
    digits = [*divmod(ord(text[0]) - 64, 10), *_digits(text)]
    products = (digit * (1 + place % 2) for place, digit in enumerate(digits[:-1]))
    return sum(sum(divmod(product, 10)) for product in products) % 10 == digits[-1]


def is_document_number(text: str) -> bool:
    """Return whether the last digit of a travel document is right (ICAO Doc 9303, part 3)."""
    return _icao(text[:-1]) == int(text[-1])


def is_austrian_number(text: str) -> bool:
    """Return whether the fourth digit of a social insurance number is right (ASVG, section 31)."""
    digits = _digits(text)
    weighed = _weighed([*digits[:3], *digits[4:]], (3, 7, 9, 5, 8, 4, 2, 1, 6))
    return len(digits) == 10 and weighed % 11 == digits[3]


def is_swiss_company(text: str) -> bool:
    """Return whether the last digit of a company number is right (eCH-0097)."""
    *digits, last = _digits(text)
    return -_weighed(digits, (5, 4, 3, 2, 7, 6, 5, 4)) % 11 == last


def is_french_vat(text: str) -> bool:
    """Return whether the key before a SIREN is right: 12 plus three times it, modulo 97."""
    digits = re.sub(r"\D", "", text)
    return int(digits[:2]) == (12 + 3 * (int(digits[2:]) % 97)) % 97


def is_british_health_number(text: str) -> bool:
    """Return whether an NHS number is right: weights 10 to 2, modulo 11."""
    *digits, last = _digits(text)
    return -_weighed(digits, range(10, 1, -1)) % 11 == last


def is_italian_code(text: str) -> bool:
    """Return whether the last letter of a codice fiscale is right."""
    plain = re.sub(r"\W", "", text).upper()
    odd = sum(_ODD[char] for char in plain[:15:2])
    even = sum(int(char) if char.isdigit() else ord(char) - 65 for char in plain[1:15:2])
    return chr(65 + (odd + even) % 26) == plain[15]


def is_dutch_number(text: str) -> bool:
    """Return whether a BSN passes the eleven test: weights 9 to 2, and -1 for the last."""
    digits = _digits(text)
    weights = (*range(9, 1, -1), -1)
    return len(digits) == 9 and any(digits) and _weighed(digits, weights) % 11 == 0


def is_polish_person(text: str) -> bool:
    """Return whether a PESEL holds a day that exists and the right last digit."""
    digits = _digits(text)
    month = 10 * digits[2] + digits[3]
    year = _PESEL_CENTURIES[month // 20] + 10 * digits[0] + digits[1]
    try:
        date(year, month % 20, 10 * digits[4] + digits[5])
    except ValueError:
        return False
    return -_weighed(digits[:10], _PESEL_WEIGHTS) % 10 == digits[10]


def is_polish_taxpayer(text: str) -> bool:
    """Return whether a NIP has the right last digit: weights 6 5 7 2 3 4 5 6 7, modulo 11."""
    *digits, last = _digits(text)
    return _weighed(digits, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11 == last


def is_polish_card(text: str) -> bool:
    """Return whether the first digit of a Polish identity card is the check of all others."""
    plain = text.replace(" ", "")
    return _icao(plain[:3] + plain[4:]) == int(plain[3])


def _digits(text: str) -> list[int]:
    return [int(char) for char in text if char.isdigit()]


def _weighed(digits: Sequence[int], weights: Sequence[int]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=False))


def _icao(text: str) -> int:
    values = (int(char, 36) for char in text)
    return sum(value * _ICAO_WEIGHTS[place % 3] for place, value in enumerate(values)) % 10


CHECKS: Mapping[str, Callable[[str], bool]] = {
    "at_social": is_austrian_number,
    "ch_uid": is_swiss_company,
    "de_health": is_german_health_number,
    "de_pension": is_pension_number,
    "de_tax_id": is_german_tax_id,
    "ean_13": is_article_number,
    "es_dni": is_spanish_number,
    "fr_nir": is_french_number,
    "fr_vat": is_french_vat,
    "gb_nhs": is_british_health_number,
    "icao_9303": is_document_number,
    "it_fiscal_code": is_italian_code,
    "mod_11_10": is_mod_11_10,
    "nl_bsn": is_dutch_number,
    "pl_id_card": is_polish_card,
    "pl_nip": is_polish_taxpayer,
    "pl_pesel": is_polish_person,
}
"""The checks by the names in core/guardrails/rules."""
