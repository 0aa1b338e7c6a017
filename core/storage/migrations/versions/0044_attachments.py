"""Files of conversations: their collections, what may be attached, and what is left to remove."""

import sqlalchemy as sa
from alembic import op

from core.storage.tables.base import UtcDateTime

revision = "0044"
down_revision = "0042"
branch_labels = None
depends_on = None


_COLLECTIONS = "SELECT id FROM collections WHERE conversation_id IS NOT NULL"
_DOCUMENTS = f"SELECT id FROM documents WHERE collection_id IN ({_COLLECTIONS})"  # noqa: S608  no input
_VERSIONS = f"SELECT id FROM document_versions WHERE document_id IN ({_DOCUMENTS})"  # noqa: S608  no input
_CHUNKS = f"SELECT id FROM chunks WHERE collection_id IN ({_COLLECTIONS})"  # noqa: S608  no input
_FORGET = (
    f"DELETE FROM sentence_vectors WHERE chunk_id IN ({_CHUNKS})",  # noqa: S608  no input
    f"DELETE FROM chunks WHERE collection_id IN ({_COLLECTIONS})",  # noqa: S608  no input
    f"DELETE FROM pages WHERE version_id IN ({_VERSIONS})",  # noqa: S608  no input
    f"DELETE FROM screening_findings WHERE version_id IN ({_VERSIONS})",  # noqa: S608  no input
    f"DELETE FROM document_versions WHERE document_id IN ({_DOCUMENTS})",  # noqa: S608  no input
    f"DELETE FROM documents WHERE collection_id IN ({_COLLECTIONS})",  # noqa: S608  no input
    f"DELETE FROM searched_collections WHERE collection_id IN ({_COLLECTIONS})",  # noqa: S608  no input
    "DELETE FROM collections WHERE conversation_id IS NOT NULL",
)
"""Row by row, since SQLite deletes nothing by itself while a migration runs."""


def upgrade() -> None:
    with op.batch_alter_table("collections", schema=None) as batch_op:
        batch_op.add_column(sa.Column("conversation_id", sa.String(32), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_collections_conversation_id"), ["conversation_id"], unique=True
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_collections_conversation_id_conversations"),
            "conversations",
            ["conversation_id"],
            ["id"],
            ondelete="CASCADE",
        )
    op.create_table(
        "attachment_terms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("classification", sa.String(20), nullable=False),
        sa.Column("max_megabytes", sa.Integer(), nullable=False),
        sa.Column("max_files", sa.Integer(), nullable=False),
        sa.Column("days_kept", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(32), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by"],
            ["users.id"],
            name=op.f("fk_attachment_terms_changed_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment_terms")),
    )
    op.create_table(
        "attachment_remains",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_attachment_remains")),
    )


def downgrade() -> None:
    op.drop_table("attachment_remains")
    op.drop_table("attachment_terms")
    # Without the column nothing would tell these files from documents of the company.
    for statement in _FORGET:
        op.execute(statement)
    with op.batch_alter_table("collections", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_collections_conversation_id_conversations"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_collections_conversation_id"))
        batch_op.drop_column("conversation_id")
