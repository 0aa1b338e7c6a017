"""Every model of the product is made behind the door, with the prices that hold for it."""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlmodel import select

from admin.spending.budgets import Budgets
from bootstrap.embedders import build_embedders, embedding_admission
from bootstrap.language_models import WayOut, chat_model
from bootstrap.spending.doors import build_spending, prices_in_use
from bootstrap.spending.names import configured_names
from core.domain.costs.budgets import BudgetPeriod, BudgetScope
from core.domain.costs.money import ExchangeRates
from core.domain.costs.refusals import AtLimit, SwitchKind
from core.domain.identity import SYSTEM, User
from core.domain.on_behalf import on_behalf_of
from core.domain.ports import ChatMessage
from core.errors import CallRefused
from core.models.chat import ChatLimits
from core.models.prices import list_prices
from core.settings import (
    BudgetSettings,
    EmbeddingSettings,
    GroundingSettings,
    ModelSettings,
    Settings,
)
from core.spending.guarded_chat import GuardedChat
from core.storage.database import Database
from core.storage.queries.prices import seed_prices
from core.storage.tables import BudgetAccountRow, BudgetRow, RefusedCallRow, SwitchRow
from tools.trial.provider import FakeProvider, Reply

ROOT = Path(__file__).parents[2]
PRODUCT = (
    "admin",
    "bootstrap",
    "core",
    "demo",
    "evaluation",
    "ideas",
    "ingestion",
    "rag",
    "terminal",
    "ui",
    "web",
)
MADE_IN = {
    "OpenAICompatibleChat(": {"bootstrap/language_models.py"},
    "EndpointEmbedder(": {"bootstrap/embedders.py"},
}
ANNA = User("anna", "anna@x.example", "Anna")


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(Reply("Hello.")) as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, provider: FakeProvider) -> Settings:
    return Settings(
        data_dir=tmp_path,
        llm=ModelSettings(
            base_url=provider.base_url, model="large", input_price=1.0, output_price=2.0
        ),
        embeddings=EmbeddingSettings(base_url=provider.base_url, model="endpoint:small", price=1.0),
        _env_file=None,
    )


def budget(database: Database, micros: int) -> None:
    with database.begin() as session:
        session.add(
            BudgetRow(
                scope=BudgetScope.COMPANY.value,
                period=BudgetPeriod.DAY.value,
                limit_micros=micros,
                currency="EUR",
            )
        )


@pytest.mark.parametrize("made", MADE_IN)
def test_models_are_made_in_one_place_each(made: str) -> None:
    files = {
        str(path.relative_to(ROOT))
        for folder in PRODUCT
        for path in (ROOT / folder).rglob("*.py")
        if re.search(rf"(?<!class )\b{re.escape(made)}", path.read_text(encoding="utf-8"))
    }

    assert files == MADE_IN[made]


def test_a_chat_model_passes_the_door(
    settings: Settings, sqlite_database: Database, provider: FakeProvider
) -> None:
    way_out = WayOut(build_spending(settings, sqlite_database).chat)
    model = chat_model(settings.llm, ChatLimits(), way_out)
    budget(sqlite_database, 0)

    with on_behalf_of(ANNA, "chat"), pytest.raises(CallRefused):
        list(model.stream([ChatMessage("user", "Hello")], purpose="answer"))

    assert isinstance(model, GuardedChat)
    assert provider.requests == []


def test_texts_for_an_embedding_service_pass_the_door_and_are_settled(
    settings: Settings, sqlite_database: Database, provider: FakeProvider
) -> None:
    spending = build_spending(settings, sqlite_database)
    embedder = build_embedders(settings, admit=embedding_admission(spending)).default
    budget(sqlite_database, 1_000_000)

    embedder.embed_query("How many days of leave?")

    with sqlite_database.read() as session:
        account = session.exec(select(BudgetAccountRow)).one()
    assert account.spent_micros > 0
    assert account.reserved_micros == 0
    assert len(provider.requests) == 1


def test_an_embedding_service_that_is_turned_off_gets_nothing_but_the_app_starts(
    settings: Settings, sqlite_database: Database, provider: FakeProvider
) -> None:
    spending = build_spending(settings, sqlite_database)
    embedder = build_embedders(settings, admit=embedding_admission(spending)).default
    with sqlite_database.begin() as session:
        session.add(SwitchRow(kind=SwitchKind.PROVIDER.value, name="openai", reason="It leaks"))

    with pytest.raises(CallRefused):
        embedder.embed_passages(["Every parent gets 90 days."])
    assert provider.requests == []
    assert embedder.dimension > 0

    assert [request.body["input"] for request in provider.requests] == [["dimension"]]
    with sqlite_database.read() as session:
        [refused] = session.exec(select(RefusedCallRow)).all()
    assert (refused.purpose, refused.reason) == ("embedding", "off.provider")


def test_the_last_percents_are_kept_for_searching(
    settings: Settings, sqlite_database: Database
) -> None:
    spending = build_spending(settings, sqlite_database)
    model = chat_model(settings.llm, ChatLimits(max_output_tokens=16), WayOut(spending.chat))
    embedder = build_embedders(settings, admit=embedding_admission(spending)).default
    budget(sqlite_database, 10_000)
    with sqlite_database.begin() as session:
        row = session.exec(select(BudgetRow)).one()
        session.add(
            BudgetAccountRow(
                budget_id=row.id, first_day=spending.ledger.today(), spent_micros=9_790
            )
        )

    with pytest.raises(CallRefused):
        list(model.stream([ChatMessage("user", "Hello")]))
    embedder.embed_query("leave")


def test_each_model_has_its_own_price(settings: Settings, sqlite_database: Database) -> None:
    chosen = settings.model_copy(
        update={
            "budgets": BudgetSettings(
                at_limit=AtLimit.CHEAPER,
                cheaper_model="tiny",
                cheaper_input_price=0.0,
                cheaper_output_price=0.0,
            ),
            "grounding": GroundingSettings(judge="llm", model="judge"),
        }
    )
    tariff = build_spending(chosen, sqlite_database).tariff

    with sqlite_database.read() as session:
        prices = [tariff.price(session, name) for name in ("large", "tiny", "judge")]

    assert [price and price.input_micros for price in prices] == [1_000_000, 0, None]
    assert configured_names(chosen).models == ("large", "judge", "tiny", "small")


def test_models_that_no_budget_can_pay_for_are_named(
    settings: Settings, sqlite_database: Database
) -> None:
    """The list has this model in US dollars; the company counts in euros."""
    listed = settings.llm.model_copy(
        update={"model": "gpt-4o", "input_price": None, "output_price": None}
    )
    chosen = settings.model_copy(update={"llm": listed})
    with sqlite_database.begin() as session:
        seed_prices(session, list_prices())

    def unpayable(rates: ExchangeRates) -> list[str]:
        spending = build_spending(chosen, sqlite_database)
        prices = prices_in_use(chosen, spending)
        return Budgets(sqlite_database, spending.ledger, rates, prices).unpayable(SYSTEM)

    assert unpayable(ExchangeRates("EUR")) == ["gpt-4o"]
    assert unpayable(ExchangeRates("EUR", {"USD": Decimal("0.9")})) == []
    assert unpayable(ExchangeRates("USD")) == ["small"]


def test_a_cheaper_model_has_to_be_named() -> None:
    with pytest.raises(ValidationError, match="cheaper_model"):
        BudgetSettings(at_limit=AtLimit.CHEAPER)
