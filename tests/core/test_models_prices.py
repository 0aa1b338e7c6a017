"""Prices and metering: which price is in force, and what a call costs to the millionth."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.answers import UsageSource
from core.domain.clock import now
from core.domain.ports import ChatMessage, ModelUsage
from core.domain.prices import Price, choose_price
from core.errors import ConfigurationError
from core.models.metering import estimate_tokens, meter
from core.models.prices import cost_micros, list_prices, operator_price
from core.storage.database import Database
from core.storage.queries.prices import find_price, seed_prices
from core.storage.tables import PriceRow

SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def price(pattern: str, *, output: int = 10_000_000, days: int = 0) -> Price:
    return Price(pattern, 2_500_000, output, "USD", SOME_DAY + timedelta(days=days), 1_250_000)


def test_the_longest_pattern_wins_even_over_a_newer_price() -> None:
    prices = [price("gpt-4o*", days=20), price("gpt-4o-mini*"), price("*", days=30)]

    chosen = choose_price(prices, "gpt-4o-mini-2024", SOME_DAY + timedelta(days=40))

    assert chosen == prices[1]


def test_the_newest_price_in_force_wins() -> None:
    prices = [price("m", output=1), price("m", output=2, days=10), price("m", output=3, days=20)]

    chosen = choose_price(prices, "m", SOME_DAY + timedelta(days=15))

    assert chosen is not None
    assert chosen.output_micros == 2


@pytest.mark.parametrize("name", ["GPT-4o", "openai/gpt-4o", "vendor/sub/gpt-4o"])
def test_case_and_vendor_do_not_matter(name: str) -> None:
    assert choose_price([price("gpt-4o")], name, SOME_DAY) is not None


def test_an_unknown_model_has_no_price() -> None:
    assert choose_price([price("gpt-4o")], "llama", SOME_DAY) is None


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (ModelUsage(1_000_000, 0), 2_500_000),
        (ModelUsage(0, 1_000_000), 10_000_000),
        (ModelUsage(1_000_000, 0, 400_000), 2_000_000),
        (ModelUsage(1, 0), 3),  # 2.5 micros, rounded half up
        (ModelUsage(3, 1), 18),  # 17.5
        (ModelUsage(10, 0, 99), 13),  # never more cached than input
        (ModelUsage(0, 0), 0),
    ],
)
def test_the_cost_is_exact_and_rounded_half_up(usage: ModelUsage, expected: int) -> None:
    assert cost_micros(price("m"), usage) == expected


def test_cached_input_without_a_price_of_its_own_costs_like_any_input() -> None:
    plain = Price("m", 2_500_000, 0, "USD", SOME_DAY)

    assert cost_micros(plain, ModelUsage(1_000_000, 0, 400_000)) == 2_500_000


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**7))
def test_the_cost_never_shrinks_with_more_output(tokens: int, output: int, more: int) -> None:
    less = cost_micros(price("m"), ModelUsage(tokens, output))

    assert cost_micros(price("m"), ModelUsage(tokens, output + more)) >= less >= 0


def test_counted_tokens_are_used_where_the_provider_counts() -> None:
    call = meter([], "An answer", reported=ModelUsage(10, 5), price=price("m"))

    assert (call.usage, call.source, call.is_priced) == (
        ModelUsage(10, 5),
        UsageSource.PROVIDER,
        True,
    )
    assert call.cost_micros == 75


def test_missing_counts_are_estimated_and_marked() -> None:
    call = meter([ChatMessage("user", "x" * 41)], "y" * 8, reported=None, price=price("m"))

    assert call.usage == ModelUsage(15, 2)
    assert call.source is UsageSource.ESTIMATED


def test_an_unknown_price_costs_nothing_and_is_marked() -> None:
    call = meter([], "", reported=ModelUsage(10, 5), price=None)

    assert call.cost_micros == 0
    assert not call.is_priced


def test_an_estimate_is_a_quarter_of_the_characters() -> None:
    assert [estimate_tokens(text) for text in ("", "a", "abcd", "abcde")] == [0, 1, 1, 2]


def test_the_price_list_is_plausible() -> None:
    prices = list_prices()

    assert len({p.model_pattern for p in prices}) == len(prices) > 60
    for entry in prices:
        is_embedding = "embedding" in entry.model_pattern
        least = 0 if is_embedding else entry.input_micros
        assert 0 < entry.input_micros < 200_000_000
        assert least <= entry.output_micros < (1 if is_embedding else 200_000_000)
        assert (entry.cached_input_micros or 0) <= entry.input_micros
        assert entry.valid_from <= now()


@pytest.mark.parametrize(
    ("model", "input_micros"),
    [
        ("gpt-4o-mini-2024-07-18", 150_000),
        ("claude-sonnet-4-5-20250929", 3_000_000),
        ("anthropic/claude-sonnet-4.5", 3_000_000),
        ("gemini-2.5-flash-lite", 100_000),
    ],
)
def test_common_models_are_on_the_list(model: str, input_micros: int) -> None:
    found = choose_price(list_prices(), model, now())

    assert found is not None
    assert found.input_micros == input_micros


@pytest.mark.parametrize("model", ["gpt-4o-audio-preview", "gpt-5-pro", "llama3.1:8b", "gpt-4"])
def test_what_is_not_on_the_list_is_not_guessed(model: str) -> None:
    assert choose_price(list_prices(), model, now()) is None


def test_seeding_twice_adds_nothing(database: Database) -> None:
    with database.begin() as session:
        first = seed_prices(session, list_prices())
    with database.begin() as session:
        second = seed_prices(session, list_prices())

    assert first == len(list_prices())
    assert second == 0


def test_a_corrected_price_survives_seeding(sqlite_database: Database) -> None:
    with sqlite_database.begin() as session:
        seed_prices(session, list_prices())
    with sqlite_database.begin() as session:
        found = find_price(session, "gpt-4o", now())
        assert found is not None
        session.get_one(PriceRow, found.id).input_micros = 1
    with sqlite_database.begin() as session:
        seed_prices(session, list_prices())
        corrected = find_price(session, "gpt-4o", now())

    assert corrected is not None
    assert corrected.input_micros == 1


def test_a_stored_price_keeps_its_id_and_currency(sqlite_database: Database) -> None:
    with sqlite_database.begin() as session:
        seed_prices(session, list_prices())
        found = find_price(session, "gpt-4o", now())

    assert found is not None
    assert found.id is not None
    assert found.currency == "USD"


def test_the_operators_own_price_fits_every_model() -> None:
    own = operator_price(1.5, 3.0, "EUR")

    assert own is not None
    assert choose_price([own], "any-model", now()) is own
    assert cost_micros(own, ModelUsage(1_000_000, 1_000_000)) == 4_500_000


def test_half_a_price_is_a_configuration_error() -> None:
    assert operator_price(None, None, "EUR") is None
    with pytest.raises(ConfigurationError, match="SANDBOX_LLM__OUTPUT_PRICE"):
        operator_price(1.0, None, "EUR")
