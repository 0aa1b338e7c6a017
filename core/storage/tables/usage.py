"""The cost of answers and model calls; money is kept in millionths of the currency unit."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, Index, text
from sqlmodel import Field, SQLModel

from core.domain.clock import new_id, now
from core.storage.tables.base import time_column

EVALUATION_SURFACE = "evaluation"
"""The surface of answers to test questions."""

IDEA_SURFACE = "idea"
"""The surface of requests that draft ideas."""

IDEA_PURPOSE = "idea"
"""The purpose of model calls that draft ideas; they belong to no answer."""

VOCABULARY_SURFACE = "vocabulary"
"""The surface of requests that compare words of questions with words of documents."""

EMBEDDING_PURPOSE = "embedding"
"""The purpose of model calls that embed texts; they belong to no answer."""

GENERATIONS_KEPT = 400
"""The longest text of the generations that an answer was read from."""

FAILED = "status = 'failed'"


class AnswerUsageRow(SQLModel, table=True):
    """One row per answer; it outlives the text of the conversation.

    `group_names` are the groups that the person was in when they asked, see `joined_groups`.
    `index_generations` names the indexes that passages were read from: the id of the collection,
    a colon and the number of its generation, separated by spaces.
    """

    __tablename__ = "answer_usage"
    __table_args__ = (
        # Conversations of a period are counted without reading a row.
        Index("ix_answer_usage_conversations", "created_at", "surface", "conversation_id"),
        # Few answers fail, and reports want to know by which error.
        Index(
            "ix_answer_usage_failed",
            "created_at",
            "error_type",
            sqlite_where=text(FAILED),
            postgresql_where=text(FAILED),
        ),
    )

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
    index_generations: str = Field(
        default="", max_length=GENERATIONS_KEPT, sa_column_kwargs={"server_default": ""}
    )
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
    __table_args__ = (Index("ix_model_calls_purpose_created_at", "purpose", "created_at"),)

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


class UsageSums(SQLModel):
    """What answers and requests of a day add up to; what answers do has an empty currency."""

    questions: int
    complete: int
    abstained: int
    failed: int
    helpful: int
    not_helpful: int
    sentences: int
    supported_sentences: int
    searched: int
    without_passages: int
    answered: int
    cited: int
    citations: int
    invalid_citations: int
    repaired_citations: int
    requests: int
    failed_requests: int
    estimated_requests: int
    input_tokens: int = Field(sa_type=BigInteger)
    output_tokens: int = Field(sa_type=BigInteger)
    cost_micros: int = Field(sa_type=BigInteger)


class UsageDayRow(UsageSums, table=True):
    """The sums of one day for each combination of the key, of all people together.

    They can be made from answers and requests at any time. `day` is a day on the calendar of
    `zone`. `model` is the engine of answers and the model that requests asked for.
    """

    __tablename__ = "usage_days"

    day: date = Field(primary_key=True)
    group_names: str = Field(primary_key=True, max_length=400)
    surface: str = Field(primary_key=True, max_length=20)
    model: str = Field(primary_key=True, max_length=120)
    currency: str = Field(primary_key=True, max_length=3)
    zone: str = Field(max_length=60)


class UsageDayPersonRow(UsageSums, table=True):
    """The same sums of each person."""

    __tablename__ = "usage_day_people"
    __table_args__ = (Index("ix_usage_day_people_user_id_day", "user_id", "day"),)

    day: date = Field(primary_key=True)
    currency: str = Field(primary_key=True, max_length=3)
    surface: str = Field(primary_key=True, max_length=20)
    user_id: str = Field(primary_key=True, max_length=32)
    group_names: str = Field(primary_key=True, max_length=400)
    model: str = Field(primary_key=True, max_length=120)


class UsageDayAskerRow(SQLModel, table=True):
    """A person who asked something on a day, and in how many conversations; no test questions."""

    __tablename__ = "usage_day_askers"

    day: date = Field(primary_key=True)
    user_id: str = Field(primary_key=True, max_length=32)
    conversations: int


class UsageDayTimeRow(SQLModel, table=True):
    """How many complete answers of a day took so long, in milliseconds of two significant digits.

    `measure` is `total_ms` or `first_token_ms`.
    """

    __tablename__ = "usage_day_times"

    day: date = Field(primary_key=True)
    model: str = Field(primary_key=True, max_length=120)
    measure: str = Field(primary_key=True, max_length=20)
    ms: int = Field(primary_key=True)
    answers: int


class UsageChangeRow(SQLModel, table=True):
    """A moment whose day has to be added up again.

    Triggers of the database write it with every change of `answer_usage`, `model_calls` and
    `feedback`, in the same transaction. A migration that makes one of these tables anew has to make
    its triggers anew as well.
    """

    __tablename__ = "usage_changes"

    id: int | None = Field(default=None, primary_key=True)
    moment: datetime = time_column()
