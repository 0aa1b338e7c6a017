"""What each message was asked of: documents, as all until now, or the language model alone."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the way of a message."""
    column = sa.Column("way", sa.String(20), nullable=False, server_default="documents")
    op.add_column("messages", column)


def downgrade() -> None:
    """Remove it."""
    with op.batch_alter_table("messages") as messages:
        messages.drop_column("way")
