"""Gives a measurement a data directory of its own, in a folder that is removed afterwards."""

from pathlib import Path

from bootstrap.preparation import migrate_database, prepare_model
from bootstrap.services import ProcessRole, Services, build_services
from core.settings import Settings

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks" / "results"


def settings_in(folder: Path) -> Settings:
    """Return default settings with everything below `folder`; the converted model is shared."""
    settings = Settings(data_dir=folder)
    settings.embeddings.cache_dir = settings.embeddings.cache_dir or ROOT / "data/local/models"
    return settings


def services_in(folder: Path, models_dir: Path | None = None) -> Services:
    """Return empty services, ready to take documents; with the models of a folder, if given."""
    settings = settings_in(folder)
    settings.embeddings.cache_dir = models_dir or settings.embeddings.cache_dir
    return _services(settings, ProcessRole.TERMINAL)


def app_services_in(folder: Path) -> Services:
    """Return the services of the app, whose worker is not started yet."""
    return _services(settings_in(folder), ProcessRole.APP)


def _services(settings: Settings, role: ProcessRole) -> Services:
    migrate_database(settings)
    prepare_model(settings, report=print)
    return build_services(settings, role)
