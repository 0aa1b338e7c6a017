"""Owners, experiments and the measured value of the made-up ideas that were approved."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from math import ceil
from random import Random

from sqlmodel import SQLModel

from core.domain.costs.months import months
from core.domain.ideas.money import to_micros
from core.domain.ideas.tracking import ImpactKind, Outcome
from core.domain.ideas.workflow import IdeaStatus
from core.storage.tables import IdeaExperimentRow, IdeaImpactRow, IdeaRow
from demo.calendar import Calendar
from demo.marks import demo_id
from demo.people import person_id
from demo.script import IdeaScript
from demo.ways import Step

HOUR = Decimal(42)
"""What an hour of work is worth in the made-up company, in EUR."""
MONTH_OF_WORK, EUR = Decimal(6_500), Decimal(1)
PILOT_WEEKS = 6
PLANNED_MONTHS = 12


def tracking_rows(
    script: IdeaScript, row: IdeaRow, steps: list[Step], calendar: Calendar, random: Random
) -> Iterator[SQLModel]:
    """Yield experiments and months of an approved idea, and set who answers for it."""
    done = {step.to: step.at.date() for step in steps}
    if IdeaStatus.APPROVED in done:
        _set_ownership(script, row, done[IdeaStatus.APPROVED])
    if IdeaStatus.EXPERIMENT in done:
        yield _experiment(script, row, done[IdeaStatus.EXPERIMENT], done)
    if IdeaStatus.PRODUCTION in done:
        started = done[IdeaStatus.PRODUCTION]
        yield from _planned(script, row, started)
        if IdeaStatus.MEASURED in done or IdeaStatus.RETIRED in done:
            yield from _actual(script, row, started, calendar.until.date(), random)


def _set_ownership(script: IdeaScript, row: IdeaRow, approved: date) -> None:
    row.owner_id, row.sponsor_id = person_id(script.by), person_id("birgit")
    row.budget_cap_micros = to_micros(_cap(script))
    row.success_metric = script.expected_benefit or (
        f"{script.hours_per_month or 0:.0f} hours a month less, measured over two months"
    )
    row.pilot_ends_on = approved + timedelta(weeks=PILOT_WEEKS + 4)


def _experiment(
    script: IdeaScript, row: IdeaRow, started: date, done: dict[IdeaStatus, date]
) -> IdeaExperimentRow:
    ended = done.get(IdeaStatus.PRODUCTION)
    return IdeaExperimentRow(
        id=demo_id("experiment", script.title),
        idea_id=row.id,
        hypothesis=f"In {PILOT_WEEKS} weeks with one team it saves at least half of the hours.",
        started_on=started,
        ended_on=ended,
        outcome=Outcome.SUCCESS.value if ended else None,
        learned="The team used it every day, and asked for it when it was off." if ended else "",
        cost_micros=to_micros(_effort(script) * 700) if ended else None,
        added_by=row.owner_id,
    )


def _planned(script: IdeaScript, row: IdeaRow, started: date) -> Iterator[IdeaImpactRow]:
    end = started + timedelta(days=30 * PLANNED_MONTHS)
    for number, month in enumerate(months(started, end)):
        cost = _running(script) + (_effort(script) * MONTH_OF_WORK / 2 if number == 0 else 0)
        yield _impact(row, month, ImpactKind.PLANNED, _benefit(script), cost)


def _actual(
    script: IdeaScript, row: IdeaRow, started: date, today: date, random: Random
) -> Iterator[IdeaImpactRow]:
    for number, month in enumerate(months(started, today)):
        share = Decimal(str(round(min(1.1, 0.45 + 0.2 * number) * random.uniform(0.9, 1.1), 2)))
        setup = _effort(script) * MONTH_OF_WORK / 2 if number == 0 else Decimal(0)
        cost = _running(script) * Decimal("1.1") + setup
        benefit = _benefit(script) * share
        impact = _impact(row, month, ImpactKind.ACTUAL, benefit, cost)
        impact.evidence = "Report of the department"
        yield impact


def _impact(
    row: IdeaRow, month: date, kind: ImpactKind, benefit: Decimal, cost: Decimal
) -> IdeaImpactRow:
    return IdeaImpactRow(
        id=demo_id("impact", row.id, month, kind),
        idea_id=row.id,
        month=month,
        kind=kind.value,
        benefit_micros=to_micros(benefit.quantize(EUR)) or 0,
        cost_micros=to_micros(cost.quantize(EUR)) or 0,
        added_by=row.owner_id,
    )


def _benefit(script: IdeaScript) -> Decimal:
    """Return the benefit of a month in EUR: money, and hours at their price."""
    return Decimal(script.money_per_month or 0) + HOUR * Decimal(str(script.hours_per_month or 0))


def _cap(script: IdeaScript) -> Decimal:
    """Return what experiment, setting up and a year of running cost, in full thousands."""
    once = _effort(script) * (700 + MONTH_OF_WORK / 2)
    thousands = ceil((once + 13 * _running(script)) / 1_000)
    return Decimal(1_000 * thousands)


def _running(script: IdeaScript) -> Decimal:
    return 150 + _benefit(script) / 20


def _effort(script: IdeaScript) -> Decimal:
    return Decimal(str(script.effort_months or 1))
