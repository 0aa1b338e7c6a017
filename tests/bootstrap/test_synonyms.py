"""The weight of synonyms decides whether the search looks for them."""

from pathlib import Path

from bootstrap.search import build_synonyms
from core.settings import Settings
from core.storage.database import Database
from core.storage.keyword_index import TantivyKeywordIndex
from rag.vocabulary.stored import StoredSynonyms


def built(folder: Path, database: Database, weight: float | None = None) -> StoredSynonyms | None:
    settings = Settings(_env_file=None, data_dir=folder)
    if weight is not None:
        settings.retrieval.synonym_weight = weight
    return build_synonyms(settings, database, TantivyKeywordIndex(folder))


def test_without_a_weight_no_synonyms_are_looked_for(
    tmp_path: Path, sqlite_database: Database
) -> None:
    assert built(tmp_path, sqlite_database, weight=0) is None


def test_synonyms_are_looked_for_by_default(tmp_path: Path, sqlite_database: Database) -> None:
    assert built(tmp_path, sqlite_database) is not None


def test_a_weight_turns_on_the_shipped_synonyms(tmp_path: Path, sqlite_database: Database) -> None:
    synonyms = built(tmp_path, sqlite_database, weight=0.3)

    assert synonyms is not None
    (expansion,) = synonyms.expand("elevators")
    assert [(s.text, s.weight) for s in expansion.synonyms] == [("lift", 0.3)]
