"""The AI-use policy: its versions, the draft, who acknowledged what, quizzes and first steps."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from core.domain.clock import new_id, now
from core.storage.tables.base import time_column
from core.storage.tables.ideas.columns import person_column, person_key, text_column


class PolicyVersionRow(SQLModel, table=True):
    """A published version, which never changes; `sha256` is of its text."""

    __tablename__ = "policy_versions"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    number: int = Field(unique=True)
    text: str = text_column(None)
    sha256: str = Field(max_length=64)
    is_material: bool
    note: str = text_column()
    published_at: datetime = time_column(default_factory=now)
    published_by: str | None = person_column()
    is_shipped: bool = False


class PolicyDraftRow(SQLModel, table=True):
    """The one text that administrators are working on; `row_version` counts its changes."""

    __tablename__ = "policy_drafts"

    name: str = Field(default="draft", primary_key=True, max_length=10)
    text: str = text_column(None)
    row_version: int = 1
    changed_by: str | None = person_column()
    changed_at: datetime = time_column(default_factory=now)


class PolicyAnswerRow(SQLModel, table=True):
    """What a person said to a version: acknowledged or declined; the last of both counts.

    `sha256` is of the text that they were shown.
    """

    __tablename__ = "policy_answers"

    id: int | None = Field(default=None, primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True, ondelete="CASCADE", max_length=32)
    version_id: str = Field(
        foreign_key="policy_versions.id", index=True, ondelete="CASCADE", max_length=32
    )
    decision: str = Field(max_length=20)
    sha256: str = Field(max_length=64)
    at: datetime = time_column(default_factory=now)


class QuizResultRow(SQLModel, table=True):
    """How a person did in the quiz on the policy; `quiz_sha256` is of the questions asked."""

    __tablename__ = "quiz_results"

    id: int | None = Field(default=None, primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True, ondelete="CASCADE", max_length=32)
    quiz_sha256: str = Field(max_length=64)
    policy_number: int
    correct: int
    questions: int
    is_passed: bool
    at: datetime = time_column(default_factory=now)


class FirstStepRow(SQLModel, table=True):
    """A first step that no other row tells of, such as an opened source, or their dismissal."""

    __tablename__ = "first_steps"

    user_id: str = person_key()
    step: str = Field(primary_key=True, max_length=20)
    at: datetime = time_column(default_factory=now)
