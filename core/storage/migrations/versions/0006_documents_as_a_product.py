"""Who owns a document and how it may be used, what the door found in it, how well it was read."""

import sqlalchemy as sa
from alembic import op

from core.storage.tables.base import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("owner_id", sa.String(32), nullable=True))
        batch_op.add_column(sa.Column("source", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("classification", sa.String(20), server_default="internal", nullable=False)
        )
        batch_op.add_column(sa.Column("rights", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("review_by", sa.Date(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_documents_owner_id_users"),
            "users",
            ["owner_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_index(batch_op.f("ix_documents_review_by"), ["review_by"], unique=False)
    # A document is as sensitive as the collection it was put into.
    op.execute(
        "UPDATE documents SET classification = (SELECT sensitivity FROM collections "
        "WHERE collections.id = documents.collection_id)"
    )

    with op.batch_alter_table("document_versions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("decided_by", sa.String(32), nullable=True))
        batch_op.add_column(sa.Column("decided_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("decision", sa.String(20), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("decision_reason", sa.Text(), server_default="", nullable=False)
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_document_versions_decided_by_users"),
            "users",
            ["decided_by"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("pages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("quality", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("ocr_confidence", sa.Float(), nullable=True))

    with op.batch_alter_table("chunks", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("content_hash", sa.String(64), server_default="", nullable=False)
        )
        batch_op.create_index(batch_op.f("ix_chunks_document_id"), ["document_id"], unique=False)

    op.create_table(
        "screening_findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.String(32), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("rule", sa.String(60), nullable=False),
        sa.Column("is_blocking", sa.Boolean(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["document_versions.id"],
            name=op.f("fk_screening_findings_version_id_document_versions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_findings")),
    )
    with op.batch_alter_table("screening_findings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_screening_findings_version_id"), ["version_id"], unique=False
        )


def downgrade() -> None:
    op.drop_table("screening_findings")
    with op.batch_alter_table("chunks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_chunks_document_id"))
        batch_op.drop_column("content_hash")

    with op.batch_alter_table("pages", schema=None) as batch_op:
        batch_op.drop_column("ocr_confidence")
        batch_op.drop_column("quality")

    with op.batch_alter_table("document_versions", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_document_versions_decided_by_users"), type_="foreignkey"
        )
        batch_op.drop_column("decision_reason")
        batch_op.drop_column("decision")
        batch_op.drop_column("decided_at")
        batch_op.drop_column("decided_by")

    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_documents_review_by"))
        batch_op.drop_constraint(batch_op.f("fk_documents_owner_id_users"), type_="foreignkey")
        batch_op.drop_column("review_by")
        batch_op.drop_column("rights")
        batch_op.drop_column("classification")
        batch_op.drop_column("source")
        batch_op.drop_column("owner_id")
