"""The weight of synonyms decides whether the search looks for them."""

from pathlib import Path

from bootstrap.search import build_synonyms
from core.settings import Settings
from core.storage.keyword_index import TantivyKeywordIndex


def test_without_a_weight_no_synonyms_are_looked_for(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path)
    settings.retrieval.synonym_weight = 0

    assert build_synonyms(settings, TantivyKeywordIndex(tmp_path)) is None


def test_synonyms_are_looked_for_by_default(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path)

    assert build_synonyms(settings, TantivyKeywordIndex(tmp_path)) is not None


def test_a_weight_turns_on_the_shipped_synonyms(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path)
    settings.retrieval.synonym_weight = 0.3

    synonyms = build_synonyms(settings, TantivyKeywordIndex(tmp_path))

    assert synonyms is not None
    (expansion,) = synonyms.expand("elevators")
    assert [(s.text, s.weight) for s in expansion.synonyms] == [("lift", 0.3)]
