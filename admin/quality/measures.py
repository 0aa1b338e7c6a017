"""The measures of quality, each with its definition and the query or the sums it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import BigInteger, SQLColumnExpression, and_, case, cast, func
from sqlmodel import Session, col, select

from admin.measures import Definition, Measure, Unit, rate
from admin.usage.period import Span
from admin.usage.sources import is_use
from admin.usage.values import UsageFigures
from core.domain.answers import SANDBOX, AnswerStatus
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
    "complete answers. No reader saw them: they were taken out or repaired.",
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


@dataclass(frozen=True, slots=True)
class AnswerCounts:
    """Counts that days of usage do not hold; test questions are in none of them.

    `read` are the complete answers that needed documents, `answered` those of them that found an
    answer. Citations are of the latter; `errors` counts failed answers by the type of their error.
    """

    read: int
    zero_hits: int
    answered: int
    cited: int
    citations: int
    invalid_citations: int
    repaired_citations: int
    errors: Mapping[str, int]


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


def zero_hit_rate(counts: AnswerCounts) -> Measure:
    """Return the share of answers for which nothing was retrieved."""
    return rate(ZERO_HITS, counts.zero_hits, counts.read)


def citation_coverage(counts: AnswerCounts) -> Measure:
    """Return the share of answers with at least one citation."""
    return rate(CITED, counts.cited, counts.answered)


def invalid_citation_rate(counts: AnswerCounts) -> Measure:
    """Return the share of citations that name no source of their answer."""
    written = counts.citations + counts.invalid_citations
    return rate(INVALID_CITATIONS, counts.invalid_citations, written)


def repaired_citations(counts: AnswerCounts) -> Measure:
    """Return how many citations were repaired."""
    return Measure(REPAIRED_CITATIONS, counts.repaired_citations, counts.citations)


def error_rate(figures: UsageFigures, counts: AnswerCounts) -> Measure:
    """Return the share of answers that failed, with that of each type of error."""
    told = rate(FAILED, figures.failed, figures.questions)
    if told.value is None:
        return told
    parts = {kind: count / figures.questions for kind, count in counts.errors.items()}
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


def measures_of(figures: UsageFigures, counts: AnswerCounts) -> list[Measure]:
    """Return all measures of one period."""
    return [
        helpful_rate(figures),
        coverage(figures),
        abstention_rate(figures),
        zero_hit_rate(counts),
        unsupported_rate(figures),
        citation_coverage(counts),
        invalid_citation_rate(counts),
        repaired_citations(counts),
        error_rate(figures, counts),
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


def counts_in(session: Session, span: Span) -> AnswerCounts:
    """Count in the rows of single answers, found by the time they were given; one query."""
    row = AnswerUsageRow
    is_read = and_(
        col(row.status) == AnswerStatus.COMPLETE.value,
        col(row.engine) != SANDBOX,
    )
    is_answered = and_(is_read, col(row.abstained).is_(False))
    sums = {
        "read": _counted(is_read),
        "zero_hits": _counted(and_(is_read, col(row.passages_found) == 0)),
        "answered": _counted(is_answered),
        "cited": _counted(and_(is_answered, col(row.citations) > 0)),
        "citations": _counted(is_answered, col(row.citations)),
        "invalid_citations": _counted(is_answered, col(row.invalid_citations)),
        "repaired_citations": _counted(is_answered, col(row.repaired_citations)),
    }
    query = (
        select(row.status, row.error_type, func.count().label("rows"))
        .add_columns(*(value.label(name) for name, value in sums.items()))
        .where(
            col(row.created_at) >= span.since,
            col(row.created_at) < span.until,
            is_use(col(row.surface)),
        )
        .group_by(row.status, row.error_type)
    )
    rows = session.execute(query).mappings().all()
    totals = {name: sum(found[name] for found in rows) for name in sums}
    failed = [one for one in rows if one["status"] == AnswerStatus.FAILED.value]
    return AnswerCounts(**totals, errors={one["error_type"]: one["rows"] for one in failed})


def _counted(
    holds: SQLColumnExpression[bool], amount: SQLColumnExpression[int] | int = 1
) -> SQLColumnExpression[int]:
    return cast(func.coalesce(func.sum(case((holds, amount), else_=0)), 0), BigInteger)
