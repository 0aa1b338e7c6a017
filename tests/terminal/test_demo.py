"""The demo year fills every page, is told from what is real, and goes without a trace."""

from collections.abc import Iterator

import pytest
from sqlmodel import SQLModel, col, func, select

from admin.costs.values import CostPart
from core.domain.clock import now
from core.domain.costs.months import later
from core.domain.costs.terms import CostKind
from core.domain.identity import SYSTEM
from core.storage.tables import (
    AnswerUsageRow,
    CostItemRow,
    IdeaRow,
    IdeaVoteRow,
    MessageRow,
    ModelCallRow,
    UserRow,
)
from demo.marks import LABEL, MARK
from tests.terminal.conftest import LEAVE, LUNCH, Ran, Terminal, opened_terminal

OWN = "hanna@nordhafen.example"
RECORDS = {"audit_events", "audit_seals", "audit_subjects", "alembic_version"}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A sandbox in use: two documents, a person, a question."""
    with opened_terminal(tmp_path_factory.mktemp("demo")) as terminal:
        terminal("migrate")
        terminal("collections", "add", "Handbook", "--open")
        files = [terminal.file("leave.txt", LEAVE), terminal.file("lunch.txt", LUNCH)]
        terminal("ingest", *map(str, files), "--collection", "Handbook")
        terminal.add_person(OWN)
        yield terminal


@pytest.fixture(scope="module")
def before(office: Terminal) -> dict[str, int]:
    return rows(office)


@pytest.fixture(scope="module")
def loaded(office: Terminal, before: dict[str, int]) -> Ran:
    assert before["users"] == 1
    return office("demo", "load", "--json")


def rows(terminal: Terminal) -> dict[str, int]:
    """How many rows each table has."""
    with terminal.services.database.read() as session:
        tables = SQLModel.metadata.sorted_tables
        return {
            table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables
            if table.name not in RECORDS
        }


def test_a_year_is_loaded(office: Terminal, loaded: Ran) -> None:
    counts = loaded.records[0]

    assert counts["people"] >= 25
    assert counts["ideas"] >= 40
    assert counts["answers"] >= 1_000
    empty = [name for name, count in rows(office).items() if not count and "idea" in name]
    assert set(empty) <= {"idea_attachments", "idea_edits", "idea_settings", "idea_vectors"}


def test_nothing_lies_in_the_future_and_the_year_is_a_year(office: Terminal, loaded: Ran) -> None:
    assert loaded.code == 0
    with office.services.database.read() as session:
        for table, column in ((AnswerUsageRow, "created_at"), (IdeaRow, "submitted_at")):
            time = getattr(table, column)
            first, last = session.exec(select(func.min(time), func.max(time))).one()
            assert last <= now()
            assert 340 < (now() - first).days < 380


def test_made_up_people_bear_a_label_and_cannot_sign_in(office: Terminal, loaded: Ran) -> None:
    assert loaded.code == 0
    with office.services.database.read() as session:
        people = session.exec(select(UserRow).where(col(UserRow.id).startswith(MARK))).all()

    assert all(person.name.endswith(LABEL) for person in people)
    assert {person.password_hash for person in people} == {""}
    assert {person.role for person in people} == {"employee", "reviewer"}
    assert all(person.email.endswith("@demo.invalid") for person in people)


def test_costs_of_the_year_are_sums_of_its_calls(office: Terminal, loaded: Ran) -> None:
    assert loaded.code == 0
    report = office.services.usage.report(SYSTEM, days=400)

    assert report.total.cost_micros > 0
    assert report.total.questions == loaded.records[0]["answers"]


def test_the_year_has_costs_beside_the_models_and_ideas_that_paid_for_themselves(
    office: Terminal, loaded: Ran
) -> None:
    assert loaded.code == 0
    costs = office.services.costs
    report = costs.tco(SYSTEM, later(costs.this_month, -13), costs.this_month)
    ideas = costs.ideas(SYSTEM).ideas

    with office.services.database.read() as session:
        spent = session.exec(select(func.sum(ModelCallRow.cost_micros))).one()
        once = session.exec(
            select(func.sum(CostItemRow.amount_micros)).where(CostItemRow.rhythm == "once")
        ).one()
    assert report.total.metered == spent
    assert report.total.parts[CostPart.OTHER] == once
    assert all(report.total.parts[CostPart(kind.value)] for kind in CostKind)
    assert {one.actual.break_even is None for one in ideas if one.has_actual} == {True, False}
    assert sum(one.item_cost > 0 for one in ideas) == 3


def test_answers_quote_the_documents_that_were_there(office: Terminal, loaded: Ran) -> None:
    assert loaded.code == 0
    with office.services.database.read() as session:
        quoted = session.exec(select(MessageRow).where(col(MessageRow.text).contains("90 w"))).all()

    assert len(quoted) > 10


def test_a_second_year_is_refused(office: Terminal, loaded: Ran) -> None:
    assert loaded.code == 0
    again = office("demo", "load")

    assert again.code == 2
    assert "demo remove --yes" in again.err


def test_removing_asks_to_be_sure(office: Terminal, loaded: Ran) -> None:
    asked = office("demo", "remove")

    assert asked.code == 2
    assert "--yes" in asked.err
    assert rows(office)["ideas"] == loaded.records[0]["ideas"]


def test_everything_made_up_goes_and_nothing_else(
    office: Terminal, loaded: Ran, before: dict[str, int]
) -> None:
    with office.services.database.begin() as session:
        own = session.exec(select(UserRow).where(UserRow.email == OWN)).one()
        idea = session.exec(select(IdeaRow)).first()
        assert idea is not None
        session.add(IdeaVoteRow(idea_id=idea.id, user_id=own.id))

    removed = office("demo", "remove", "--yes", "--json")

    assert removed.records == loaded.records
    assert rows(office) == before
    assert office("demo", "load", "--json").records == loaded.records
