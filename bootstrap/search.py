"""Chooses how passages are found: the keyword index, and whether a model sorts the hits again."""

from pathlib import Path
from typing import assert_never

from bootstrap.language_models import chat_model, helper_limits
from core.domain.ports import KeywordIndex
from core.errors import ConfigurationError
from core.models.reranker import CrossEncoderReranker
from core.settings import Settings
from core.storage.database import Database
from core.storage.keyword_index import TantivyKeywordIndex
from core.storage.postgres_keyword_index import PostgresKeywordIndex
from rag.finding.model_rewriting import DEADLINE_S, ModelRewriter
from rag.finding.reranking import Reranking

# A question of 300 characters and what a reasoning model thinks before it.
REWRITE_TOKENS = 400


def open_keywords(
    settings: Settings, database: Database
) -> TantivyKeywordIndex | PostgresKeywordIndex:
    """Raises ConfigurationError if PostgreSQL is to search and is not the database."""
    match settings.keywords.engine:
        case "tantivy":
            return TantivyKeywordIndex(settings.data_dir / "keywords")
        case "postgres":
            return PostgresKeywordIndex(database)
    assert_never(settings.keywords.engine)


def build_reranking(settings: Settings) -> Reranking | None:
    """None where no model is set; raises ConfigurationError if there is none in its folder."""
    if not settings.reranker.model:
        return None
    folder = Path(settings.reranker.model)
    if not folder.is_dir():
        raise ConfigurationError("SANDBOX_RERANKER__MODEL is not a model folder on this machine.")
    model = CrossEncoderReranker(folder, settings.reranker.device)
    return Reranking(model, settings.reranker.depth)


def build_rewriter(settings: Settings, keywords: KeywordIndex) -> ModelRewriter | None:
    """None where no language model is set, or where it is not to rewrite questions."""
    if not settings.llm.is_configured or not settings.retrieval.rewrite:
        return None
    model = chat_model(settings.llm, helper_limits(settings.llm, REWRITE_TOKENS, DEADLINE_S))
    return ModelRewriter(model, keywords.terms)
