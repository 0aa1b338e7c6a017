"""Opens where everything is kept."""

from dataclasses import dataclass

from bootstrap.search import open_keywords
from core.settings import Settings
from core.storage.database import Database
from core.storage.keyword_index import TantivyKeywordIndex
from core.storage.migrate import require_ready
from core.storage.originals import OriginalFiles
from core.storage.postgres_keyword_index import PostgresKeywordIndex
from core.storage.queries.generations import StoredGenerations
from core.storage.vectors.files import ChromaFiles
from core.storage.vectors.index import ChromaVectorIndex
from core.storage.vectors.opening import open_vectors


@dataclass(frozen=True, slots=True)
class Stores:
    """Where everything is kept."""

    database: Database
    vectors: ChromaVectorIndex
    vector_files: ChromaFiles
    keywords: TantivyKeywordIndex | PostgresKeywordIndex
    originals: OriginalFiles


def open_stores(settings: Settings) -> Stores:
    """Raises ConfigurationError if the database was not migrated."""
    database = Database(settings.database_url)
    require_ready(database)
    data_dir = settings.data_dir
    folder = data_dir / "vectors"
    store = open_vectors(folder, settings.vectors.url)
    vectors = ChromaVectorIndex(store, StoredGenerations(database))
    return Stores(
        database,
        vectors,
        ChromaFiles(store, None if settings.vectors.url else folder),
        open_keywords(settings, database),
        OriginalFiles(data_dir / "originals"),
    )


def reopen(stores: Stores) -> None:
    """Reads both indexes anew, after another process has written them."""
    stores.vectors.store.reopen()
    if isinstance(stores.keywords, TantivyKeywordIndex):
        stores.keywords.reopen()
