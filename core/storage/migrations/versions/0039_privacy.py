"""Legal holds, how long what is kept, and erasures of people."""

import sqlalchemy as sa
from alembic import op

from core.storage.tables.base import UtcDateTime

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

TABLES = ("legal_holds", "retention_periods", "retention_marks", "person_erasures")


def upgrade() -> None:
    _create_holds()
    _create_retention()
    op.create_table(
        "person_erasures",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False, server_default=""),
        sa.Column("is_own_wish", sa.Boolean(), nullable=False),
        sa.Column("asked_by", sa.String(32), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("certificate", sa.JSON(), nullable=False, server_default="{}"),
        _person("person_erasures", "asked_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_erasures")),
    )
    op.create_index(op.f("ix_person_erasures_state"), "person_erasures", ["state"])


def _create_holds() -> None:
    op.create_table(
        "legal_holds",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.String(32), nullable=True),
        sa.Column("placed_at", UtcDateTime(), nullable=False),
        sa.Column("released_by", sa.String(32), nullable=True),
        sa.Column("released_at", UtcDateTime(), nullable=True),
        _person("legal_holds", "user_id", "CASCADE"),
        _person("legal_holds", "placed_by"),
        _person("legal_holds", "released_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_holds")),
    )
    for column in ("user_id", "conversation_id"):
        op.create_index(op.f(f"ix_legal_holds_{column}"), "legal_holds", [column])


def _create_retention() -> None:
    op.create_table(
        "retention_periods",
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(32), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        _person("retention_periods", "changed_by"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_retention_periods")),
    )
    op.create_table(
        "retention_marks",
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("moment", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_retention_marks")),
    )


def _person(table: str, column: str, at_deletion: str = "SET NULL") -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_users")
    return sa.ForeignKeyConstraint([column], ["users.id"], name=name, ondelete=at_deletion)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
