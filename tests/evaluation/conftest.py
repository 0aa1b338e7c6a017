"""The sample documents in an open collection, one more document in a closed one, all real."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bootstrap.preparation import prepare_model
from bootstrap.services import ProcessRole, Services, build_services
from core.domain.identity import SYSTEM
from core.domain.knowledge import Upload
from core.settings import DatabaseSettings, EmbeddingSettings, ModelSettings, Settings
from core.storage.database import Database
from core.storage.migrate import migrate
from evaluation.datasets import load_golden
from evaluation.runs import Run
from evaluation.service import OUTSIDER, RunOptions

REPOSITORY = Path(__file__).parents[2]
SAMPLES = REPOSITORY / "data" / "samples"
CLOSED = REPOSITORY / "evaluation" / "cases" / "closed"
MODELS = os.environ.get("SANDBOX_EMBEDDINGS__CACHE_DIR", REPOSITORY / "data" / "local" / "models")


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Everything built from settings that leave the language model out."""
    folder = tmp_path_factory.mktemp("golden")
    database = Database(f"sqlite:///{folder / 'sandbox.db'}")
    migrate(database)
    database.close()
    settings = Settings(
        _env_file=None,
        data_dir=folder,
        database=DatabaseSettings(),
        llm=ModelSettings(),
        embeddings=EmbeddingSettings(cache_dir=Path(MODELS)),
    )
    prepare_model(settings, report=lambda _: None)
    services = build_services(settings, ProcessRole.TERMINAL)
    _ingest(services, SAMPLES, "Samples", is_open=True)
    _ingest(services, CLOSED, "Board", is_open=False)
    yield services
    services.worker.stop()
    services.database.close()


@pytest.fixture(scope="session")
def golden(services: Services) -> Run:
    """The golden questions, asked by somebody who reads open collections only."""
    return services.evaluations.run(SYSTEM, load_golden(), RunOptions(asker=OUTSIDER))


def _ingest(services: Services, folder: Path, name: str, *, is_open: bool) -> None:
    collection = services.collections.add(SYSTEM, name, is_open=is_open)
    files = sorted(folder.iterdir())
    uploads = [Upload(path.name, path.read_bytes()) for path in files]
    receipts = services.documents.upload(SYSTEM, collection.id, uploads)
    versions = [receipt.version_id for receipt in receipts if receipt.version_id]
    states = services.documents.states(SYSTEM, versions)
    assert [s.state.value for s in states] == ["ready"] * len(files)
