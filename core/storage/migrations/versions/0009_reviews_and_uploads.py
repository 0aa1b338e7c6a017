"""When a document was last reviewed, and what was handed in together."""

import sqlalchemy as sa
from alembic import op

from core.storage.tables.base import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reviewed_at", UtcDateTime(), nullable=True))
        batch_op.create_index(batch_op.f("ix_documents_owner_id"), ["owner_id"], unique=False)

    with op.batch_alter_table("document_versions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("upload_id", sa.String(32), server_default="", nullable=False)
        )
        batch_op.create_index(
            batch_op.f("ix_document_versions_upload_id"), ["upload_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_document_versions_uploaded_at"), ["uploaded_at"], unique=False
        )
    # What was handed in together before is not known any more.
    op.execute("UPDATE document_versions SET upload_id = id")


def downgrade() -> None:
    with op.batch_alter_table("document_versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_versions_uploaded_at"))
        batch_op.drop_index(batch_op.f("ix_document_versions_upload_id"))
        batch_op.drop_column("upload_id")

    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_documents_owner_id"))
        batch_op.drop_column("reviewed_at")
