"""Finds payment card numbers: by issuer, grouping and check digit, or by a word before them."""

import re
from collections.abc import Iterator, Sequence

from core.guardrails.numbers.checksums import is_article_number, is_card_number
from core.guardrails.numbers.labels import (
    announced,
    before,
    is_about_goods,
    is_labelled_otherwise,
)
from core.guardrails.numbers.phones import is_figures
from core.guardrails.numbers.places import Span, among

_START = r"(?<![\w+])(?<!\d[.,])(?<!\w-)"
# Grouped as on a card; the date and the code may follow.
_PRINTED = re.compile(
    rf"{_START}(?:\d{{4}}(?P<joint>[ ./-]?)(?:\d{{4}}(?P=joint)){{2}}\d{{4}}"
    r"|3\d{3}(?P<other>[ ./-]?)\d{6}(?P=other)\d{4,5})(?![\d]|[.,]\d)"
)
_ROW = re.compile(rf"{_START}[0-68](?:[ -]?\d){{11,18}}(?![\d]|[.,]\d)")
_WORD = (
    r"(?i:(?<![^\W_])(?:(?:credit|debit|bank|payment|kredit|ec-?|giro)?[ -]?(?:cards?|karten?)"
    r"|carte(?: (?:bancaire|bleue|de crédit))?|tarjeta(?: de (?:crédito|débito))?|visa|mastercard"
    r"|master card|amex|american express|maestro|cc))"
)
_LEAD = re.compile(
    rf"{_WORD}(?i:\.?[ -]?(?:number|no|nummer|nr|numéro|n°|número))?\.?"
    r"(?i: (?:is|ist|lautet|est|es))?"
    r"[ :#=*|\"']{0,4}\Z"
)
_ABOUT_CARDS = re.compile(_WORD + r"(?![^\W_])")
_ANY = re.compile(r"(?<!\d)\d(?:[ .-]?\d){11,18}(?!\d|/\d)|\d{4}(?:/\d{4}){3}")
# Issuers and lengths: ISO/IEC 7812 ranges of the networks in use.
_ISSUED = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|6(?:011|[45]\d\d)\d{12}"
    r"|3(?:0[0-5]|[68]\d)\d{11}|35\d{14}|(?:50|5[6-9]|6[0-9])\d{10,17}|8[12]\d{14}"
)
# The first digit of any card of this length; a longer list than that of today's issuers.
_POSSIBLE = {12: "56", 13: "456", 14: "356", 15: "12356", 16: "234568"}
_GROUPED = re.compile(
    r"\d+|\d{4}(?:[ ./\n-]\d{4}){2,3}(?:[ -]\d{1,4})?|\d{4}[ ./\n-]\d{6}[ ./\n-]\d{4,5}"
)
_SINGLE = re.compile(r"(?<!\d)\d(?!\d)")  # a digit on its own, as in no number of a card
_STAMP = re.compile(r"20[0-4]\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d\d*")
# A further number of the same row, not the date or the code of a card.
_NEXT = re.compile(r"[ \t|]{1,3}\d{4,}(?![/\d])")
_LAST = re.compile(r"\d{4,}[ \t|]{1,3}\Z")


def sure_cards(text: str, rows: Sequence[Span]) -> Iterator[Span]:
    """Find numbers printed as on a card, and those that a word announces, right or mistyped."""
    for match in among(_PRINTED, text.replace("\n", " "), rows):
        digits = re.sub(r"\D", "", match[0])
        if _ISSUED.fullmatch(digits) and is_card_number(digits):
            yield match.span()
    for span in announced(text, rows, _ANY, _LEAD):
        if not is_figures(text, *span):
            yield span


def possible_cards(text: str, rows: Sequence[Span]) -> Iterator[Span]:
    """Find other rows of digits that pass the check; one in ten does so by chance."""
    for match in among(_ROW, text, rows):
        digits = re.sub(r"\D", "", match[0])
        if (
            digits[0] in _POSSIBLE.get(len(digits), "3456")
            and is_card_number(digits)
            and not is_figures(text, *match.span())
            and not _STAMP.fullmatch(digits)
            and not _SINGLE.search(match[0])
            and not (len(digits) == 13 and is_article_number(digits))
            and not is_labelled_otherwise(text, match.start())
        ):
            yield match.span()


def is_likely_card(text: str, start: int, end: int) -> bool:
    """Return whether it is worth reporting: near a word for cards, or by issuer and grouping."""
    value = text[start:end]
    digits = re.sub(r"\D", "", value)
    is_issued = _ISSUED.fullmatch(digits) is not None and _GROUPED.fullmatch(value) is not None
    if _ABOUT_CARDS.search(before(text, start)):
        return is_issued or is_card_number(digits)
    return (
        is_issued
        and len(digits) > 13
        and not is_about_goods(text, start)
        and not _NEXT.match(text, end)
        and not _LAST.search(text, max(0, start - 30), start)
    )
