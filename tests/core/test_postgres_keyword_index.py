"""The keyword index in PostgreSQL: what it stores, writers side by side, and tantivy's ranking."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.domain.clock import new_id
from core.domain.ports import KeywordEntry, ScoredId, WeightedText
from core.errors import ConfigurationError
from core.storage.database import Database
from core.storage.keyword_index import TantivyKeywordIndex
from core.storage.keyword_postings import BLOCK
from core.storage.postgres_keyword_index import PostgresKeywordIndex


def entry(chunk_id: int, text: str) -> KeywordEntry:
    return KeywordEntry(chunk_id, "", "", text)


@pytest.mark.postgres
def test_postgresql_holds_terms_without_their_order(
    postgres: Database, postgres_index: PostgresKeywordIndex
) -> None:
    postgres_index.add("a", [entry(1, "Zanzibar merger, confidential merger EUR.1 d'Arc\\x")])

    with postgres.read() as session:
        stored = session.scalar(text("SELECT words FROM keyword_entries"))

    assert stored == (
        "'1':1 '=eur.1':1 'arc':1 'confidenti':1 'd':1 'eur':1 'merger':2 'x':1 'zanzibar':1"
    )


@pytest.mark.postgres
def test_what_is_removed_from_postgresql_leaves_no_term_behind(
    postgres: Database, postgres_index: PostgresKeywordIndex
) -> None:
    postgres_index.add("a", [entry(1, "merger"), entry(BLOCK + 1, "merger forklift")])

    postgres_index.remove("a", [1, BLOCK + 1, 77])

    with postgres.read() as session:
        left = session.execute(text("SELECT term FROM keyword_postings")).all()
        totals = session.execute(text("SELECT entries, length FROM keyword_totals")).one()
    assert left == []
    assert tuple(totals) == (0, 0)


@pytest.mark.postgres
def test_two_machines_that_write_at_once_lose_nothing(
    postgres: Database, postgres_index: PostgresKeywordIndex
) -> None:
    def write(number: int) -> None:
        postgres_index.add("a", [entry(number, "forklift harbour"), entry(99, "forklift tax")])

    with ThreadPoolExecutor(4) as machines:
        list(machines.map(write, range(12)))

    assert postgres_index.ids("a") == {*range(12), 99}
    frequencies = postgres_index.frequencies("a", ["forklift", "harbour", "tax"])
    assert frequencies.chunk_count == 13
    assert frequencies.frequencies == {"forklift": 13, "harbour": 12, "tax": 1}


def test_postgresql_as_keyword_engine_needs_a_postgresql_database(
    sqlite_database: Database,
) -> None:
    with pytest.raises(ConfigurationError, match="SANDBOX_KEYWORDS__ENGINE"):
        PostgresKeywordIndex(sqlite_database)


WORDS = st.sampled_from(["leave", "leaves", "forklift", "harbour", "EUR.1", "HR-27", "tax", "the"])
TEXTS = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)


@pytest.mark.postgres
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    passages=st.lists(TEXTS, min_size=1, max_size=8),
    query=st.lists(st.builds(WeightedText, TEXTS, st.sampled_from([0.3, 1.0])), max_size=2),
)
def test_both_keyword_indexes_rank_alike(
    tantivy_index: TantivyKeywordIndex,
    postgres_index: PostgresKeywordIndex,
    passages: list[str],
    query: list[WeightedText],
) -> None:
    collection = new_id()
    entries = [entry(number, passage) for number, passage in enumerate(passages, start=1)]
    for index in (tantivy_index, postgres_index):
        index.add(collection, entries)

    ours, theirs = (
        by_id(index.search([collection], query, 20)) for index in (postgres_index, tantivy_index)
    )

    assert ours == pytest.approx(theirs, rel=1e-4)


def by_id(hits: list[ScoredId]) -> dict[int, float]:
    """Scores by chunk; equal scores imply an equal ranking, ties aside."""
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    return {hit.chunk_id: hit.score for hit in hits}
