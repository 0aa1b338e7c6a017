"""The index generations that answers were read from."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not as a batch, which would make the table again and lose its triggers.
    op.add_column(
        "answer_usage",
        sa.Column("index_generations", sa.String(400), server_default="", nullable=False),
    )


def downgrade() -> None:
    op.drop_column("answer_usage", "index_generations")
