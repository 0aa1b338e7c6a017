"""Finds personal data and secrets in a checkable form; names of people are not found.

Everything found here is masked before a text leaves, so when in doubt a value counts; it is left
out only if its surroundings show that it is another number. `core.guardrails.plausibility` decides
whether to report a hit to a person. Patterns are bounded, so that no text takes long.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.guardrails.numbers.addresses import addresses
from core.guardrails.numbers.cards import possible_cards, sure_cards
from core.guardrails.numbers.checksums import iban_end
from core.guardrails.numbers.identity import announced_ids, birthdays, checked_ids, formed_ids
from core.guardrails.numbers.labels import even
from core.guardrails.numbers.phones import announced_phones, phones
from core.guardrails.numbers.places import Span, digit_rows, fold, holds, starting


class Kind(StrEnum):
    """The kind of a value; also the word in its placeholder."""

    SECRET = "SECRET"  # noqa: S105 - the name of a category
    EMAIL = "EMAIL"
    IBAN = "IBAN"
    CARD = "CARD"
    IP = "IP"
    ID = "ID"
    BIRTH = "BIRTH"
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
# anna [at] nordhafen [dot] example
_SPELLED_EMAIL = re.compile(
    r"(?i)(?<![\w.%+'-])[\w.%+'-]{1,64} ?[\[({](?:at|ät|@)[\])}] ?[\w-]{1,63}"
    r"(?:(?:\.| ?[\[({](?:dot|punkt|point|punto|\.)[\])}] ?)[\w-]{1,63}){1,6}"
)
_SPELLED_SIGN = re.compile(r"(?i)[\[({](?:at|ät|@)[\])}]")
_SPELLED_SIGNS = tuple(f"{word}{end}" for word in ("at", "ät", "@") for end in "])}")
_FILE_NAME = re.compile(r"(?i)@\d+(?:\.\d+)?x\.(?:png|jpe?g|webp|gif|svg|avif)\Z")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?=[ \n-]?[A-Za-z0-9])")
_IBAN_WORD = re.compile(r"(?i)\bIBAN(?:-?(?:nummer|nr\.?)| (?:number|no\.?))?[ :#=*|\"']{0,4}\Z")
_MISTYPED_IBAN = re.compile(r"[A-Za-z]{2}\d{2}(?:[ -]?\d[\dA-Z]{0,3}){3,8}(?![\w])")
# Each pattern with the words it may begin with, in any case.
_SECRETS: tuple[tuple[re.Pattern[str], Sequence[str]], ...] = (
    (
        re.compile(
            r"-----BEGIN (?P<label>[A-Z ]{0,40}PRIVATE KEY)-----"
            r"(?:.{0,20000}?-----END (?P=label)-----|[\sA-Za-z0-9+/=:,-]{0,20000})",
            re.DOTALL,
        ),
        ("-----begin ",),
    ),
    (
        re.compile(r"(?<![\w-])(?:sk|pk|rk)[-_](?:[a-z]{2,10}[-_])?[\w-]{16,200}"),
        ("sk-", "sk_", "pk-", "pk_", "rk-", "rk_"),
    ),
    (
        re.compile(r"(?<!\w)(?:gh[pousr]_\w{20,255}|github_pat_\w{20,255}|glpat-[\w-]{20,64})"),
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-"),
    ),
    (
        re.compile(r"(?<![A-Z0-9])(?:AKIA|ASIA|AROA)[A-Z0-9]{16}(?![A-Z0-9])"),
        ("akia", "asia", "aroa"),
    ),
    (
        re.compile(r"(?<!\w)(?:xox[abeprs]-[\w-]{10,200}|AIza[\w-]{35}|hf_[A-Za-z0-9]{20,64})"),
        ("xox", "aiza", "hf_"),
    ),
    (re.compile(r"(?<!\w)eyJ[\w-]{8,4000}\.[\w-]{8,4000}\.[\w-]{0,2000}"), ("eyj",)),
    (re.compile(r"(?i)\bbearer[ ]{1,3}(?P<value>[\w.~+/-]{16,2000}={0,2})"), ("bearer",)),
)
# The password in an address: https://anna:word@host
_SIGNED_IN = re.compile(
    r"(?i)\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@]{1,100}:(?P<value>[^\s/@]{3,200})@"
)
_PASSWORD = re.compile(
    r"(?i)\b(?:pass(?:word|wd|wort|phrase)?|pwd|kennwort|secret|api[_ -]?key|access[_ -]?token"
    r"|auth[_ -]?token|client[_ -]?secret)[\"']?[ ]?"
    r"(?:=[ ]?|:[ ]{0,3}(?=[^\s]{0,60}[\d!@#$%^&*]))"
    r"[\"']?(?P<value>[^\s\"'<>,;]{5,200})"
)
_PASSWORD_BEGINS = ("pass", "pwd", "kennwort", "secret", "api", "access", "auth", "client")
# Not treated as a secret: it is put back after the output filter and must not carry a link.
_LIVE = re.compile(r"://|www\.|\]\(", re.IGNORECASE)


def detect(text: str) -> list[Hit]:
    """Return all values in a text, in their order, never overlapping; surer kinds win."""
    text = even(text)
    hits: list[Hit] = []
    for kind, spans in _candidates(text):
        for start, end in spans:
            if not any(start < hit.end and hit.start < end for hit in hits):
                hits.append(Hit(kind, start, end))
    return sorted(hits, key=lambda hit: hit.start)


def _candidates(text: str) -> Iterator[tuple[Kind, Iterable[Span]]]:
    rows, folded = digit_rows(text), fold(text)
    yield Kind.LITERAL, _spans(PLACEHOLDER.finditer(text), text)
    yield Kind.SECRET, secrets(text, folded)
    yield Kind.EMAIL, _emails(text, folded)
    yield Kind.IBAN, _ibans(text)
    yield Kind.CARD, sure_cards(text, rows)
    yield Kind.ID, announced_ids(text, rows)
    yield Kind.ID, checked_ids(text, rows)
    yield Kind.PHONE, announced_phones(text, rows)
    yield Kind.CARD, possible_cards(text, rows)
    yield Kind.IP, addresses(text)
    yield Kind.ID, formed_ids(text, rows)
    yield Kind.BIRTH, birthdays(text, folded)
    yield Kind.PHONE, phones(text, rows)


def _spans(matches: Iterable[re.Match[str]], text: str) -> Iterator[Span]:
    for match in matches:
        start, end = match.span("value" if "value" in match.re.groupindex else 0)
        yield start, start + len(text[start:end].rstrip(".,;:"))


def secrets(text: str, folded: str | None) -> Iterator[Span]:
    """Find passwords, keys and tokens.

    `folded` is the text as `fold` gives it, None to look at all of it.
    """
    for start, end in _spans(_secret_matches(text, folded), text):
        if not _LIVE.search(text, start, end):
            yield start, end


def _secret_matches(text: str, folded: str | None) -> Iterator[re.Match[str]]:
    for pattern, words in _SECRETS:
        yield from starting(pattern, text, folded, words)
    if "://" in text and "@" in text:
        yield from _SIGNED_IN.finditer(text)
    yield from starting(_PASSWORD, text, folded, _PASSWORD_BEGINS)


def _emails(text: str, folded: str | None) -> Iterator[Span]:
    for start, end in _spans(_email_matches(text, folded), text):
        if not _FILE_NAME.search(text, start, end):
            yield start, end


def _email_matches(text: str, folded: str | None) -> Iterator[re.Match[str]]:
    if "@" in text:
        yield from _EMAIL.finditer(text)
    if holds(folded, *_SPELLED_SIGNS) and _SPELLED_SIGN.search(text):
        yield from _SPELLED_EMAIL.finditer(text)


def _ibans(text: str) -> Iterator[Span]:
    for match in _IBAN.finditer(text):
        start = match.start()
        is_announced = _IBAN_WORD.search(text, max(0, start - 30), start) is not None
        end = iban_end(text, start) or iban_end(text, start, is_announced=is_announced)
        if end is None and is_announced and (mistyped := _MISTYPED_IBAN.match(text, start)):
            end = mistyped.end()
        if end is not None:
            yield start, end
