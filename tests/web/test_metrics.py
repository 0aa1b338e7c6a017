"""What /metrics says after real questions, and that the dashboard asks for nothing else."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from bootstrap.preparation import migrate_database
from bootstrap.services import ProcessRole, Services, build_services
from core.domain.identity import SYSTEM, Role, User
from core.domain.knowledge import Upload
from core.settings import EmbeddingSettings, ModelSettings, Settings
from core.storage.tables import UserRow
from tools.trial.provider import FakeProvider, Recorded, Reply, grounded_echo
from web.metrics import RequestCounter, metrics_route

DASHBOARD = Path(__file__).parents[2] / "docs" / "grafana" / "genai-sandbox.json"
ANNA = User("anna", "anna.weber@nordhafen.example", "Anna Weber", Role.EMPLOYEE)
LEAVE = b"Every parent gets 90 working days of parental leave per child. Ask in time."
QUESTION = "How many working days of parental leave does a parent get?"


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider() as provider:
        provider.decide = lambda request: alike(request) or Reply(grounded_echo())
        yield provider


@pytest.fixture
def services(tmp_path: Path, provider: FakeProvider) -> Iterator[Services]:
    """Services that have answered a question, and failed to answer another."""
    address = provider.base_url
    settings = Settings(
        data_dir=tmp_path,
        embeddings=EmbeddingSettings(model="endpoint:small", base_url=address, cache_dir=tmp_path),
        llm=ModelSettings(base_url=address, model="fake-1", provider="local", max_retries=0),
        _env_file=None,
    )
    migrate_database(settings)
    services = build_services(settings, ProcessRole.TERMINAL)
    with services.database.begin() as session:
        session.add(UserRow(id=ANNA.id, email=ANNA.email, name=ANNA.name, role="employee"))
    collection = services.collections.add(SYSTEM, "Handbook", is_open=True)
    services.documents.upload(SYSTEM, collection.id, [Upload("leave.txt", LEAVE)])
    ask(services)
    provider.decide = lambda request: alike(request) or Reply(status=500)
    ask(services)
    yield services
    services.worker.stop()
    services.database.close()


def alike(request: Recorded) -> Reply | None:
    """Embeddings by which everything means the same; None for other requests."""
    texts = request.body.get("input")
    if texts is None:
        return None
    data = [{"object": "embedding", "index": n, "embedding": [1.0] * 8} for n in range(len(texts))]
    usage = {"prompt_tokens": len(texts), "total_tokens": len(texts)}
    found = {"object": "list", "model": "small", "data": data, "usage": usage}
    return Reply(raw=json.dumps(found).encode())


def ask(services: Services) -> None:
    for _ in services.chat.ask(ANNA, QUESTION):
        pass


Offered = dict[str, list[tuple[dict[str, str], float]]]


def metrics_text(services: Services) -> str:
    app = Starlette(
        routes=[metrics_route(services.metrics)],
        middleware=[Middleware(RequestCounter, registry=services.metrics)],
    )
    with TestClient(app) as client:
        client.get("/metrics")  # the first request of all is counted by the second
        return client.get("/metrics").text


def offered(services: Services) -> Offered:
    found: Offered = defaultdict(list)
    for family in text_string_to_metric_families(metrics_text(services)):
        for sample in family.samples:
            found[sample.name].append((sample.labels, sample.value))
    return found


def queries(part: object) -> Iterator[str]:
    """Every query in a part of the dashboard, those of its variables included."""
    if isinstance(part, dict):
        yield from (value for key, value in part.items() if key in ("expr", "definition"))
        for value in part.values():
            yield from queries(value)
    elif isinstance(part, list):
        for value in part:
            yield from queries(value)


def test_the_dashboard_asks_only_for_what_is_offered(services: Services) -> None:
    found = offered(services)

    for query in queries(json.loads(DASHBOARD.read_text(encoding="utf-8"))):
        named = re.findall(r"([a-z_][a-z0-9_]*)\{", query)
        assert named, query
        assert not [name for name in named if name not in found], query


def test_the_dashboard_groups_and_selects_by_labels_that_exist(services: Services) -> None:
    found = offered(services)

    for query in queries(json.loads(DASHBOARD.read_text(encoding="utf-8"))):
        groups = re.findall(r"by \(([^)]*)\)", query)
        labels = {label for group in groups for label in group.split(", ")}
        labels |= set(re.findall(r"([a-z_]+)(?:=~|!=|=)\"", query))
        known = {"instance", "le"}.union(
            *(sample for name in re.findall(r"([a-z_]+)\{", query) for sample, _ in found[name])
        )
        assert labels <= known, query


def test_every_panel_says_what_it_shows_in_which_unit() -> None:
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]

    titles = [panel["title"] for panel in panels]
    assert len(set(titles)) == len(titles)
    assert all(panel["description"] and panel["targets"] for panel in panels)
    assert all(panel["fieldConfig"]["defaults"]["unit"] for panel in panels)


def test_tokens_and_requests_equal_the_rows_of_the_database(services: Services) -> None:
    found = offered(services)

    counted = "SELECT count(*), sum(input_tokens), sum(output_tokens) FROM model_calls"
    with services.database.read() as session:
        requests, *_ = session.execute(text(counted)).one()
        provided = session.execute(text(f"{counted} WHERE usage_source = 'provider'")).one()
        failed = session.execute(text(f"{counted} WHERE status = 'failed'")).scalar()
    durations = found["gen_ai_client_operation_duration_seconds_count"]
    assert sum(value for _, value in durations) == requests
    assert sum(value for labels, value in durations if labels.get("error_type")) == failed == 1
    tokens = {"input": 0.0, "output": 0.0}
    for labels, value in found["gen_ai_client_token_usage_sum"]:
        tokens[labels["gen_ai_token_type"]] += value
    assert (tokens["input"], tokens["output"]) == tuple(provided)[1:]


def test_answers_and_work_at_hand_equal_the_database(services: Services) -> None:
    found = offered(services)

    grouped = "SELECT surface, status, count(*) FROM answer_usage GROUP BY surface, status"
    with services.database.read() as session:
        rows = session.execute(text(grouped)).all()
    answers = {
        (labels["sandbox_surface"], labels["sandbox_outcome"], value)
        for labels, value in found["sandbox_answers_total"]
    }
    assert answers == {tuple(row) for row in rows}
    assert {status for _, status, _ in rows} == {"complete", "failed"}
    assert [value for _, value in found["sandbox_answers_running"]] == [0.0]
    assert [value for _, value in found["sandbox_documents_waiting"]] == [0.0]
    assert found["process_resident_memory_bytes"][0][1] > 0


def test_documents_that_wait_are_counted(services: Services) -> None:
    with services.database.begin() as session:
        session.execute(text("UPDATE document_versions SET state = 'queued'"))

    assert [value for _, value in offered(services)["sandbox_documents_waiting"]] == [1.0]


def test_nobody_and_no_text_is_named(services: Services) -> None:
    shown = metrics_text(services)

    for word in (ANNA.id, ANNA.email, "Weber", "parental", "leave", "Handbook", "127.0.0.1"):
        assert word.lower() not in shown.lower(), word
