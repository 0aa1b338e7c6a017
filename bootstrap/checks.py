"""Checks that everything the product depends on works, and says how to fix what does not."""

import os
import shlex
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bootstrap.configuration import UnknownName, read_settings, sources
from bootstrap.embedders import load_embedder
from bootstrap.ideas import build_mailer
from bootstrap.language_models import require_model_address
from bootstrap.private_folder import OF_OTHERS
from bootstrap.provider_check import ask_provider
from bootstrap.search import open_keywords
from bootstrap.signing_in.ways_in import build_provider
from core.domain.access import require_admin
from core.domain.identity import SYSTEM, User
from core.domain.text.plurals import count
from core.errors import SandboxError
from core.models.provider.address import is_encrypted
from core.settings import Settings
from core.storage.database import Database
from core.storage.migrate import current_revision, newest_revision
from core.storage.originals import OriginalFiles
from core.storage.queries.generations import StoredGenerations
from core.storage.vectors.index import ChromaVectorIndex
from core.storage.vectors.opening import open_vectors
from ingestion.background.queue import open_queue
from ingestion.checking.findings import CollectionFindings, Report
from ingestion.checking.inspection import Inspection
from ingestion.values import DocumentStores

LEAST_FREE_BYTES = 2 * 1024**3
BROKEN = "See “When something is broken” in docs/operations.md."
MIGRATE = "Run: python sandbox_cli.py migrate"
SETUP = "Run: python sandbox_cli.py setup"
SHOWN_FILES = 3


@dataclass(frozen=True, slots=True)
class Check:
    """One finding; `fix` says what to do and is empty if nothing has to be done."""

    name: str
    is_ok: bool
    found: str
    fix: str = ""


class SystemChecks:
    """The doctor's checks for administrators in the app."""

    def __init__(self, settings: Settings, inspect: Callable[[], Report]) -> None:
        """Take the settings; `inspect` compares this process's open indexes with the database."""
        self._settings = settings
        self._inspect = inspect

    def run(self, user: User) -> list[Check]:
        """Run all checks; the provider is asked for one token. Raise AccessDenied."""
        require_admin(user)
        return list(run_checks(self._settings, self._inspect))


def run_checks(settings: Settings, inspect: Callable[[], Report] | None = None) -> Iterator[Check]:
    """Yield each check, from the settings to the provider; the order follows their dependence."""
    database = Database(settings.database_url)
    try:
        for name, step, fix in _steps(settings, database, inspect):
            yield _guarded(name, step, fix)
    finally:
        database.close()


def check_settings() -> Check:
    """Check that all names are known; raise ConfigurationError for invalid values."""
    settings, origins = read_settings(), sources()
    if origins.unknown:
        return Check(
            "settings",
            is_ok=False,
            found=f"unknown setting: {', '.join(unknown.name for unknown in origins.unknown)}",
            fix=" ".join(map(_suggestion, origins.unknown)),
        )
    file = f"{len(origins.in_file)} from {origins.file}" if origins.file else "no file"
    return Check(
        "settings",
        is_ok=True,
        found=f"{len(origins.in_environment)} from the environment, {file}; "
        f"data in {settings.data_dir}",
    )


def _suggestion(unknown: UnknownName) -> str:
    if unknown.nearest:
        return f"Write {unknown.nearest} instead of {unknown.name}."
    return f"Remove {unknown.name}."


def _steps(
    settings: Settings, database: Database, inspect: Callable[[], Report] | None
) -> tuple[tuple[str, Callable[[], Check], str], ...]:
    """Return each check with the advice for when it cannot even be made."""
    return (
        ("settings", check_settings, "Correct the settings file."),
        ("database", lambda: _database(database), BROKEN),
        ("disk", lambda: _disk(settings), "Check SANDBOX_DATA_DIR."),
        ("files", lambda: _files(settings), "Check SANDBOX_DATA_DIR."),
        ("embedding model", lambda: _embeddings(settings), "Check SANDBOX_EMBEDDINGS__MODEL."),
        ("index", lambda: _index(settings, database, inspect), "Check SANDBOX_VECTORS__URL."),
        ("queue", lambda: _queue(settings), "Check SANDBOX_QUEUE__REDIS_URL."),
        ("mail", lambda: _mail(settings), "Check the settings that begin with SANDBOX_MAIL__."),
        ("company sign-in", lambda: _company_sign_in(settings), "Check SANDBOX_OIDC__ISSUER."),
        ("provider", lambda: _provider(settings), "Check SANDBOX_LLM__BASE_URL."),
    )


def _guarded(name: str, step: Callable[[], Check], fix: str) -> Check:
    try:
        return step()
    except SandboxError as error:
        return Check(name, is_ok=False, found=str(error), fix=fix)
    except Exception as error:  # noqa: BLE001  a doctor reports every failure and goes on
        message = f"{type(error).__name__}: {error}".splitlines()[0]
        return Check(name, is_ok=False, found=message, fix=fix)


def _engine(database: Database) -> str:
    return "PostgreSQL" if database.dialect == "postgresql" else "SQLite"


def _database(database: Database) -> Check:
    if not database.is_there:
        return Check("database", is_ok=False, found="no database yet", fix=SETUP)
    current, newest = current_revision(database), newest_revision()
    if current == newest:
        return Check("database", is_ok=True, found=f"{_engine(database)}, version {current}")
    return Check(
        "database",
        is_ok=False,
        found=f"{_engine(database)}, version {current or 'none'}, expected {newest}",
        fix=MIGRATE,
    )


def _disk(settings: Settings) -> Check:
    if not settings.data_dir.is_dir():
        finding = f"no data directory at {settings.data_dir}"
        return Check("disk", is_ok=False, found=finding, fix=f"{SETUP}, or set SANDBOX_DATA_DIR.")
    free = shutil.disk_usage(settings.data_dir).free
    is_ok = free >= LEAST_FREE_BYTES
    fix = "" if is_ok else "Free at least 2 GB, or move SANDBOX_DATA_DIR to a larger disk."
    return Check("disk", is_ok, f"{free / 1024**3:.1f} GB free at {settings.data_dir}", fix)


def _files(settings: Settings) -> Check:
    """Check that this account may write, and that nobody else may read."""
    folder = settings.data_dir
    if not folder.is_dir():
        return Check("files", is_ok=False, found="not checked without a folder", fix=SETUP)
    folders = [folder, *(path for path in folder.iterdir() if path.is_dir())]
    refused = [path for path in folders if not os.access(path, os.W_OK | os.X_OK)]
    refused += [p for p in folder.iterdir() if p.is_file() and not os.access(p, os.W_OK)]
    if refused or os.statvfs(folder).f_flag & os.ST_RDONLY:
        named = _named(refused) or str(folder)
        fix = "Give the account that runs the app write access, or remount the disk."
        return Check("files", is_ok=False, found=f"this account cannot write to {named}", fix=fix)
    open_ones = [path for path in (folder, *folder.iterdir()) if _is_open(path)]
    # Inside a closed folder nothing else has to be closed.
    if open_ones and _is_open(folder):
        fix = f"Run: chmod -R go= {shlex.quote(str(folder))}"
        finding = f"other accounts on this machine can read {_named(open_ones)}"
        return Check("files", is_ok=False, found=finding, fix=fix)
    return Check("files", is_ok=True, found="writable, by this account only")


def _is_open(path: Path) -> bool:
    return bool(path.stat().st_mode & OF_OTHERS)


def _named(paths: Sequence[Path]) -> str:
    remainder = f" and {len(paths) - SHOWN_FILES} more" if len(paths) > SHOWN_FILES else ""
    return ", ".join(path.name for path in paths[:SHOWN_FILES]) + remainder


def _queue(settings: Settings) -> Check:
    url = settings.queue.redis_url
    if not url:
        return Check("queue", is_ok=True, found="a file in the data directory")
    open_queue(settings.data_dir, url).require_answer()
    return Check("queue", is_ok=True, found="Redis answers")


def _embeddings(settings: Settings) -> Check:
    embedder = load_embedder(settings, settings.embeddings.model)
    vector = embedder.embed_query("parental leave")
    return Check(
        "embedding model", is_ok=True, found=f"model {embedder.name}, {len(vector)} dimensions"
    )


def _index(settings: Settings, database: Database, inspect: Callable[[], Report] | None) -> Check:
    below = _guarded("database", lambda: _database(database), BROKEN)
    if not below.is_ok:
        finding = "not checked, because the database is not ready"
        return Check("index", is_ok=False, found=finding, fix=below.fix)
    keywords = open_keywords(settings, database)
    originals = OriginalFiles(settings.data_dir / "originals")
    with closing(open_vectors(settings.data_dir / "vectors", settings.vectors.url)) as store:
        vectors = ChromaVectorIndex(store, StoredGenerations(database))
        inspection = Inspection(DocumentStores(database, originals, vectors, keywords))
        report = inspect() if inspect else inspection.check(SYSTEM, reads_originals=False)
    if elsewhere := [c.name for c in report.collections if _is_elsewhere(c)]:
        return Check(
            "index",
            is_ok=False,
            found=f"the search indexes of this data directory have no passage of "
            f"{', '.join(elsewhere)}",
            fix="Set SANDBOX_DATA_DIR to the directory that has them, or stop the app and run: "
            "python sandbox_cli.py reindex",
        )
    if not report.is_ok:
        wrong = ", ".join(c.name for c in report.collections if not c.is_ok)
        return Check(
            "index",
            is_ok=False,
            found=f"database, indexes and originals differ in {wrong or 'unused originals'}",
            fix="Stop the app and run: python sandbox_cli.py verify --repair",
        )
    passages = sum(c.chunks for c in report.collections)
    return Check(
        "index", is_ok=True, found=f"{count(passages, 'passage')}, identical in all three places"
    )


def _is_elsewhere(findings: CollectionFindings) -> bool:
    """Return whether one of the indexes was never filled here."""
    has_none = findings.chunks in (len(findings.vectors_missing), len(findings.keywords_missing))
    return findings.chunks > 0 and has_none


def _mail(settings: Settings) -> Check:
    mailer = build_mailer(settings)
    if mailer is None:
        return Check("mail", is_ok=True, found="no server set; digests of ideas are not sent")
    mailer.check()
    return Check("mail", is_ok=True, found=f"{settings.mail.host} takes mail")


def _company_sign_in(settings: Settings) -> Check:
    provider = build_provider(settings.oidc)
    if provider is None:
        return Check("company sign-in", is_ok=True, found="none set; people use passwords")
    provider.check()
    return Check("company sign-in", is_ok=True, found=f"{settings.oidc.issuer} answers")


def _provider(settings: Settings) -> Check:
    llm = settings.llm
    if not llm.is_configured:
        state = "none configured; the passage engine answers"
        return Check("provider", is_ok=True, found=state)
    require_model_address(llm)
    finding = ask_provider(llm, trusts_proxy=is_encrypted(llm.base_url))
    return Check("provider", is_ok=not finding.fix, found=finding.found, fix=finding.fix)
