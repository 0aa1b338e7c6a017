"""The lead of an answer and the passages that are shown with it."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("messages") as batch:
        batch.add_column(sa.Column("lead", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("cards", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("messages") as batch:
        batch.drop_column("cards")
        batch.drop_column("lead")
