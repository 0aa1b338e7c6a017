"""Folders that collections follow; which versions were there at the last roll-back."""

import sqlalchemy as sa
from alembic import op

from core.storage.tables.base import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("settled_number", sa.Integer(), server_default="0", nullable=False)
        )
    op.create_table(
        "sync_folders",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("collection_id", sa.String(32), nullable=False),
        sa.Column("path", sa.String(1000), nullable=False),
        sa.Column("synced_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collections.id"],
            name=op.f("fk_sync_folders_collection_id_collections"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_folders")),
        sa.UniqueConstraint(
            "collection_id", "path", name=op.f("uq_sync_folders_collection_id_path")
        ),
    )
    op.create_table(
        "sync_files",
        sa.Column("folder_id", sa.String(32), nullable=False),
        sa.Column("path", sa.String(1000), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("document_ids", sa.JSON(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["folder_id"],
            ["sync_folders.id"],
            name=op.f("fk_sync_files_folder_id_sync_folders"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("folder_id", "path", name=op.f("pk_sync_files")),
    )


def downgrade() -> None:
    op.drop_table("sync_files")
    op.drop_table("sync_folders")
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_column("settled_number")
