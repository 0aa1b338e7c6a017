"""The keyword index in PostgreSQL; nothing on SQLite, where tantivy is the only one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.create_table(
        "keyword_entries",
        sa.Column("collection_id", sa.String(32), nullable=False),
        sa.Column("chunk_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("words", TSVECTOR(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("identifiers", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("collection_id", "chunk_id", name=op.f("pk_keyword_entries")),
    )
    op.create_table(
        "keyword_postings",
        sa.Column("collection_id", sa.String(32), nullable=False),
        # Ordered by bytes: no locale is asked, and no upgrade of one can break the index.
        sa.Column("term", sa.Text(collation="C"), nullable=False),
        sa.Column("block", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("postings", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("collection_id", "term", "block", name=op.f("pk_keyword_postings")),
    )
    # Not compressed: unpacking would take longer than reading.
    op.execute("ALTER TABLE keyword_postings ALTER postings SET STORAGE EXTERNAL")
    op.create_table(
        "keyword_totals",
        sa.Column("collection_id", sa.String(32), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("identifiers", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("collection_id", name=op.f("pk_keyword_totals")),
    )


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.drop_table("keyword_totals")
    op.drop_table("keyword_postings")
    op.drop_table("keyword_entries")
