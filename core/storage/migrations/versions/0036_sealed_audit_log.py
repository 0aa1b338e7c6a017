"""A sealed audit log that can only grow, second factors and emergency accounts."""

import sqlalchemy as sa
from alembic import op

from core.storage.tables.base import UtcDateTime

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

TABLES = ("audit_events", "audit_subjects", "audit_seals")
KEYS = {
    "audit_events": "id = NEW.id",
    "audit_subjects": "event_id = NEW.event_id AND user_id = NEW.user_id",
    "audit_seals": "number = NEW.number OR event_id = NEW.event_id",
}
"""What an INSERT OR REPLACE of SQLite would remove, which no trigger on DELETE notices."""

REFUSAL = "the audit log can only grow"


def upgrade() -> None:
    op.add_column(
        "audit_events", sa.Column("origin", sa.String(64), nullable=False, server_default="")
    )
    op.create_index(op.f("ix_audit_events_object_id"), "audit_events", ["object_id"])
    op.create_table(
        "audit_subjects",
        sa.Column("event_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "user_id", name=op.f("pk_audit_subjects")),
    )
    op.create_index(op.f("ix_audit_subjects_user_id"), "audit_subjects", ["user_id"])
    op.create_table(
        "audit_seals",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(8), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_seals")),
        sa.UniqueConstraint("event_id", name=op.f("uq_audit_seals_event_id")),
    )
    _add_second_factors()
    if op.get_bind().dialect.name == "postgresql":
        _close_postgres()
    else:
        _close_sqlite()


def downgrade() -> None:
    is_postgres = op.get_bind().dialect.name == "postgresql"
    for table in TABLES:
        for name in ("kept", "not_emptied") if is_postgres else ("updated", "deleted", "replaced"):
            op.execute(f"DROP TRIGGER {table}_{name}" + (f" ON {table}" if is_postgres else ""))
    if is_postgres:
        op.execute("DROP FUNCTION audit_refuses()")
    op.drop_table("recovery_codes")
    op.drop_table("second_factors")
    op.drop_column("users", "is_emergency")
    op.drop_column("sign_in_sessions", "confirmed_at")
    op.drop_column("sign_in_sessions", "is_pending")
    op.drop_table("audit_seals")
    op.drop_table("audit_subjects")
    op.drop_index(op.f("ix_audit_events_object_id"), "audit_events")
    op.drop_column("audit_events", "origin")


def _add_second_factors() -> None:
    for table, name in (("users", "is_emergency"), ("sign_in_sessions", "is_pending")):
        column: sa.Column[bool] = sa.Column(
            name, sa.Boolean(), nullable=False, server_default=sa.false()
        )
        op.add_column(table, column)
    op.add_column("sign_in_sessions", sa.Column("confirmed_at", UtcDateTime(), nullable=True))
    op.create_table(
        "second_factors",
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("secret", sa.String(200), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_second_factors_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_recovery_codes_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "code_hash", name=op.f("pk_recovery_codes")),
    )


def _close_sqlite() -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for table in TABLES:
        op.execute(f"CREATE TRIGGER {table}_updated BEFORE UPDATE ON {table} {refuse}")
        op.execute(f"CREATE TRIGGER {table}_deleted BEFORE DELETE ON {table} {refuse}")
        is_there = f"EXISTS (SELECT 1 FROM {table} WHERE {KEYS[table]})"  # noqa: S608  names of ours
        op.execute(
            f"CREATE TRIGGER {table}_replaced BEFORE INSERT ON {table} WHEN {is_there} {refuse}"
        )


def _close_postgres() -> None:
    op.execute(
        "CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION audit_refuses()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses()"
        )
