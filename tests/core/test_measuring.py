"""Figures of models by OpenTelemetry's names, from a real provider to a scraper and a collector."""

import math
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from core.domain.answers import AnswerStatus
from core.domain.finished_calls import FinishedCall, Operation
from core.domain.ports import ChatMessage, ModelUsage
from core.errors import ConfigurationError, ModelError
from core.measuring import names
from core.measuring.figures import MODELS_TOLD_APART, Figures
from core.measuring.passing_on import Collector, scraped
from core.models.chat import ChatEndpoint, ChatLimits, OpenAICompatibleChat
from core.models.endpoint_embedder import EndpointEmbedder
from core.models.observed_chat import ObservedChat
from tools.trial.provider import FakeProvider, Reply

ROOT = Path(__file__).parents[2]
MESSAGES = [ChatMessage("user", "How many days of leave?")]
ENDPOINT, PROTOCOL = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL"

Labels = dict[str, str]


class Scraper:
    """Figures and what a scraper reads of them."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.figures = Figures([scraped(self.registry)])

    @property
    def text(self) -> str:
        return generate_latest(self.registry).decode()

    def samples(self, name: str) -> list[tuple[Labels, float]]:
        """The samples of this name, without what is the same for all."""
        return [
            ({k: v for k, v in s.labels.items() if not k.startswith("otel_scope_") and v}, s.value)
            for family in text_string_to_metric_families(self.text)
            for s in family.samples
            if s.name == name
        ]

    def chat(self, provider: FakeProvider) -> ObservedChat:
        endpoint = ChatEndpoint(provider.base_url, "fake-1", "", "local")
        limits = ChatLimits(timeout_s=2, max_retries=0)
        return ObservedChat(OpenAICompatibleChat(endpoint, limits), self.figures.note_call)


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(Reply("Ninety working days.")) as provider:
        yield provider


@pytest.fixture
def scraper() -> Scraper:
    return Scraper()


CHAT = {
    "gen_ai_operation_name": "chat",
    "gen_ai_provider_name": "local",
    "gen_ai_request_model": "fake-1",
}
ANSWERED = CHAT | {"gen_ai_response_model": "fake-1"}


def test_a_streamed_answer_has_tokens_duration_and_time_to_first_chunk(
    scraper: Scraper, provider: FakeProvider
) -> None:
    list(scraper.chat(provider).stream(MESSAGES))

    assert scraper.samples("gen_ai_client_token_usage_sum") == [
        (ANSWERED | {"gen_ai_token_type": "input"}, 5.0),
        (ANSWERED | {"gen_ai_token_type": "output"}, 3.0),
    ]
    assert scraper.samples("gen_ai_client_operation_duration_seconds_count") == [(ANSWERED, 1.0)]
    [(labels, first)] = scraper.samples("gen_ai_client_operation_time_to_first_chunk_seconds_sum")
    [(_, whole)] = scraper.samples("gen_ai_client_operation_duration_seconds_sum")
    assert labels == ANSWERED
    assert 0 < first <= whole


def test_the_first_chunk_is_timed_when_it_comes(scraper: Scraper, provider: FakeProvider) -> None:
    provider.script(Reply("One two.", delay_s=0.3))

    list(scraper.chat(provider).stream(MESSAGES))

    [(_, first)] = scraper.samples("gen_ai_client_operation_time_to_first_chunk_seconds_sum")
    assert first >= 0.3


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(status=401), "ModelRejectedKey"),
        (Reply(status=429), "ModelRateLimited"),
        (Reply(status=500), "ModelUnavailable"),
        (Reply("One two three.", cut_after=2), "ModelStreamBroken"),
    ],
)
def test_a_failed_request_names_the_type_of_its_error(
    scraper: Scraper, provider: FakeProvider, reply: Reply, error: str
) -> None:
    provider.script(reply)

    with pytest.raises(ModelError):
        list(scraper.chat(provider).stream(MESSAGES))

    [(labels, count)] = scraper.samples("gen_ai_client_operation_duration_seconds_count")
    assert (labels["error_type"], count) == (error, 1.0)
    assert scraper.samples("gen_ai_client_token_usage_sum") == []


def test_an_answer_that_its_reader_leaves_did_not_fail(
    scraper: Scraper, provider: FakeProvider
) -> None:
    provider.script(Reply("One two three.", endless=True))

    with closing(scraper.chat(provider).stream(MESSAGES)) as deltas:
        next(deltas)

    [(labels, count)] = scraper.samples("gen_ai_client_operation_duration_seconds_count")
    assert ("error_type" in labels, count) == (False, 1.0)


def test_tokens_that_nobody_counted_are_not_told(scraper: Scraper, provider: FakeProvider) -> None:
    provider.script(Reply("One two.", has_usage=False))

    list(scraper.chat(provider).stream(MESSAGES))

    assert scraper.samples("gen_ai_client_token_usage_sum") == []
    assert scraper.samples("gen_ai_client_operation_duration_seconds_count") == [(ANSWERED, 1.0)]


def test_embeddings_have_input_tokens_and_no_first_chunk(
    scraper: Scraper, provider: FakeProvider
) -> None:
    model = EndpointEmbedder(
        provider.base_url, "", "small", mask=str, observe=scraper.figures.note_call
    )

    model.embed_passages(["one two three", "four"])

    labels = {
        "gen_ai_operation_name": "embeddings",
        "gen_ai_provider_name": "openai",
        "gen_ai_request_model": "small",
        "gen_ai_response_model": "small",
    }
    assert scraper.samples("gen_ai_client_token_usage_sum") == [
        (labels | {"gen_ai_token_type": "input"}, 4.0)
    ]
    assert scraper.samples("gen_ai_client_operation_duration_seconds_count") == [(labels, 1.0)]
    assert "time_to_first_chunk" not in scraper.text


def test_buckets_are_those_of_the_conventions(scraper: Scraper, provider: FakeProvider) -> None:
    list(scraper.chat(provider).stream(MESSAGES))

    def bounds(name: str) -> list[float]:
        found = {float(labels["le"]) for labels, _ in scraper.samples(f"{name}_bucket")}
        return sorted(found - {math.inf})

    seconds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96]
    assert bounds("gen_ai_client_operation_duration_seconds") == [*seconds, 81.92]
    assert bounds("gen_ai_client_operation_time_to_first_chunk_seconds") == [*seconds, 81.92]
    assert bounds("gen_ai_client_token_usage") == [
        *(1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144),
        *(1048576, 4194304, 16777216, 67108864),
    ]


def test_answers_are_counted_by_surface_and_outcome(scraper: Scraper) -> None:
    scraper.figures.note_answer("chat", AnswerStatus.COMPLETE, abstained=False)
    scraper.figures.note_answer("chat", AnswerStatus.COMPLETE, abstained=True)
    scraper.figures.note_answer("api", AnswerStatus.FAILED, abstained=False)

    assert [
        (labels["sandbox_surface"], labels["sandbox_outcome"], count)
        for labels, count in scraper.samples("sandbox_answers_total")
    ] == [("chat", "complete", 1.0), ("chat", "not_in_documents", 1.0), ("api", "failed", 1.0)]


def test_a_number_that_cannot_be_looked_up_is_left_out(scraper: Scraper) -> None:
    def fail() -> int:
        raise OSError("no database")

    scraper.figures.watch(names.WAITING_DOCUMENTS, "{document}", "Waiting.", fail)
    scraper.figures.watch(names.RUNNING_ANSWERS, "{answer}", "Running.", lambda: 3)

    assert scraper.samples("sandbox_answers_running") == [({}, 3.0)]
    assert scraper.samples("sandbox_documents_waiting") == []


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.text(st.characters(exclude_categories=()), min_size=1), max_size=60, unique=True)
)
def test_a_provider_cannot_make_up_more_and_more_names(answered: list[str]) -> None:
    scraper = Scraper()

    for name in answered:
        call = FinishedCall(Operation.CHAT, "local", "m", 0.1, name, ModelUsage(1, 1))
        scraper.figures.note_call(call)

    told = scraper.samples("gen_ai_client_operation_duration_seconds_count")
    others, unnamed = 1, 1
    assert len(told) <= MODELS_TOLD_APART + others + unnamed
    assert sum(count for _, count in told) == len(answered)


class Receiver:
    """A collector that keeps what it is sent."""

    def __init__(self) -> None:
        self.received: list[tuple[str, ExportMetricsServiceRequest]] = []
        self.url = ""

    def metric_names(self) -> set[str]:
        return {
            metric.name
            for _, request in self.received
            for resource in request.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }


@contextmanager
def receiver() -> Iterator[Receiver]:
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            kept.received.append((self.path, ExportMetricsServiceRequest.FromString(body)))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  name of the base
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        kept.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield kept
        server.shutdown()
        thread.join()


def test_a_collector_that_is_named_gets_the_same_figures(
    scraper: Scraper, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiver() as kept:
        monkeypatch.setenv(ENDPOINT, kept.url)
        collector = Collector(scraper.figures, {ENDPOINT: kept.url})
        collector.start()
        list(scraper.chat(provider).stream(MESSAGES))
        collector.stop()

    assert {path for path, _ in kept.received} == {"/v1/metrics"}
    assert kept.metric_names() == {names.TOKENS, names.DURATION, names.FIRST_CHUNK}
    [resource] = kept.received[-1][1].resource_metrics
    told = {one.key: one.value.string_value for one in resource.resource.attributes}
    assert told["service.name"] == "genai-sandbox"
    assert resource.scope_metrics[0].schema_url == names.SCHEMA
    assert b"leave" not in kept.received[-1][1].SerializeToString()


@pytest.mark.parametrize(
    "environment", [{}, {ENDPOINT: " "}, {ENDPOINT: "set", "OTEL_METRICS_EXPORTER": "none"}]
)
def test_nobody_is_sent_anything_unless_named(
    scraper: Scraper, environment: dict[str, str]
) -> None:
    with receiver() as kept:
        set_ones = {k: kept.url if v == "set" else v for k, v in environment.items()}
        collector = Collector(scraper.figures, set_ones)
        collector.start()
        scraper.figures.note_answer("chat", AnswerStatus.COMPLETE, abstained=False)
        collector.stop()

    assert kept.received == []
    assert not [t for t in threading.enumerate() if t.name.startswith("Otel")]


def test_a_process_without_the_variables_opens_no_connection() -> None:
    script = """
import os, sys
reached = []
sys.addaudithook(lambda name, args: reached.append(args) if name == "socket.connect" else None)
from prometheus_client import CollectorRegistry, generate_latest
from core.domain.answers import AnswerStatus
from core.measuring.figures import Figures
from core.measuring.passing_on import Collector, scraped
registry = CollectorRegistry()
figures = Figures([scraped(registry)])
collector = Collector(figures, os.environ)
collector.start()
figures.note_answer("chat", AnswerStatus.COMPLETE, abstained=False)
assert b"sandbox_answers_total" in generate_latest(registry)
collector.stop()
assert not reached, reached
assert not [name for name in sys.modules if name.startswith("opentelemetry.exporter.otlp")]
"""
    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT, env={"PATH": ""})


def test_a_protocol_that_is_not_known_is_refused_with_those_that_are(scraper: Scraper) -> None:
    with pytest.raises(ConfigurationError, match=r"http/protobuf or grpc"):
        Collector(scraper.figures, {ENDPOINT: "http://127.0.0.1:9", PROTOCOL: "http/json"})


def test_a_collector_that_is_away_holds_nothing_up(
    scraper: Scraper, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    collector = Collector(scraper.figures, {ENDPOINT: "http://127.0.0.1:9"})

    collector.start()
    answer = list(scraper.chat(provider).stream(MESSAGES))
    collector.stop()

    assert answer
    assert scraper.samples("gen_ai_client_operation_duration_seconds_count") == [(ANSWERED, 1.0)]


def test_the_name_of_the_service_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "sandbox-hamburg")

    assert re.search(r'target_info\{[^}]*service_name="sandbox-hamburg"', text_after_an_answer())


def text_after_an_answer() -> str:
    scraper = Scraper()
    scraper.figures.note_answer("chat", AnswerStatus.COMPLETE, abstained=False)
    return scraper.text
