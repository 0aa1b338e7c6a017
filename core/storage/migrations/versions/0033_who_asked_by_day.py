"""Who asked something on a day, so that counting people and conversations reads little."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table without rows: the next reading adds every day up."""
    op.create_table(
        "usage_day_askers",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("conversations", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "user_id", name=op.f("pk_usage_day_askers")),
    )
    op.execute("DELETE FROM usage_days")


def downgrade() -> None:
    op.drop_table("usage_day_askers")
