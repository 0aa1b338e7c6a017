"""Finds personal data and secrets in a checkable form, and names that it is told.

Everything found here is masked before a text leaves, so when in doubt a value counts; it is left
out only if its surroundings show that it is another number. `core.guardrails.plausibility` decides
whether to report a hit to a person. Patterns are bounded, so that no text takes long.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.guardrails.numbers.addresses import addresses
from core.guardrails.numbers.cards import possible_cards, sure_cards
from core.guardrails.numbers.checksums import iban_end
from core.guardrails.numbers.devices import device_addresses
from core.guardrails.numbers.identity import (
    announced_accounts,
    announced_documents,
    announced_ids,
    birthdays,
    checked_ids,
    formed_ids,
    plates,
)
from core.guardrails.numbers.labels import even
from core.guardrails.numbers.phones import announced_phones, phones
from core.guardrails.numbers.places import Span, around, digit_rows, fold
from core.guardrails.words.keys import secrets
from core.guardrails.words.names import NOBODY_LISTED, NameList
from core.guardrails.words.streets import street_addresses


class Kind(StrEnum):
    """The kind of a value; also the word in its placeholder."""

    SECRET = "SECRET"  # noqa: S105 - the name of a category
    EMAIL = "EMAIL"
    IBAN = "IBAN"
    CARD = "CARD"
    IP = "IP"
    ACCOUNT = "ACCOUNT"
    DEVICE = "DEVICE"
    PLATE = "PLATE"
    ID = "ID"
    BIRTH = "BIRTH"
    PHONE = "PHONE"
    ADDRESS = "ADDRESS"
    PERSON = "PERSON"
    LITERAL = "LITERAL"  # text that looks like one of our placeholders but is not


@dataclass(frozen=True, slots=True)
class Hit:
    """A value of this kind stands at these character offsets; `type` says more of a secret."""

    kind: Kind
    start: int
    end: int
    type: str = ""


PLACEHOLDER = re.compile(rf"<(?:{'|'.join(Kind)})_\d{{1,6}}>")

_EMAIL = re.compile(r"(?<![\w.%+'-])[\w.%+'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])")
# anna [at] nordhafen [dot] example
_AT = r"at|ät|@|arobase|chiocciola|arroba|małpa|malpa|apenstaartje|a commerciale"
_DOT = r"dot|punkt|point|punto|punt|kropka|\."
_SPELLED_EMAIL = re.compile(
    rf"(?i)(?<![\w.%+'-])[\w.%+'-]{{1,64}} ?[\[({{](?:{_AT})[\])}}] ?[\w-]{{1,63}}"
    rf"(?:(?:\.| ?[\[({{](?:{_DOT})[\])}}] ?)[\w-]{{1,63}}){{1,6}}"
)
# anna . nowak @ nordhafen . example
_SPACED_EMAIL = re.compile(
    r"(?<![\w.%+'-])[\w%+'-]{1,64}(?:(?: \. |\.)[\w%+'-]{1,64}){0,3} ?@ [\w-]{1,63}"
    r"(?:(?: \. |\.)[\w-]{1,63}){0,5}(?: \. |\.)[^\W\d_]{2,24}(?![\w-])"
)
_JOINED_EMAIL = re.compile(
    r"(?i)(?<![\w.])[\w.+-]{1,64}_at_(?:[\w-]{1,63}\.){1,5}[a-z]{2,24}(?!\w)"
)
# anna at nordhafen dot example
_SPOKEN_EMAIL = re.compile(
    r"(?i)(?<![\w.%+'-])[\w.%+'-]{1,64}(?: (?:dot|punkt|point|punto|punt|kropka) [\w-]{1,63}){0,2}"
    r" (?:(?:at|ät) [\w-]{1,63}(?: (?:dot|punkt) [\w-]{2,63}){1,4}"
    r"|(?:arobase|chiocciola|arroba|małpa|apenstaartje) [\w-]{1,63}"
    r"(?: (?:dot|point|punto|punt|kropka) [\w-]{2,63}){1,4})(?![\w-])"
)
# marie.dupont arobase courrier.example; "at" only behind a name with a dot
_NAMED_EMAIL = re.compile(
    r"(?i)(?<![\w.%+'-])(?:[\w.%+'-]{1,64} (?:ät|arobase|chiocciola|arroba|małpa|apenstaartje)"
    r"|[^\W\d_]{1,30}[._][^\W\d_]{2,30} at) (?:[\w-]{1,63}\.){1,6}[a-z]{2,24}(?![\w-])"
)
# peter%40nordhafen.example, as addresses of pages spell it
_ESCAPED_EMAIL = re.compile(
    r"(?i)(?<![\w.+'-])[\w.+'-]{1,64}%40(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])"
)
_AT_WORDS = (" at ", " ät ", " arobase ", " chiocciola ", " arroba ", " małpa ", " apenstaartje ")
_EMAIL_REACH = 160
_SPELLED_SIGNS = tuple(f"{word}{end}" for word in _AT.split("|") for end in "])}")
_SPOKEN_DOTS = (" dot ", " punkt ", " point ", " punto ", " punt ", " kropka ")
_FILE_NAME = re.compile(r"(?i)@\d+(?:\.\d+)?x\.(?:png|jpe?g|webp|gif|svg|avif)\Z")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?=[ .\n-]?[A-Za-z0-9])")
_IN_FOURS = re.compile(r"[A-Za-z]{2}\d{2}(?:[ .-][A-Za-z\d]{4}){3,7}(?:[ .-][A-Za-z\d]{1,3})?")
_POLISH_ACCOUNT = re.compile(r"(?<![\w.,-])\d{2}(?: ?\d{4}){6}(?![\w]|[.,]\d)")
_IBAN_WORD = re.compile(r"(?i)\bIBAN(?:-?(?:nummer|nr\.?)| (?:number|no\.?))?[ :#=*|\"']{0,4}\Z")
# Accounts of which the code of the bank has letters: where they are is laid down by the country.
_LETTERED_IBAN = re.compile(
    r"NL\d\d[A-Z]{4}\d{10}|(?:GB|IE)\d\d[A-Z]{4}\d{14}|(?:IT|SM)\d\d[A-Z]\d{10}[A-Z\d]{12}"
    r"|(?:FR|MC)\d{12}[A-Z\d]{11}\d\d|BG\d\d[A-Z]{4}\d{6}[A-Z\d]{8}|LV\d\d[A-Z]{4}[A-Z\d]{13}"
    r"|RO\d\d[A-Z]{4}[A-Z\d]{16}|MT\d\d[A-Z]{4}\d{5}[A-Z\d]{18}"
)
_MISTYPED_IBAN = re.compile(r"[A-Za-z]{2}\d{2}(?:[ -]?\d[\dA-Z]{0,3}){3,8}(?![\w])")


def detect(text: str, names: NameList = NOBODY_LISTED) -> list[Hit]:
    """Return all values in a text, in their order, never overlapping; surer kinds win.

    `names` are the people whose names are looked for.
    """
    text = even(text)
    rows, folded = digit_rows(text), fold(text)
    taken = _Taken()
    for kind, spans in _first(text):
        taken.add(kind, spans)
    for type_, span in secrets(text, folded):
        taken.add(Kind.SECRET, (span,), type_)
    for kind, spans in _candidates(text, rows, folded, names):
        taken.add(kind, spans)
    return taken.hits


class _Taken:
    """The values found so far, in their order; a later one is left out where it overlaps."""

    def __init__(self) -> None:
        self.hits: list[Hit] = []
        self._starts: list[int] = []

    def add(self, kind: Kind, spans: Iterable[Span], type_: str = "") -> None:
        for start, end in spans:
            place = bisect_left(self._starts, start)
            overlaps_before = place > 0 and self.hits[place - 1].end > start
            overlaps_after = place < len(self.hits) and self._starts[place] < end
            if not overlaps_before and not overlaps_after:
                self._starts.insert(place, start)
                self.hits.insert(place, Hit(kind, start, end, type_ or kind.value))


def _first(text: str) -> Iterator[tuple[Kind, Iterable[Span]]]:
    yield Kind.LITERAL, _spans(PLACEHOLDER.finditer(text), text)


def _candidates(
    text: str, rows: Sequence[Span], folded: str | None, names: NameList
) -> Iterator[tuple[Kind, Iterable[Span]]]:
    yield Kind.EMAIL, _emails(text, folded)
    yield Kind.IBAN, _ibans(text)
    yield Kind.CARD, sure_cards(text, rows)
    yield Kind.ACCOUNT, announced_accounts(text, rows)
    yield Kind.ID, announced_ids(text, rows)
    yield Kind.ID, announced_documents(text)
    yield Kind.ID, checked_ids(text, rows)
    yield Kind.PHONE, announced_phones(text, rows)
    yield Kind.CARD, possible_cards(text, rows)
    yield Kind.DEVICE, device_addresses(text)
    yield Kind.IP, addresses(text)
    yield Kind.ID, formed_ids(text, rows)
    yield Kind.BIRTH, birthdays(text, folded)
    yield Kind.PHONE, phones(text, rows)
    yield Kind.PLATE, plates(text, folded)
    yield Kind.ADDRESS, street_addresses(text, folded)
    yield Kind.PERSON, names.find(text)


def _spans(matches: Iterable[re.Match[str]], text: str) -> Iterator[Span]:
    for match in matches:
        start, end = match.span("value" if "value" in match.re.groupindex else 0)
        yield start, start + len(text[start:end].rstrip(".,;:"))


def _emails(text: str, folded: str | None) -> Iterator[Span]:
    for start, end in _spans(_email_matches(text, folded), text):
        if not _FILE_NAME.search(text, start, end):
            yield start, end


def _email_matches(text: str, folded: str | None) -> Iterator[re.Match[str]]:
    if "@" in text:
        yield from _EMAIL.finditer(text)
    for pattern, words in (
        (_SPACED_EMAIL, (" @ ", "@ ")),
        (_SPELLED_EMAIL, _SPELLED_SIGNS),
        (_JOINED_EMAIL, ("_at_",)),
        (_ESCAPED_EMAIL, ("%40",)),
        (_SPOKEN_EMAIL, _SPOKEN_DOTS),
        (_NAMED_EMAIL, _AT_WORDS),
    ):
        yield from around(pattern, text, folded, words, reach=_EMAIL_REACH)


def _ibans(text: str) -> Iterator[Span]:
    for match in _IBAN.finditer(text):
        start = match.start()
        is_announced = _IBAN_WORD.search(text, max(0, start - 30), start) is not None
        end = iban_end(text, start)
        if end is None and (mistyped := iban_end(text, start, is_announced=True)):
            is_formed = is_announced or _is_formed_iban(text[start:mistyped])
            end = mistyped if is_formed else None
        if end is None and is_announced and (loose := _MISTYPED_IBAN.match(text, start)):
            end = loose.end()
        if end is not None:
            yield start, end
    for match in _POLISH_ACCOUNT.finditer(text):
        if iban_end(f"PL{match[0]}", 0) == len(match[0]) + 2:
            yield match.span()


def _is_formed_iban(value: str) -> bool:
    """Return whether it can be nothing else, mistyped as it is: in fours, or nearly all digits."""
    figures = sum(char.isdigit() for char in value)
    plain = re.sub(r"[ .\n-]", "", value).upper()
    is_lettered = figures > len(plain) // 2 and _LETTERED_IBAN.fullmatch(plain) is not None
    is_in_fours = _IN_FOURS.fullmatch(value) is not None
    return is_in_fours or is_lettered or figures >= max(14, len(value) - 6)
