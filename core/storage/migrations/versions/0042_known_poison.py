"""Fingerprints of poisoned passages, and the document that a finding resembles."""

import sqlalchemy as sa
from alembic import op

from core.storage.tables.base import UtcDateTime

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "poison_fingerprints",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.String(32), nullable=False),
        sa.Column("version_id", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("numbers", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poison_fingerprints")),
    )
    for column in ("document_id", "version_id"):
        op.create_index(op.f(f"ix_poison_fingerprints_{column}"), "poison_fingerprints", [column])
    with op.batch_alter_table("screening_findings", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("original_id", sa.String(32), server_default="", nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("screening_findings", schema=None) as batch_op:
        batch_op.drop_column("original_id")
    op.drop_table("poison_fingerprints")
