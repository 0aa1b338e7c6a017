"""Counts answers and requests to models while the app runs."""

import threading
from collections.abc import Callable, Iterable, Sequence

from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider, ObservableGauge
from opentelemetry.sdk.metrics.export import CardinalityLimits, MetricReader
from opentelemetry.sdk.resources import SERVICE_NAME, Resource

from core.domain.answers import AnswerStatus
from core.domain.finished_calls import FinishedCall, plain_name
from core.measuring import names

SERVICE = "genai-sandbox"
MODELS_TOLD_APART = 20
"""Names of models that are told; a provider can answer with any number of names."""
SERIES: CardinalityLimits = {Counter: 200, Histogram: 500, ObservableGauge: 20}
"""The most series of each figure; what goes beyond is added up in one."""

Attributes = dict[str, str]


class Figures:
    """What is counted in this process, from its start on; `readers` pass it on. Thread-safe.

    Figures are labelled with kinds of things only, never with people, texts or addresses.
    """

    def __init__(self, readers: Sequence[MetricReader]) -> None:
        self.provider = MeterProvider(readers, resource=_resource(), shutdown_on_exit=False)
        meter = self._meter = self.provider.get_meter(SERVICE, schema_url=names.SCHEMA)
        self._models = _Few(MODELS_TOLD_APART)
        self._tokens = meter.create_histogram(
            names.TOKENS,
            "{token}",
            "Number of input and output tokens used, as the provider counts them.",
            explicit_bucket_boundaries_advisory=names.TOKEN_BUCKETS,
        )
        self._durations = meter.create_histogram(
            names.DURATION,
            "s",
            "Duration of requests to language and embedding models, retries included.",
            explicit_bucket_boundaries_advisory=names.SECOND_BUCKETS,
        )
        self._first_chunks = meter.create_histogram(
            names.FIRST_CHUNK,
            "s",
            "Time from a request to the first chunk of its streamed reply.",
            explicit_bucket_boundaries_advisory=names.SECOND_BUCKETS,
        )
        self._answers = meter.create_counter(
            names.ANSWERS, "{answer}", "Answers by where they were asked for and how they ended."
        )

    def note_call(self, call: FinishedCall) -> None:
        """Count a request to a model; tokens only where the provider counted them."""
        told = self._attributes(call)
        failed = {names.ERROR: call.error_type} if call.error_type else {}
        self._durations.record(call.total_s, told | failed)
        if call.first_chunk_s is not None:
            self._first_chunks.record(call.first_chunk_s, told)
        if call.usage is not None:
            self._tokens.record(call.usage.input_tokens, told | {names.TOKEN_TYPE: "input"})
            if call.usage.output_tokens:
                self._tokens.record(call.usage.output_tokens, told | {names.TOKEN_TYPE: "output"})

    def note_answer(self, surface: str, status: AnswerStatus, *, abstained: bool) -> None:
        """Count an answer that has ended."""
        outcome = "not_in_documents" if abstained else status.value
        self._answers.add(1, {names.SURFACE: surface, names.OUTCOME: outcome})

    def watch(self, name: str, unit: str, description: str, count: Callable[[], int]) -> None:
        """Have a number looked up whenever figures are read; one that cannot be is left out."""

        def look(_options: CallbackOptions) -> Iterable[Observation]:
            return [Observation(count())]

        self._meter.create_observable_gauge(name, [look], unit, description)

    def _attributes(self, call: FinishedCall) -> Attributes:
        told = {
            names.OPERATION: call.operation.value,
            names.PROVIDER: call.provider,
            names.REQUEST_MODEL: call.model_requested,
        }
        if responded := plain_name(call.model_responded):
            told[names.RESPONSE_MODEL] = self._models.told(responded)
        return told


class _Few:
    """The first so many values that come; all further ones are told as one."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: set[str] = set()
        self._lock = threading.Lock()

    def told(self, value: str) -> str:
        with self._lock:
            if len(self._known) < self._most:
                self._known.add(value)
            return value if value in self._known else names.OTHER


def _resource() -> Resource:
    """Return what the app is called, unless OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES say."""
    found = Resource.create()
    is_named = not str(found.attributes[SERVICE_NAME]).startswith("unknown_service")
    return found if is_named else found.merge(Resource({SERVICE_NAME: SERVICE}))
