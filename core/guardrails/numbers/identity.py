"""Finds identity numbers by their check digit or the word before them, and dates of birth.

Covered are those of Germany, Austria, Switzerland, France, Spain, the United Kingdom and the United
States, and any number announced as that of a passport, a tax payer or an insured person.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from core.guardrails.numbers.checksums import (
    is_article_number,
    is_french_number,
    is_pension_number,
    is_spanish_number,
)
from core.guardrails.numbers.labels import (
    announced,
    is_about_goods,
    is_announced,
    is_labelled_otherwise,
)
from core.guardrails.numbers.places import Span, among, starting

_WORD = (
    r"(?:ssn|social security(?: (?:number|no\.?))?|itin|tin|tax(?:payer)?[ -]?(?:id|number)"
    r"|national insurance(?: (?:number|no\.?))?|nino|passport(?: (?:number|no\.?))?"
    r"|driver'?s? licen[cs]e(?: (?:number|no\.?))?|steuer(?:liche)?[ -]?id(?:entifikations)?"
    r"(?:-?nummer|-?nr\.?)?|steuer(?:liche )?identifikationsnummer|(?<!st-)idnr\.?|steuernummer"
    r"|steuer-?nr\.?"
    r"|renten-?(?:nummer|nr\.?)|(?:sozial|renten|kranken)?versicher(?:ungs|ten)(?:nummer|-?nr\.?)|sv-?(?:nummer|nr\.?)|svnr\.?"
    r"|(?:personal)?ausweis(?:nummer|-?nr\.?)?|(?:reise)?pass(?:nummer|-?nr\.?)"
    r"|führerschein(?:nummer|-?nr\.?)"
    r"|ahv(?:-?nummer|-?(?:nr|n)\.?)?|n(?:um[ée]ro|°|o\.?) de s[ée]cu(?:rit[ée] sociale)?|nir"
    r"|n(?:um[ée]ro|°) fiscal|passeport(?: n°)?|d\.?n\.?i\.?|n\.?i\.?[ef]\.?|pasaporte"
    r"|n[úu]mero de (?:la )?seguridad social)"
)
_LEAD = re.compile(
    rf"(?<![^\W_])(?i:{_WORD})(?:[ ](?i:n[°º.]{{1,2}}|number|no\.?|is|ist|lautet|est|es))?"
    r"[ .:#=*|\"'º°]{1,4}\Z"
)
_ANY = re.compile(
    r"(?<![\w])(?:(?:[A-Z]{1,2}[ -]?)?\d(?:[ ./-]?\d){4,14}(?:[ -]?[A-Z](?![a-z]))?"
    r"(?:[ ]?\d{2,3}\b)?|(?=[A-Z]{0,11}\d)[A-Z0-9]{6,14})(?![\w])"
)
_AMERICAN = re.compile(r"(?<![\w-])(?<!\d[.,])(?P<area>\d{3})-\d{2}-\d{4}(?![\w-])")
_BRITISH = re.compile(
    r"(?<![\w-])[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?![\w-])"
)
_CHECKED: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
    (
        re.compile(
            r"(?<![\w.,-])[12] ?\d\d ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d"
            r"(?![\w]|[.,]\d)"
        ),
        is_french_number,
    ),
    (re.compile(r"(?<![\w.,-])(?:\d{8}|[XYZ]-?\d{7})-?[A-HJ-NP-TV-Z](?![\w-])"), is_spanish_number),
    (re.compile(r"(?<![\w.,-])756\.\d{4}\.\d{4}\.\d{2}(?![\w]|[.,]\d)"), is_article_number),
    (
        re.compile(r"(?<![\w.,-])\d{2} ?(?:[0-6]\d|[7-9]\d)[01]\d{3} ?[A-Z] ?\d{3}(?![\w-])"),
        is_pension_number,
    ),
)
_MONTH = r"[^\W\d_]{3,10}\.?"
_DATE = (
    r"(?:\d{1,2}[./-] ?\d{1,2}[./-] ?(?:19|20)?\d\d(?!\d)|(?:19|20)\d\d-\d\d-\d\d"
    rf"|\d{{1,2}}(?:\.|st|nd|rd|th|er)? (?:of |de )?{_MONTH},?(?: de)? (?:19|20)\d\d"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d\d)"
)
_STAR = re.compile(rf"(?<=[^\W_][,;( ]) ?\(?\* ?(?P<value>{_DATE})")  # Anna Petersen, * 12.3.1984
_FIELD = (
    r"geb(?:urtsdatum|urtstag|\.(?: am)?)|date of birth|birth[ -]?da(?:te|y)|d\.?o\.?b\.?"
    r"|date de naissance|fecha de nacimiento|f\. ?nac\."
)
_BIRTH = re.compile(
    rf"(?i)(?<![^\W_])(?:(?P<field>{_FIELD})|geboren(?: am)?|born(?: on)?|née?(?: le)?"
    r"|nacid[oa](?: el)?)"
    rf"[ \t:.*_|\"'()]{{1,6}}(?:(?:is|was|ist|war|on|am|the|le|el|est) ){{0,2}}(?P<value>{_DATE})"
)

_BIRTH_BEGINS = (
    *("geb", "date of birth", "birth", "dob", "do.b", "d.o", "date de naissance", "born", "né"),
    *("fecha de nacimiento", "f.nac.", "f. nac.", "nacid"),
)
"""The possible beginnings of a match of `_BIRTH`."""


def announced_ids(text: str, rows: Sequence[Span]) -> Iterator[Span]:
    """Find numbers after a word such as "passport no.", whatever their check digit."""
    for start, end in announced(text, rows, _ANY, _LEAD):
        if sum(char.isdigit() for char in text[start:end]) > 4:
            yield start, end


def checked_ids(text: str, rows: Sequence[Span]) -> Iterator[Span]:
    """Find numbers without such a word whose form and check digit are those of a person."""
    for pattern, is_right in _CHECKED:
        for match in among(pattern, text, rows):
            if is_right(match[0]) and not is_labelled_otherwise(text, match.start()):
                yield match.span()


def formed_ids(text: str, rows: Sequence[Span]) -> Iterator[Span]:
    """Find numbers that have only the form, of the United States and the United Kingdom."""
    for pattern in (_AMERICAN, _BRITISH):
        for match in among(pattern, text, rows):
            if not is_labelled_otherwise(text, match.start()):
                yield match.span()


def is_likely_id(text: str, start: int, end: int) -> bool:
    """Return whether it is worth reporting: announced, or checked and not about goods."""
    if is_announced(text, start, _LEAD):
        return True
    value = text[start:end]
    is_right = any(p.fullmatch(value) and check(value) for p, check in _CHECKED)
    area = _AMERICAN.fullmatch(value)
    is_given_out = area is not None and area["area"] not in ("000", "666") and area["area"] < "900"
    return (is_right or is_given_out) and not is_about_goods(text, start)


def birthdays(text: str, folded: str | None) -> Iterator[Span]:
    """Find dates with a word for birth before them; a year alone does not count."""
    for match in starting(_BIRTH, text, folded, _BIRTH_BEGINS):
        yield match.span("value")
    for match in _STAR.finditer(text) if "*" in text else ():
        yield match.span("value")


def is_likely_birthday(text: str, start: int, end: int) -> bool:
    """Return whether it fills in a field, as in a personnel file, rather than tells a story."""
    births = _BIRTH.finditer(text, max(0, start - 60), end)
    return any(match.span("value") == (start, end) and match["field"] for match in births)
