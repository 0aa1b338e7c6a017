"""Prepares what the services need to start: tables, prices and the embedding model."""

from collections.abc import Callable

from sqlmodel import Session

from admin.policy.shipped import publish_shipped
from bootstrap.search import audit_chain
from core.domain.identity import SYSTEM
from core.errors import DatabaseDamaged
from core.models.embeddings import DEFAULT_MODEL
from core.models.onnx_model import ensure_onnx_model, onnx_folder
from core.models.prices import list_prices
from core.settings import Settings
from core.storage.audit.chain import newest_head
from core.storage.database import Database
from core.storage.migrate import current_revision, migrate, newest_revision
from core.storage.originals import OriginalFiles
from core.storage.queries.audit import events_recorded, record_event
from core.storage.queries.collections import all_collections
from core.storage.queries.prices import seed_prices


def migrate_database(settings: Settings) -> str:
    """Migrate, add new list prices and the first AI-use policy, and return the revision.

    Raises DatabaseDamaged where the file of the database was lost and uploaded files are there.
    """
    database = Database(settings.database_url, audit=audit_chain(settings))
    try:
        _require_beginning(settings, database)
        migrate(database)
        with database.begin() as session:
            seed_prices(session, list_prices())
            publish_shipped(session)
            _seal_earlier_events(session)
    finally:
        database.close()
    return newest_revision()


def _seal_earlier_events(session: Session) -> None:
    """Seal what was recorded before there were seals, if that is the case."""
    if newest_head(session) is None and (count := events_recorded(session)):
        record_event(session, SYSTEM, "audit.sealed", entries=count)


def _require_beginning(settings: Settings, database: Database) -> None:
    """Refuse an empty database beside the files of a full one."""
    is_empty = not database.is_there or current_revision(database) is None
    if settings.database.url or not is_empty:
        return
    if any(OriginalFiles(settings.data_dir / "originals").stored()):
        raise DatabaseDamaged(
            "The database is empty or missing, although there are uploaded files. Nothing was "
            "changed. Restore the last backup of sandbox.db (docs/operations.md, “Backup and "
            "restore”), or move the folder “originals” away to start over."
        )


def database_has_collections(settings: Settings) -> bool:
    """Return whether there is any collection yet."""
    database = Database(settings.database_url)
    try:
        with database.read() as session:
            return bool(all_collections(session))
    finally:
        database.close()


def prepare_model(settings: Settings, *, report: Callable[[str], None]) -> None:
    """Convert the offline embedding model once (about 15 s); other models are used as they are."""
    if settings.embeddings.model != DEFAULT_MODEL:
        return
    if not onnx_folder(settings.models_dir).is_dir():
        report("Preparing the embedding model for this processor, once …")
        ensure_onnx_model(settings.models_dir)
