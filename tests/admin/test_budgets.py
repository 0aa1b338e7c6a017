"""Administrators set budgets and switches; each change is audited."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from admin.spending.budgets import Budgets
from admin.spending.switches import Configured, Switches
from admin.spending.values import BudgetLine, BudgetTerms
from core.domain.costs.budgets import BudgetPeriod, BudgetScope
from core.domain.costs.money import ExchangeRates
from core.domain.costs.refusals import SwitchKind
from core.domain.identity import SYSTEM, Role, User
from core.errors import AccessDenied, Conflict, InvalidFields, NotFound
from core.spending.ledger import Ledger, Money
from core.storage.database import Database
from core.storage.tables import (
    AuditEventRow,
    BudgetRow,
    CollectionRow,
    DocumentRow,
    ModelCallRow,
    SwitchRow,
)
from tests.core.spending.conftest import Clock, add_person

MONTH, DAY = BudgetPeriod.MONTH, BudgetPeriod.DAY
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(database: Database, clock: Clock) -> Ledger:
    return Ledger(database, BERLIN, ExchangeRates("EUR"), clock)


@pytest.fixture
def budgets(database: Database, ledger: Ledger) -> Budgets:
    return Budgets(database, ledger, ExchangeRates("EUR"))


@pytest.fixture
def switches(database: Database) -> Switches:
    return Switches(database, Configured(("local",), ("large",), ("answer.v3",)))


@pytest.fixture
def ada(database: Database) -> User:
    add_person(database, "ada")
    return User("ada", "ada@x.example", "Ada", Role.ADMIN)


def terms(
    amount: str | None,
    scope: BudgetScope = BudgetScope.EVERYBODY,
    period: BudgetPeriod = MONTH,
    subject: str = "",
) -> BudgetTerms:
    return BudgetTerms(scope, period, None if amount is None else Decimal(amount), subject)


def audited(database: Database, action: str) -> list[AuditEventRow]:
    with database.read() as session:
        return list(session.exec(select(AuditEventRow).where(AuditEventRow.action == action)).all())


def spent(database: Database, user_id: str, micros: int) -> None:
    with database.begin() as session:
        session.add(
            ModelCallRow(
                user_id=user_id,
                purpose="answer",
                provider="local",
                model_requested="large",
                status="complete",
                cost_micros=micros,
                currency="EUR",
                created_at=datetime(2026, 11, 10, 9, tzinfo=UTC),
            )
        )


def test_a_budget_is_set_changed_and_removed_and_all_of_it_audited(
    database: Database, budgets: Budgets, ada: User
) -> None:
    first = budgets.set(ada, terms("20"))

    again = budgets.set(ada, terms("12.50"))
    [line] = budgets.list_all(ada)
    budgets.remove(ada, again.id)

    assert first.id == again.id
    assert (line.budget.limit_micros, line.who, line.set_by) == (12_500_000, "Each person", "ada")
    assert budgets.list_all(ada) == []
    set_, changed = audited(database, "budget.set")
    assert (set_.details["before"], changed.details["before"]) == (None, 20_000_000)
    assert changed.details["limit_micros"] == "12500000"
    [removed] = audited(database, "budget.removed")
    assert (removed.actor_id, removed.object_id) == ("ada", first.id)


def test_each_list_says_whose_a_budget_is_and_what_is_used(
    database: Database, budgets: Budgets, ledger: Ledger, ada: User
) -> None:
    anna = add_person(database, "anna", "sales")
    spent(database, "anna", 6_000_000)
    budgets.set(ada, terms("10", BudgetScope.COMPANY))
    budgets.set(ada, terms("20", BudgetScope.GROUP, subject="sales"))
    budgets.set(ada, terms("6", BudgetScope.PERSON, subject="anna"))
    budgets.set(ada, terms("1", BudgetScope.EVERYBODY, DAY))
    ledger.reserve(anna, Money(0, "EUR"), seconds=60)

    lines = {line.who: line for line in budgets.list_all(ada)}

    assert list(lines) == ["The whole company", "Each person", "sales", "anna"]
    percents = [line.use.percent if line.use else None for line in lines.values()]
    assert percents == [60, 0, 30, 100]
    assert (lines["Each person"].people, lines["Each person"].near) == (1, 0)


def test_a_month_is_forecast_from_its_fifth_day_on(
    database: Database, budgets: Budgets, ada: User, clock: Clock
) -> None:
    spent(database, "anna", 6_000_000)
    budgets.set(ada, terms("10", BudgetScope.COMPANY))

    def forecast() -> int | None:
        [line] = budgets.list_all(ada)
        return line.forecast_micros

    clock.at = datetime(2026, 11, 15, 23, tzinfo=UTC)  # half of the month is over in Berlin
    halfway = forecast()
    clock.at = datetime(2026, 11, 4, 12, tzinfo=UTC)

    assert halfway == 12_000_000
    assert forecast() is None


def test_what_somebody_else_changed_is_not_overwritten(budgets: Budgets, ada: User) -> None:
    budgets.set(ada, terms("20"))
    [line] = budgets.list_all(ada)
    budgets.set(ada, terms("30"), version=line.version)

    with pytest.raises(Conflict):
        budgets.set(ada, terms("40"), version=line.version)

    assert budgets.list_all(ada)[0].budget.limit_micros == 30_000_000


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (terms(None), "amount"),
        (terms("-1"), "amount"),
        (terms("1000000001"), "amount"),
        (terms("1", BudgetScope.PERSON), "subject"),
        (terms("1", BudgetScope.PERSON, subject="nobody"), "subject"),
        (terms("1", BudgetScope.GROUP, subject="nobody"), "subject"),
    ],
)
def test_what_cannot_be_a_budget_is_said_at_its_field(
    budgets: Budgets, ada: User, wanted: BudgetTerms, field: str
) -> None:
    with pytest.raises(InvalidFields) as invalid:
        budgets.set(ada, wanted)

    assert list(invalid.value.problems) == [field]


def test_only_administrators_set_and_see_budgets_and_everyone_sees_their_own(
    database: Database, budgets: Budgets, ada: User
) -> None:
    anna = add_person(database, "anna", "sales")
    add_person(database, "ben", "customs")
    budgets.set(ada, terms("20"))
    budgets.set(ada, terms("1", BudgetScope.PERSON, DAY, "ben"))
    budgets.set(ada, terms("1", BudgetScope.GROUP, DAY, "customs"))
    [line, *_] = budgets.list_all(ada)

    for forbidden in (
        lambda: budgets.set(anna, terms("1")),
        lambda: budgets.remove(anna, line.budget.id),
        lambda: budgets.list_all(anna),
        lambda: budgets.blocked_this_month(anna),
    ):
        with pytest.raises(AccessDenied):
            forbidden()

    assert [use.budget.scope for use in budgets.mine(anna)] == [BudgetScope.EVERYBODY]


def test_looking_at_budgets_opens_no_account(
    database: Database, budgets: Budgets, ledger: Ledger, ada: User
) -> None:
    anna = add_person(database, "anna")
    budgets.set(ada, terms("20"))

    budgets.mine(anna)
    spent(database, "anna", 5_000_000)

    assert budgets.mine(anna)[0].spent_micros == 5_000_000
    [line] = budgets.list_all(ada)
    assert isinstance(line, BudgetLine)
    assert line.people == 0


def test_a_budget_in_another_currency_begins_anew_in_the_companys(
    database: Database, budgets: Budgets, ledger: Ledger, ada: User
) -> None:
    dollars = Budgets(database, ledger, ExchangeRates("USD"))
    old = dollars.set(ada, terms("20"))

    new = budgets.set(ada, terms("10"))

    assert (new.currency, new.id == old.id) == ("EUR", False)
    assert len(budgets.list_all(ada)) == 1


def test_a_budget_outlives_the_account_of_who_set_it_and_whom_it_is_for(
    database: Database, budgets: Budgets, ada: User
) -> None:
    add_person(database, "anna")
    budgets.set(SYSTEM, terms("20", BudgetScope.PERSON, subject="anna"))
    with database.begin() as session:
        session.exec(select(BudgetRow)).one().subject_id = "gone"

    [line] = budgets.list_all(ada)

    assert (line.who, line.set_by) == ("a former employee", "An administrator")


def test_a_switch_is_audited_with_who_when_and_why(
    database: Database, switches: Switches, ada: User
) -> None:
    switches.turn_off(ada, SwitchKind.MODEL, " large ", "It leaks secrets")
    [off] = switches.list_all(ada)
    switches.turn_on(SYSTEM, SwitchKind.MODEL, "large")
    [on] = switches.list_all(ada)

    assert (off.name, off.reason, off.off_by, off.is_off) == (
        "large",
        "It leaks secrets",
        "ada",
        True,
    )
    assert (on.is_off, on.on_by) == (False, "An administrator")
    [event] = audited(database, "switch.off")
    assert event.details == {"kind": "model", "name": "large"}
    assert len(audited(database, "switch.on")) == 1


def test_what_is_off_cannot_be_turned_off_again_and_what_is_on_not_on(
    switches: Switches, ada: User
) -> None:
    switches.turn_off(ada, SwitchKind.PROVIDER, "local", "It leaks")

    with pytest.raises(Conflict):
        switches.turn_off(ada, SwitchKind.PROVIDER, "local", "It leaks")
    switches.turn_on(ada, SwitchKind.PROVIDER, "local")
    with pytest.raises(NotFound):
        switches.turn_on(ada, SwitchKind.PROVIDER, "local")
    switches.turn_off(ada, SwitchKind.PROVIDER, "local", "It leaks again")

    assert [line.is_off for line in switches.list_all(ada)] == [True, False]


def test_a_name_in_other_letters_is_the_same_and_an_unknown_one_is_marked(
    switches: Switches, ada: User
) -> None:
    known = switches.turn_off(ada, SwitchKind.MODEL, "LARGE", "It leaks")
    unknown = switches.turn_off(ada, SwitchKind.MODEL, "larg", "It leaks")

    assert (known.is_in_use, unknown.is_in_use) == (True, False)
    with pytest.raises(Conflict):
        switches.turn_off(ada, SwitchKind.MODEL, "large", "It leaks")
    switches.turn_on(ada, SwitchKind.MODEL, "large")


@pytest.mark.parametrize(
    ("kind", "name", "reason", "fields"),
    [
        (SwitchKind.MODEL, "", "Because", ["name"]),
        (SwitchKind.MODEL, "x" * 121, "Because", ["name"]),
        (SwitchKind.MODEL, "large", " ", ["reason"]),
        (SwitchKind.DOCUMENT, "nothing", "x", ["name", "reason"]),
    ],
)
def test_what_cannot_be_turned_off_is_said_at_its_field(  # noqa: PLR0913  what the test needs
    switches: Switches, ada: User, kind: SwitchKind, name: str, reason: str, *, fields: list[str]
) -> None:
    with pytest.raises(InvalidFields) as invalid:
        switches.turn_off(ada, kind, name, reason)

    assert list(invalid.value.problems) == fields


def test_only_administrators_use_switches(
    database: Database, switches: Switches, ada: User
) -> None:
    anna = add_person(database, "anna")
    switches.turn_off(ada, SwitchKind.MODEL, "large", "It leaks")

    for forbidden in (
        lambda: switches.list_all(anna),
        lambda: switches.turn_off(anna, SwitchKind.MODEL, "small", "It leaks"),
        lambda: switches.turn_on(anna, SwitchKind.MODEL, "large"),
        lambda: switches.choices(anna, SwitchKind.MODEL),
    ):
        with pytest.raises(AccessDenied):
            forbidden()


def test_documents_are_offered_by_their_titles_and_keep_them_in_the_list(
    database: Database, switches: Switches, ada: User
) -> None:
    with database.begin() as session:
        session.add(
            CollectionRow(
                id="c",
                name="Handbook",
                embedding_model="m",
                embedding_dimension=1,
                splitter_version="1",
            )
        )
        session.flush()
        for title in ("Travel 100%", "Leave"):
            session.add(DocumentRow(id=title[:1], collection_id="c", source_key=title, title=title))

    offered = switches.choices(ada, SwitchKind.DOCUMENT, "100%")
    line = switches.turn_off(ada, SwitchKind.DOCUMENT, "T", "It is wrong")

    assert offered == {"T": "Travel 100%"}
    assert line.label == "Travel 100%"
    assert list(switches.choices(ada, SwitchKind.MODEL)) == ["large"]
    with database.begin() as session:
        row = session.get_one(DocumentRow, "T")
        session.delete(row)
    assert switches.list_all(ada)[0].label == "a deleted document"


def test_two_administrators_at_once_turn_a_thing_off_once(
    database: Database, switches: Switches, ada: User
) -> None:
    """The index of the table decides where both saw that it was on."""
    with database.begin() as session:
        session.add(SwitchRow(kind="model", name="large", reason="x"))

    with pytest.raises(Conflict):
        switches.turn_off(ada, SwitchKind.MODEL, "large", "It leaks")
