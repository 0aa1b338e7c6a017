"""Evaluation: promoted cases, runs and what became of each case in a run."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, Text
from sqlmodel import Field, SQLModel

from core.domain.clock import new_id, now
from core.storage.tables.base import time_column


class EvaluationCaseRow(SQLModel, table=True):
    """A question of the dataset in the database, promoted by an administrator.

    `history` is a list of {role, content}, `evidence` one of {document, page, quote}, `forbidden`
    one of words that the answer must not hold.
    """

    __tablename__ = "evaluation_cases"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    kind: str = Field(max_length=40)
    question: str = Field(sa_column=Column(Text, nullable=False))
    history: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False)
    )
    evidence: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False)
    )
    forbidden: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    asked_as: str = Field(default="", max_length=40)
    source_message_id: str = Field(default="", index=True, max_length=32)
    promoted_by: str = Field(default="", max_length=32)
    promoted_at: datetime = time_column(default_factory=now)
    retired_at: datetime | None = time_column(default=None, nullable=True)


class EvaluationRunRow(SQLModel, table=True):
    """One dataset asked once; `configuration` says of what, `metrics` are means in [0, 1]."""

    __tablename__ = "evaluation_runs"
    __table_args__ = (Index("ix_evaluation_runs_dataset", "dataset_name", "started_at"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    dataset_name: str = Field(max_length=200)
    dataset_hash: str = Field(max_length=64)
    started_at: datetime = time_column(default_factory=now)
    finished_at: datetime = time_column()
    configuration: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False)
    )
    metrics: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    is_baseline: bool = False


class EvaluationResultRow(SQLModel, table=True):
    """One case of a run; `metrics` maps the name of a measure to its value for this case.

    There is no answer: an administrator who looks at runs may not read every collection.
    """

    __tablename__ = "evaluation_results"

    run_id: str = Field(
        foreign_key="evaluation_runs.id", primary_key=True, ondelete="CASCADE", max_length=32
    )
    position: int = Field(primary_key=True)
    case_id: str = Field(max_length=400)
    kind: str = Field(default="", max_length=40)
    question: str = Field(sa_column=Column(Text, nullable=False))
    error: str = Field(default="", sa_column=Column(Text, nullable=False))
    metrics: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
