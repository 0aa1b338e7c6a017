"""Budgets with their ledger, requests that were refused, switches, and why passages answered."""

import sqlalchemy as sa
from alembic import op

from core.storage.tables.base import UtcDateTime

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

IN_FORCE = sa.text("on_at IS NULL")


def upgrade() -> None:
    _create_budgets()
    _create_ledger()
    _create_refused_calls()
    _create_switches()
    op.add_column(
        "messages", sa.Column("fallback", sa.String(20), nullable=False, server_default="")
    )


def downgrade() -> None:
    with op.batch_alter_table("messages") as messages:
        messages.drop_column("fallback")
    for table in ("switches", "refused_calls", "budget_reservations", "budget_accounts", "budgets"):
        op.drop_table(table)


def _create_budgets() -> None:
    op.create_table(
        "budgets",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("scope", sa.String(10), nullable=False),
        sa.Column("subject_id", sa.String(32), nullable=False),
        sa.Column("period", sa.String(5), nullable=False),
        sa.Column("limit_micros", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.String(32), nullable=True),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        _person("budgets", "set_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budgets")),
        sa.UniqueConstraint(
            "scope", "subject_id", "period", name=op.f("uq_budgets_scope_subject_id_period")
        ),
    )


def _create_ledger() -> None:
    op.create_table(
        "budget_accounts",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("budget_id", sa.String(32), nullable=False),
        sa.Column("subject_id", sa.String(32), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("spent_micros", sa.BigInteger(), nullable=False),
        sa.Column("reserved_micros", sa.BigInteger(), nullable=False),
        sa.Column("unpriced", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["budget_id"],
            ["budgets.id"],
            name=op.f("fk_budget_accounts_budget_id_budgets"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_accounts")),
        sa.UniqueConstraint(
            "budget_id",
            "subject_id",
            "first_day",
            name=op.f("uq_budget_accounts_budget_id_subject_id_first_day"),
        ),
    )
    op.create_table(
        "budget_reservations",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("amount_micros", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["budget_accounts.id"],
            name=op.f("fk_budget_reservations_account_id_budget_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", "account_id", name=op.f("pk_budget_reservations")),
    )
    op.create_index(
        op.f("ix_budget_reservations_expires_at"), "budget_reservations", ["expires_at"]
    )


def _create_refused_calls() -> None:
    op.create_table(
        "refused_calls",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("group_names", sa.String(400), nullable=False),
        sa.Column("surface", sa.String(20), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("prompt_version", sa.String(40), nullable=False),
        sa.Column("provider", sa.String(60), nullable=False),
        sa.Column("model", sa.String(120), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_calls")),
    )
    op.create_index(op.f("ix_refused_calls_at"), "refused_calls", ["at"])
    op.create_index(op.f("ix_refused_calls_user_id"), "refused_calls", ["user_id"])


def _create_switches() -> None:
    op.create_table(
        "switches",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("off_by", sa.String(32), nullable=True),
        sa.Column("off_at", UtcDateTime(), nullable=False),
        sa.Column("on_by", sa.String(32), nullable=True),
        sa.Column("on_at", UtcDateTime(), nullable=True),
        _person("switches", "off_by"),
        _person("switches", "on_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_switches")),
    )
    op.create_index(
        "uq_switches_in_force",
        "switches",
        ["kind", "name"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["users.id"], name=op.f(f"fk_{table}_{column}_users"), ondelete="SET NULL"
    )
