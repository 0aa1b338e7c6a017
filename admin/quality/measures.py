"""The measures of quality, each with its definition and the query or the sums it is made of."""

from collections.abc import Mapping

from sqlalchemy import func
from sqlmodel import Session, col, select

from admin.measures import Definition, Measure, Unit, rate
from admin.usage.period import Span
from admin.usage.sources import is_use
from admin.usage.values import UsageFigures
from core.domain.answers import AnswerStatus
from core.storage.tables import AnswerUsageRow

HELPFUL = Definition(
    "helpful",
    "Rated helpful",
    "Answers rated helpful, of all that were rated. The range holds the true share in 95 of 100 "
    "samples like this one (Wilson).",
    Unit.SHARE,
)
COVERAGE = Definition(
    "coverage",
    "Rated at all",
    "Answers that were rated, helpful or not, of all questions. The lower it is, the less “rated "
    "helpful” says about the rest.",
    Unit.SHARE,
)
ABSTAINED = Definition(
    "abstained",
    "Not in the documents",
    "Questions that were told that the documents do not answer them, of all questions.",
    Unit.SHARE,
)
ZERO_HITS = Definition(
    "zero_hits",
    "Nothing retrieved",
    "Complete answers for which no passage at all was retrieved, of all complete answers. Small "
    "talk and lists of documents, which need none, are left out.",
    Unit.SHARE,
)
UNSUPPORTED = Definition(
    "unsupported",
    "Sentences without support",
    "Sentences of answers that the sources they cite do not or only partly say, or that could not "
    "be checked, of all sentences.",
    Unit.SHARE,
)
CITED = Definition(
    "cited",
    "Answers with a citation",
    "Complete answers with at least one valid citation, of all complete answers but small talk, "
    "lists of documents and “not in the documents”.",
    Unit.SHARE,
)
INVALID_CITATIONS = Definition(
    "invalid_citations",
    "Invalid citations",
    "Citations of a source that the answer was not given, of all citations that were written in "
    "complete answers but “not in the documents”. No reader saw them: they were taken out or "
    "repaired.",
    Unit.SHARE,
)
REPAIRED_CITATIONS = Definition(
    "repaired_citations",
    "Repaired citations",
    "Citations of the wrong source that were replaced by the passage that says the words.",
)
FAILED = Definition(
    "failed",
    "Failed answers",
    "Answers that ended with an error, of all questions; by kind of error below.",
    Unit.SHARE,
)
FIRST_WORD_MEDIAN = Definition(
    "first_word_p50",
    "First word, median",
    "Half of the complete answers showed their first word within this time.",
    Unit.MILLISECONDS,
)
FIRST_WORD_P95 = Definition(
    "first_word_p95",
    "First word, 95th percentile",
    "95 of 100 complete answers showed their first word within this time.",
    Unit.MILLISECONDS,
)
TOTAL_MEDIAN = Definition(
    "total_p50",
    "Whole answer, median",
    "Half of the complete answers were there in full within this time.",
    Unit.MILLISECONDS,
)
TOTAL_P95 = Definition(
    "total_p95",
    "Whole answer, 95th percentile",
    "95 of 100 complete answers were there in full within this time.",
    Unit.MILLISECONDS,
)


def helpful_rate(figures: UsageFigures) -> Measure:
    """Return the share of helpful answers among those that were rated."""
    return rate(HELPFUL, figures.helpful, figures.helpful + figures.not_helpful)


def coverage(figures: UsageFigures) -> Measure:
    """Return the share of questions whose answer was rated."""
    return rate(COVERAGE, figures.helpful + figures.not_helpful, figures.questions)


def abstention_rate(figures: UsageFigures) -> Measure:
    """Return the share of questions that the documents did not answer."""
    return rate(ABSTAINED, figures.abstained, figures.questions)


def unsupported_rate(figures: UsageFigures) -> Measure:
    """Return the share of sentences that are not supported."""
    unsupported = figures.sentences - figures.supported_sentences
    return rate(UNSUPPORTED, unsupported, figures.sentences)


def zero_hit_rate(figures: UsageFigures) -> Measure:
    """Return the share of answers for which nothing was retrieved."""
    return rate(ZERO_HITS, figures.without_passages, figures.searched)


def citation_coverage(figures: UsageFigures) -> Measure:
    """Return the share of answers with at least one citation."""
    return rate(CITED, figures.cited, figures.answered)


def invalid_citation_rate(figures: UsageFigures) -> Measure:
    """Return the share of citations that name no source of their answer."""
    written = figures.citations + figures.invalid_citations
    return rate(INVALID_CITATIONS, figures.invalid_citations, written)


def repaired_citations(figures: UsageFigures) -> Measure:
    """Return how many citations were repaired."""
    return Measure(REPAIRED_CITATIONS, figures.repaired_citations, figures.citations)


def error_rate(figures: UsageFigures, errors: Mapping[str, int]) -> Measure:
    """Return the share of answers that failed, with that of each type of error."""
    told = rate(FAILED, figures.failed, figures.questions)
    if told.value is None:
        return told
    parts = {kind: count / figures.questions for kind, count in errors.items()}
    return Measure(FAILED, told.value, told.cases, told.interval, parts)


def latencies(figures: UsageFigures) -> tuple[Measure, Measure, Measure, Measure]:
    """Return median and 95th percentile of the time to the first word and to the end."""
    values = (
        (FIRST_WORD_MEDIAN, figures.median_first_token_ms),
        (FIRST_WORD_P95, figures.p95_first_token_ms),
        (TOTAL_MEDIAN, figures.median_ms),
        (TOTAL_P95, figures.p95_ms),
    )
    first, late_first, total, late_total = (
        Measure(definition, value, figures.complete) for definition, value in values
    )
    return first, late_first, total, late_total


def measures_of(figures: UsageFigures, errors: Mapping[str, int]) -> list[Measure]:
    """Return all measures of one period, which had these errors by their type."""
    return [
        helpful_rate(figures),
        coverage(figures),
        abstention_rate(figures),
        zero_hit_rate(figures),
        unsupported_rate(figures),
        citation_coverage(figures),
        invalid_citation_rate(figures),
        repaired_citations(figures),
        error_rate(figures, errors),
        *latencies(figures),
    ]


def weekly_measures(figures: UsageFigures) -> list[Measure]:
    """Return what days of usage hold, for short steps."""
    return [
        helpful_rate(figures),
        abstention_rate(figures),
        unsupported_rate(figures),
        rate(FAILED, figures.failed, figures.questions),
        latencies(figures)[2],
    ]


def errors_in(session: Session, span: Span) -> dict[str, int]:
    """Count failed answers by the type of their error, most frequent first; few answers fail."""
    row, number = AnswerUsageRow, func.count().label("number")
    query = (
        select(row.error_type, number)
        .where(
            row.status == AnswerStatus.FAILED.value,
            col(row.created_at) >= span.since,
            col(row.created_at) < span.until,
            is_use(col(row.surface)),
        )
        .group_by(row.error_type)
        .order_by(number.desc(), row.error_type)
    )
    return dict(session.exec(query).all())
