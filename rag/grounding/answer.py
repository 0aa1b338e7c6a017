"""Cuts an answer into sentences and has each judged by the passages it cites."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.answers import AnswerSentence, Support
from core.domain.text.sentences import UnitKind, text_units
from rag.grounding.judges.lexical import LexicalJudge
from rag.grounding.markers import MARKER, marker_numbers, strip_markers
from rag.grounding.verdicts import Claim, SupportJudge, Verdict
from rag.prompting.model_call import ModelCall

NO_SOURCE = "no source is cited"

_LEADING_MARKERS = re.compile(rf"(?:{MARKER.pattern})+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3,}")
# Markdown around words and the number of a step are no part of a claim. A dash before a number
# stays, since it may be a minus.
_MARKUP = re.compile(
    r"^\s*(?:[-*•–▪]\s+(?!(?<=[-–]\s)\d)|\(?\d{1,2}[.)]\s+|>\s*)+|[*`]+|(?<!\w)_+|_+(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Grounding:
    """The sentences of an answer with their support, and the model call of the judge, if any."""

    sentences: tuple[AnswerSentence, ...]
    call: ModelCall | None = None


def ground(
    text: str, passages: Mapping[int, str], judge: SupportJudge | None = None
) -> tuple[AnswerSentence, ...]:
    """Return the sentences of an answer with their support; without a judge, words alone decide."""
    return grounding(text, passages, judge or LexicalJudge()).sentences


def grounding(text: str, passages: Mapping[int, str], judge: SupportJudge) -> Grounding:
    """Have every sentence judged that cites something.

    `passages` maps citation numbers to the whole text of the cited passage. A sentence without a
    citation is unsupported. Introductions ("It covers:") and headings claim nothing and are left
    out.
    """
    sentences = [unit for unit in answer_units(text) if _claims_something(unit)]
    cited = [_known(sentence, passages) for sentence in sentences]
    judgement = judge.judge(
        [
            Claim(claimed_words(sentence), tuple(passages[n] for n in numbers))
            for sentence, numbers in zip(sentences, cited, strict=True)
            if numbers
        ]
    )
    verdicts = iter(judgement.verdicts)
    marked = tuple(
        _sentence(sentence, numbers, next(verdicts) if numbers else None)
        for sentence, numbers in zip(sentences, cited, strict=True)
    )
    return Grounding(marked, judgement.call)


def answer_units(text: str) -> list[str]:
    """Return sentences and list items of an answer, each with the markers after its full stop."""
    units: list[str] = []
    for unit in text_units(text):
        if unit.kind in (UnitKind.HEADING, UnitKind.ASIDE):
            continue
        leading = _LEADING_MARKERS.match(unit.text)
        if leading and units:
            units[-1] += f" {leading.group().strip()}"
        rest = unit.text[leading.end() :].strip() if leading else unit.text
        if rest:
            units.append(rest.removeprefix("> "))
    return units


def claimed_words(sentence: str) -> str:
    """Return a sentence without markers, list signs and emphasis."""
    return " ".join(_MARKUP.sub("", strip_markers(sentence)).split())


def _claims_something(sentence: str) -> bool:
    plain = strip_markers(sentence).strip()
    return bool(_WORD.search(plain)) and not plain.endswith(":")


def _known(sentence: str, passages: Mapping[int, str]) -> tuple[int, ...]:
    return tuple(n for n in marker_numbers(sentence) if n in passages)


def _sentence(sentence: str, numbers: tuple[int, ...], verdict: Verdict | None) -> AnswerSentence:
    plain = strip_markers(sentence).strip()
    if verdict is None:
        return AnswerSentence(plain, Support.UNSUPPORTED, (), NO_SOURCE)
    return AnswerSentence(plain, verdict.support, numbers, verdict.reason)
