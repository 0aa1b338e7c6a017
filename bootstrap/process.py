"""The services of this process, built once at their first use."""

import logging
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from bootstrap.checks import Check, run_checks
from bootstrap.checks import check_settings as check_of_settings
from bootstrap.configuration import Sources, read_settings, sources
from bootstrap.preparation import (
    database_has_collections,
    migrate_database,
    prepare_model,
)
from bootstrap.private_folder import keep_private
from bootstrap.services import ProcessRole, Services, build_services
from core.domain.identity import User
from core.errors import ConfigurationError, SandboxError
from core.guardrails.guard import Guard
from core.guardrails.scanning import Scan, scan
from core.guardrails.words.names import NameList
from core.name_directory import NameDirectory
from core.settings import GroundingSettings, ModelSettings, Settings
from core.storage.database import Database
from core.storage.migrate import require_ready
from demo.year import DemoYear

# Below the level WARNING these log prompts, addresses and headers.
TALKATIVE = ("openai", "httpx", "httpcore", "chromadb", "urllib3", "alembic", "huey")


logger = logging.getLogger(__name__)


@cache
def services() -> Services:
    """Return the services of the web app, which web edge and pages share."""
    return _build(ProcessRole.APP, logging.INFO)


def app_services() -> Services:
    """Return the services; end the process with a sentence if they cannot be built."""
    try:
        return services()
    except SandboxError as error:
        raise SystemExit(f"The app cannot start. {error}") from error


@cache
def terminal_services() -> Services:
    """Return the services of a terminal command, built at first use to keep `--help` quick."""
    return _build(ProcessRole.TERMINAL, logging.WARNING)


def demo_year() -> DemoYear:
    """Return the demo year; loading it asks no language model and costs nothing."""
    services = _services_without_model()

    def ask(user: User, question: str, conversation_id: str) -> None:
        services.worker.require_searchable()
        for _ in services.chat.ask(user, question, conversation_id=conversation_id):
            pass

    return DemoYear(services.database, ask, services.usage.refresh)


def _services_without_model() -> Services:
    settings = read_settings()
    if not settings.llm.is_configured and settings.grounding == GroundingSettings():
        return terminal_services()
    changes = {"llm": ModelSettings(), "grounding": GroundingSettings()}
    return build_services(settings.model_copy(update=changes), ProcessRole.TERMINAL)


def prepare(report: Callable[[str], None]) -> str:
    """Migrate the database, convert the embedding model once, return the revision."""
    settings = read_settings()
    keep_private(settings.data_dir)
    revision = migrate_database(settings)
    prepare_model(settings, report=report)
    return revision


def scanner(extra: Sequence[str]) -> Callable[[str], Scan]:
    """Return what finds personal data and secrets in a text, without any service.

    `extra` are names that are looked for beside those of the accounts; before the set-up there are
    no accounts.
    """
    settings = read_settings()
    accounts = _names_of_accounts(settings)
    names = NameList([*accounts.names, *extra]) if extra else accounts
    guard = Guard(settings.guard.llm, lambda: names)
    return lambda text: scan(text, guard, lambda: names)


def _names_of_accounts(settings: Settings) -> NameList:
    database = Database(settings.database_url)
    try:
        if not database.is_there:
            return NameList()
        require_ready(database)
        return NameDirectory(database).names()
    except ConfigurationError:  # not set up, or not migrated yet
        return NameList()
    finally:
        database.close()


def has_collections() -> bool:
    """Return whether there is any collection, without loading models or indexes."""
    return database_has_collections(read_settings())


def migrate() -> str:
    """Migrate the database and return its revision."""
    settings = read_settings()
    keep_private(settings.data_dir)
    return migrate_database(settings)


def setting_sources() -> Sources:
    """Return which settings are set where."""
    return sources()


def checks() -> Iterator[Check]:
    """Run the checks of the doctor."""
    return run_checks(read_settings())


def check_settings() -> Check:
    """Check the settings; raise ConfigurationError for a wrong value."""
    return check_of_settings()


def _build(role: ProcessRole, level: int) -> Services:
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    settings = read_settings()
    keep_private(settings.data_dir)
    if role is ProcessRole.APP:
        for unknown in sources().unknown:
            logger.warning("no setting has the name %s nearest=%s", unknown.name, unknown.nearest)
    return build_services(settings, role)
