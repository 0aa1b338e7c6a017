"""Cost items: what is stored, what is refused, and what the audit log says of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import select

from admin.costs.items import BOUND_IN, CostItems
from core.domain.clock import now
from core.domain.costs.terms import CostKind, CostRhythm, CostTerms
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import SYSTEM, Role, User
from core.errors import AccessDenied, Conflict, InvalidFields, InvalidInput, NotFound
from core.storage.database import Database
from core.storage.tables import AuditEventRow, CostItemRow, IdeaRow, UserRow
from tests.ideas.rows import add_idea

ADMIN = User("admin", "ada@nordhafen.example", "Ada", Role.ADMIN)
BEN = User("ben", "ben@nordhafen.example", "Ben")
YEAR = now().year
MARCH = date(YEAR, 3, 1)
LICENCE = CostTerms("Model licence", CostKind.LICENCE, MARCH, "EUR", amount=Decimal("49.90"))


@pytest.fixture
def items(database: Database) -> CostItems:
    with database.begin() as session:
        session.add(UserRow(id="admin", email=ADMIN.email, name="Ada", role=Role.ADMIN))
    return CostItems(database)


def events(database: Database) -> list[tuple[str, dict[str, Any]]]:
    with database.read() as session:
        rows = session.exec(select(AuditEventRow).order_by(AuditEventRow.id)).all()  # type: ignore[arg-type]  # a column
        return [(row.action, dict(row.details)) for row in rows]


def test_an_item_is_stored_as_it_was_entered(items: CostItems) -> None:
    added = items.add(ADMIN, LICENCE)

    assert items.list_all(ADMIN) == [added]
    assert added.terms == LICENCE
    assert (added.version, added.idea, added.terms.micros) == (1, "", 49_900_000)


def test_days_become_months_codes_upper_case_and_texts_clean(items: CostItems) -> None:
    terms = replace(
        LICENCE,
        name="  Model\u200b \n licence ",
        currency=" usd",
        first_month=date(YEAR, 3, 17),
        last_month=date(YEAR, 5, 31),
    )

    stored = items.add(ADMIN, terms).terms

    assert (stored.name, stored.currency) == ("Model licence", "USD")
    assert (stored.first_month, stored.last_month) == (MARCH, date(YEAR, 5, 1))


def test_what_is_paid_once_has_no_last_month(items: CostItems) -> None:
    once = replace(LICENCE, rhythm=CostRhythm.ONCE, last_month=date(YEAR, 9, 1))

    assert items.add(ADMIN, once).terms.last_month is None


@pytest.mark.parametrize(
    ("hours", "rate", "micros"),
    [
        ("12.5", "64.40", 805_000_000),
        ("0.333333", "0.000003", 1),  # 0.999999 millionths
        ("0.5", "0.000001", 0),  # half a millionth, to the even one
        ("1.5", "0.000001", 2),
        ("2.5", "0.000001", 2),
    ],
)
def test_hours_times_their_rate_are_rounded_half_to_even(
    items: CostItems, hours: str, rate: str, micros: int
) -> None:
    terms = replace(LICENCE, amount=None, hours=Decimal(hours), hourly_rate=Decimal(rate))

    assert items.add(ADMIN, terms).terms.micros == micros


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"name": " x "}, "name", "name of 2 to 120"),
        ({"name": "x" * 121}, "name", "name of 2 to 120"),
        ({"note": "x" * 1_001}, "note", "below 1,000"),
        ({"currency": "EURO"}, "currency", "three letters"),
        ({"currency": "€"}, "currency", "three letters"),
        ({"amount": None}, "amount", "an amount above 0"),
        ({"amount": Decimal(0)}, "amount", "an amount above 0"),
        ({"amount": Decimal(-5)}, "amount", "an amount above 0"),
        ({"amount": Decimal("NaN")}, "amount", "an amount above 0"),
        ({"amount": Decimal("1E+10")}, "amount", "an amount above 0"),
        ({"amount": Decimal("0.0000001")}, "amount", "six decimal places"),
        ({"hours": Decimal(3)}, "amount", "either an amount, or hours"),
        ({"amount": None, "hours": Decimal(3)}, "hourly_rate", "an hourly rate above 0"),
        ({"amount": None, "hourly_rate": Decimal(3)}, "hours", "a number of hours above 0"),
        ({"first_month": date(YEAR - 11, 1, 1)}, "first_month", "10 years"),
        ({"last_month": date(YEAR + 11, 1, 1)}, "last_month", "10 years"),
        ({"last_month": date(YEAR, 2, 1)}, "last_month", f"March {YEAR} or a later month"),
        ({"idea_id": "none"}, "idea_id", "approved"),
    ],
)
def test_each_field_says_itself_what_is_wrong(
    items: CostItems, database: Database, changes: dict[str, Any], field: str, told: str
) -> None:
    with pytest.raises(InvalidFields) as refused:
        items.add(ADMIN, replace(LICENCE, **changes))

    assert list(refused.value.problems) == [field]
    assert told in refused.value.problems[field]
    assert items.list_all(ADMIN) == []
    assert events(database) == []


@pytest.mark.parametrize("status", IdeaStatus)
def test_only_ideas_that_were_approved_have_costs_of_their_own(
    items: CostItems, database: Database, status: IdeaStatus
) -> None:
    idea = add_idea(database, 7, status=status.value)
    terms = replace(LICENCE, idea_id=idea)

    if status in BOUND_IN:
        assert items.ideas(ADMIN) == {idea: "IDEA-0007 Idea number 7"}
        assert items.add(ADMIN, terms).idea == "IDEA-0007 Idea number 7"
    else:
        assert items.ideas(ADMIN) == {}
        with pytest.raises(InvalidFields):
            items.add(ADMIN, terms)


def test_an_item_can_be_changed_also_when_its_idea_went_back(
    items: CostItems, database: Database
) -> None:
    idea = add_idea(database, 7, status=IdeaStatus.APPROVED.value)
    added = items.add(ADMIN, replace(LICENCE, idea_id=idea))
    with database.begin() as session:
        session.get_one(IdeaRow, idea).status = IdeaStatus.PARKED.value

    changed = items.change(ADMIN, added.id, replace(added.terms, note="As agreed."), version=1)

    assert changed.terms.note == "As agreed."


def test_an_item_outlives_its_idea(items: CostItems, database: Database) -> None:
    idea = add_idea(database, 7, status=IdeaStatus.APPROVED.value)
    items.add(ADMIN, replace(LICENCE, idea_id=idea))
    with database.begin() as session:
        session.delete(session.get_one(IdeaRow, idea))

    [kept] = items.list_all(ADMIN)

    assert (kept.idea, kept.terms) == ("", LICENCE)


def test_a_change_says_in_the_audit_log_what_was_there_before_but_no_words(
    items: CostItems, database: Database
) -> None:
    added = items.add(ADMIN, replace(LICENCE, note="Secret supplier"))
    terms = replace(added.terms, name="New licence", amount=Decimal("59.9"), note="Other supplier")

    changed = items.change(ADMIN, added.id, terms, version=1)

    assert (changed.terms, changed.version) == (terms, 2)
    [(created, facts), (noted, details)] = events(database)
    assert (created, noted) == ("cost.created", "cost.changed")
    assert details == {"amount": "49.9 → 59.9", "name": "changed", "note": "changed"}
    assert facts["amount"] == "49.9"
    assert "Secret" not in str(facts)


def test_nothing_is_noted_where_nothing_changed(items: CostItems, database: Database) -> None:
    added = items.add(ADMIN, LICENCE)

    same = items.change(ADMIN, added.id, LICENCE, version=1)

    assert same == added
    assert [action for action, _ in events(database)] == ["cost.created"]


def test_who_changes_what_someone_else_changed_is_told(items: CostItems) -> None:
    added = items.add(ADMIN, LICENCE)
    items.change(ADMIN, added.id, replace(LICENCE, amount=Decimal(60)), version=1)

    with pytest.raises(Conflict, match="Someone else changed this cost"):
        items.change(ADMIN, added.id, replace(LICENCE, amount=Decimal(70)), version=1)
    with pytest.raises(Conflict):
        items.end(ADMIN, added.id, MARCH, version=1)

    assert items.list_all(ADMIN)[0].terms.amount == 60


def test_an_item_ends_with_a_month(items: CostItems, database: Database) -> None:
    added = items.add(ADMIN, LICENCE)

    ended = items.end(ADMIN, added.id, date(YEAR, 6, 30), version=1)

    assert ended.terms.last_month == date(YEAR, 6, 1)
    assert events(database)[-1] == ("cost.ended", {"last_month": f"– → {YEAR}-06"})
    with pytest.raises(InvalidFields, match="or a later month"):
        items.end(ADMIN, added.id, date(YEAR, 2, 1), version=2)


def test_what_is_paid_once_is_deleted_rather_than_ended(
    items: CostItems, database: Database
) -> None:
    once = items.add(ADMIN, replace(LICENCE, rhythm=CostRhythm.ONCE))

    with pytest.raises(InvalidInput, match="paid once"):
        items.end(ADMIN, once.id, MARCH, version=1)
    items.delete(ADMIN, once.id)

    assert items.list_all(ADMIN) == []
    assert events(database)[-1][0] == "cost.deleted"
    assert events(database)[-1][1]["rhythm"] == "once"


def test_the_history_of_an_item_outlives_it(items: CostItems) -> None:
    added = items.add(ADMIN, LICENCE)
    items.end(SYSTEM, added.id, MARCH, version=1)
    items.delete(ADMIN, added.id)

    told = [(change.action, change.by) for change in items.history(ADMIN, added.id)]

    assert told == [
        ("cost.deleted", "Ada"),
        ("cost.ended", "An administrator"),
        ("cost.created", "Ada"),
    ]


def test_an_item_that_is_gone_is_not_found(items: CostItems) -> None:
    added = items.add(ADMIN, LICENCE)
    items.delete(ADMIN, added.id)

    with pytest.raises(NotFound):
        items.change(ADMIN, added.id, LICENCE, version=1)
    with pytest.raises(NotFound):
        items.delete(ADMIN, added.id)


@pytest.mark.parametrize(
    "use",
    [
        lambda items, who: items.list_all(who),
        lambda items, who: items.ideas(who),
        lambda items, who: items.history(who, "x"),
        lambda items, who: items.add(who, LICENCE),
        lambda items, who: items.change(who, "x", LICENCE, version=1),
        lambda items, who: items.end(who, "x", MARCH, version=1),
        lambda items, who: items.delete(who, "x"),
    ],
)
def test_only_active_administrators_come_near_costs(
    items: CostItems, database: Database, use: Callable[[CostItems, User], object]
) -> None:
    reviewer = replace(BEN, role=Role.REVIEWER)
    for person in (BEN, reviewer, replace(ADMIN, is_active=False)):
        with pytest.raises(AccessDenied):
            use(items, person)

    with database.read() as session:
        assert session.exec(select(CostItemRow)).all() == []
