"""Citations that replaced wrong ones."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("answer_usage") as batch:
        batch.add_column(
            sa.Column("repaired_citations", sa.Integer(), nullable=False, server_default="0")
        )


def downgrade() -> None:
    with op.batch_alter_table("answer_usage") as batch:
        batch.drop_column("repaired_citations")
