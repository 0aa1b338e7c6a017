"""Of which document a file of an idea is a copy."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("idea_attachments") as batch:
        for name in ("document_id", "collection_id"):
            batch.add_column(sa.Column(name, sa.String(32), server_default="", nullable=False))
        batch.create_index(batch.f("ix_idea_attachments_document_id"), ["document_id"])


def downgrade() -> None:
    with op.batch_alter_table("idea_attachments") as batch:
        batch.drop_index(batch.f("ix_idea_attachments_document_id"))
        batch.drop_column("collection_id")
        batch.drop_column("document_id")
