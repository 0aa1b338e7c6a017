"""Finds personal data and secrets that have a checkable form; names of people are not found.

Patterns are bounded, so that no text takes long. What looks like a number is only reported when
a checksum (IBAN, cards), an international prefix or a word such as "phone" speaks for it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from core.guardrails.addresses import is_address
from core.guardrails.checksums import iban_end, is_card_number


class Kind(StrEnum):
    """What a value is; also the word in its placeholder."""

    SECRET = "SECRET"  # noqa: S105 - the name of a category
    EMAIL = "EMAIL"
    IBAN = "IBAN"
    CARD = "CARD"
    IP = "IP"
    ID = "ID"
    PHONE = "PHONE"
    LITERAL = "LITERAL"  # text that looks like one of our placeholders but is not


@dataclass(frozen=True, slots=True)
class Hit:
    """A value of this kind stands at these character offsets."""

    kind: Kind
    start: int
    end: int


PLACEHOLDER = re.compile(rf"<(?:{'|'.join(Kind)})_\d{{1,6}}>")

_EMAIL = re.compile(r"(?<![\w.%+'-])[\w.%+'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?=[ -]?[A-Za-z0-9])")
_CARD = re.compile(r"(?<![\w.,+-])[0-6](?:[ -]?\d){11,18}(?![\d]|[.,]\d)")
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_IP = re.compile(
    rf"(?<![\w.])(?:{_OCTET}\.){{3}}{_OCTET}(?![\w]|\.\d)"
    r"|(?<![\w:.])(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}(?![\w:])"
)
_ID = re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")  # United States social security number

# One digit at a time: a pattern with one way to match cannot be made slow by a long number.
_MORE = r"(?:[ ./()-]{0,3}\d){6,17}"
_NUMBER = rf"[(+]?\d{_MORE}(?!\d)"
_EXTENSION = r"(?: ?(?:x|ext\.?|Durchwahl|DW) ?\d{1,6})?"
_PHONES = (
    # +49 40 123456, 0049 (0)40 123456, +1-541-754-3010
    re.compile(rf"(?<![\w+])(?<!\d )(?:\+|00) ?[1-9]{_MORE}(?!\d){_EXTENSION}"),
    # (541) 754-3010, 541-754-3010, 541.754.3010
    re.compile(
        r"(?<![\w.,/-])(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}([.-]))\d{3}(?:\1|[ .-])\d{4}"
        rf"{_EXTENSION}(?![\w-]|[.,]\d)"
    ),
    # A word that announces a number.
    re.compile(
        r"(?i)\b(?:tel(?:efon|ephone)?(?:nummer)?|phone|mobile|mobil|cell(?:phone)?|fax|handy"
        r"|call(?: me| us)?(?: at| on)?|reach (?:me|us|him|her|them) (?:at|on)|answering at"
        r"|(?:messages|sms|text) to|rufnummer|durchwahl|ruf|hotline|whatsapp)\b"
        r"(?: number| no| nr)?\.?(?: is| ist| unter)?[ ]?[:#]?\s{0,3}"
        rf"(?P<value>{_NUMBER}{_EXTENSION})"
    ),
    # A number, then a word that says what it was.
    re.compile(
        rf"(?i)(?<![\w.,/-])(?P<value>{_NUMBER}{_EXTENSION})"
        r"[ ]?-?[ ]?\(?(?:office|fax|mobile|mobil|phone|home)\b"
    ),
)
# Rows of years and round numbers, which are neither phones nor cards.
_YEARS = re.compile(r"(?:(?:19|20)\d\d\D{0,3})+|\d{1,3}(?:[ .]000)+")
_SECRETS = (
    re.compile(
        r"-----BEGIN (?P<label>[A-Z ]{0,40}PRIVATE KEY)-----"
        r"(?:.{0,20000}?-----END (?P=label)-----|[\sA-Za-z0-9+/=:,-]{0,20000})",
        re.DOTALL,
    ),
    re.compile(r"(?<![\w-])(?:sk|pk|rk)[-_](?:[a-z]{2,10}[-_])?[\w-]{16,200}"),
    re.compile(r"(?<!\w)(?:gh[pousr]_\w{20,255}|github_pat_\w{20,255}|glpat-[\w-]{20,64})"),
    re.compile(r"(?<![A-Z0-9])(?:AKIA|ASIA|AROA)[A-Z0-9]{16}(?![A-Z0-9])"),
    re.compile(r"(?<!\w)(?:xox[abeprs]-[\w-]{10,200}|AIza[\w-]{35}|hf_[A-Za-z0-9]{20,64})"),
    re.compile(r"(?<!\w)eyJ[\w-]{8,4000}\.[\w-]{8,4000}\.[\w-]{0,2000}"),
    re.compile(r"(?i)\bbearer[ ]{1,3}(?P<value>[\w.~+/-]{16,2000}={0,2})"),
    re.compile(r"(?i)\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@]{1,100}:(?P<value>[^\s/@]{3,200})@"),
    re.compile(
        r"(?i)\b(?:pass(?:word|wd|wort|phrase)?|pwd|kennwort|secret|api[_ -]?key|access[_ -]?token"
        r"|auth[_ -]?token|client[_ -]?secret)[\"']?[ ]?"
        r"(?:=[ ]?|:[ ]{0,3}(?=[^\s]{0,60}[\d!@#$%^&*]))"
        r"[\"']?(?P<value>[^\s\"'<>,;]{5,200})"
    ),
)
# Never taken for a secret: it is put back after the output filter, and must not carry a link.
_LIVE = re.compile(r"://|www\.|\]\(", re.IGNORECASE)


def detect(text: str) -> list[Hit]:
    """All values in a text, in their order, never overlapping; surer kinds win."""
    taken: list[Hit] = []
    for kind, spans in _candidates(text):
        for start, end in spans:
            if not any(start < hit.end and hit.start < end for hit in taken):
                taken.append(Hit(kind, start, end))
    return sorted(taken, key=lambda hit: hit.start)


def _candidates(text: str) -> Iterator[tuple[Kind, Iterable[tuple[int, int]]]]:
    yield Kind.LITERAL, _spans((PLACEHOLDER,), text)
    yield Kind.SECRET, _secrets(text)
    yield Kind.EMAIL, _spans((_EMAIL,), text)
    yield Kind.IBAN, _ibans(text)
    yield Kind.CARD, _cards(text)
    yield Kind.IP, (span for span in _spans((_IP,), text) if is_address(text, *span))
    yield Kind.ID, _spans((_ID,), text)
    yield Kind.PHONE, _phones(text)


def _spans(patterns: Iterable[re.Pattern[str]], text: str) -> Iterator[tuple[int, int]]:
    for pattern in patterns:
        group = "value" if "value" in pattern.groupindex else 0
        for match in pattern.finditer(text):
            start, end = match.span(group)
            yield start, start + len(text[start:end].rstrip(".,;:"))


def _secrets(text: str) -> Iterator[tuple[int, int]]:
    for start, end in _spans(_SECRETS, text):
        if not _LIVE.search(text, start, end):
            yield start, end


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    for match in _IBAN.finditer(text):
        end = iban_end(text, match.start())
        if end is not None:
            yield match.start(), end


def _cards(text: str) -> Iterator[tuple[int, int]]:
    for match in _CARD.finditer(text):
        if is_card_number(match[0]) and not _YEARS.fullmatch(match[0]):
            yield match.span()


def _phones(text: str) -> Iterator[tuple[int, int]]:
    for start, end in _spans(_PHONES, text):
        if not _YEARS.fullmatch(text, start, end):
            yield start, end
