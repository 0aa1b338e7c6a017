"""Topics of questions without an answer, what became of them, and who was told."""

import sqlalchemy as sa
from alembic import op

from core.storage.tables.base import UtcDateTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_topics()
    _create_outcomes()
    _create_questions()
    op.create_table(
        "gap_marks",
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("moment", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_gap_marks")),
    )
    # What was sent before gets its topic when questions are grouped, which takes a model.
    with op.batch_alter_table("knowledge_gaps") as batch:
        batch.add_column(sa.Column("topic_id", sa.String(32), nullable=True))
        batch.create_foreign_key(
            op.f("fk_knowledge_gaps_topic_id_gap_topics"),
            "gap_topics",
            ["topic_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch.create_index(op.f("ix_knowledge_gaps_topic_id"), ["topic_id"])
    op.create_index(op.f("ix_feedback_updated_at"), "feedback", ["updated_at"])


def _create_topics() -> None:
    op.create_table(
        "gap_topics",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("label_id", sa.String(32), nullable=True),
        sa.Column("collection_id", sa.String(32), nullable=True),
        sa.Column("assignee_id", sa.String(32), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("reopened_at", UtcDateTime(), nullable=True),
        _reference("gap_topics", "label_id", "messages", "SET NULL"),
        _reference("gap_topics", "collection_id", "collections", "SET NULL"),
        _reference("gap_topics", "assignee_id", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap_topics")),
    )
    for column in ("label_id", "collection_id", "assignee_id"):
        op.create_index(op.f(f"ix_gap_topics_{column}"), "gap_topics", [column])


def _create_outcomes() -> None:
    op.create_table(
        "gap_outcomes",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("topic_id", sa.String(32), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("document_id", sa.String(32), nullable=True),
        sa.Column("is_personal", sa.Boolean(), nullable=False),
        sa.Column("settled_by", sa.String(32), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=False),
        _reference("gap_outcomes", "topic_id", "gap_topics", "CASCADE"),
        _reference("gap_outcomes", "document_id", "documents", "SET NULL"),
        _reference("gap_outcomes", "settled_by", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap_outcomes")),
    )
    op.create_index(op.f("ix_gap_outcomes_topic_id"), "gap_outcomes", ["topic_id"])


def _create_questions() -> None:
    op.create_table(
        "gap_questions",
        sa.Column("message_id", sa.String(32), nullable=False),
        sa.Column("topic_id", sa.String(32), nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("cause", sa.String(20), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("outcome_id", sa.String(32), nullable=True),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        _reference("gap_questions", "message_id", "messages", "CASCADE"),
        _reference("gap_questions", "topic_id", "gap_topics", "CASCADE"),
        _reference("gap_questions", "conversation_id", "conversations", "CASCADE"),
        _reference("gap_questions", "user_id", "users", "CASCADE"),
        _reference("gap_questions", "outcome_id", "gap_outcomes", "SET NULL"),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_gap_questions")),
    )
    for column in ("topic_id", "conversation_id"):
        op.create_index(op.f(f"ix_gap_questions_{column}"), "gap_questions", [column])


def _reference(table: str, column: str, other: str, at_deletion: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=at_deletion)


def downgrade() -> None:
    op.drop_index(op.f("ix_feedback_updated_at"), table_name="feedback")
    with op.batch_alter_table("knowledge_gaps") as batch:
        batch.drop_index(op.f("ix_knowledge_gaps_topic_id"))
        batch.drop_constraint(op.f("fk_knowledge_gaps_topic_id_gap_topics"), type_="foreignkey")
        batch.drop_column("topic_id")
    for table in ("gap_marks", "gap_questions", "gap_outcomes", "gap_topics"):
        op.drop_table(table)
