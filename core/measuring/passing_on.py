"""Passes figures on: to whoever scrapes them, and to a collector if one is named."""

import logging
from collections.abc import Mapping

from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics.export import MetricExporter, PeriodicExportingMetricReader
from prometheus_client import CollectorRegistry, ProcessCollector

from core.errors import ConfigurationError
from core.measuring.figures import SERIES, Figures

ENDPOINTS = ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
HTTP, GRPC = "http/protobuf", "grpc"
STOP_MS = 5_000
"""How long the end of the app waits for a collector to take the last figures."""

logger = logging.getLogger(__name__)


def scraped(registry: CollectorRegistry) -> PrometheusMetricReader:
    """Return what adds figures to a registry, by the naming rules of OpenTelemetry.

    Those of the process are added as well, where the operating system tells them.
    """
    ProcessCollector(registry=registry)
    return PrometheusMetricReader(registry=registry, cardinality_limits=SERIES)


class Collector:
    """A collector of OpenTelemetry, which is sent the figures every minute from start to stop.

    Where it is, which protocol it speaks, how often it is sent to and with which headers comes
    from the standard OTEL_ variables. Without an address nothing is sent.
    """

    def __init__(self, figures: Figures, environment: Mapping[str, str]) -> None:
        """Connect to nothing yet; raise ConfigurationError for a protocol that is not known."""
        self._figures = figures
        self._protocol = _protocol(environment)
        self._reader: PeriodicExportingMetricReader | None = None

    def start(self) -> None:
        """Send from now on; do nothing without an address, or if it is sent to already."""
        if not self._protocol or self._reader is not None:
            return
        self._reader = PeriodicExportingMetricReader(
            _exporter(self._protocol), cardinality_limits=SERIES
        )
        self._figures.provider.add_metric_reader(self._reader)
        logger.info("figures are sent to a collector protocol=%s", self._protocol)

    def stop(self) -> None:
        """Send the last figures and end, after five seconds at most."""
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.shutdown(STOP_MS)


def _protocol(environment: Mapping[str, str]) -> str:
    """Return the protocol of the collector, "" if there is none."""
    if not any(environment.get(name, "").strip() for name in ENDPOINTS):
        return ""
    if environment.get("OTEL_METRICS_EXPORTER", "").strip() == "none":
        return ""
    named = next(filter(None, (environment.get(name, "").strip() for name in PROTOCOLS)), HTTP)
    if named not in (HTTP, GRPC):
        raise ConfigurationError(
            f"OTEL_EXPORTER_OTLP_PROTOCOL is “{named}”, which is not supported. Use {HTTP} or "
            f"{GRPC}."
        )
    return named


def _exporter(protocol: str) -> MetricExporter:
    if protocol == GRPC:
        from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import (
            OTLPMetricExporter as GrpcExporter,
        )

        return GrpcExporter()
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter

    return OTLPMetricExporter()
