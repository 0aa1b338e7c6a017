"""Finds phone numbers by an international prefix, a national form, or a word beside them."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

from core.guardrails.numbers.labels import (
    after,
    announced,
    before,
    is_about_goods,
    is_amount,
    is_announced,
    is_labelled_otherwise,
)
from core.guardrails.numbers.places import Span, among
from core.guardrails.rules.loading import phone_forms, word_rules

# One digit at a time: a pattern with one way to match cannot be made slow by a long number.
_MORE = r"(?:[ ./()-]{0,3}\d){6,17}"
_NUMBER = rf"[(+]?\d{_MORE}(?!\d)"
_EXTENSION = r"(?: ?(?:x|ext\.?|Durchwahl|DW) ?\d{1,6})?"
_WORDS = (
    r"(?:[^\W\d_]{1,15})?(?:telefon|handy|hotline|rufnummer)(?:nummer|nr)?|notruf|t[ée]l(?:[ée]fon[eo]?s?|[ée]phone|[ée]copie|efax)?(?:nummern?|nr)?|t(?:el)?fno|tlfn?o?|fon"
    r"|phone|mobile?|m[óo]vil|mob|mobil(?:telefon|nummer|funk)|cell(?:phone|ular)?|celular"
    r"|(?:tele)?fax(?:nummer|nr)?|handy(?:nummer|nr)?|ruf(?:nummer|nr)?|durchwahl|festnetz(?:nummer)?"
    r"|landline|hotline|whatsapp|sms|portable|fixe|desk|pager|telefonisch"
    r"|(?:my|his|her|our|their) (?:\w{1,12} )?number|(?:meine|seine|ihre|unsere|der) nummer"
    r"|(?:mon|son|notre) num[ée]ro|(?:mi|su|nuestro) n[úu]mero"
)
# Between the word and its number: "no.", "is", a note in brackets, a sign, the next cell or line.
# Words of the countries in core/guardrails/rules stand beside these.
_LINK = (
    r"(?:\.?[ ]?-?[ ]?(?:number|num[ée]ro|n[úu]mero|nummer|nr|no|n°))?\.?(?: ?\([^()\n]{1,20}\))?"
    r"(?:(?: [^\W\d_]{1,15}){1,4}(?= ?:))?"
    r"(?: (?:is|ist|lautet|est(?: le)?|es(?: el)?|to|jest|è|op|pod|na|unter|at|on|le|el|au|al))?"
    r"[ \t:#=*_\"'|]{0,6}\n?[ \t]{0,3}"
)
_WEAK = re.compile(
    r"(?i)\b(?:(?:call|ring|dial|text|phone)(?: (?:me|us|him|her|them|back))?(?: (?:at|on))?"
    r"|reach (?:me|us|him|her|them) (?:at|on|under)|answering at|contact (?:me |us )?(?:at|on)"
    r"|(?:messages|sms|text) to|my registered|erreich\w{0,4} (?:[\w ]{0,20} )?unter|rufen \w{2,10}"
    r"(?: \w{2,10}){0,3} unter|rückruf (?:unter|an)|rufe? (?:\w{2,5} )?(?:unter|an)|wählen \w{3}"
    r"|appele[zr](?:-\w{2,4})?(?: \w{2,8})? au|(?:joignable|joindre|contacter)(?: \w{2,8})? au"
    r"|ll[áa]m[ae]\w{0,5}(?: \w{2,8})? al?|contactar(?:me)? (?:al|en el))"
    r" ?:? ?\Z"
)
_LETTER = re.compile(r"(?<![\w.])[TMFP][.:] {0,2}\Z")
# Numbers after such words, from a length on that nothing else would have.
_ANY = re.compile(rf"[(+]?\d{_MORE}(?!\d){_EXTENSION}")
_ANY_SHORT = re.compile(rf"[(+]?\d(?:[ ./()-]{{0,3}}\d){{4,17}}(?!\d){_EXTENSION}")
# A number, then a word that says what it was.
_TOLD_AFTER = re.compile(
    rf"(?i)(?<![\w./-])(?<!\d,)(?P<value>{_NUMBER}{_EXTENSION})[ ]?-?[ ]?\(?"
    r"(?:office|fax|mobile|mobil|phone|home|cell|handy|privat|dienstlich|bureau|portable)\b"
    r"(?![ \t-]?[^\W_])"
)
# +49 40 123456, 0049 (0)40 123456, +1-541-754-3010
_ABROAD = re.compile(
    rf"(?<![\w+])(?<!\d )(?:\+|(?<!/)(?<!\d[.,])00) ?[1-9]{_MORE}(?!\d){_EXTENSION}"
)
# (541) 754-3010, 541-754-3010, 541.754.3010
_AMERICAN = re.compile(
    r"(?<![\w.,/-])(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}([.-]))\d{3}(?:\1|[ .-])\d{4}"
    rf"{_EXTENSION}(?![\w-]|[.,]\d)"
)
# 040 / 123 45 67, (0209) 12345-0, 01 42 68 53 00
_NATIONAL = re.compile(
    r"(?<![\w+./-])(?<!\d[ ,(])(?:\(?0[1-9]\d{1,4}(?: ?/ ?|\) ?| - |[ -])\d(?:(?:[ -]| - )?\d){4,8}"
    r"|0[1-9](?P<joint>[ .-])\d\d(?:(?P=joint)\d\d){3})(?![\w]|[ ]?[.,/-]?\d|-\d)"
)
# Three times three digits are also a figure: they count behind a person only.
_GROUPED_IN_THREES = re.compile(
    r"(?<![\w+.,/-])(?<!\d )[4-9]\d\d \d{3} \d{3}(?![\w]|[ ]?[.,/-]?\d)"
)
_ADDRESSED = re.compile(
    r"(?i)(?<![^\W_])(?:mr|mrs|ms|mx|dr|prof|herrn?|frau|pan[ai]?|señora?|sra?|signor[ae]?|sig(?:ra)?"
    r"|mme|mlle|madame|monsieur|m|mevrouw|meneer|mw|dhr)\.?[ ][^\W\d_][\w'’-]+"
    r"(?:[ ][^\W\d_][\w'’-]+){0,3}[ ]?[,:;(|-]?[ ]?\Z"
)
_LETTER_NEAR = re.compile(r"[^\W\d_]{2}")
# Years, a year with volume and pages, round numbers, a decimal, times of the day.
_FIGURES = re.compile(
    r"(?:(?:19|20)\d\d\D{0,3})+|(?:19|20)\d\d(?: \d{1,5}){2,4}|\d{1,3}(?:[ .]000)+|\d{1,3}\.\d{5,}"
    r"|20[0-3]\d[-/]\d{4,8}"
    r"|(?:[01]\d|2[0-3])[0-5]\d(?:\D{1,3}(?:[01]\d|2[0-3])[0-5]\d){2,}"
)
_DAY = re.compile(
    r"(?:[0-3]?\d[./-]){2}(?:19|20)?\d\d|(?:19|20)\d\d(?:[./-][01]?\d)(?:[./-][0-3]?\d)"
)
_SURE_ABROAD = re.compile(r"(?:\+|00[ ]?[1-9]\d?\d?[ ./()-])")
_SURE_AMERICAN = re.compile(r"(?:1[ .-])?\(?[2-9]\d\d\)?[ .-]{0,2}[2-9]\d\d[ .-]\d{4}(?!\d)")


def is_figures(text: str, start: int, end: int) -> bool:
    """Return whether these are years, dates, times, a round number, a decimal or a counting row."""
    return (
        _FIGURES.fullmatch(text, start, end) is not None
        or _DAY.fullmatch(text, start, end) is not None
        or _counts(text[start:end])
    )


def announced_phones(text: str, rows: Sequence[Span]) -> Iterator[Span]:
    """Find numbers beside a word for phones."""
    for numbers, lead in ((_ANY_SHORT, _strong()), (_ANY, _WEAK), (_ANY, _LETTER)):
        for span in announced(text, rows, numbers, lead):
            if not _is_other(text, *span):
                yield span
    for match in among(_TOLD_AFTER, text, rows):
        if not _is_other(text, *match.span("value")):
            yield match.span("value")


def phones(text: str, rows: Sequence[Span]) -> Iterator[Span]:
    """Find numbers in the form of a phone number, unless something beside them says otherwise."""
    for match in among(_ABROAD, text, rows):
        is_other = match[0].startswith("00") and is_labelled_otherwise(text, match.start())
        if not is_other and not _is_other(text, *match.span()):
            yield match.span()
    for pattern in (_AMERICAN, _NATIONAL):
        yield from _national(text, rows, pattern)
    for pattern in phone_forms():
        for start, end in _national(text, rows, pattern):
            is_all = text.strip() == text[start:end]
            near = before(text, start), after(text, end)
            if is_all or any(map(_LETTER_NEAR.search, near)):
                yield start, end
    for match in among(_GROUPED_IN_THREES, text, rows):
        if _ADDRESSED.search(before(text, match.start())) and not _is_other(text, *match.span()):
            yield match.span()


def _national(text: str, rows: Sequence[Span], pattern: re.Pattern[str]) -> Iterator[Span]:
    for match in among(pattern, text, rows):
        is_labelled = is_labelled_otherwise(text, match.start())
        if not is_labelled and not _is_other(text, *match.span()):
            yield match.span()


@cache
def _strong() -> re.Pattern[str]:
    return re.compile(rf"(?i)(?<![^\W_])(?:{_WORDS}|{word_rules().phones}){_LINK}\Z")


def is_likely_phone(text: str, start: int, end: int) -> bool:
    """Return whether it is worth reporting: announced, or of a form that nothing else has."""
    value = text[start:end]
    if text[max(0, start - 1) : start] in (".", ","):  # the digits behind a decimal point
        return False
    if _is_announced(text, start, end):
        return True
    if _SURE_ABROAD.match(value):
        return value.startswith("+") or not is_about_goods(text, start)
    return _SURE_AMERICAN.match(value) is not None and not is_about_goods(text, start)


def _is_announced(text: str, start: int, end: int) -> bool:
    if any(is_announced(text, start, lead) for lead in (_strong(), _WEAK)):
        return True
    match = _TOLD_AFTER.match(text, start)
    return match is not None and match.end("value") == end


def _is_other(text: str, start: int, end: int) -> bool:
    return is_figures(text, start, end) or is_amount(text, start, end)


def _counts(value: str) -> bool:
    """Return whether numbers in a row count up, such as 01 02 03 04 05."""
    numbers = [int(number) for number in re.findall(r"\d+", value)]
    return len(numbers) > 3 and all(b - a == 1 for a, b in pairwise(numbers))
