"""Both keyword indexes, empty, and the embedding model, converted once."""

import os
from pathlib import Path

import pytest

from core.models.embeddings import OnnxEmbedder
from core.models.onnx_model import ensure_onnx_model
from core.storage.database import Database
from core.storage.keyword_index import TantivyKeywordIndex
from core.storage.postgres_keyword_index import PostgresKeywordIndex

ROOT = Path(__file__).parents[2]


@pytest.fixture
def tantivy_index(tmp_path: Path) -> TantivyKeywordIndex:
    return TantivyKeywordIndex(tmp_path / "keywords")


@pytest.fixture
def postgres(postgres_database: Database) -> Database:
    """A migrated PostgreSQL database."""
    return postgres_database


@pytest.fixture
def postgres_index(postgres: Database) -> PostgresKeywordIndex:
    return PostgresKeywordIndex(postgres)


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """Kept between runs, so that a checkout converts the model once."""
    return Path(os.environ.get("SANDBOX_MODELS_DIR", ROOT / "data" / "local" / "models"))


@pytest.fixture(scope="session")
def embedder(models_dir: Path) -> OnnxEmbedder:
    return OnnxEmbedder(ensure_onnx_model(models_dir))
