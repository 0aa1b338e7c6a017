"""What the demo year lacks, so that every figure of the board has something to count."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, text
from sqlmodel import Session, SQLModel, col, select

from core.domain.identity import Role
from core.storage.tables import (
    AnswerUsageRow,
    BudgetAccountRow,
    BudgetRow,
    CitationRow,
    CollectionRow,
    CostItemRow,
    DocumentRow,
    DocumentVersionRow,
    DriftVerdictRow,
    EvaluationRunRow,
    IdeaCoSubmitterRow,
    IdeaExperimentRow,
    IdeaMoveRow,
    IdeaRow,
    IdeaTriageRow,
    KnowledgeGapRow,
    ModelCallRow,
    PriceRow,
    RefusedCallRow,
    UserRow,
)

COPIES = 48
"""Documents with the same title, enough for a rate."""


def fill(session: Session, now: datetime) -> None:
    """Add documents, test questions, embeddings, ideas from before moves, and what went wrong."""
    model = session.exec(select(CollectionRow)).first()
    assert model is not None
    _store(
        session,
        _people(),
        _regulars(now),
        _documents(model, now),
        _requests(now),
        _money(now),
        _verdicts(now),
        _budgets(now),
    )
    _make_answers_worse(session)
    _spread_citations(session)
    _store(session, _ideas(session, now))


def _store(session: Session, *kinds: Iterator[SQLModel]) -> None:
    """Write rows in the order in which their tables refer to each other."""
    tables = [table.name for table in SQLModel.metadata.sorted_tables]
    rows = [row for kind in kinds for row in kind]
    for row in sorted(rows, key=lambda row: tables.index(str(row.__tablename__))):
        session.add(row)
        session.flush()


def _budgets(now: datetime) -> Iterator[SQLModel]:
    """A budget of the company that is partly used, one of everybody, and requests refused."""
    for scope, limit in (("company", 400_000_000), ("everybody", 9_000_000)):
        yield BudgetRow(
            id=scope, scope=scope, period="month", limit_micros=limit, currency="EUR", set_at=now
        )
    for scope, subject, spent in (("company", "", 123_456_789), ("everybody", "boss", 9_000_000)):
        yield BudgetAccountRow(
            budget_id=scope,
            subject_id=subject,
            first_day=now.date().replace(day=1),
            spent_micros=spent,
            reserved_micros=1_500_000,
        )
    reasons = ("person.month", "person.day", "company.month", "price", "off.model", "person.month")
    for number in range(300):
        yield RefusedCallRow(
            at=now - timedelta(days=2 * number, minutes=number),
            user_id="boss",
            surface="evaluation" if number % 7 == 0 else "chat",
            reason=reasons[number % len(reasons)],
        )


def _people() -> Iterator[SQLModel]:
    yield UserRow(id="boss", email="boss@nordhafen.example", name="Boss", role=Role.ADMIN)
    yield UserRow(
        id="left", email="left@nordhafen.example", name="Left", role=Role.EMPLOYEE, is_active=False
    )


def _regulars(now: datetime) -> Iterator[SQLModel]:
    """People who come back every third day, enough of them for a rate."""
    for person in range(15):
        yield UserRow(
            id=f"regular{person}",
            email=f"regular{person}@nordhafen.example",
            name=f"Regular {person}",
            role=Role.EMPLOYEE,
        )
        for number in range(40):
            yield AnswerUsageRow(
                message_id=f"regular{person}-{number}",
                conversation_id=f"regular{person}",
                user_id=f"regular{person}",
                created_at=now - timedelta(days=3 * number + person % 3, minutes=person),
                engine="passages",
                status="complete",
                passages_found=4,
                first_token_ms=101 + person,
                total_ms=1_999 + number,
            )


def _documents(model: CollectionRow, now: datetime) -> Iterator[SQLModel]:
    """Half of them are old, a third has an owner, a quarter is overdue; one is still being read."""
    for number in range(COPIES):
        yield DocumentRow(
            id=f"doc{number}",
            collection_id=model.id,
            source_key=f"copy-{number}.txt",
            title="=Same title" if number < 3 else f"Copy {number}",
            current_version_id=f"version{number}" if number else None,
            created_at=now - timedelta(days=400 if number % 2 else 30),
            owner_id="boss" if number % 3 == 0 else None,
            review_by=(now - timedelta(days=3)).date() if number % 4 == 0 else None,
        )
        yield DocumentVersionRow(
            id=f"version{number}",
            document_id=f"doc{number}",
            file_name=f"copy-{number}.txt",
            media_type="text/plain",
            sha256=f"{number:064}",
            size_bytes=1,
            state="ready",
        )


def _requests(now: datetime) -> Iterator[SQLModel]:
    """Test questions, embeddings, and requests that nobody confirmed, all through the year."""
    for number in range(180):
        at = now - timedelta(days=2 * number, hours=1)
        price = 9001 if number % 2 else None
        kinds = (
            ("evaluation", "answer", "provider", 700_000),
            ("chat", "embedding", "estimated", 1_300),
            ("idea", "idea", "provider", 90),
        )
        for surface, purpose, source, micros in kinds:
            yield ModelCallRow(
                user_id="left",
                created_at=at,
                surface=surface,
                purpose=purpose,
                provider="demo",
                model_requested="=judge",
                status="complete",
                usage_source=source,
                input_tokens=900,
                output_tokens=30,
                cost_micros=micros,
                price_id=price,
            )
        yield AnswerUsageRow(
            message_id=f"test{number}",
            conversation_id="tests",
            user_id="boss",
            created_at=at,
            surface="evaluation",
            engine="=judge",
            status="complete",
        )
    yield PriceRow(
        id=9001,
        model_pattern="=judge",
        input_micros=2_000_000,
        output_micros=8_000_000,
        valid_from=now - timedelta(days=800),
    )


def _money(now: datetime) -> Iterator[SQLModel]:
    month = (now - timedelta(days=70)).date().replace(day=1)
    yield CostItemRow(
        name="Audit",
        kind="other",
        rhythm="once",
        amount_micros=750_000_000,
        currency="EUR",
        first_month=month,
    )


def _verdicts(now: datetime) -> Iterator[SQLModel]:
    for monitor, state, back in (
        ("helpful", "alert", 0),
        ("helpful", "ok", 7),
        ("abstained", "ok", 0),
        ("cost", "no data", 0),
    ):
        until = (now - timedelta(days=back)).date()
        yield DriftVerdictRow(
            monitor=monitor,
            until=until,
            since=until - timedelta(days=7),
            reference_since=until - timedelta(days=60),
            reference_until=until - timedelta(days=30),
            state=state,
            cases=100,
            usual_cases=100,
        )
    yield EvaluationRunRow(
        dataset_name="Nordhafen",
        dataset_hash="0" * 64,
        started_at=now - timedelta(days=3),
        finished_at=now - timedelta(days=3),
        metrics={"recall": 0.9},
    )
    yield KnowledgeGapRow(question="Who pays?", status="open", asked_at=now - timedelta(days=5))


def _make_answers_worse(session: Session) -> None:
    """Let every seventh answer lack support, every ninth hold a wrong citation, and so on."""
    changes = (
        ("supported_sentences = 0", 7),
        ("invalid_citations = 2, repaired_citations = 1", 9),
        ("passages_found = 0", 11),
        ("citations = 0", 13),
    )
    ids = session.exec(select(AnswerUsageRow.id).order_by(col(AnswerUsageRow.id))).all()
    for change, every in changes:
        for row_id in ids[::every]:
            session.execute(
                text(f"UPDATE answer_usage SET {change} WHERE id = :id"),  # noqa: S608  see above
                {"id": row_id},
            )


def _spread_citations(session: Session) -> None:
    """Let copies with the same title be cited, and a document that is gone."""
    citations = session.exec(select(CitationRow).order_by(col(CitationRow.id))).all()
    for number, citation in enumerate(citations):
        if number % 5 < 3:
            citation.document_id = ("doc1", "doc2", "gone")[number % 5]
            citation.document_title = "=Same title"
        session.add(citation)


def _ideas(session: Session, now: datetime) -> Iterator[SQLModel]:
    """Ideas from before moves were kept, one that came back, failed experiments, no sign-off."""
    top = session.exec(select(func.max(col(IdeaRow.number)))).one() or 0
    for number, status in enumerate(("approved", "production", "evaluation", "parked"), top + 1):
        yield IdeaRow(
            id=f"old{status}",
            number=number,
            title=f"Old {status}",
            problem="",
            proposal="",
            category="better_product",
            status=status,
            submitted_at=now - timedelta(days=60),
            stage_entered_at=now - timedelta(days=60),
            risk_class="high" if status == "approved" else None,
        )
    back = [("evaluation", "parked", 50), ("parked", "evaluation", 20)]
    for left, entered, days in back:
        yield IdeaMoveRow(
            idea_id="oldevaluation",
            from_status=left,
            to_status=entered,
            at=now - timedelta(days=days),
        )
    for outcome, days in (("failure", 40), ("inconclusive", 35), ("failure", 100)):
        yield IdeaExperimentRow(
            idea_id="oldapproved",
            hypothesis="It helps",
            started_on=(now - timedelta(days=days)).date(),
            outcome=outcome,
            cost_micros=90_000_000,
        )
    yield IdeaTriageRow(
        idea_id="oldapproved",
        computed_class="high",
        risk_class="high",
        needs_sign_off=True,
        policy_version="1",
        at=now - timedelta(days=30),
    )
    someone = session.exec(select(IdeaRow).where(col(IdeaRow.campaign_id).is_not(None))).first()
    assert someone is not None
    yield IdeaCoSubmitterRow(idea_id=someone.id, user_id="boss", added_at=someone.submitted_at)
