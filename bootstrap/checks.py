"""Checks that everything the product stands on works, and says how to fix what does not."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx

from bootstrap.embedders import load_embedder
from bootstrap.language_models import require_model_address
from bootstrap.search import open_keywords
from core.domain.identity import SYSTEM
from core.errors import SandboxError
from core.models.provider.address import is_encrypted
from core.settings import Settings
from core.storage.database import Database
from core.storage.migrate import current_revision, is_ready, newest_revision
from core.storage.originals import OriginalFiles
from core.storage.queries.generations import StoredGenerations
from core.storage.vector_index import ChromaVectorIndex, open_chroma
from ingestion.inspection import Inspection

LEAST_FREE_BYTES = 2 * 1024**3
MIGRATE = "Run: python sandbox_cli.py migrate"


@dataclass(frozen=True, slots=True)
class Check:
    """One finding; `fix` says what to do and is empty if nothing has to be done."""

    name: str
    is_ok: bool
    found: str
    fix: str = ""


def run_checks(settings: Settings) -> Iterator[Check]:
    """Database, disk, embedding model, indexes and provider, in this order."""
    database = Database(settings.database_url)
    try:
        for name, step, fix in _steps(settings, database):
            yield _guarded(name, step, fix)
    finally:
        database.close()


def _steps(
    settings: Settings, database: Database
) -> tuple[tuple[str, Callable[[], Check], str], ...]:
    """Each check with what to do where it cannot even be made."""
    return (
        ("database", lambda: _database(database), "Check SANDBOX_DATABASE__URL."),
        ("disk", lambda: _disk(settings), "Check SANDBOX_DATA_DIR."),
        ("embedding model", lambda: _embeddings(settings), "Check SANDBOX_EMBEDDINGS__MODEL."),
        ("index", lambda: _index(settings, database), "Check SANDBOX_VECTORS__URL."),
        ("provider", lambda: _provider(settings), "Check SANDBOX_LLM__BASE_URL."),
    )


def _guarded(name: str, step: Callable[[], Check], fix: str) -> Check:
    try:
        return step()
    except SandboxError as error:
        return Check(name, is_ok=False, found=str(error), fix=fix)
    except Exception as error:  # noqa: BLE001  a doctor reports every failure and goes on
        found = f"{type(error).__name__}: {error}".splitlines()[0]
        return Check(name, is_ok=False, found=found, fix=fix)


def _database(database: Database) -> Check:
    found, newest = current_revision(database), newest_revision()
    if found == newest:
        return Check("database", is_ok=True, found=f"{database.dialect}, version {found}")
    return Check(
        "database",
        is_ok=False,
        found=f"{database.dialect}, version {found or 'none'}, expected {newest}",
        fix=MIGRATE,
    )


def _disk(settings: Settings) -> Check:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.data_dir).free
    is_ok = free >= LEAST_FREE_BYTES
    fix = "" if is_ok else "Free at least 2 GB, or move SANDBOX_DATA_DIR to a larger disk."
    return Check("disk", is_ok, f"{free / 1024**3:.1f} GB free at {settings.data_dir}", fix)


def _embeddings(settings: Settings) -> Check:
    embedder = load_embedder(settings, settings.embeddings.model)
    vector = embedder.embed_query("parental leave")
    return Check("embedding model", is_ok=True, found=f"{embedder.name}, {len(vector)} dimensions")


def _index(settings: Settings, database: Database) -> Check:
    if not is_ready(database):
        found = "not checked, because the database is not ready"
        return Check("index", is_ok=False, found=found, fix=MIGRATE)
    chroma = open_chroma(settings.data_dir / "vectors", settings.vectors.url)
    vectors = ChromaVectorIndex(chroma, StoredGenerations(database))
    keywords = open_keywords(settings, database)
    originals = OriginalFiles(settings.data_dir / "originals")
    inspection = Inspection(database, originals, vectors, keywords)
    report = inspection.check(SYSTEM, reads_originals=False)
    if not report.is_ok:
        wrong = ", ".join(c.name for c in report.collections if not c.is_ok)
        return Check(
            "index",
            is_ok=False,
            found=f"database, indexes and originals differ in {wrong or 'unused originals'}",
            fix="Stop the app and run: python sandbox_cli.py verify --repair",
        )
    passages = sum(c.chunks for c in report.collections)
    return Check("index", is_ok=True, found=f"{passages:,} passages, the same in all three places")


def _provider(settings: Settings) -> Check:
    llm = settings.llm
    if not llm.is_configured:
        found = "none configured; the passage engine answers"
        return Check("provider", is_ok=True, found=found)
    require_model_address(llm)
    key = llm.api_key.get_secret_value()
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    response = httpx.get(
        f"{llm.base_url.rstrip('/')}/models",
        headers=headers,
        timeout=10,
        trust_env=is_encrypted(llm.base_url),  # a proxy would read what is not encrypted
    )
    if response.status_code in (401, 403):
        fix = "Check SANDBOX_LLM__API_KEY."
        return Check("provider", is_ok=False, found="the key is refused", fix=fix)
    return Check("provider", is_ok=True, found=f"{llm.model} at {llm.base_url}")
