"""Cuts an answer into sentences and has each judged by the passages it cites."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.answers import AnswerSentence, Support
from core.model_calls import ModelCall
from rag.grounding.answer_units import answer_units, claimed_words
from rag.grounding.judges.lexical import LexicalJudge
from rag.grounding.markers import strip_markers
from rag.grounding.verdicts import Claim, SupportJudge, Verdict

NO_SOURCE = "no source is cited"


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
    citation is unsupported. Introductions ("It covers:"), headings and header rows claim nothing
    and are left out.
    """
    units = [unit for unit in answer_units(text) if unit.claims_something]
    sentences = [unit.text for unit in units]
    cited = [tuple(n for n in unit.numbers if n in passages) for unit in units]
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


def _sentence(sentence: str, numbers: tuple[int, ...], verdict: Verdict | None) -> AnswerSentence:
    plain = strip_markers(sentence).strip(" |")
    if verdict is None:
        return AnswerSentence(plain, Support.UNSUPPORTED, (), NO_SOURCE)
    return AnswerSentence(plain, verdict.support, numbers, verdict.reason)
