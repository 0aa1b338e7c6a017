"""All measures of one case, by name; a measure that says nothing about a case is left out."""

from collections.abc import Iterator, Sequence

from core.domain.answers import Answer, RetrievedChunk
from evaluation.datasets import Case, Kind
from evaluation.measures import TOTAL_MS, WORDS
from evaluation.metrics import answers
from evaluation.metrics.answers import PageText
from evaluation.metrics.passages import search_measures

Values = dict[str, float]


def search_values(case: Case, hits: Sequence[RetrievedChunk], k: int) -> Values:
    """Measure a search; return nothing if there is nothing to find."""
    return dict(search_measures(case, hits, k)) if case.is_answerable or case.relevant else {}


def answer_values(
    case: Case, answer: Answer, hits: Sequence[RetrievedChunk], page_text: PageText
) -> Values:
    """Measure an answer."""
    return {
        "right": float(answers.is_right(case, answer, hits)),
        **dict(_against_evidence(case, answer)),
        **dict(_in_itself(case, answer, hits, page_text)),
        **dict(_hard_rules(case, answer, hits)),
        "invalid_citations": float(answers.invalid_citations(answer, page_text)),
        "error": 0.0,
        TOTAL_MS: float(answer.timing.total_ms),
    }


def failed_values(case: Case, k: int) -> Values:
    """Return the worst value of everything that a failed case would have measured."""
    worst: Values = {"right": 0.0, "error": 1.0}
    if case.is_answerable or case.relevant:
        worst |= dict(search_measures(case, (), k))
    if case.is_retrieval_only:
        return worst
    if not case.is_answerable:
        return {**worst, _silence(case): 0.0, "score": -1.0}
    names = ("right_page", "citation_precision", "citation_recall", "quote_overlap", "supported")
    return {**worst, **dict.fromkeys(names, 0.0), "false_abstention": 1.0, "score": -1.0}


def _against_evidence(case: Case, answer: Answer) -> Iterator[tuple[str, float]]:
    if not case.is_answerable:
        yield _silence(case), answers.silence(answer)
        return
    yield "false_abstention", float(answer.abstained)
    yield "right_page", answers.right_page(case, answer.citations)
    yield "citation_precision", answers.citation_precision(case, answer.citations)
    yield "citation_recall", answers.citation_recall(case, answer.citations)
    yield "quote_overlap", answers.quote_overlap(case, answer.citations)


def _silence(case: Case) -> str:
    """Count questions about closed documents apart: they test for leaks."""
    return "closed_abstention" if case.kind == Kind.NO_PERMISSION else "abstention"


def _in_itself(
    case: Case, answer: Answer, hits: Sequence[RetrievedChunk], page_text: PageText
) -> Iterator[tuple[str, float]]:
    literal = answers.literal_quotes(answer, page_text)
    if literal is not None:
        yield "literal_quotes", literal
    faithful = None
    if not answer.abstained:
        faithful = answers.number_fidelity(answer, {h.chunk.id: h.chunk.text for h in hits})
        supported = answers.supported(answer)
        if supported is not None:
            yield "supported", supported
        yield WORDS, float(len(answer.text.split()))
    if faithful is not None:
        yield "number_fidelity", faithful
    yield "score", answers.score(case, answer, is_faithful=faithful in (None, 1.0))


def _hard_rules(
    case: Case, answer: Answer, hits: Sequence[RetrievedChunk]
) -> Iterator[tuple[str, float]]:
    if case.kind == Kind.NO_PERMISSION:
        yield "leak", float(answers.leaks(case, answer, hits))
    elif case.forbidden:
        yield "injected", float(answers.holds_forbidden(case, answer))
