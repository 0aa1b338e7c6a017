"""Requests to an embedding service are recorded: for whom, how much, at what price, the outcome."""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import select

from admin.usage.period import Period
from admin.usage.values import Dimension
from bootstrap.preparation import migrate_database
from bootstrap.services import ProcessRole, Services, build_services
from core.domain.answers import AnswerStatus
from core.domain.clock import now
from core.domain.identity import SYSTEM, Role, User
from core.domain.knowledge import Upload
from core.errors import ModelError
from core.settings import EmbeddingSettings, Settings
from core.storage.tables import (
    AnswerUsageRow,
    GroupRow,
    MembershipRow,
    ModelCallRow,
    UsageDayPersonRow,
    UserRow,
)
from tools.trial.provider import FakeProvider, Reply

LEAVE = b"Every parent gets 90 working days of parental leave per child. Ask in time."
QUESTION = "How many working days of parental leave does a parent get?"
SECRET = "parental"
PRICE = 20_000
"""Millionths of a dollar for a million tokens, as text-embedding-3-small has it on the list."""

Open = Callable[..., Services]


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider() as provider:
        yield provider


@pytest.fixture
def settings(tmp_path: Path, provider: FakeProvider) -> Settings:
    model = EmbeddingSettings(
        model="endpoint:text-embedding-3-small", base_url=provider.base_url, cache_dir=tmp_path
    )
    return Settings(data_dir=tmp_path, embeddings=model, _env_file=None)


@pytest.fixture
def open_services(settings: Settings) -> Iterator[Open]:
    migrate_database(settings)
    with ExitStack() as opened:

        def build(chosen: Settings = settings) -> Services:
            services = build_services(chosen, ProcessRole.TERMINAL)
            opened.callback(services.database.close)
            opened.callback(services.worker.stop)
            return services

        yield build


@pytest.fixture
def services(open_services: Open) -> Services:
    return open_services()


def add_anna(services: Services) -> User:
    with services.database.begin() as session:
        session.add(UserRow(id="anna", email="a@nordhafen.example", name="Anna", role="employee"))
        session.add(GroupRow(id="customs", name="Customs"))
        session.flush()
        session.add(MembershipRow(user_id="anna", group_id="customs"))
    return User("anna", "a@nordhafen.example", "Anna", Role.EMPLOYEE, frozenset({"customs"}))


def upload(services: Services) -> str:
    collection = services.collections.add(SYSTEM, "Handbook", is_open=True)
    services.documents.upload(SYSTEM, collection.id, [Upload("leave.txt", LEAVE)])
    return collection.id


def ask(services: Services, user: User) -> None:
    for _ in services.chat.ask(user, QUESTION):
        pass


def calls(services: Services) -> list[ModelCallRow]:
    with services.database.read() as session:
        return list(session.exec(select(ModelCallRow).order_by("created_at")))


def test_a_document_is_embedded_for_nobody_at_the_surface_documents(
    services: Services, provider: FakeProvider
) -> None:
    before = len(provider.requests)

    upload(services)

    rows = calls(services)[before:]
    assert len(rows) == len(provider.requests) - before > 0
    assert {(row.user_id, row.surface, row.purpose) for row in rows} == {
        ("", "documents", "embedding")
    }


def test_a_question_is_embedded_for_the_person_who_asks_in_the_groups_of_then(
    services: Services, provider: FakeProvider
) -> None:
    upload(services)
    anna, before = add_anna(services), len(provider.requests)

    ask(services, anna)

    rows = calls(services)[before:]
    assert len(rows) == len(provider.requests) - before > 0
    assert {(row.user_id, row.group_names, row.surface) for row in rows} == {
        ("anna", "Customs", "chat")
    }


def test_every_request_has_one_row_with_its_tokens_and_its_price(
    services: Services, provider: FakeProvider
) -> None:
    upload(services)
    ask(services, add_anna(services))

    rows = calls(services)
    sent = [sum(len(t.split()) for t in request.body["input"]) for request in provider.requests]
    assert [row.input_tokens for row in rows] == sent
    assert [row.cost_micros for row in rows] == [
        (tokens * PRICE + 500_000) // 1_000_000 for tokens in sent
    ]
    assert all(row.price_id and row.currency == "USD" for row in rows)
    assert {row.usage_source for row in rows} == {"provider"}
    assert {(row.model_requested, row.model_responded, row.status) for row in rows} == {
        ("text-embedding-3-small", "text-embedding-3-small", "complete")
    }


def test_no_words_are_kept_with_a_request(services: Services) -> None:
    upload(services)
    ask(services, add_anna(services))

    with services.database.read() as session:
        kept = session.execute(text("SELECT * FROM model_calls")).all()
    assert len(kept) > 2
    assert not [row for row in kept if SECRET in str(row)]


def test_a_question_that_is_remembered_makes_no_request(
    services: Services, provider: FakeProvider
) -> None:
    upload(services)
    anna = add_anna(services)
    ask(services, anna)
    before = len(provider.requests)

    ask(services, anna)

    assert len(calls(services)) == len(provider.requests)
    assert not [r for r in provider.requests[before:] if r.body["input"] == [QUESTION]]


def test_test_questions_and_searches_say_where_they_came_from(services: Services) -> None:
    upload(services)
    anna, before = add_anna(services), len(calls(services))

    services.chat.search(anna, "How early must I ask?")
    services.chat.answer_once(anna, "Who gets leave at all?", surface="evaluation")
    services.chat.as_retriever(anna).invoke("Which child counts?")

    assert list(dict.fromkeys(row.surface for row in calls(services)[before:])) == [
        "terminal",
        "evaluation",
        "api",
    ]


def test_similar_ideas_are_compared_at_the_surface_of_ideas(services: Services) -> None:
    anna = add_anna(services)
    before = len(calls(services))

    services.ideas.similar.hints(anna, "Customs papers read by a machine")

    rows = calls(services)[before:]
    assert {(row.user_id, row.surface) for row in rows} == {("anna", "idea")}


def test_a_service_that_does_not_count_is_estimated(
    services: Services, provider: FakeProvider
) -> None:
    provider.script(Reply(has_usage=False))

    upload(services)
    services.chat.search(SYSTEM, "x" * 401)

    [row] = [row for row in calls(services) if row.surface == "terminal"]
    assert (row.usage_source, row.input_tokens) == ("estimated", 101)


def test_a_refused_request_has_a_row_without_cost(
    services: Services, provider: FakeProvider
) -> None:
    upload(services)
    anna, before = add_anna(services), len(calls(services))
    provider.script(Reply(status=401))

    with pytest.raises(ModelError):
        services.chat.search(anna, QUESTION)

    [row] = calls(services)[before:]
    assert (row.status, row.error_type) == (AnswerStatus.FAILED, "ModelRejectedKey")
    assert (row.input_tokens, row.cost_micros, row.usage_source) == (0, 0, "none")
    assert row.user_id == "anna"


def test_ones_own_price_overrules_the_list(open_services: Open, settings: Settings) -> None:
    embeddings = settings.embeddings.model_copy(update={"price": 1.5})
    services = open_services(settings.model_copy(update={"embeddings": embeddings}))

    upload(services)

    rows = calls(services)
    assert {(row.currency, row.price_id) for row in rows} == {("EUR", None)}
    assert [row.cost_micros for row in rows] == [(row.input_tokens * 3 + 1) // 2 for row in rows]


def test_an_answer_comes_although_nothing_can_be_written(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    collection_id = upload(services)
    with services.database.begin() as session:
        refuse = "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        session.execute(text(f"CREATE TRIGGER full BEFORE INSERT ON model_calls {refuse}"))

    with caplog.at_level(logging.WARNING, "core.embedding_calls"):
        found = services.chat.search(SYSTEM, QUESTION, collection_ids=[collection_id])

    assert found
    assert "embedding request not recorded" in caplog.text
    assert SECRET not in caplog.text


def test_people_are_told_which_service_gets_their_questions(services: Services) -> None:
    assert services.embedding_service == "text-embedding-3-small"


def test_the_model_of_this_machine_makes_no_rows(
    open_services: Open, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.ingestion.fakes import HashingEmbedder

    monkeypatch.setattr("bootstrap.embedders.build_embedder", lambda *_, **__: HashingEmbedder())
    own = EmbeddingSettings(cache_dir=settings.data_dir)
    services = open_services(settings.model_copy(update={"embeddings": own}))

    upload(services)
    ask(services, add_anna(services))

    assert calls(services) == []
    assert services.embedding_service is None


def test_the_usage_of_the_month_tells_what_embeddings_cost(services: Services) -> None:
    upload(services)
    ask(services, add_anna(services))
    period = Period.of_days(7, UTC, now())

    total = services.usage.report(SYSTEM, period=period).total
    by_model = services.usage.breakdown(SYSTEM, period, Dimension.MODEL)
    by_surface = services.usage.breakdown(SYSTEM, period, Dimension.SURFACE)

    counted = "SELECT count(*), sum(input_tokens), sum(cost_micros) FROM model_calls"
    with services.database.read() as session:
        expected = session.execute(text(counted)).one()
        rows = session.execute(
            text("SELECT surface, sum(input_tokens) FROM model_calls GROUP BY surface")
        ).all()
    of_surface = dict(map(tuple, rows))
    assert (total.requests, total.input_tokens, total.cost_micros) == tuple(expected)
    embedded = {one.key: one.figures.requests for one in by_model}
    assert embedded["text-embedding-3-small"] == expected[0]
    assert {one.key: one.figures.input_tokens for one in by_surface} == of_surface
    assert set(of_surface) == {"chat", "documents"}
    assert total.questions == 1


def test_days_of_usage_add_embeddings_up(services: Services) -> None:
    upload(services)
    ask(services, add_anna(services))

    services.usage.refresh()

    with services.database.read() as session:
        days = session.exec(
            select(UsageDayPersonRow).where(UsageDayPersonRow.model == "text-embedding-3-small")
        ).all()
    assert {(day.user_id, day.surface): day.requests for day in days} == {
        key: len([r for r in calls(services) if (r.user_id, r.surface) == key])
        for key in (("", "documents"), ("anna", "chat"))
    }


def test_an_answer_keeps_the_generation_that_it_was_read_from(services: Services) -> None:
    collection_id = upload(services)

    ask(services, add_anna(services))

    with services.database.read() as session:
        row = session.exec(select(AnswerUsageRow)).one()
    assert row.index_generations == f"{collection_id}:1"
