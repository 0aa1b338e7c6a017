"""Sets of synonyms that administrators make, and proposals that they turn down."""

import sqlalchemy as sa
from alembic import op

from core.storage.tables.base import UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "synonym_sets",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("document_id", sa.String(length=32), nullable=False),
        sa.Column("added_by", sa.String(length=32), nullable=True),
        sa.Column("added_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=32), nullable=True),
        sa.Column("changed_at", UtcDateTime(timezone=True), nullable=False),
        _person("synonym_sets", "added_by"),
        _person("synonym_sets", "changed_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synonym_sets")),
        sa.UniqueConstraint("key", name=op.f("uq_synonym_sets_key")),
    )
    op.create_index(op.f("ix_synonym_sets_document_id"), "synonym_sets", ["document_id"])
    op.create_table(
        "vocabulary_revisions",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_vocabulary_revisions")),
    )
    op.create_table(
        "dismissed_synonyms",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("dismissed_by", sa.String(length=32), nullable=True),
        sa.Column("dismissed_at", UtcDateTime(timezone=True), nullable=False),
        _person("dismissed_synonyms", "dismissed_by"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_dismissed_synonyms")),
    )


def downgrade() -> None:
    op.drop_table("dismissed_synonyms")
    op.drop_table("vocabulary_revisions")
    op.drop_index(op.f("ix_synonym_sets_document_id"), table_name="synonym_sets")
    op.drop_table("synonym_sets")


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["users.id"], name=op.f(f"fk_{table}_{column}_users"), ondelete="SET NULL"
    )
