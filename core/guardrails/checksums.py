"""Checksums that tell account and card numbers from any other row of digits."""

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
_LENGTH_OF = {country: length for length, group in _LENGTHS.items() for country in group.split()}


def iban_end(text: str, start: int) -> int | None:
    """Where the IBAN that starts at `start` ends, None if there is none.

    Single spaces and hyphens may stand between its characters. Valid means: length of its
    country, and modulo 97 leaves 1 (ISO 13616).
    """
    wanted = _LENGTH_OF.get(text[start : start + 2].upper(), 0)
    found = ""
    for place in range(start, min(len(text), start + 2 * wanted)):
        char = text[place]
        if char.isascii() and char.isalnum():
            found += char.upper()
        elif char not in " -" or not text[place - 1].isalnum():
            return None
        if len(found) == wanted:
            is_alone = not text[place + 1 : place + 2].isalnum()
            return place + 1 if is_alone and _is_valid_iban(found) else None
    return None


def is_card_number(text: str) -> bool:
    """Whether the digits of a text pass the Luhn check (ISO/IEC 7812) and are not all alike."""
    digits = [int(char) for char in text if char.isdigit()]
    doubled = [2 * digit - 9 * (digit > 4) for digit in digits[-2::-2]]
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_valid_iban(iban: str) -> bool:
    rearranged = iban[4:] + iban[:4]
    return int("".join(str(int(char, 36)) for char in rearranged)) % 97 == 1
