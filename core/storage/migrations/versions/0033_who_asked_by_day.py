"""Who asked something on a day, so that counting people over years reads little."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "usage_day_askers",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("day", "user_id", name=op.f("pk_usage_day_askers")),
    )
    op.execute(
        "INSERT INTO usage_day_askers (day, user_id) SELECT DISTINCT day, user_id "
        "FROM usage_day_people WHERE currency = '' AND surface <> 'evaluation'"
    )


def downgrade() -> None:
    op.drop_table("usage_day_askers")
