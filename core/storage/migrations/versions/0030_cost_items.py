"""Costs beside those of the models, and a quick way to the requests for embeddings."""

import sqlalchemy as sa
from alembic import op

from core.storage.tables.base import UtcDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

PURPOSES = "ix_model_calls_purpose_created_at"


def upgrade() -> None:
    op.create_table(
        "cost_items",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("rhythm", sa.String(20), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=True)
            for name in ("amount_micros", "hours_micros", "rate_micros")
        ),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("first_month", sa.Date(), nullable=False),
        sa.Column("last_month", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("idea_id", sa.String(32), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("added_by", sa.String(32), nullable=True),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["idea_id"],
            ["ideas.id"],
            name=op.f("fk_cost_items_idea_id_ideas"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["added_by"],
            ["users.id"],
            name=op.f("fk_cost_items_added_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_items")),
    )
    op.create_index(op.f("ix_cost_items_idea_id"), "cost_items", ["idea_id"])
    op.create_index(PURPOSES, "model_calls", ["purpose", "created_at"])


def downgrade() -> None:
    op.drop_index(PURPOSES, "model_calls")
    op.drop_table("cost_items")
