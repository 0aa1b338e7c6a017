"""A data directory of its own for a measurement, in a folder that goes away."""

from pathlib import Path

from bootstrap.preparation import migrate_database, prepare_model
from bootstrap.services import ProcessRole, Services, build_services
from core.settings import Settings

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks" / "results"


def settings_in(folder: Path) -> Settings:
    """Default settings with everything below `folder`; the converted model is shared."""
    settings = Settings(data_dir=folder)
    settings.embeddings.cache_dir = settings.embeddings.cache_dir or ROOT / "data/local/models"
    return settings


def services_in(folder: Path) -> Services:
    """Empty services, ready to take documents."""
    return _services(folder, ProcessRole.TERMINAL)


def app_services_in(folder: Path) -> Services:
    """The same as the app has; its worker is not started yet."""
    return _services(folder, ProcessRole.APP)


def _services(folder: Path, role: ProcessRole) -> Services:
    settings = settings_in(folder)
    migrate_database(settings)
    prepare_model(settings, report=print)
    return build_services(settings, role)
