"""The cost of answers and model calls; money is kept in millionths of the currency unit."""

from datetime import datetime

from sqlalchemy import BigInteger, Column
from sqlmodel import Field, SQLModel

from core.domain.clock import new_id, now
from core.storage.tables.base import time_column

EVALUATION_SURFACE = "evaluation"
"""The surface of answers to test questions."""

IDEA_SURFACE = "idea"
"""The surface of requests that draft ideas."""

IDEA_PURPOSE = "idea"
"""The purpose of model calls that draft ideas; they belong to no answer."""


class AnswerUsageRow(SQLModel, table=True):
    """One row per answer; it outlives the text of the conversation.

    `group_names` are the groups that the person was in when they asked, see `joined_groups`.
    """

    __tablename__ = "answer_usage"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    message_id: str = Field(index=True, max_length=32)
    conversation_id: str = Field(max_length=32)
    user_id: str = Field(index=True, max_length=32)
    group_names: str = Field(default="", max_length=400, sa_column_kwargs={"server_default": ""})
    created_at: datetime = time_column(default_factory=now, index=True)
    surface: str = Field(default="chat", max_length=20)
    engine: str = Field(max_length=120)
    prompt_version: str = Field(default="", max_length=40)
    embedding_model: str = Field(default="", max_length=120)
    status: str = Field(max_length=20)
    error_type: str = Field(default="", max_length=60)
    abstained: bool = False
    passages_found: int = 0
    top_similarity: float | None = None
    citations: int = 0
    invalid_citations: int = 0
    repaired_citations: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    sentences: int = 0
    supported_sentences: int = 0
    masked_values: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    usage_source: str = Field(default="none", max_length=20)
    cost_micros: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    currency: str = Field(default="EUR", max_length=3)
    retrieval_ms: int = 0
    first_token_ms: int | None = None
    total_ms: int = 0


class ModelCallRow(SQLModel, table=True):
    """One row per request to a model provider.

    `output_tokens` include `reasoning_tokens`, as `input_tokens` include those cached.
    """

    __tablename__ = "model_calls"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    answer_usage_id: str | None = Field(default=None, index=True, max_length=32)
    user_id: str = Field(max_length=32)
    group_names: str = Field(default="", max_length=400, sa_column_kwargs={"server_default": ""})
    created_at: datetime = time_column(default_factory=now, index=True)
    surface: str = Field(default="", max_length=20, sa_column_kwargs={"server_default": ""})
    purpose: str = Field(max_length=20)
    prompt_version: str = Field(default="", max_length=40, sa_column_kwargs={"server_default": ""})
    provider: str = Field(max_length=60)
    model_requested: str = Field(max_length=120)
    model_responded: str = Field(default="", max_length=120)
    status: str = Field(max_length=20)
    error_type: str = Field(default="", max_length=60)
    finish_reason: str = Field(default="", max_length=40)
    input_tokens: int = 0
    output_tokens: int = 0
    cached_input_tokens: int = 0
    reasoning_tokens: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    usage_source: str = Field(default="none", max_length=20)
    cost_micros: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    currency: str = Field(default="EUR", max_length=3)
    price_id: int | None = Field(default=None, foreign_key="prices.id", ondelete="SET NULL")
    first_token_ms: int | None = None
    total_ms: int = 0


class PriceRow(SQLModel, table=True):
    """The price of a model from a date on, in micro-units of currency per million tokens.

    `model_pattern` is a shell pattern (`gpt-4o*`); the newest row in force with the longest pattern
    wins.
    """

    __tablename__ = "prices"

    id: int | None = Field(default=None, primary_key=True)
    model_pattern: str = Field(max_length=120, index=True)
    input_micros: int = Field(sa_column=Column(BigInteger, nullable=False))
    cached_input_micros: int | None = Field(
        default=None, sa_column=Column(BigInteger, nullable=True)
    )
    output_micros: int = Field(sa_column=Column(BigInteger, nullable=False))
    currency: str = Field(default="EUR", max_length=3)
    valid_from: datetime = time_column()
    source: str = Field(default="", max_length=200)
