"""Checksums that tell the numbers of accounts, cards, people and articles from other digits."""

import re

# Length of an IBAN by country: SWIFT IBAN registry.
_LENGTHS = {
    15: "NO",
    16: "BE",
    18: "DK FI FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HU LB NI PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
_PENSION_WEIGHTS = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)
_LENGTH_OF = {country: length for length, group in _LENGTHS.items() for country in group.split()}


def iban_end(text: str, start: int, *, is_announced: bool = False) -> int | None:
    """Return where the IBAN that starts at `start` ends, None if there is none.

    Single spaces, line breaks, hyphens and dots may stand between its characters. Valid means the
    length of its country and a remainder of 1 modulo 97 (ISO 13616); an announced one may be
    mistyped.
    """
    length = _LENGTH_OF.get(text[start : start + 2].upper(), 0)
    iban = ""
    for offset in range(start, min(len(text), start + 2 * length)):
        char = text[offset]
        if char.isascii() and char.isalnum():
            iban += char.upper()
        elif char not in " -.\n" or not text[offset - 1].isalnum():
            return None
        if len(iban) == length:
            is_alone = not text[offset + 1 : offset + 2].isalnum()
            is_right = is_announced or _is_valid_iban(iban)
            return offset + 1 if is_alone and is_right else None
    return None


def is_card_number(text: str) -> bool:
    """Return whether the digits pass the Luhn check (ISO/IEC 7812) and are not all alike."""
    digits = [int(char) for char in text if char.isdigit()]
    doubled = [2 * digit - 9 * (digit > 4) for digit in digits[-2::-2]]
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def is_article_number(text: str) -> bool:
    """Return whether 13 digits pass the check of GTIN, ISBN and Swiss insurance numbers (GS1)."""
    digits = [int(char) for char in text if char.isdigit()]
    return len(digits) == 13 and (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0


def is_french_number(text: str) -> bool:
    """Return whether the key of a French NIR is right: 97 minus the remainder modulo 97.

    Corsican departments count as 19 and 18.
    """
    plain = re.sub(r"\W", "", text).replace("2A", "19").replace("2B", "18")
    return len(plain) == 15 and int(plain[13:]) == 97 - int(plain[:13]) % 97


def is_spanish_number(text: str) -> bool:
    """Return whether the letter of a Spanish DNI or NIE is the right one: the rest by 23."""
    plain = re.sub(r"\W", "", text).upper()
    number = {"X": "0", "Y": "1", "Z": "2"}.get(plain[0], plain[0]) + plain[1:-1]
    return plain[-1] == "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23]


def is_pension_number(text: str) -> bool:
    """Return whether a German pension number has the right check digit (VKVV, section 4)."""
    plain = re.sub(r"\W", "", text)
    digits = f"{plain[:8]}{ord(plain[8]) - 64:02d}{plain[9:]}"
    weighted = (int(d) * weight for d, weight in zip(digits, _PENSION_WEIGHTS, strict=False))
    return sum(sum(divmod(product, 10)) for product in weighted) % 10 == int(digits[-1])


def _is_valid_iban(iban: str) -> bool:
    rearranged = iban[4:] + iban[:4]
    return int("".join(str(int(char, 36)) for char in rearranged)) % 97 == 1
