"""Both keyword indexes, empty."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.storage.database import Database
from core.storage.keyword_index import TantivyKeywordIndex
from core.storage.migrate import migrate
from core.storage.postgres_keyword_index import PostgresKeywordIndex


@pytest.fixture
def tantivy_index(tmp_path: Path) -> TantivyKeywordIndex:
    return TantivyKeywordIndex(tmp_path / "keywords")


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Database]:
    """A migrated PostgreSQL database."""
    database = Database(postgres_url)
    migrate(database)
    yield database
    database.close()


@pytest.fixture
def postgres_index(postgres: Database) -> PostgresKeywordIndex:
    return PostgresKeywordIndex(postgres)
