"""Knowledge gaps, and what was searched and read for an answer."""

import sqlalchemy as sa
from alembic import op

from core.storage.tables.base import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "knowledge_gaps",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("message_id", sa.String(32), nullable=True),
        sa.Column("asker_id", sa.String(32), nullable=True),
        sa.Column("collection_id", sa.String(32), nullable=True),
        sa.Column("owner_id", sa.String(32), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("searched_for", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("replied_by", sa.String(32), nullable=True),
        sa.Column("replied_at", UtcDateTime(), nullable=True),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asker_id"],
            ["users.id"],
            name=op.f("fk_knowledge_gaps_asker_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collections.id"],
            name=op.f("fk_knowledge_gaps_collection_id_collections"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["messages.id"],
            name=op.f("fk_knowledge_gaps_message_id_messages"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["users.id"],
            name=op.f("fk_knowledge_gaps_owner_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["replied_by"],
            ["users.id"],
            name=op.f("fk_knowledge_gaps_replied_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_gaps")),
        sa.UniqueConstraint("message_id", name=op.f("uq_knowledge_gaps_message_id")),
    )
    with op.batch_alter_table("knowledge_gaps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_knowledge_gaps_asker_id"), ["asker_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_knowledge_gaps_collection_id"), ["collection_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_knowledge_gaps_status"), ["status"], unique=False)

    op.create_table(
        "searched_collections",
        sa.Column("message_id", sa.String(32), nullable=False),
        sa.Column("collection_id", sa.String(32), nullable=False),
        sa.Column("document_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collections.id"],
            name=op.f("fk_searched_collections_collection_id_collections"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["messages.id"],
            name=op.f("fk_searched_collections_message_id_messages"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "message_id", "collection_id", name=op.f("pk_searched_collections")
        ),
    )
    with op.batch_alter_table("searched_collections", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_searched_collections_collection_id"), ["collection_id"], unique=False
        )

    with op.batch_alter_table("retrievals", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_read", sa.Boolean(), server_default=sa.true(), nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("retrievals", schema=None) as batch_op:
        batch_op.drop_column("is_read")

    with op.batch_alter_table("searched_collections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_searched_collections_collection_id"))

    op.drop_table("searched_collections")
    with op.batch_alter_table("knowledge_gaps", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_knowledge_gaps_status"))
        batch_op.drop_index(batch_op.f("ix_knowledge_gaps_collection_id"))
        batch_op.drop_index(batch_op.f("ix_knowledge_gaps_asker_id"))

    op.drop_table("knowledge_gaps")
