"""What has to be there before the services can be built: tables, prices, the embedding model."""

from collections.abc import Callable

from core.models.embeddings import DEFAULT_MODEL
from core.models.onnx_model import ensure_onnx_model, onnx_folder
from core.models.prices import list_prices
from core.settings import Settings
from core.storage.database import Database
from core.storage.migrate import migrate, newest_revision
from core.storage.queries.collections import all_collections
from core.storage.queries.prices import seed_prices


def migrate_database(settings: Settings) -> str:
    """Migrates, adds list prices that are new, and returns the revision."""
    database = Database(settings.database_url)
    try:
        migrate(database)
        with database.begin() as session:
            seed_prices(session, list_prices())
    finally:
        database.close()
    return newest_revision()


def database_has_collections(settings: Settings) -> bool:
    """Whether there is any collection yet."""
    database = Database(settings.database_url)
    try:
        with database.read() as session:
            return bool(all_collections(session))
    finally:
        database.close()


def prepare_model(settings: Settings, *, report: Callable[[str], None]) -> None:
    """Converts the offline embedding model once (about 15 s); other models are used as they are."""
    if settings.embeddings.model != DEFAULT_MODEL:
        return
    if not onnx_folder(settings.models_dir).is_dir():
        report("Preparing the embedding model for this processor, once …")
        ensure_onnx_model(settings.models_dir)
