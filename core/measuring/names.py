"""The names of figures, units and buckets, which dashboards rely on.

Those that begin with gen_ai are of the OpenTelemetry semantic conventions 1.41.0
(docs/gen-ai/gen-ai-metrics.md of open-telemetry/semantic-conventions), the others are our own.
"""

SCHEMA = "https://opentelemetry.io/schemas/1.41.0"

TOKENS = "gen_ai.client.token.usage"
DURATION = "gen_ai.client.operation.duration"
FIRST_CHUNK = "gen_ai.client.operation.time_to_first_chunk"
ANSWERS = "sandbox.answers"
RUNNING_ANSWERS = "sandbox.answers.running"
WAITING_DOCUMENTS = "sandbox.documents.waiting"

OPERATION = "gen_ai.operation.name"
PROVIDER = "gen_ai.provider.name"
REQUEST_MODEL = "gen_ai.request.model"
RESPONSE_MODEL = "gen_ai.response.model"
TOKEN_TYPE = "gen_ai.token.type"  # noqa: S105  the name of an attribute
ERROR = "error.type"
SURFACE = "sandbox.surface"
OUTCOME = "sandbox.outcome"

OTHER = "_OTHER"
"""What stands for a value that is one too many, in OpenTelemetry's words."""

TOKEN_BUCKETS = tuple(float(4**power) for power in range(14))
SECOND_BUCKETS = tuple(2**power / 100 for power in range(14))
"""Seconds, from 0.01 to 81.92."""
