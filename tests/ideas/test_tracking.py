"""Owner, budget, experiments and months: whose word, which bounds, and when an idea has paid."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.clock import now
from core.domain.costs.money import ExchangeRates
from core.domain.costs.months import later
from core.domain.ideas.break_even import break_even, course
from core.domain.ideas.card import Change, Ownership
from core.domain.ideas.tracking import Impact, ImpactKind, Outcome
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import SYSTEM
from core.errors import AccessDenied, Conflict, InvalidFields, MoveRefused, NotFound
from core.storage.database import Database
from core.storage.tables import CostItemRow
from ideas.tracking.experiments import ExperimentEnd, IdeaExperiments
from ideas.tracking.impacts import IdeaImpacts, MonthEntry
from ideas.tracking.ownership import IdeaOwnership
from tests.ideas.office import Office

S = IdeaStatus
METRIC = "Half the e-mails about travel"


def today() -> date:
    return now().date()


def month() -> date:
    return today().replace(day=1)


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    return Office(sqlite_database)


@pytest.fixture
def ownership(office: Office) -> IdeaOwnership:
    return IdeaOwnership(office.database)


@pytest.fixture
def experiments(office: Office) -> IdeaExperiments:
    return IdeaExperiments(office.database)


@pytest.fixture
def impacts(office: Office) -> IdeaImpacts:
    return IdeaImpacts(office.database, ExchangeRates("EUR"))


def wanted(office: Office, **changes: object) -> Ownership:
    every = Ownership(
        office.ben.id, office.carl.id, Decimal(5000), METRIC, today() + timedelta(days=60)
    )
    return replace(every, **changes)  # type: ignore[arg-type]  # any field


def version(office: Office, idea: str) -> int:
    return office.row(idea).row_version


def test_the_committee_names_an_owner_who_is_told(database: Database) -> None:
    office, ownership = Office(database), IdeaOwnership(database)
    idea = office.idea(status=S.APPROVED)
    before = version(office, idea)

    owned = ownership.set(office.rita, idea, wanted(office), version=before)

    assert owned.ownership == wanted(office)
    assert ownership.of(office.anna, idea) == owned
    assert owned.budget.cap == owned.budget.left == Decimal(5000)
    assert owned.budget.spent == Decimal(0)
    assert version(office, idea) == before + 1
    assert office.told(office.ben) == ["owner_named"]
    [edit] = office.ideas.edits(office.anna, idea)
    assert Change("success_metric", "", METRIC) in edit.changes
    assert Change("budget_cap", "", "5000") in edit.changes
    assert Change("owner", "", "Ben") in edit.changes
    office.triage(idea)
    office.move(office.ben, idea, S.EXPERIMENT)


def test_the_owner_keeps_metric_and_end_date_and_no_more(
    office: Office, ownership: IdeaOwnership
) -> None:
    idea = office.idea(status=S.APPROVED)
    ownership.set(office.rita, idea, wanted(office), version=version(office, idea))

    mine = wanted(office, success_metric="Two hours a week", pilot_ends_on=today())
    assert ownership.set(office.ben, idea, mine, version=version(office, idea)).ownership == mine
    more = replace(mine, budget_cap=Decimal(9000))
    with pytest.raises(AccessDenied, match="Ask a reviewer"):
        ownership.set(office.ben, idea, more, version=version(office, idea))
    changed = replace(mine, success_metric="Other words")
    for user in (office.anna, office.carl):
        with pytest.raises(AccessDenied):
            ownership.set(user, idea, changed, version=version(office, idea))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"owner_id": "none"}, "owner_id"),
        ({"sponsor_id": "none"}, "sponsor_id"),
        ({"budget_cap": Decimal(-1)}, "budget_cap"),
        ({"budget_cap": Decimal("NaN")}, "budget_cap"),
        ({"success_metric": "x"}, "success_metric"),
        ({"success_metric": "x" * 501}, "success_metric"),
        ({"pilot_ends_on": today() - timedelta(days=1)}, "pilot_ends_on"),
    ],
)
def test_each_field_says_itself_what_is_wrong(
    office: Office, ownership: IdeaOwnership, change: dict[str, object], field: str
) -> None:
    idea = office.idea(status=S.APPROVED)

    with pytest.raises(InvalidFields) as refused:
        ownership.set(office.rita, idea, wanted(office, **change), version=version(office, idea))

    assert refused.value.problems.keys() == {field}


def test_a_date_that_is_over_is_no_reason_to_refuse_other_changes(
    office: Office, ownership: IdeaOwnership
) -> None:
    idea = office.idea(status=S.EXPERIMENT)
    over = today() - timedelta(days=5)
    office.change(idea, pilot_ends_on=over, owner_id=office.ben.id)

    owned = ownership.set(
        office.rita, idea, wanted(office, pilot_ends_on=over), version=version(office, idea)
    )

    assert owned.ownership.pilot_ends_on == over


def test_ownership_follows_state_and_version(office: Office, ownership: IdeaOwnership) -> None:
    for status in (S.SUBMITTED, S.TRIAGE, S.DECLINED, S.RETIRED):
        idea = office.idea(status=status)
        with pytest.raises(MoveRefused):
            ownership.set(office.rita, idea, wanted(office), version=version(office, idea))
    idea = office.idea(status=S.APPROVED)
    ownership.set(office.rita, idea, wanted(office), version=version(office, idea))

    with pytest.raises(Conflict, match="Rita"):
        ownership.set(office.rob, idea, wanted(office, budget_cap=None), version=1)


def test_an_experiment_begins_and_ends_with_its_cost(database: Database) -> None:
    office, experiments = Office(database), IdeaExperiments(database)
    idea = office.idea(status=S.EXPERIMENT)
    office.give(office.ben, idea)

    begun = experiments.begin(office.ben, idea, "It halves the e-mails.", started_on=today())
    assert not begun.is_closed
    end = ExperimentEnd(Outcome.FAILURE, today(), "People call instead.", Decimal("1200.50"))
    closed = experiments.close(office.ben, begun.id, end)

    assert experiments.list(office.anna, idea) == [closed]
    assert (closed.outcome, closed.learned, closed.cost) == (
        Outcome.FAILURE,
        "People call instead.",
        Decimal("1200.50"),
    )
    budget = IdeaOwnership(database).of(office.anna, idea).budget
    assert (budget.spent, budget.left) == (Decimal("1200.50"), Decimal("3799.50"))
    with pytest.raises(Conflict, match="closed already"):
        experiments.close(office.rita, begun.id, end)


def test_a_used_up_budget_keeps_another_experiment_from_beginning(
    office: Office, experiments: IdeaExperiments
) -> None:
    idea = office.idea(status=S.EXPERIMENT)
    office.give(office.ben, idea)
    begun = experiments.begin(office.ben, idea, "It halves the e-mails.", started_on=today())
    experiments.close(
        office.ben, begun.id, ExperimentEnd(Outcome.SUCCESS, today(), cost=Decimal(5000))
    )

    with pytest.raises(InvalidFields, match="used up"):
        experiments.begin(office.ben, idea, "It halves the rest.", started_on=today())


@pytest.mark.parametrize(
    ("end", "field"),
    [
        (ExperimentEnd(Outcome.FAILURE, today(), "Nothing"), "learned"),
        (ExperimentEnd(Outcome.INCONCLUSIVE, today()), "learned"),
        (ExperimentEnd(Outcome.SUCCESS, today(), "x" * 2001), "learned"),
        (ExperimentEnd(Outcome.SUCCESS, today() - timedelta(days=2)), "ended_on"),
        (ExperimentEnd(Outcome.SUCCESS, today() + timedelta(days=9)), "ended_on"),
        (ExperimentEnd(Outcome.SUCCESS, today(), cost=Decimal("-0.01")), "cost"),
    ],
)
def test_a_bad_end_is_refused_beside_its_field(
    office: Office, experiments: IdeaExperiments, end: ExperimentEnd, field: str
) -> None:
    idea = office.idea(status=S.EXPERIMENT)
    begun = experiments.begin(office.rita, idea, "It halves the e-mails.", started_on=today())

    with pytest.raises(InvalidFields) as refused:
        experiments.close(office.rita, begun.id, end)

    assert refused.value.problems.keys() == {field}
    assert not experiments.list(office.rita, idea)[0].is_closed


def test_experiments_are_told_by_owner_and_committee_in_their_state(
    office: Office, experiments: IdeaExperiments
) -> None:
    idea = office.idea(status=S.EXPERIMENT)
    for user in (office.anna, office.carl):
        with pytest.raises(AccessDenied):
            experiments.begin(user, idea, "It halves the e-mails.", started_on=today())
    with pytest.raises(InvalidFields) as refused:
        experiments.begin(office.rita, idea, "x", started_on=today() + timedelta(days=1))
    assert refused.value.problems.keys() == {"hypothesis", "started_on"}
    office.change(idea, status=S.PRODUCTION.value)

    with pytest.raises(MoveRefused):
        experiments.begin(office.rita, idea, "It halves the e-mails.", started_on=today())
    with pytest.raises(NotFound):
        experiments.close(office.rita, "none", ExperimentEnd(Outcome.SUCCESS, today()))


def test_months_are_entered_corrected_and_removed(database: Database) -> None:
    office, impacts = Office(database), IdeaImpacts(database, ExchangeRates("EUR"))
    idea = office.idea(status=S.PRODUCTION)
    office.change(idea, owner_id=office.ben.id)
    entry = MonthEntry(
        today(), ImpactKind.ACTUAL, Decimal(100), Decimal("30.50"), "Counted e-mails."
    )

    impacts.enter(office.ben, idea, entry)
    found = impacts.enter(office.rita, idea, replace(entry, benefit=Decimal(200)))
    found = impacts.enter(office.ben, idea, replace(entry, kind=ImpactKind.PLANNED, evidence=""))

    assert [(e.kind.value, e.month, e.benefit, e.cost, e.by_name) for e in found.entries] == [
        ("actual", month(), Decimal(200), Decimal("30.50"), "Rita"),
        ("planned", month(), Decimal(100), Decimal("30.50"), "Ben"),
    ]
    assert (found.actual.benefit, found.actual.cost) == (Decimal(200), Decimal("30.50"))
    assert found.actual.break_even == month()
    left = impacts.remove(office.ben, found.entries[0].id)
    assert [e.kind for e in left.entries] == [ImpactKind.PLANNED]
    assert impacts.of(office.anna, idea) == left


def test_cost_items_of_an_idea_are_part_of_its_actual_course(database: Database) -> None:
    office, impacts = Office(database), IdeaImpacts(database, ExchangeRates("EUR"))
    idea = office.idea(status=S.PRODUCTION)
    office.change(idea, owner_id=office.ben.id)
    entry = MonthEntry(today(), ImpactKind.ACTUAL, Decimal(100), Decimal(30), "Counted e-mails.")
    impacts.enter(office.ben, idea, entry)
    terms: dict[str, Any] = {
        "name": "Server",
        "kind": "server",
        "rhythm": "monthly",
        "idea_id": idea,
    }
    before = later(month(), -1)
    with database.begin() as session:
        session.add(
            CostItemRow(**terms, amount_micros=15_000_000, currency="EUR", first_month=before)
        )
        session.add(
            CostItemRow(**terms, amount_micros=9_000_000, currency="CHF", first_month=month())
        )

    found = impacts.of(office.anna, idea)

    assert [(m.month, int(m.benefit), int(m.cost)) for m in found.actual.months] == [
        (before, 0, 15),
        (month(), 100, 45),
    ]
    assert found.items.total == 30
    assert found.items.others == {"CHF": 9_000_000}
    assert (found.planned.months, found.actual.break_even) == ((), month())
    assert len(found.entries) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"benefit": Decimal(-1)}, "benefit"),
        ({"cost": Decimal("Infinity")}, "cost"),
        ({"month": month() + timedelta(days=32)}, "month"),
        ({"month": date(1999, 1, 1)}, "month"),
        ({"evidence": "Trust me"}, "evidence"),
        ({"evidence": "x" * 2001}, "evidence"),
    ],
)
def test_a_bad_month_is_refused_beside_its_field(
    office: Office, impacts: IdeaImpacts, change: dict[str, object], field: str
) -> None:
    idea = office.idea(status=S.PRODUCTION)
    entry = MonthEntry(today(), ImpactKind.ACTUAL, Decimal(1), Decimal(1), "Counted e-mails.")

    with pytest.raises(InvalidFields) as refused:
        impacts.enter(office.rita, idea, replace(entry, **change))  # type: ignore[arg-type]  # any field

    assert refused.value.problems.keys() == {field}


@pytest.mark.parametrize("status", list(IdeaStatus))
def test_what_can_be_entered_follows_the_state(
    office: Office, impacts: IdeaImpacts, status: IdeaStatus
) -> None:
    idea = office.idea(status=status)

    def enters(kind: ImpactKind) -> bool:
        entry = MonthEntry(today(), kind, Decimal(1), Decimal(1), "Counted e-mails.")
        try:
            impacts.enter(SYSTEM, idea, entry)
        except MoveRefused:
            return False
        return True

    assert enters(ImpactKind.PLANNED) == (
        status in {S.APPROVED, S.EXPERIMENT, S.PRODUCTION, S.MEASURED}
    )
    assert enters(ImpactKind.ACTUAL) == (status in {S.PRODUCTION, S.MEASURED, S.RETIRED})


def impact(month: int, benefit: int, cost: int) -> Impact:
    when = date(2027 + (month - 1) // 12, (month - 1) % 12 + 1, 1)
    return Impact(str(month), when, ImpactKind.ACTUAL, Decimal(benefit), Decimal(cost))


@pytest.mark.parametrize(
    ("spent", "months", "expected"),
    [
        (0, [], None),
        (0, [(0, 10)], None),
        (0, [(10, 0)], 1),
        (100, [(60, 10), (60, 10)], 2),
        (100, [(60, 10), (60, 10), (0, 5)], None),
        (100, [(60, 10), (60, 10), (0, 5), (20, 0)], 4),
        (100, [(50, 0), (50, 0)], 2),
    ],
)
def test_the_month_from_which_an_idea_has_paid_for_itself(
    spent: int, months: list[tuple[int, int]], expected: int | None
) -> None:
    entries = [impact(place, *month) for place, month in enumerate(months, start=1)]

    found = course(reversed(entries), ImpactKind.ACTUAL, Decimal(spent))

    assert found.break_even == (date(2027, expected, 1) if expected else None)


@settings(deadline=None)
@given(
    st.integers(0, 10_000),
    st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 5_000)), max_size=24),
)
def test_from_the_break_even_on_the_balance_is_never_negative_and_before_it_was(
    spent: int, months: list[tuple[int, int]]
) -> None:
    entries = [impact(place, *month) for place, month in enumerate(months, start=1)]

    found = course(entries, ImpactKind.ACTUAL, Decimal(spent))

    month = break_even(found.months)
    after = [m for m in found.months if month is not None and m.month >= month]
    before = [m for m in found.months if m not in after]
    assert all(m.balance >= 0 for m in after)
    assert not before or before[-1].balance < 0
    if found.months:
        assert found.months[-1].balance == found.benefit - found.cost
        assert (month is None) == (found.months[-1].balance < 0)
