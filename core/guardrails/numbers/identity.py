"""Finds numbers of people and accounts by their check digit or the word before them, and births.

The words, forms and checks are those of the countries in core/guardrails/rules.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from core.guardrails.numbers.check_digits import CHECKS
from core.guardrails.numbers.labels import (
    announced,
    before,
    is_about_goods,
    is_announced,
    is_labelled_otherwise,
)
from core.guardrails.numbers.places import Span, among, around, starting
from core.guardrails.rules.loading import NumberRule, number_rules, word_rules

_ANY = re.compile(
    r"(?i)(?<![\w])(?:(?:[A-Z]{1,3}-?)?\d(?:[ ./-]?\d){4,14}(?:[ -]?[A-Z](?![a-z]))?"
    r"(?:[ ]?\d{2,3}\b)?|(?=[A-Z]{0,11}\d)[A-Z0-9]{6,18}"
    r"|\d{2} ?\d{6} ?[A-Z] ?\d{3}|[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D])(?![\w])"
)
_LETTERS_FIRST = re.compile(r"(?<!\w)[A-Z]{1,3}[ ]\d(?:[ ./-]?\d){4,14}(?!\w)")
_ACCOUNT = re.compile(r"(?<![\w])\d(?:[ .-]?\d){4,25}(?![\w])")
# Passports and identity cards often hold few digits.
_DOCUMENT = re.compile(r"(?<!\w)(?=[A-Z]{0,9}\d)(?=\d{0,9}[A-Z])[A-Z0-9]{6,10}(?!\w)")
_PLATE = re.compile(
    r"(?<!\w)(?:[A-ZÄÖÜ]{1,3}[ -][A-Z]{1,2}[ -]?\d{1,4}[EH]?|[A-Z]{2}\d{2} ?[A-Z]{3}"
    r"|[A-Z]{2,3}[ -]?\d[A-Z0-9]{3,5}|\d{1,4}[ -][A-Z]{2,3}[ -]?\d{0,3}"
    r"|[A-Z]{1,2}[ -]\d{3}[ -][A-Z]{1,2}"
    r"|[A-Z]{2}[ -]?\d{2,6}|\d{4} ?[A-Z]{3}|[A-Z]{2} ?\d{3} ?[A-Z]{2})(?!\w)"
)
# A British plate of today, behind a word that regulations begin with as well.
_BRITISH_PLATE = re.compile(
    r"(?<!\w)(?i:reg(?:istration)?)\.?[ :]{1,2}(?P<value>[A-Z]{2}\d{2} ?[A-Z]{3})(?!\w)"
)
_AMERICAN = re.compile(r"(?<![\w-])(?<!\d[.,])(?P<area>\d{3})-\d{2}-\d{4}(?![\w-])")
_MONTH = r"[^\W\d_]{3,12}\.?"
_DATE = (
    r"(?:\d{1,2}[./-] ?\d{1,2}[./-] ?(?:19|20)?\d\d(?!\d)|(?:19|20)\d\d[-./]\d\d[-./]\d\d"
    rf"|\d{{1,2}}(?:\.|st|nd|rd|th|er)? (?:of |de |di )?{_MONTH},?(?: de)? (?:19|20)\d\d"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d\d)"
)
_STAR = re.compile(rf"(?<=[^\W_][,;( ]) ?\(?\* ?(?P<value>{_DATE})")  # Anna Petersen, * 12.3.1984
# Words of a story rather than of a field in a file.
_TOLD = re.compile(
    r"(?i)(?:geboren|born|née?|nacid[oa]|nat[oa]|urodz(?:ony|ona|i\wam się)|geboren op)\b"
)


def announced_ids(text: str, rows: Sequence[Span]) -> Iterator[Span]:
    """Find numbers after a word such as "passport no.", whatever their check digit."""
    for numbers in (_ANY, _LETTERS_FIRST):
        for start, end in announced(text, rows, numbers, word_rules().people):
            if sum(char.isdigit() for char in text[start:end]) > 4:
                yield start, end


def announced_documents(text: str) -> Iterator[Span]:
    """Find capitals with digits among them after a word such as "passport no."."""
    for match in _DOCUMENT.finditer(text):
        if is_announced(text, match.start(), word_rules().people):
            yield match.span()


def announced_accounts(text: str, rows: Sequence[Span]) -> Iterator[Span]:
    """Find numbers of accounts and banks after a word such as "sort code"."""
    yield from announced(text, rows, _ACCOUNT, word_rules().accounts)


def checked_ids(text: str, rows: Sequence[Span]) -> Iterator[Span]:
    """Find numbers without such a word whose form and check digit are those of a person."""
    for rule in number_rules():
        for match in among(rule.form, text, rows) if rule.check else ():
            if _is_of_person(rule, text, match):
                yield match.span()


def _is_of_person(rule: NumberRule, text: str, match: re.Match[str]) -> bool:
    if not is_right(rule, match[0]):
        return False
    if not rule.is_alone:
        return word_rules().near.search(before(text, match.start())) is not None
    return not is_labelled_otherwise(text, match.start())


def formed_ids(text: str, rows: Sequence[Span]) -> Iterator[Span]:
    """Find numbers that have only the form, without a check digit."""
    for rule in number_rules():
        if rule.check or not rule.is_alone:
            continue
        for match in among(rule.form, text, rows):
            if not is_labelled_otherwise(text, match.start()):
                yield match.span()
    for match in among(_AMERICAN, text, rows):
        if not is_labelled_otherwise(text, match.start()):
            yield match.span()


def is_right(rule: NumberRule, value: str) -> bool:
    """Return whether a value of the form of a rule has the right check digit."""
    return CHECKS[rule.check](value)


def is_likely_id(text: str, start: int, end: int) -> bool:
    """Return whether it is worth reporting: announced, or checked and not about goods."""
    words = word_rules()
    if is_announced(text, start, words.people) or is_announced(text, start, words.accounts):
        return True
    value = text[start:end]
    checked = (rule for rule in number_rules() if rule.check and rule.form.fullmatch(value))
    area = _AMERICAN.fullmatch(value)
    is_given_out = area is not None and area["area"] not in ("000", "666") and area["area"] < "900"
    is_known = any(is_right(rule, value) for rule in checked)
    return (is_known or is_given_out) and not is_about_goods(text, start)


def plates(text: str, folded: str | None) -> Iterator[Span]:
    """Find number plates behind a word for them."""
    lead = word_rules().plates
    for match in around(_PLATE, text, folded, word_rules().plate_parts, reach=60):
        if is_announced(text, match.start(), lead):
            yield match.span()
    for match in around(_BRITISH_PLATE, text, folded, ("reg",), reach=60):
        yield match.span("value")


def birthdays(text: str, folded: str | None) -> Iterator[Span]:
    """Find dates with a word for birth before them; a year alone does not count."""
    for match in starting(_births(), text, folded, word_rules().birth_begins):
        yield match.span("value")
    for match in _STAR.finditer(text) if "*" in text else ():
        yield match.span("value")


def is_likely_birthday(text: str, start: int, end: int) -> bool:
    """Return whether it fills in a field, as in a personnel file, rather than tells a story."""
    births = _births().finditer(text, max(0, start - 60), end)
    return any(
        match.span("value") == (start, end) and not _TOLD.match(match["field"]) for match in births
    )


@cache
def _births() -> re.Pattern[str]:
    return re.compile(
        rf"(?i)(?<![^\W_])(?P<field>{word_rules().births})"
        r"[ \t:.*_|\"'()]{1,6}(?:(?:is|was|ist|war|on|am|the|le|el|est|to|jest|il|op|è) ){0,2}"
        rf"(?P<value>{_DATE})"
    )
