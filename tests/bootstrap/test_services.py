"""The composition root: what the settings choose, and one writer of the indexes at a time."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlmodel import col, func, select

import bootstrap.embedders
from bootstrap.configuration import read_settings
from bootstrap.embedders import load_embedder
from bootstrap.language_models import WayOut, answering_model
from bootstrap.preparation import migrate_database
from bootstrap.search import build_reranking, build_rewriter, open_keywords
from bootstrap.services import ProcessRole, Services, build_services
from bootstrap.spending.doors import build_spending
from core.domain.identity import SYSTEM
from core.domain.knowledge import DocumentState, Upload
from core.errors import ConfigurationError, IndexDamaged
from core.models.endpoint_embedder import EndpointEmbedder
from core.models.prices import list_prices
from core.settings import (
    EmbeddingSettings,
    KeywordSettings,
    ModelSettings,
    RerankerSettings,
    RetrievalSettings,
    ServerSettings,
    Settings,
)
from core.storage.database import Database
from core.storage.keyword_index import TantivyKeywordIndex
from core.storage.migrate import newest_revision
from core.storage.postgres_keyword_index import PostgresKeywordIndex
from core.storage.tables import PriceRow
from tests.ingestion.fakes import HashingEmbedder

LEAVE = b"Every parent gets 90 working days of parental leave per child."
PATIENCE_S = 120

Build = Callable[..., Services]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path, embeddings=EmbeddingSettings(cache_dir=tmp_path), _env_file=None
    )


@pytest.fixture
def build(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Build]:
    """Builds services of a migrated database, as often as a test has processes."""
    migrate_database(settings)
    monkeypatch.setattr(bootstrap.embedders, "build_embedder", lambda *_, **__: HashingEmbedder())
    with ExitStack() as opened:

        def build(role: ProcessRole, chosen: Settings = settings) -> Services:
            services = build_services(chosen, role)
            opened.callback(services.database.close)
            opened.callback(services.worker.stop)
            return services

        yield build


def upload(services: Services, name: str = "leave.txt") -> str:
    """Puts a file into the one collection; returns the id of its version."""
    known = services.collections.list_all(SYSTEM)
    collection = known[0] if known else services.collections.add(SYSTEM, "Handbook", is_open=True)
    [receipt] = services.documents.upload(
        SYSTEM, collection.id, [Upload(name, LEAVE + name.encode())]
    )
    assert receipt.version_id is not None
    return receipt.version_id


def state(services: Services, version_id: str) -> DocumentState:
    [found] = services.documents.states(SYSTEM, [version_id])
    return found.state


def wait_until_ready(services: Services, version_id: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not state(services, version_id).is_final and time.monotonic() < end:
        time.sleep(0.05)
    assert state(services, version_id) is DocumentState.READY


def test_a_database_that_was_not_migrated_is_refused_with_what_to_run(settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match=r"python sandbox_cli\.py setup"):
        build_services(settings)


def test_migrating_adds_the_list_prices_once(settings: Settings) -> None:
    first = migrate_database(settings)
    again = migrate_database(settings)

    database = Database(settings.database_url)
    with database.read() as session:
        prices = session.exec(select(func.count(col(PriceRow.id)))).one()
    database.close()
    assert first == again == newest_revision()
    assert prices == len(list_prices())


def test_everything_of_a_data_directory_lies_in_it(build: Build, tmp_path: Path) -> None:
    upload(build(ProcessRole.TERMINAL))

    assert {"sandbox.db", "vectors", "keywords", "originals"} <= {
        p.name for p in tmp_path.iterdir()
    }


def test_without_a_provider_the_passage_engine_answers(build: Build) -> None:
    assert build(ProcessRole.TERMINAL).chat.model_name is None


@pytest.mark.parametrize(
    ("base_url", "model", "name"),
    [("http://127.0.0.1:9/v1", "fake-1", "fake-1"), ("http://127.0.0.1:9/v1", "", None)],
)
def test_a_provider_answers_where_address_and_model_are_set(
    build: Build, settings: Settings, base_url: str, model: str, name: str | None
) -> None:
    llm = ModelSettings(base_url=base_url, model=model, api_key=SecretStr("sk-canary"))

    services = build(ProcessRole.TERMINAL, settings.model_copy(update={"llm": llm}))

    assert services.chat.model_name == name
    assert "sk-canary" not in repr(services)


def test_half_a_price_is_refused_with_both_settings(build: Build, settings: Settings) -> None:
    llm = ModelSettings(input_price=2)

    with pytest.raises(ConfigurationError, match="SANDBOX_LLM__OUTPUT_PRICE"):
        build(ProcessRole.TERMINAL, settings.model_copy(update={"llm": llm}))


def test_keywords_in_postgresql_need_a_postgresql_database(
    build: Build, settings: Settings
) -> None:
    keywords = KeywordSettings(engine="postgres")

    with pytest.raises(ConfigurationError, match="SANDBOX_DATABASE__URL"):
        build(ProcessRole.TERMINAL, settings.model_copy(update={"keywords": keywords}))


@pytest.mark.postgres
def test_keywords_lie_in_postgresql_where_that_is_set(
    settings: Settings, postgres_url: str
) -> None:
    database = Database(postgres_url)
    chosen = settings.model_copy(update={"keywords": KeywordSettings(engine="postgres")})

    assert isinstance(open_keywords(settings, database), TantivyKeywordIndex)
    assert isinstance(open_keywords(chosen, database), PostgresKeywordIndex)
    database.close()


def test_there_is_no_reranker_unless_a_folder_is_set(settings: Settings, tmp_path: Path) -> None:
    missing = RerankerSettings(model=str(tmp_path / "nothing"))
    present = RerankerSettings(model=str(tmp_path), depth=7)

    assert build_reranking(settings) is None
    with pytest.raises(ConfigurationError, match="SANDBOX_RERANKER__MODEL"):
        build_reranking(settings.model_copy(update={"reranker": missing}))
    chosen = build_reranking(settings.model_copy(update={"reranker": present}))
    assert chosen is not None
    assert chosen.depth == 7


def way_out(settings: Settings) -> WayOut:
    database = Database(settings.database_url)
    return WayOut(build_spending(settings, database).chat)


def test_questions_are_rewritten_only_by_a_model_that_may(
    settings: Settings, tmp_path: Path
) -> None:
    way = way_out(settings)
    index = TantivyKeywordIndex(tmp_path / "keywords")
    llm = ModelSettings(base_url="http://127.0.0.1:9/v1", model="fake-1")
    with_model = settings.model_copy(update={"llm": llm})
    may_not = with_model.model_copy(update={"retrieval": RetrievalSettings(rewrite=False)})

    assert build_rewriter(settings, index, way) is None
    assert build_rewriter(with_model, index, way) is not None
    assert build_rewriter(may_not, index, way) is None


def test_the_web_edge_gets_its_options(build: Build, settings: Settings) -> None:
    server = ServerSettings(allowed_hosts=["ai.nordhafen.example"])

    web = build(ProcessRole.APP, settings.model_copy(update={"server": server})).web

    assert (web.company_name, web.secure_cookie) == ("Nordhafen Logistics", True)
    assert web.allowed_hosts == ("ai.nordhafen.example",)


def test_the_terminal_reads_documents_itself_where_no_app_runs(build: Build) -> None:
    terminal = build(ProcessRole.TERMINAL)

    version = upload(terminal)

    assert state(terminal, version) is DocumentState.READY


def test_the_terminal_leaves_documents_to_a_running_app(build: Build) -> None:
    app = build(ProcessRole.APP)
    app.worker.start()
    terminal = build(ProcessRole.TERMINAL)

    version = upload(terminal)

    wait_until_ready(terminal, version)


def test_only_one_app_works_on_a_data_directory(build: Build) -> None:
    build(ProcessRole.APP).worker.start()
    second = build(ProcessRole.APP)

    with pytest.raises(ConfigurationError, match="Another process uses this data directory"):
        second.worker.start()


def test_after_an_app_stopped_the_next_one_may_start(build: Build) -> None:
    first = build(ProcessRole.APP)
    first.worker.start()
    first.worker.stop()

    build(ProcessRole.APP).worker.start()


def test_an_app_reads_what_waited_for_it(build: Build) -> None:
    waiting = build(ProcessRole.APP)
    version = upload(waiting)
    assert state(waiting, version) is DocumentState.QUEUED

    waiting.worker.start()

    wait_until_ready(waiting, version)


def test_a_wrong_setting_is_named_without_its_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SANDBOX_RETRIEVAL__TOP_K", "sk-canary")

    with pytest.raises(ConfigurationError, match="SANDBOX_RETRIEVAL__TOP_K") as refused:
        read_settings()

    assert "sk-canary" not in str(refused.value)


def test_a_model_behind_an_address_is_chosen_by_its_prefix(settings: Settings) -> None:
    name = "endpoint:text-embedding-3-small"
    with pytest.raises(ConfigurationError, match="SANDBOX_EMBEDDINGS__BASE_URL"):
        load_embedder(settings, name)
    settings.embeddings.base_url = "http://127.0.0.1:9/v1"

    embedder = load_embedder(settings, name)

    assert isinstance(embedder, EndpointEmbedder)
    assert embedder.name == name


@pytest.mark.parametrize(
    "chosen",
    [
        {"llm": ModelSettings(base_url="http://10.0.0.5:8000/v1", model="m")},
        {
            "embeddings": EmbeddingSettings(
                base_url="http://ollama:11434/v1", model="endpoint:small"
            )
        },
    ],
)
def test_plain_http_to_another_machine_refuses_to_start(
    settings: Settings, build: Build, chosen: dict[str, object]
) -> None:
    with pytest.raises(ConfigurationError, match=r"ALLOW_PLAIN_HTTP=true"):
        build(ProcessRole.APP, settings.model_copy(update=chosen))


def test_a_server_in_the_private_network_may_be_allowed(settings: Settings) -> None:
    llm = ModelSettings(base_url="http://10.0.0.5:8000/v1", model="m", allow_plain_http=True)

    model = answering_model(llm, way_out(settings))

    assert model is not None
    assert model.name == "m"


def test_an_app_does_not_start_on_a_damaged_index_and_starts_after_the_repair(
    build: Build, tmp_path: Path
) -> None:
    first = build(ProcessRole.TERMINAL)
    upload(first)
    first.worker.stop()
    (tmp_path / "vectors" / "chroma.sqlite3").write_bytes(b"no database" * 1000)

    with pytest.raises(IndexDamaged, match="verify --repair"):
        build(ProcessRole.APP).worker.start()

    mending = build(ProcessRole.TERMINAL)
    mending.worker.stop()
    with mending.worker.exclusive():
        mending.lifecycle.consistency.repair(SYSTEM)
    mending.worker.stop()
    build(ProcessRole.APP).worker.start()
