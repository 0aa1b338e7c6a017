"""Opens the stores and chooses how passages are found in them."""

from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from bootstrap.language_models import WayOut, chat_model, helper_limits
from core.domain.ports import KeywordIndex
from core.errors import ConfigurationError
from core.guardrails.detection import InjectionDetector
from core.guardrails.guard import NewMasker, plain_masker
from core.models.scoring.injection_classifier import LocalInjectionClassifier
from core.models.scoring.reranker import CrossEncoderReranker
from core.settings import InjectionSettings, Settings
from core.storage.audit.anchor import Anchor
from core.storage.audit.chain import AuditChain
from core.storage.audit.key import SecretKey
from core.storage.database import Database
from core.storage.keyword_index import TantivyKeywordIndex
from core.storage.migrate import require_ready
from core.storage.originals import OriginalFiles
from core.storage.postgres_keyword_index import PostgresKeywordIndex
from core.storage.queries.generations import StoredGenerations
from core.storage.vectors.files import ChromaFiles
from core.storage.vectors.index import ChromaVectorIndex
from core.storage.vectors.opening import open_vectors
from ingestion.values import DocumentStores
from rag.finding.model_rewriting import DEADLINE_S, ModelRewriter
from rag.finding.reranking import Reranking
from rag.vocabulary.stored import StoredSynonyms

# Enough for a question of 300 characters and the thoughts of a reasoning model before it.
REWRITE_TOKENS = 400


@dataclass(frozen=True, slots=True)
class Stores:
    """The database and the seals of its audit log, both indexes, originals and files of ideas."""

    database: Database
    audit: AuditChain
    vectors: ChromaVectorIndex
    vector_files: ChromaFiles
    keywords: TantivyKeywordIndex | PostgresKeywordIndex
    originals: OriginalFiles
    attachments: OriginalFiles

    @property
    def of_documents(self) -> DocumentStores:
        """The stores that reading, checking and deleting documents need."""
        return DocumentStores(self.database, self.originals, self.vectors, self.keywords)


def open_stores(settings: Settings) -> Stores:
    """Open the stores; raise ConfigurationError if the database was not migrated."""
    audit = audit_chain(settings)
    database = Database(settings.database_url, audit=audit)
    require_ready(database)
    data_dir = settings.data_dir
    folder = data_dir / "vectors"
    store = open_vectors(folder, settings.vectors.url)
    vectors = ChromaVectorIndex(store, StoredGenerations(database))
    return Stores(
        database,
        audit,
        vectors,
        ChromaFiles(store, None if settings.vectors.url else folder),
        open_keywords(settings, database),
        OriginalFiles(data_dir / "originals"),
        OriginalFiles(data_dir / "attachments"),
    )


def audit_chain(settings: Settings) -> AuditChain:
    """Return the seals of the audit log; raise ConfigurationError for a key that is too short."""
    key = SecretKey(settings.data_dir / "audit.key", settings.audit.key.get_secret_value())
    return AuditChain(key, Anchor(settings.audit.head_file or settings.data_dir / "audit.head"))


def reopen(stores: Stores) -> None:
    """Read both indexes anew, after another process has written them."""
    stores.vectors.store.reopen()
    if isinstance(stores.keywords, TantivyKeywordIndex):
        stores.keywords.reopen()


def open_keywords(
    settings: Settings, database: Database
) -> TantivyKeywordIndex | PostgresKeywordIndex:
    """Open the keyword index; raise ConfigurationError if PostgreSQL is not the database."""
    match settings.keywords.engine:
        case "tantivy":
            return TantivyKeywordIndex(settings.data_dir / "keywords")
        case "postgres":
            return PostgresKeywordIndex(database)
    assert_never(settings.keywords.engine)


def build_reranking(settings: Settings) -> Reranking | None:
    """Build the reranking, None without a model; raise ConfigurationError if it is missing."""
    if not settings.reranker.model:
        return None
    folder = Path(settings.reranker.model)
    if not folder.is_dir():
        raise ConfigurationError("SANDBOX_RERANKER__MODEL is not a model folder on this machine.")
    model = CrossEncoderReranker(folder, settings.reranker.device)
    return Reranking(model, settings.reranker.depth)


def build_synonyms(
    settings: Settings, database: Database, keywords: KeywordIndex
) -> StoredSynonyms | None:
    """Build the lookup of synonyms, None if they weigh nothing."""
    weight = settings.retrieval.synonym_weight
    return StoredSynonyms(database, keywords.terms, weight=weight) if weight else None


def build_rewriter(
    settings: Settings,
    keywords: KeywordIndex,
    way_out: WayOut,
    new_masker: NewMasker = plain_masker,
) -> ModelRewriter | None:
    """Build the rewriter, None without a language model or if it is switched off."""
    if not settings.llm.is_configured or not settings.retrieval.rewrite:
        return None
    limits = helper_limits(settings.llm, REWRITE_TOKENS, DEADLINE_S)
    model = chat_model(settings.llm, limits, way_out)
    return ModelRewriter(model, keywords.terms, new_masker=new_masker)


def build_detector(settings: InjectionSettings) -> InjectionDetector:
    """Build the detector; raise ConfigurationError if the folder is missing."""
    if not settings.model:
        return InjectionDetector()
    folder = Path(settings.model)
    if not folder.is_dir():
        raise ConfigurationError(
            "SANDBOX_INJECTION__MODEL is not a model folder on this machine. Nothing is "
            "downloaded: put the folder of a classifier there, or leave the setting empty."
        )
    classifier = LocalInjectionClassifier(folder, settings.device)
    return InjectionDetector(classifier, settings.threshold)
