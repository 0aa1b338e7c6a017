"""Marks each sentence of an answer as supported, weakly supported or unsupported by its sources."""

import re
from collections.abc import Mapping

from core.domain.answers import AnswerSentence, Support
from core.domain.sentences import UnitKind, text_units
from rag.citations import MARKER, marker_numbers, strip_markers

# Share of a sentence's content words that its cited passages must hold (K-Precision, Adlakha et
# al., TACL 2024, on content words). A number or date that no cited passage holds overrules it.
SUPPORTED_SHARE = 0.6
WEAK_SHARE = 0.35

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_LEADING_MARKERS = re.compile(rf"(?:{MARKER.pattern})+")
_WORD = re.compile(r"[^\W\d_]{3,}")
_STOP_WORDS = frozenset(
    """
    the and for are was were has have had you your with that this these those from they them their
    its not but can may must will would should could shall about into than then also such all any
    each per who whom which what when where how our his her she him only same other more most some
    according documents document following based
    """.split()  # noqa: SIM905  a list of words reads better as text
)


def ground(text: str, passages: Mapping[int, str]) -> tuple[AnswerSentence, ...]:
    """The sentences of an answer with their support.

    `passages` maps citation numbers to the whole text of the cited passage. A sentence without a
    citation is unsupported; introductions ("It covers:") and headings claim nothing and are left
    out.
    """
    return tuple(
        _grounded(unit, passages) for unit in answer_units(text) if _claims_something(unit)
    )


def answer_units(text: str) -> list[str]:
    """Sentences and list items of an answer, each with the markers that follow its full stop."""
    units: list[str] = []
    for unit in text_units(text):
        if unit.kind is UnitKind.HEADING:
            continue
        leading = _LEADING_MARKERS.match(unit.text)
        if leading and units:
            units[-1] += f" {leading.group().strip()}"
        rest = unit.text[leading.end() :].strip() if leading else unit.text
        if rest:
            units.append(rest.removeprefix("> "))
    return units


def _claims_something(sentence: str) -> bool:
    plain = strip_markers(sentence).strip()
    return bool(_WORD.search(plain)) and not plain.endswith(":")


def _grounded(sentence: str, passages: Mapping[int, str]) -> AnswerSentence:
    numbers = tuple(n for n in marker_numbers(sentence) if n in passages)
    plain = strip_markers(sentence).strip()
    evidence = "\n".join(passages[n] for n in numbers)
    return AnswerSentence(
        plain, _support(plain, evidence) if numbers else Support.UNSUPPORTED, numbers
    )


def _support(sentence: str, evidence: str) -> Support:
    if not figures(sentence) <= figures(evidence):
        return Support.UNSUPPORTED
    words = _content_words(sentence)
    held = _content_words(evidence)
    share = len(words & held) / len(words) if words else 1.0
    if share >= SUPPORTED_SHARE:
        return Support.SUPPORTED
    return Support.WEAK if share >= WEAK_SHARE else Support.UNSUPPORTED


def figures(text: str) -> set[str]:
    """All numbers in `text` in one spelling: 1,200.50 and 1200.50 are the same."""
    return {_plain_number(match.group()) for match in _NUMBER.finditer(text)}


def _plain_number(figure: str) -> str:
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", figure):
        figure = figure.replace(",", "")
    elif re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", figure):
        figure = figure.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"\d+,\d+", figure):
        figure = figure.replace(",", ".")
    if re.fullmatch(r"\d+\.\d+", figure):
        figure = figure.rstrip("0").rstrip(".")
    return figure


def _content_words(text: str) -> set[str]:
    words = (word.lower() for word in _WORD.findall(text))
    return {_stem(word) for word in words if word not in _STOP_WORDS}


def _stem(word: str) -> str:
    for suffix in ("ies", "ing", "ed", "es", "s", "ly"):
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)]
    return word
