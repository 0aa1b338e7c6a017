"""Several vector indexes of one collection: one answers, others are built or kept beside it."""

import sqlalchemy as sa
from alembic import op

from core.storage.tables.base import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("collections", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("generation", sa.Integer(), server_default="1", nullable=False)
        )
    op.create_table(
        "index_generations",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("collection_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("embedding_model", sa.String(120), nullable=False),
        sa.Column("embedding_dimension", sa.Integer(), nullable=False),
        sa.Column("splitter_version", sa.String(40), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("passages_done", sa.Integer(), nullable=False),
        sa.Column("passages_total", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("measures", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.String(32), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collections.id"],
            name=op.f("fk_index_generations_collection_id_collections"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["users.id"],
            name=op.f("fk_index_generations_created_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_generations")),
        sa.UniqueConstraint(
            "collection_id", "number", name=op.f("uq_index_generations_collection_id_number")
        ),
    )
    with op.batch_alter_table("index_generations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_index_generations_state"), ["state"], unique=False)
    _make_sentence_key("chunk_id", "generation")


def downgrade() -> None:
    op.execute("DELETE FROM sentence_vectors WHERE generation > 1")
    _make_sentence_key("chunk_id")
    op.drop_table("index_generations")
    with op.batch_alter_table("collections", schema=None) as batch_op:
        batch_op.drop_column("generation")


def _make_sentence_key(*columns: str) -> None:
    """Copy the sentences into a table with this primary key, as SQLite cannot change one."""
    has_generation = "generation" in columns
    op.execute("ALTER TABLE sentence_vectors RENAME TO old_sentence_vectors")
    if op.get_context().dialect.name == "postgresql":  # names of constraints are the schema's
        op.execute("ALTER TABLE old_sentence_vectors DROP CONSTRAINT pk_sentence_vectors")
    generation = sa.Column("generation", sa.Integer(), server_default="1", nullable=False)
    op.create_table(
        "sentence_vectors",
        sa.Column("chunk_id", sa.Integer(), nullable=False),
        *([generation] if has_generation else []),
        sa.Column("vectors", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chunk_id"],
            ["chunks.id"],
            name=op.f("fk_sentence_vectors_chunk_id_chunks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(*columns, name=op.f("pk_sentence_vectors")),
    )
    op.execute(
        "INSERT INTO sentence_vectors (chunk_id, vectors) "
        "SELECT chunk_id, vectors FROM old_sentence_vectors"
    )
    op.drop_table("old_sentence_vectors")
