"""Figures of the portfolio: what became of ideas, how long it took, and what it brought."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from statistics import median

from sqlmodel import Session, select

from admin.kpis.stories import Story, read_stories
from admin.kpis.values import Course, Windows
from admin.kpis.words import without_rate
from admin.measures import Definition, Measure, Unit, rate
from admin.usage.period import Period
from core.domain.costs.money import ExchangeRates
from core.domain.ideas.returns import Worth
from core.domain.ideas.tracking import Outcome
from core.domain.ideas.workflow import IdeaStatus, Phase
from core.storage.queries.ideas.returns import actual_worth, planned_worth
from core.storage.tables import IdeaExperimentRow

IMPLEMENTED = Definition(
    "projects_implemented",
    "Projects implemented",
    "Ideas that entered production for the first time in the period.",
)
IN_FLIGHT = Definition(
    "projects_in_flight",
    "Projects in flight",
    "Ideas that were in an experiment at the end of the period.",
)
EXPERIMENTS = Definition(
    "experiments_started",
    "Experiments started",
    "Experiments that began in the period, by how they ended. One that fails early saves money.",
)
TIME_TO_PRODUCTION = Definition(
    "idea_to_production",
    "Idea to production",
    "Median of the days from submission to production, of ideas that first entered production in "
    "the period. Beside it the 80th percentile, and the median stay in each state that any idea "
    "left in the period.",
    Unit.DAYS,
)
OPEN_AGE = Definition(
    "open_ideas_age",
    "Age of open ideas",
    "Median of the days since submission, of ideas that were neither closed, parked nor in "
    "production at the end of the period; by state below.",
    Unit.DAYS,
)
ROI_ACTUAL = Definition(
    "roi_actual",
    "Return on what was spent",
    "Actual benefit less actual cost of all ideas in the months that the period touches, for each "
    "unit spent. Experiments and the licences, servers and hours of an idea are part of its cost. "
    "None where nothing was spent.",
    Unit.RETURN,
)
ROI_PLANNED = Definition(
    "roi_projected",
    "Return as planned",
    "Planned benefit less planned cost of all ideas in these months, for each unit of it. "
    "Experiments and what else belongs to an idea are no part of a plan.",
    Unit.RETURN,
)
FUNNEL = Definition(
    "conversion",
    "Ideas that reach production",
    "Of the ideas submitted in the period, those that have reached production so far. Beside it "
    "how many reached each state on the way.",
    Unit.SHARE,
)
QUADRANTS = Definition(
    "quadrants",
    "Ideas on the matrix",
    "Ideas with a quadrant today that are neither closed nor parked, by quadrant.",
)
CATEGORIES = Definition(
    "categories",
    "Open ideas by category",
    "Ideas that are neither closed nor parked today, by category.",
)
ON_THE_WAY = (
    *(IdeaStatus.SUBMITTED, IdeaStatus.TRIAGE, IdeaStatus.EVALUATION, IdeaStatus.APPROVED),
    *(IdeaStatus.EXPERIMENT, IdeaStatus.PRODUCTION),
)
OPEN_PHASES = (Phase.IDEA, Phase.OPPORTUNITY)
LIVE_PHASES = (*OPEN_PHASES, Phase.PROJECT)
LATE = 80
P80 = "80th percentile"
SECONDS_OF_A_DAY = 86_400


def portfolio(session: Session, rates: ExchangeRates, windows: Windows) -> Iterator[Course]:
    """Return the figures of the portfolio."""
    stories = read_stories(session)
    experiments = session.exec(select(IdeaExperimentRow)).all()
    today = day_of(windows[0])
    yield [_implemented(stories, window) for window in windows]
    yield [_in_flight(stories, window) for window in windows]
    yield [_experiments(experiments, window) for window in windows]
    yield [_time_to_production(stories, window) for window in windows]
    yield [_open_age(stories, window) for window in windows]
    yield [
        _roi(ROI_ACTUAL, actual_worth(session, rates, one.first, one.last, today))
        for one in windows
    ]
    yield [_roi(ROI_PLANNED, planned_worth(session, one.first, one.last)) for one in windows]
    yield [_conversion(stories, window) for window in windows]
    live = [story for story in stories if story.status.phase in LIVE_PHASES]
    yield [_counted(QUADRANTS, Counter(one.quadrant for one in live if one.quadrant))]
    yield [_counted(CATEGORIES, Counter(story.category for story in live))]


def is_in(moment: datetime | None, window: Period) -> bool:
    """Return whether something happened, and in the period."""
    return moment is not None and window.since <= moment < window.until


def middle(definition: Definition, values: Sequence[float]) -> Measure:
    """Return the median, with the number of values."""
    return Measure(definition, median(values) if values else None, len(values))


def day_of(window: Period) -> date:
    """Return the day of the moment after which nothing is counted."""
    return window.as_of.astimezone(window.zone).date()


def days_between(since: datetime, until: datetime) -> float:
    """Return the time between two moments in days."""
    return (until - since).total_seconds() / SECONDS_OF_A_DAY


def _implemented(stories: Sequence[Story], window: Period) -> Measure:
    went_live = (story.first(IdeaStatus.PRODUCTION) for story in stories)
    return Measure(IMPLEMENTED, sum(is_in(moment, window) for moment in went_live))


def _in_flight(stories: Sequence[Story], window: Period) -> Measure:
    return Measure(
        IN_FLIGHT, sum(story.at(window.until) is IdeaStatus.EXPERIMENT for story in stories)
    )


def _experiments(experiments: Sequence[IdeaExperimentRow], window: Period) -> Measure:
    last = min(window.last, day_of(window))
    begun = [one for one in experiments if window.first <= one.started_on <= last]
    ends = Counter(one.outcome or "running" for one in begun)
    parts = {end: ends[end] for end in (*(o.value for o in Outcome), "running")}
    return Measure(EXPERIMENTS, len(begun), parts=parts)


def _time_to_production(stories: Sequence[Story], window: Period) -> Measure:
    days = [
        days_between(story.submitted_at, live)
        for story in stories
        if (live := story.first(IdeaStatus.PRODUCTION)) and is_in(live, window)
    ]
    measure = middle(TIME_TO_PRODUCTION, days)
    parts: dict[str, float | None] = {P80: _percentile(days, LATE) if days else None}
    for status, stays in _stays(stories, window).items():
        parts[status.value] = median(stays) if stays else None
    return Measure(TIME_TO_PRODUCTION, measure.value, measure.cases, parts=parts)


def _stays(stories: Sequence[Story], window: Period) -> dict[IdeaStatus, list[float]]:
    """Return the days spent in each state that was left, and in those on the way in any case."""
    stays: dict[IdeaStatus, list[float]] = {status: [] for status in IdeaStatus}
    for story in stories:
        for left, since, until in story.stays:
            if is_in(until, window):
                stays[left].append(days_between(since, until))
    return {status: days for status, days in stays.items() if days or status in ON_THE_WAY[:-1]}


def _open_age(stories: Sequence[Story], window: Period) -> Measure:
    ages: dict[IdeaStatus, list[float]] = {}
    for story in stories:
        status = story.at(window.until)
        if status is not None and status.phase in OPEN_PHASES:
            age = days_between(story.submitted_at, window.until)
            ages.setdefault(status, []).append(age)
    measure = middle(OPEN_AGE, [age for each in ages.values() for age in each])
    parts = {status.value: median(ages[status]) for status in IdeaStatus if status in ages}
    return Measure(OPEN_AGE, measure.value, measure.cases, parts=parts)


def _roi(definition: Definition, worth: Worth) -> Measure:
    parts = {"benefit": float(worth.benefit), "cost": float(worth.cost)}
    value = None if worth.roi is None else float(worth.roi)
    return Measure(definition, value, parts=parts, note=without_rate(worth.other_costs))


def _conversion(stories: Sequence[Story], window: Period) -> Measure:
    cohort = [story for story in stories if is_in(story.submitted_at, window)]
    reached = {
        status.value: sum(story.has_been(status) for story in cohort) for status in ON_THE_WAY
    } | {IdeaStatus.SUBMITTED.value: len(cohort)}
    told = rate(FUNNEL, reached[IdeaStatus.PRODUCTION.value], len(cohort))
    return Measure(FUNNEL, told.value, told.cases, told.interval, reached)


def _counted(definition: Definition, counts: Mapping[str, int]) -> Measure:
    order = sorted(counts, key=lambda kind: (-counts[kind], kind))
    return Measure(definition, sum(counts.values()), parts={kind: counts[kind] for kind in order})


def _percentile(values: Sequence[float], share: int) -> float:
    """Return the nearest rank: the value at place ceil(share n / 100) in their order."""
    return sorted(values)[-(-share * len(values) // 100) - 1]
