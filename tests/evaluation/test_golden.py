"""The golden questions, asked about the sample documents with the real embedding model."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from bootstrap.services import ProcessRole, Services, build_services
from core.domain.answers import Citation
from core.domain.identity import SYSTEM
from core.domain.knowledge import Upload
from core.settings import DatabaseSettings, EmbeddingSettings, ModelSettings, Settings
from core.storage.database import Database
from core.storage.migrate import migrate
from core.storage.tables import PageRow
from evaluation.golden import GoldenReport, evaluate, load_cases

REPOSITORY = Path(__file__).parents[2]
SAMPLES = REPOSITORY / "data" / "samples"
MODELS = os.environ.get("SANDBOX_EMBEDDINGS__CACHE_DIR", REPOSITORY / "data" / "local" / "models")


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Everything built from settings that leave the language model out, samples ingested."""
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
    services = build_services(settings, ProcessRole.TERMINAL)
    _ingest_samples(services)
    yield services
    services.worker.stop()
    services.database.close()


@pytest.fixture(scope="session")
def report(services: Services) -> GoldenReport:
    return evaluate(
        load_cases(),
        lambda question, history: services.chat.answer_once(
            SYSTEM, question, history=history, surface="evaluation"
        ),
    )


def test_answerable_questions_are_answered_from_the_right_page(report: GoldenReport) -> None:
    assert report.cited_rate >= 0.85, _readable(report)


def test_questions_that_no_document_answers_are_not_answered(report: GoldenReport) -> None:
    assert report.abstention_rate >= 0.80, _readable(report)


def test_every_quote_stands_on_the_page_it_cites(services: Services, report: GoldenReport) -> None:
    citations = [c for r in report.results for c in (*r.answer.citations, *r.answer.nearest)]

    assert citations
    assert [c for c in citations if c.quote not in _page(services.database, c)] == []


def _ingest_samples(services: Services) -> None:
    collection = services.collections.add(SYSTEM, "Samples", is_open=True)
    files = sorted(SAMPLES.iterdir())
    uploads = [Upload(path.name, path.read_bytes()) for path in files]
    receipts = services.documents.upload(SYSTEM, collection.id, uploads)
    versions = [receipt.version_id for receipt in receipts if receipt.version_id]
    states = services.documents.states(SYSTEM, versions)
    assert [s.state.value for s in states] == ["ready"] * len(files)


def _page(database: Database, citation: Citation) -> str:
    """The text of the cited page with every run of blank space as one space."""
    with database.read() as session:
        page = session.exec(
            select(PageRow.text).where(
                PageRow.version_id == citation.version_id, PageRow.number == citation.page
            )
        ).one()
    return " ".join(page.split())


def _readable(report: GoldenReport) -> str:
    lines = [
        f"cited {report.cited_rate:.3f}, abstained {report.abstention_rate:.3f}, "
        f"falsely abstained {report.false_abstention_rate:.3f}"
    ]
    for result in report.wrong:
        cited = [(c.file_name, c.page) for c in result.answer.citations]
        wanted = [(e.document, e.page) for e in result.case.evidence]
        lines.append(f"{result.case.id} {result.case.text} cited {cited} wanted {wanted}")
    return "\n".join(lines)
