"""Finds where sentences end, past the stops of abbreviations, ordinals, initials and quotations."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.domain.text.abbreviations import (
    BEFORE_ORDINALS,
    CLOSING,
    DAYS_AND_MONTHS,
    LEADING,
    MONTHS,
    NAMES,
    REFERENCES,
    STARTERS,
    TITLES,
)

_MARK = re.compile(r"(?:[.!?…]+[\"'”’»“)\]*_]*(?=\s|$))|[。！？]+[」』”）]*")
# How many characters to look back for the word that a full stop may belong to.
_BACK = 40
_WORD_BEFORE = re.compile(
    r"(?:(?P<before>[^\s(\[]+)\s+)?[(\[\"'„“‚‘«*_]*(?P<word>[^\s(\[\"'„“«*_]+)$"
)
_NEXT = re.compile(r"\s*(?P<opening>[\"'“„‚‘«(\[*_¿¡]*)(?P<word>[\w’'-]*)(?P<stop>\.?)")
_NUMBER = re.compile(r"\(?\d{1,2}|\d{1,2}\.\d{1,2}")
_ROMAN = re.compile(r"[IVXLC]+")
_UNITS = frozenset("ghlmt")
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
# Brackets and quotations short enough to be a part of one sentence.
_ENCLOSED = re.compile(
    r"\([^()\n]{0,300}\)|\[[^\[\]\n]{0,300}\]|„[^„“”\n]{0,120}[“”]|“[^“”\n]{0,120}”"
    r"|«[^«»\n]{0,120}»|(?<![^\s(])\"\S[^\"\n]{0,120}\"(?![\w])"
)


@dataclass(frozen=True, slots=True)
class _Stop:
    """A full stop with the words around it."""

    before: str
    word: str
    opening: str
    following: str
    is_initial: bool

    @property
    def begins_anew(self) -> bool:
        """Whether the word after the stop clearly begins a sentence."""
        if self.is_initial:
            return False
        return self.following.lower() in STARTERS or self.opening[:1] in ("¿", "¡")


def sentence_ends(text: str, start: int, end: int) -> Iterator[int]:
    """Return the offsets behind which sentences of a paragraph end, but for its own end."""
    begin = start
    enclosed = [match.span() for match in _ENCLOSED.finditer(text, start, end)]
    for mark in _MARK.finditer(text, start, end):
        if mark.end() >= end or any(a < mark.end() < b for a, b in enclosed):
            continue
        if _ends(text, mark, begin):
            yield mark.end()
            begin = mark.end()


def _ends(text: str, mark: re.Match[str], begin: int) -> bool:
    following = _NEXT.match(text, mark.end())
    opening, word = (following["opening"], following["word"]) if following else ("", "")
    if word[:1].islower():
        return False
    if mark.group()[0] != "." or mark.group().startswith("..") or not _is_behind_word(text, mark):
        return True
    is_initial = bool(following and following["stop"]) and len(word) == 1
    preceding = _WORD_BEFORE.search(text[max(begin, mark.start() - _BACK) : mark.start()])
    if preceding is None:
        return True
    return _is_end(
        _Stop((preceding["before"] or "").lower(), preceding["word"], opening, word, is_initial)
    )


def _is_behind_word(text: str, mark: re.Match[str]) -> bool:
    """Return whether a word precedes the stop; after a bracket or quote it abbreviates nothing."""
    return text[mark.start() - 1 : mark.start()].isalnum()


def _is_end(stop: _Stop) -> bool:
    word = stop.word.rsplit("-", 1)[-1].lower()
    if _NUMBER.fullmatch(word):
        return _ends_with_number(stop)
    if len(word) == 1:
        return _ends_with_letter(stop)
    is_capital = stop.word[0].isupper()
    if word in TITLES and (is_capital or word not in NAMES):
        return False
    if word in REFERENCES and _is_reference(stop.following):
        return False
    if word in LEADING:
        return False
    if word in CLOSING:
        return bool(stop.following) and stop.following.lower() not in MONTHS
    is_name = word in NAMES or (is_capital and word in DAYS_AND_MONTHS)
    if is_name or _DOTTED.fullmatch(word):
        return stop.begins_anew
    return True


def _ends_with_number(stop: _Stop) -> bool:
    """Return whether a number ends the sentence.

    "3. März", "im 3. Quartal" and "1. 1. 2026" go on; a number at the very beginning belongs to a
    list.
    """
    if not stop.before or stop.following.lower() in MONTHS:
        return False
    if stop.begins_anew:
        return True
    if stop.before.rstrip(".") in BEFORE_ORDINALS:
        return False
    return not (stop.following[:1].isdigit() and stop.before.rstrip(".").isdigit())


def _ends_with_letter(stop: _Stop) -> bool:
    """Return whether a letter ends the sentence.

    An initial goes on; "8 h" and "5 t" are units, and "vitamin C" may be the end.
    """
    if stop.word in _UNITS and stop.before[-1:].isdigit():
        return True
    if _is_reference(stop.following) and stop.word.lower() in REFERENCES:
        return False
    return stop.begins_anew and (stop.word.isupper() or stop.before.rstrip(".") in {"a", "p", "u"})


def _is_reference(following: str) -> bool:
    is_letter = len(following) == 1 and following.isalpha() and following not in "AI"
    return (
        following[:1].isdigit()
        or is_letter
        or bool(_ROMAN.fullmatch(following) and following != "I")
    )
