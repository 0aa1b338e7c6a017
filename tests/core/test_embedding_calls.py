"""Rows of requests to an embedding service, on both databases, and for whom work is done."""

from collections.abc import Generator
from datetime import timedelta

import pytest
from sqlmodel import select

from core.domain.clock import now
from core.domain.finished_calls import FinishedCall, Operation
from core.domain.identity import Role, User
from core.domain.on_behalf import (
    DOCUMENTS_SURFACE,
    NOBODY,
    Behalf,
    current_behalf,
    each_on_behalf_of,
    on_behalf_of,
)
from core.domain.ports import ModelUsage
from core.embedding_calls import EmbeddingCalls
from core.model_calls import Tariff
from core.storage.database import Database
from core.storage.tables import ModelCallRow, PriceRow

ANNA = User("anna", "anna@nordhafen.example", "Anna", Role.EMPLOYEE)


def call(**values: object) -> FinishedCall:
    known: dict[str, object] = {
        "operation": Operation.EMBEDDINGS,
        "provider": "openai",
        "model_requested": "small",
        "total_s": 0.25,
        "usage": ModelUsage(1_000_000, 0),
    }
    return FinishedCall(**(known | values))  # type: ignore[arg-type]  # of several types


def rows(database: Database) -> list[ModelCallRow]:
    with database.read() as session:
        return list(session.exec(select(ModelCallRow)))


def test_the_price_in_force_is_used_and_named(database: Database) -> None:
    with database.begin() as session:
        for id_, micros, days in ((1, 10_000, 400), (2, 20_000, 1), (3, 90_000, -1)):
            session.add(
                PriceRow(
                    id=id_,
                    model_pattern="small",
                    input_micros=micros,
                    output_micros=0,
                    currency="USD",
                    valid_from=now() - timedelta(days=days),
                )
            )

    EmbeddingCalls(database, Tariff()).record(call())

    [row] = rows(database)
    assert (row.cost_micros, row.currency, row.price_id) == (20_000, "USD", 2)
    assert (row.total_ms, row.input_tokens, row.output_tokens) == (250, 1_000_000, 0)
    assert row.first_token_ms is None


def test_a_model_on_no_list_costs_nothing_that_is_known(database: Database) -> None:
    EmbeddingCalls(database, Tariff(currency="CHF")).record(call())

    [row] = rows(database)
    assert (row.cost_micros, row.currency, row.price_id) == (0, "CHF", None)


@pytest.mark.parametrize(
    ("error", "is_charged", "tokens"), [("ModelTimeout", True, 25), ("ModelRejectedKey", False, 0)]
)
def test_a_failed_request_costs_something_only_if_the_service_began(
    database: Database, error: str, is_charged: bool, tokens: int
) -> None:
    failed = call(usage=None, error_type=error, is_charged=is_charged, characters=100)

    EmbeddingCalls(database, Tariff()).record(failed)

    [row] = rows(database)
    assert (row.status, row.error_type, row.input_tokens) == ("failed", error, tokens)


def test_what_is_done_in_between_is_not_done_for_the_person() -> None:
    def made() -> Generator[Behalf, None, None]:
        yield current_behalf()
        yield current_behalf()

    events = each_on_behalf_of(ANNA, "chat", made())
    inside = next(events)
    between = current_behalf()

    assert (inside, between, next(events)) == (Behalf(ANNA, "chat"), NOBODY, Behalf(ANNA, "chat"))
    assert list(events) == []
    assert NOBODY.surface == DOCUMENTS_SURFACE


def test_the_inner_work_counts_for_its_own_person() -> None:
    with on_behalf_of(ANNA, "chat"):
        with on_behalf_of(None, "idea"):
            inner = current_behalf()
        outer = current_behalf()

    assert (inner, outer) == (Behalf(None, "idea"), Behalf(ANNA, "chat"))


def test_the_source_of_events_is_closed_with_its_reader() -> None:
    ended = []

    def made() -> Generator[int, None, None]:
        try:
            yield 1
            yield 2
        finally:
            ended.append(current_behalf())

    events = each_on_behalf_of(ANNA, "chat", made())
    next(events)
    events.close()

    assert len(ended) == 1
