"""The AI-use policy with who acknowledged it, first steps and quizzes, and incidents."""

import sqlalchemy as sa
from alembic import op

from core.storage.tables.base import UtcDateTime

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

TABLES = (
    *("policy_versions", "policy_drafts", "policy_answers", "quiz_results", "first_steps"),
    *("incidents", "incident_notes"),
)


def upgrade() -> None:
    _create_policy()
    _create_answers()
    _create_steps()
    _create_incidents()


def _create_policy() -> None:
    op.create_table(
        "policy_versions",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("is_material", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.Column("published_by", sa.String(32), nullable=True),
        sa.Column("is_shipped", sa.Boolean(), nullable=False),
        _reference("policy_versions", "published_by", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_versions")),
        sa.UniqueConstraint("number", name=op.f("uq_policy_versions_number")),
    )
    op.create_table(
        "policy_drafts",
        sa.Column("name", sa.String(10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(32), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        _reference("policy_drafts", "changed_by", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_policy_drafts")),
    )


def _create_answers() -> None:
    op.create_table(
        "policy_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("version_id", sa.String(32), nullable=False),
        sa.Column("decision", sa.String(20), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _reference("policy_answers", "user_id", "users", "CASCADE"),
        _reference("policy_answers", "version_id", "policy_versions", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_answers")),
    )
    for column in ("user_id", "version_id"):
        op.create_index(op.f(f"ix_policy_answers_{column}"), "policy_answers", [column])


def _create_steps() -> None:
    op.create_table(
        "quiz_results",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("quiz_sha256", sa.String(64), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("policy_number", "correct", "questions")
        ),
        sa.Column("is_passed", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _reference("quiz_results", "user_id", "users", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_results")),
    )
    op.create_index(op.f("ix_quiz_results_user_id"), "quiz_results", ["user_id"])
    op.create_table(
        "first_steps",
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("step", sa.String(20), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _reference("first_steps", "user_id", "users", "CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "step", name=op.f("pk_first_steps")),
    )
    op.create_index(op.f("ix_first_steps_user_id"), "first_steps", ["user_id"])


def _create_incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(32), nullable=True),
        sa.Column("reporter_id", sa.String(32), nullable=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("is_near_miss", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False, server_default=""),
        sa.Column("engine", sa.String(120), nullable=False),
        sa.Column("severity", sa.String(20), nullable=True),
        sa.Column("owner_id", sa.String(32), nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False, server_default=""),
        sa.Column("reported_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        _reference("incidents", "message_id", "messages", "SET NULL"),
        _reference("incidents", "reporter_id", "users", "SET NULL"),
        _reference("incidents", "owner_id", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sa.UniqueConstraint("number", name=op.f("uq_incidents_number")),
    )
    for column in ("message_id", "reporter_id", "state", "reported_at"):
        op.create_index(op.f(f"ix_incidents_{column}"), "incidents", [column])
    op.create_table(
        "incident_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.String(32), nullable=False),
        sa.Column("author_id", sa.String(32), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _reference("incident_notes", "incident_id", "incidents", "CASCADE"),
        _reference("incident_notes", "author_id", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_notes")),
    )
    op.create_index(op.f("ix_incident_notes_incident_id"), "incident_notes", ["incident_id"])


def _reference(table: str, column: str, other: str, at_deletion: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=at_deletion)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
