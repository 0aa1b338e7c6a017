"""Identities at other systems that open accounts, and the sessions they opened."""

import sqlalchemy as sa
from alembic import op

from core.storage.tables.base import UtcDateTime

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "external_identities",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("issuer", sa.String(300), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("connected_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=True),
        _reference("external_identities", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_identities")),
        sa.UniqueConstraint(
            "issuer", "subject", name=op.f("uq_external_identities_issuer_subject")
        ),
    )
    op.create_index(op.f("ix_external_identities_user_id"), "external_identities", ["user_id"])
    op.create_table(
        "external_sessions",
        sa.Column("session_id", sa.String(32), nullable=False),
        sa.Column("identity_id", sa.String(32), nullable=False),
        sa.Column("provider_session", sa.String(255), nullable=False),
        _reference("external_sessions", "session_id", "sign_in_sessions"),
        _reference("external_sessions", "identity_id", "external_identities"),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_external_sessions")),
    )
    op.create_index(op.f("ix_external_sessions_identity_id"), "external_sessions", ["identity_id"])
    op.create_table(
        "used_answers",
        sa.Column("answer_hash", sa.String(64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("answer_hash", name=op.f("pk_used_answers")),
    )
    op.create_index(op.f("ix_used_answers_at"), "used_answers", ["at"])


def _reference(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="CASCADE")


def downgrade() -> None:
    for table in ("used_answers", "external_sessions", "external_identities"):
        op.drop_table(table)
