"""What monitors of quality said, and which days were accepted as normal."""

import sqlalchemy as sa
from alembic import op

from core.storage.tables.base import UtcDateTime

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

FIGURES = ("value", "usual", "low", "high")


def upgrade() -> None:
    op.create_table(
        "drift_verdicts",
        sa.Column("monitor", sa.String(40), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("reference_since", sa.Date(), nullable=False),
        sa.Column("reference_until", sa.Date(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=True) for name in FIGURES),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("usual_cases", sa.Integer(), nullable=False),
        sa.Column("computed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("monitor", "until", name=op.f("pk_drift_verdicts")),
    )
    op.create_table(
        "drift_references",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("accepted_by", sa.String(32), nullable=False),
        sa.Column("accepted_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drift_references")),
    )


def downgrade() -> None:
    op.drop_table("drift_references")
    op.drop_table("drift_verdicts")
