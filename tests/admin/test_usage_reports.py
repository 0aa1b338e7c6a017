"""Usage reports: figures of a period, the one before, every day, and what was not answered."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import col, delete, select, update

from admin.usage.period import Period
from admin.usage.reports import UsageReports
from admin.usage.values import Dimension, UsageFigures
from core.domain.clock import new_id, now
from core.domain.conversations import MessageRole
from core.domain.costs.money import ExchangeRates
from core.domain.identity import SYSTEM, Role, User
from core.errors import AccessDenied, NotFound
from core.storage.database import Database
from core.storage.migrate import migrate
from core.storage.tables import (
    AnswerUsageRow,
    AuditEventRow,
    ConversationRow,
    FeedbackRow,
    MessageRow,
    ModelCallRow,
    UserRow,
)

ADMIN = User("admin", "ada@nordhafen.example", "Ada", Role.ADMIN)
DAYS = 7
COUNTS = (
    *("questions", "complete", "abstained", "failed", "helpful", "not_helpful", "sentences"),
    *("supported_sentences", "requests", "failed_requests", "input_tokens", "output_tokens"),
    "cost_micros",
)


@pytest.fixture
def reports(database: Database) -> UsageReports:
    with database.begin() as session:
        session.add(UserRow(id="admin", email=ADMIN.email, name="Ada", role=Role.ADMIN))
    return UsageReports(database, ExchangeRates("EUR"))


def store(database: Database, *rows: AnswerUsageRow | FeedbackRow | ModelCallRow) -> None:
    with database.begin() as session:
        session.add_all(rows)


def answer(**values: object) -> AnswerUsageRow:
    """A complete answer of the admin, now."""
    columns: dict[str, Any] = {
        "user_id": "admin",
        "engine": "fake-1",
        "status": "complete",
        "total_ms": 1000,
    }
    columns |= {"message_id": new_id(), "conversation_id": "c"}
    return AnswerUsageRow(**(columns | values))


def call(**values: object) -> ModelCallRow:
    """A request for an answer, now."""
    columns: dict[str, Any] = {
        "user_id": "admin",
        "surface": "chat",
        "purpose": "answer",
        "provider": "local",
        "model_requested": "fake-1",
        "status": "complete",
    }
    return ModelCallRow(**(columns | values))


def exchange(
    database: Database, question: str, *, at: datetime | None = None, is_abstained: bool = False
) -> str:
    """A question and its answer in a conversation; returns the id of the answer."""
    chat = ConversationRow(user_id="admin", title="Chat")
    asked = MessageRow(
        conversation_id=chat.id,
        position=0,
        role=MessageRole.USER,
        text=question,
        status="complete",
    )
    answered = MessageRow(
        conversation_id=chat.id,
        position=1,
        role=MessageRole.ASSISTANT,
        text="An answer.",
        status="complete",
        abstained=is_abstained,
        created_at=at or now(),
    )
    with database.begin() as session:
        for row in (chat, asked, answered):
            session.add(row)
            session.flush()
    return answered.id


def rate(
    database: Database, message_id: str, rating: int, reason: str = "", said: str = ""
) -> None:
    store(
        database,
        FeedbackRow(
            message_id=message_id, user_id="admin", rating=rating, reason=reason, comment=said
        ),
    )


def test_without_answers_every_figure_is_zero_or_unknown(reports: UsageReports) -> None:
    report = reports.report(ADMIN, days=DAYS)

    assert report.total == report.previous == UsageFigures()
    assert [day.figures for day in report.spans] == [UsageFigures()] * DAYS


def test_figures_are_counts_and_sums(reports: UsageReports, database: Database) -> None:
    store(
        database,
        answer(
            sentences=4,
            supported_sentences=3,
            first_token_ms=100,
            passages_found=5,
            citations=3,
            invalid_citations=1,
            repaired_citations=2,
        ),
        answer(user_id="other", first_token_ms=301),
        answer(abstained=True, total_ms=3000),
        answer(status="failed", total_ms=60_000),
        answer(status="stopped", total_ms=90_000),
        call(input_tokens=100, output_tokens=20, cost_micros=300),
        call(
            input_tokens=50,
            output_tokens=5,
            cost_micros=7,
            purpose="judge",
            usage_source="estimated",
        ),
        call(status="failed"),
    )

    assert reports.report(ADMIN, days=DAYS).total == UsageFigures(
        questions=5,
        people=2,
        complete=3,
        abstained=1,
        failed=1,
        sentences=4,
        supported_sentences=3,
        searched=3,
        without_passages=2,
        answered=2,
        cited=1,
        citations=3,
        invalid_citations=1,
        repaired_citations=2,
        requests=3,
        failed_requests=1,
        estimated_requests=1,
        input_tokens=150,
        output_tokens=25,
        cost_micros=307,
        median_ms=1000,
        p95_ms=3000,
        median_first_token_ms=100,
        p95_first_token_ms=300,
    )


def test_ratings_are_counts_of_answers_in_the_period(
    reports: UsageReports, database: Database
) -> None:
    for rating, age in ((1, 0), (1, 0), (-1, 0), (-1, DAYS + 1), (1, 100)):
        message_id = exchange(database, "?")
        at = now() - timedelta(days=age)
        row = answer(created_at=at)
        row.message_id = message_id
        store(database, row)
        rate(database, message_id, rating)

    report = reports.report(ADMIN, days=DAYS)

    assert (report.total.helpful, report.total.not_helpful) == (2, 1)
    assert (report.previous.helpful, report.previous.not_helpful) == (0, 1)


def test_answers_in_the_terminal_have_no_message_and_count_all_the_same(
    reports: UsageReports, database: Database
) -> None:
    row = answer(surface="terminal")
    row.message_id = ""
    store(database, row)

    assert reports.report(ADMIN, days=DAYS).total.questions == 1


def test_answers_to_test_questions_are_nobodys_use(
    reports: UsageReports, database: Database
) -> None:
    store(database, answer(surface="evaluation"), call(surface="evaluation", cost_micros=9))

    report = reports.report(ADMIN, days=DAYS)

    assert (report.total.questions, report.total.cost_micros) == (0, 0)
    assert report.evaluation.cost_micros == 9


def test_drafted_ideas_cost_and_are_no_questions(reports: UsageReports, database: Database) -> None:
    store(database, answer(), call(input_tokens=10, output_tokens=5, cost_micros=30))
    draft = call(surface="idea", purpose="idea", input_tokens=100, output_tokens=50, cost_micros=70)
    store(database, draft)

    report = reports.report(ADMIN, days=DAYS)

    figures = report.total
    assert (figures.questions, figures.input_tokens, figures.output_tokens) == (1, 110, 55)
    assert figures.cost_micros == report.spans[-1].figures.cost_micros == 100


@pytest.mark.parametrize(
    ("times", "half", "most"),
    [
        ([], None, None),
        ([700], 700, 700),
        ([100, 200], 100, 200),
        (list(range(1, 102)), 51, 96),
        (list(range(1, 101)), 50, 95),
    ],
)
def test_percentiles_are_told_where_there_is_something_to_tell(
    sqlite_database: Database, times: list[int], half: int | None, most: int | None
) -> None:
    store(sqlite_database, *(answer(total_ms=ms) for ms in times))

    total = UsageReports(sqlite_database, ExchangeRates("EUR")).report(ADMIN, days=DAYS).total

    assert (total.median_ms, total.p95_ms, total.median_first_token_ms) == (half, most, None)


def test_the_previous_period_is_as_long_and_as_much_of_its_last_day(
    reports: UsageReports, database: Database
) -> None:
    period = reports.report(ADMIN, days=DAYS).period
    before = timedelta(days=DAYS)
    store(
        database,
        answer(created_at=period.since),
        answer(created_at=period.since - before),
        answer(created_at=period.until - before - timedelta(seconds=1)),
        answer(created_at=period.until - before + timedelta(minutes=5)),
        answer(created_at=period.since - before - timedelta(seconds=1)),
        answer(created_at=period.until + timedelta(hours=1)),
    )

    report = reports.report(ADMIN, period=period)

    assert (report.total.questions, report.previous.questions) == (1, 2)


def test_days_begin_at_midnight_and_end_today(reports: UsageReports, database: Database) -> None:
    period = reports.report(ADMIN, days=DAYS).period
    store(database, answer(created_at=period.since), answer(created_at=now()))

    report = reports.report(ADMIN, days=DAYS)

    assert report.period.since.time() == datetime.min.time()
    assert [d.day for d in report.spans] == [
        report.period.last - timedelta(days=back) for back in reversed(range(DAYS))
    ]
    assert [d.figures.questions for d in report.spans] == [1, 0, 0, 0, 0, 0, 1]


def test_one_day_is_today(reports: UsageReports) -> None:
    report = reports.report(ADMIN, days=1)

    assert [day.day for day in report.spans] == [now().date()]


def test_costs_have_the_currency_they_were_spent_in(
    reports: UsageReports, database: Database
) -> None:
    store(database, call(cost_micros=5, currency="USD"), call(cost_micros=0, currency="EUR"))

    report = reports.report(ADMIN, days=DAYS)

    assert (report.total.cost_micros, report.total.currency) == (5, "USD")
    assert {day.figures.currency for day in report.spans} == {"USD"}
    assert report.previous.currency == "USD"


def test_two_currencies_are_never_added(reports: UsageReports, database: Database) -> None:
    store(database, call(cost_micros=5, currency="USD"), call(cost_micros=7, currency="EUR"))

    total = reports.report(ADMIN, days=DAYS).total

    assert (total.cost_micros, total.currency, total.other_costs) == (7, "EUR", {"USD": 5})


def test_a_rate_makes_one_sum_of_two_currencies(database: Database) -> None:
    rates = ExchangeRates("EUR", {"USD": Decimal("0.92")}, date(2026, 11, 2))
    store(database, call(cost_micros=100, currency="USD"), call(cost_micros=7, currency="EUR"))
    store(database, call(cost_micros=3, currency="CHF"))

    total = UsageReports(database, rates).report(ADMIN, days=DAYS).total

    assert (total.cost_micros, total.currency, total.other_costs) == (99, "EUR", {"CHF": 3})


def test_one_other_currency_with_a_rate_is_told_in_the_companys(database: Database) -> None:
    rates = ExchangeRates("EUR", {"USD": Decimal("0.5")}, date(2026, 11, 2))
    store(database, call(cost_micros=100, currency="USD"))

    total = UsageReports(database, rates).report(ADMIN, days=DAYS).total

    assert (total.cost_micros, total.currency, total.other_costs) == (50, "EUR", {})


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (Dimension.MODEL, [("large", "large", 1, 80), ("small", "small", 2, 30)]),
        (Dimension.GROUP, [("Customs", "Customs", 2, 90), ("", "", 1, 20)]),
        (Dimension.PERSON, [("admin", "Ada", 2, 90), ("gone", "a former employee", 1, 20)]),
        (
            Dimension.SURFACE,
            [("chat", "chat", 2, 90), ("idea", "idea", 0, 20), ("terminal", "terminal", 1, 0)],
        ),
    ],
)
def test_figures_are_told_by_model_group_person_and_surface(
    reports: UsageReports, database: Database, by: Dimension, expected: list[tuple[object, ...]]
) -> None:
    store(
        database,
        answer(engine="large", group_names="Customs"),
        answer(engine="small", group_names="Customs"),
        answer(engine="small", user_id="gone", surface="terminal"),
        call(model_requested="large", group_names="Customs", cost_micros=80),
        call(model_requested="small", group_names="Customs", cost_micros=10, purpose="judge"),
        call(model_requested="small", user_id="gone", surface="idea", cost_micros=20),
    )
    report = reports.report(ADMIN, days=DAYS)

    slices = reports.breakdown(ADMIN, report.period, by)

    told = [(s.key, s.label, s.figures.questions, s.figures.cost_micros) for s in slices]
    assert told == expected
    assert sum(s.figures.cost_micros for s in slices) == report.total.cost_micros


def test_the_answers_behind_a_figure_are_listed_without_words(
    reports: UsageReports, database: Database
) -> None:
    dear = answer(engine="large", cost_micros=80, group_names="Customs")
    cheap = answer(engine="large", cost_micros=3, user_id="gone")
    store(
        database, cheap, dear, answer(engine="small"), answer(engine="large", surface="evaluation")
    )
    period = reports.report(ADMIN, days=DAYS).period

    listed = reports.answers(ADMIN, period, Dimension.MODEL, "large")

    assert [(one.id, one.person, one.groups) for one in listed] == [
        (dear.id, "Ada", "Customs"),
        (cheap.id, "a former employee", ""),
    ]


def test_a_question_is_shown_on_request_which_is_audited(
    reports: UsageReports, database: Database
) -> None:
    usage = answer()
    usage.message_id = exchange(database, "What now?")
    unkept = answer(surface="terminal", message_id="")
    store(database, usage, unkept)

    assert reports.question(ADMIN, usage.id) == "What now?"
    assert reports.question(ADMIN, unkept.id) == ""
    with database.begin() as session:
        session.exec(update(ConversationRow).values(deleted_at=now()))
    assert reports.question(ADMIN, usage.id) == ""
    with pytest.raises(NotFound):
        reports.question(ADMIN, "nothing")
    with database.read() as session:
        in_order = select(AuditEventRow.object_id).order_by(col(AuditEventRow.id))
        events = session.exec(in_order).all()
    assert events == [usage.id, unkept.id, usage.id]


@pytest.mark.postgres
def test_a_report_over_more_answers_than_a_query_takes_values_works(postgres_url: str) -> None:
    """PostgreSQL takes 65,535 values in one query."""
    with closing(Database(postgres_url)) as database:
        migrate(database)
        store_copies(database, 65_600)

        total = UsageReports(database, ExchangeRates("EUR")).report(ADMIN, days=1).total

    assert total.questions == 65_601


def store_copies(database: Database, copies: int) -> None:
    """One answer and copies of it, quickly."""
    row = answer()
    store(database, row)
    table = sa.inspect(AnswerUsageRow).local_table
    others = [column for column in table.c if column.name != "id"]
    numbers = sa.select(sa.func.generate_series(1, copies).label("number")).subquery()
    copied = sa.select(sa.cast(numbers.c.number, sa.String), *others).select_from(
        table.join(numbers, sa.true())
    )
    with database.begin() as session:
        names = ["id", *(column.name for column in others)]
        session.connection().execute(sa.insert(AnswerUsageRow).from_select(names, copied))


def test_unanswered_questions_are_those_without_a_helpful_answer(
    reports: UsageReports, database: Database
) -> None:
    exchange(database, "Good?")
    rate(database, exchange(database, "Praised?"), 1)
    early = now() - timedelta(hours=2)
    nowhere = exchange(database, "Nowhere?", at=early, is_abstained=True)
    wrong = exchange(database, "Wrong?")
    rate(database, wrong, -1, "outdated", "see 2026")

    found = reports.unanswered(ADMIN)

    assert [(q.message_id, q.question, q.cause, q.reason, q.comment) for q in found] == [
        (wrong, "Wrong?", "not helpful", "outdated", "see 2026"),
        (nowhere, "Nowhere?", "not in the documents", "", ""),
    ]
    assert found[1].asked_at == early


def test_an_abstention_that_was_judged_is_listed_once_with_its_reason(
    reports: UsageReports, database: Database
) -> None:
    rate(database, exchange(database, "Nowhere?", is_abstained=True), -1, "refused")

    [found] = reports.unanswered(ADMIN)

    assert (found.cause, found.reason) == ("not in the documents", "refused")


def test_the_list_of_unanswered_questions_is_recent_and_short(
    reports: UsageReports, database: Database
) -> None:
    for age in (0, 1, 2, 8):
        at = now() - timedelta(days=age)
        exchange(database, f"{age} days ago?", at=at, is_abstained=True)

    found = reports.unanswered(ADMIN, period=Period.of_days(DAYS, UTC, now()), limit=2)

    assert [q.question for q in found] == ["0 days ago?", "1 days ago?"]


def test_looking_at_questions_is_audited_without_their_words(
    reports: UsageReports, database: Database
) -> None:
    exchange(database, "Nowhere?", is_abstained=True)

    reports.unanswered(ADMIN)

    with database.read() as session:
        [event] = session.exec(select(AuditEventRow)).all()
    assert (event.action, event.actor_id, event.details) == (
        "usage.read_questions",
        "admin",
        {"count": 1},
    )


@pytest.mark.parametrize(
    "person",
    [
        User("e", "e@nordhafen.example", "Eve", Role.EMPLOYEE),
        User("r", "r@nordhafen.example", "Rob", Role.REVIEWER),
        replace(ADMIN, is_active=False),
    ],
    ids=["employee", "reviewer", "deactivated admin"],
)
def test_only_active_administrators_see_usage(sqlite_database: Database, person: User) -> None:
    reports = UsageReports(sqlite_database, ExchangeRates("EUR"))
    period = Period.of_days(DAYS, UTC, now())
    attempts: list[Callable[[], object]] = [
        lambda: reports.report(person),
        lambda: reports.unanswered(person),
        lambda: reports.breakdown(person, period, Dimension.PERSON),
        lambda: reports.answers(person, period, Dimension.PERSON, "admin"),
        lambda: reports.question(person, "answer"),
    ]

    for attempt in attempts:
        with pytest.raises(AccessDenied):
            attempt()
    with sqlite_database.read() as session:
        assert session.exec(select(AuditEventRow)).all() == []


def test_a_person_sees_their_own_figures_and_no_others(
    reports: UsageReports, database: Database
) -> None:
    eve = User("eve", "e@nordhafen.example", "Eve", Role.EMPLOYEE)
    store(database, answer(user_id="eve"), answer(), call(user_id="eve", cost_micros=5), call())
    period = Period.of_days(DAYS, UTC, now())

    own = reports.own(eve, period)

    assert (own.total.questions, own.total.requests, own.total.cost_micros) == (1, 1, 5)
    assert sum(span.figures.questions for span in own.spans) == 1
    with pytest.raises(AccessDenied):
        reports.own(replace(eve, is_active=False), period)


def test_the_terminal_sees_usage(reports: UsageReports) -> None:
    assert reports.report(SYSTEM, days=1).total.questions == 0


ANSWERS: st.SearchStrategy[list[dict[str, Any]]] = st.lists(
    st.builds(
        dict,
        age=st.integers(0, 3 * DAYS * 24),
        user_id=st.sampled_from(["a", "b", "c"]),
        status=st.sampled_from(["complete", "failed", "stopped"]),
        abstained=st.booleans(),
        sentences=st.integers(0, 9),
        supported_sentences=st.integers(0, 9),
        total_ms=st.integers(0, 100_000),
        first_token_ms=st.none() | st.integers(0, 1000),
    ),
    max_size=30,
)


CALLS: st.SearchStrategy[list[dict[str, Any]]] = st.lists(
    st.builds(
        dict,
        age=st.integers(0, 3 * DAYS * 24),
        status=st.sampled_from(["complete", "failed"]),
        input_tokens=st.integers(0, 10_000),
        output_tokens=st.integers(0, 10_000),
        cost_micros=st.integers(0, 10_000),
        currency=st.sampled_from(["EUR", "USD"]),
    ),
    max_size=30,
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One database for all examples of the property."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('usage') / 'sandbox.db'}")
    migrate(database)
    yield database
    database.close()


def aged(columns: dict[str, Any], moment: datetime) -> dict[str, Any]:
    """The columns of a row that is so many hours old."""
    others = {name: value for name, value in columns.items() if name != "age"}
    return {"created_at": moment - timedelta(hours=columns["age"]), **others}


@settings(max_examples=40, deadline=None)
@given(answers=ANSWERS, calls=CALLS)
def test_the_sum_over_the_days_is_the_total(
    filled: Database,
    answers: list[dict[str, Any]],  # Any: columns of several types
    calls: list[dict[str, Any]],
) -> None:
    moment = now()
    with filled.begin() as session:
        session.exec(delete(AnswerUsageRow))
        session.exec(delete(ModelCallRow))
        session.add_all(answer(**aged(columns, moment)) for columns in answers)
        session.add_all(call(**aged(columns, moment)) for columns in calls)

    report = UsageReports(filled, ExchangeRates("EUR")).report(ADMIN, days=DAYS)

    total = asdict(report.total)
    days = [asdict(day.figures) for day in report.spans]
    assert {name: total[name] for name in COUNTS} == {
        name: sum(day[name] for day in days) for name in COUNTS
    }
    others = [day["other_costs"] for day in days]
    assert total["other_costs"].get("USD", 0) == sum(other.get("USD", 0) for other in others)
    assert total["people"] <= sum(day["people"] for day in days)
    assert total["people"] >= max(day["people"] for day in days)


@pytest.mark.parametrize("by", [Dimension.GROUP, Dimension.PERSON, Dimension.SURFACE])
def test_times_are_told_of_every_dimension(
    reports: UsageReports, database: Database, by: Dimension
) -> None:
    """Also of days that are added up, which keep times by model only."""
    column = {Dimension.GROUP: "group_names", Dimension.PERSON: "user_id"}.get(by, "surface")
    long_ago = now() - timedelta(days=3)
    store(
        database,
        *(answer(**{column: "a"}, total_ms=ms, created_at=long_ago) for ms in (100, 230, 900)),
        answer(**{column: "b"}, total_ms=4_000, first_token_ms=77),
        answer(**{column: "b"}, total_ms=9_000, status="failed"),
    )

    told = {
        one.key: (one.figures.median_ms, one.figures.p95_ms, one.figures.median_first_token_ms)
        for one in reports.breakdown(ADMIN, Period.of_days(DAYS, UTC, now()), by)
    }

    assert told == {"a": (230, 900, None), "b": (4_000, 4_000, 77)}


def test_looks_at_single_people_are_audited_once_an_hour(
    reports: UsageReports, database: Database
) -> None:
    period = Period.of_days(DAYS, UTC, now())

    reports.breakdown(ADMIN, period, Dimension.MODEL)
    for _ in range(3):
        reports.breakdown(ADMIN, period, Dimension.PERSON)
        reports.grouped(ADMIN, period, [Dimension.MODEL, Dimension.PERSON])

    with database.read() as session:
        actions = [event.action for event in session.exec(select(AuditEventRow)).all()]
    assert actions == ["usage.read_people"]
