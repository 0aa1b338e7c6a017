"""Compares with sources in another language what no translation changes: figures, dates, codes."""

import re
from itertools import pairwise

from core.domain.answers import Support
from rag.figures.dates import DateMention
from rag.figures.reading import Figure
from rag.figures.sameness import dates_agree, is_same
from rag.grounding.evidence import Evidence
from rag.grounding.languages import is_other_than, language_by_code
from rag.grounding.names import is_known
from rag.grounding.statements import Statement, Word
from rag.grounding.verdicts import Verdict

UNCHECKED = (
    "the sources are in another language; only figures, dates, codes and names were compared"
)

# An article number or form name, which no translation changes.
_CODE = re.compile(r"(?=.*\d)(?=.*[A-Z])[A-Z0-9][A-Z0-9._/-]*|[\w.+-]+@[\w-]+\.[\w.]+")
# Names of towns and countries differ between languages, but rarely in their first letters.
SAME_LETTERS = 3
# Small numbers as words, since sources may spell them out.
_SPELLED = {
    int(line.split()[0]): frozenset(line.split()[1:])
    for line in """
    2 two zwei deux dos due twee
    3 three drei trois tres tre drie
    4 four vier quatre cuatro quattro
    5 five fünf cinq cinco cinque vijf
    6 six sechs seis sei zes
    7 seven sieben sept siete sette zeven
    8 eight acht huit ocho otto
    9 nine neun neuf nueve nove negen
    10 ten zehn dix diez dieci tien
    11 eleven elf onze once undici
    12 twelve zwölf douze doce dodici twaalf
    14 vierzehn quatorze catorce quattordici veertien
    15 fünfzehn quinze quince quindici vijftien
    20 zwanzig vingt veinte venti twintig
    30 dreißig trente treinta trenta dertig
    40 vierzig quarante cuarenta quaranta veertig
    50 fünfzig cinquante cincuenta cinquanta vijftig
    60 sechzig soixante sesenta sessanta zestig
    90 neunzig noventa novanta negentig
    100 hundert einhundert cent cien ciento cento honderd
    1000 tausend eintausend mille mil duizend
    """.strip().splitlines()
}


def is_foreign(claim: Statement, evidence: Evidence) -> bool:
    """Return whether nothing that the sentence may rest on is in its language."""
    if not evidence.units:
        return False
    if claim.language not in evidence.languages:
        return True
    return all(is_other_than(code, claim.text) for code in evidence.languages)


def compare_untranslated(claim: Statement, evidence: Evidence) -> Verdict:
    """Return a verdict on what no translation changes.

    It is unsupported where the sources lack such a figure, date or code, weak where they lack a
    full name, else not checked. It is never supported.
    """
    for date in claim.figures.dates:
        if not _stands_as_date(date, evidence):
            return _missing(date.text)
    for figure in claim.figures.numbers:
        if any(map(str.isdigit, figure.text)) and not _stands_as_number(figure, evidence):
            return _missing(figure.text)
    for word in claim.content:
        if _is_certain_name(word) and not _stands_as_name(word, claim, evidence):
            return _missing(word.text)
    return _names(claim, evidence) or Verdict(Support.NOT_CHECKED, UNCHECKED)


def _missing(words: str) -> Verdict:
    return Verdict(Support.UNSUPPORTED, f"“{words}” is in none of the cited passages")


def _stands_as_date(date: DateMention, evidence: Evidence) -> bool:
    figures = evidence.whole.figures
    numbers = {int(figure.value) for figure in figures.numbers}
    in_parts = any(date.month == source.month for source in figures.dates) or not date.month
    return any(dates_agree(date, source) for source in figures.dates) or (
        in_parts and {date.day, date.year} <= numbers | {0}
    )


def _stands_as_number(figure: Figure, evidence: Evidence) -> bool:
    figures = evidence.whole.figures
    if any(is_same(figure, source) for source in figures.numbers):
        return True
    if figure.measure is None and any(figure.value in d.numbers for d in figures.dates):
        return True
    spelled = _SPELLED.get(int(figure.amount), frozenset())
    return figure.amount == int(figure.amount) and bool(spelled & evidence.whole.plain)


def _is_certain_name(word: Word) -> bool:
    return bool(word.is_titled or _CODE.fullmatch(word.text))


def _stands_as_name(word: Word, claim: Statement, evidence: Evidence) -> bool:
    if is_known(word, claim, evidence.whole):
        return True
    plain = word.text.lower()
    return (
        not word.is_titled
        and not _CODE.fullmatch(word.text)
        and any(other.startswith(plain[:SAME_LETTERS]) for other in evidence.whole.plain)
    )


def _names(claim: Statement, evidence: Evidence) -> Verdict | None:
    """Return a verdict on a full name that the sources lack.

    A single capitalised word is not judged, since it need not be a name.
    """
    if language_by_code(claim.language).has_capital_nouns or claim.language == "en":
        return None  # words of all kinds are capitalised here
    words = claim.words
    for first, second in pairwise(words):
        is_full = first.is_name and second.is_name and second.start == _behind(first)
        if is_full and not any(_stands_as_name(w, claim, evidence) for w in (first, second)):
            reason = f"“{first.text} {second.text}” is in none of the cited passages"
            return Verdict(Support.WEAK, reason)
    return None


def _behind(word: Word) -> int:
    return word.start + len(word.text) + 1
