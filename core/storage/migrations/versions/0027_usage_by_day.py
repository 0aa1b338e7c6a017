"""Usage added up by day, and what tells which days have to be added up again."""

import sqlalchemy as sa
from alembic import op

from core.storage.tables.base import UtcDateTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

COUNTS = (
    *("questions", "complete", "abstained", "failed", "helpful", "not_helpful", "sentences"),
    *("supported_sentences", "requests", "failed_requests"),
)
SUMS = ("input_tokens", "output_tokens", "cost_micros")
MOMENTS = {
    "answer_usage": "SELECT {row}.created_at",
    "model_calls": "SELECT {row}.created_at",
    "feedback": "SELECT created_at FROM answer_usage WHERE message_id = {row}.message_id",
}
"""The moment whose day changes with a row of each table."""
ROWS = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}


def upgrade() -> None:
    op.create_table(
        "usage_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("group_names", sa.String(400), nullable=False),
        sa.Column("surface", sa.String(20), nullable=False),
        sa.Column("model", sa.String(120), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("zone", sa.String(60), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in SUMS),
        sa.PrimaryKeyConstraint(
            *("day", "user_id", "group_names", "surface", "model", "currency"),
            name=op.f("pk_usage_days"),
        ),
    )
    op.create_table(
        "usage_day_times",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("model", sa.String(120), nullable=False),
        sa.Column("measure", sa.String(20), nullable=False),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "model", "measure", "ms", name=op.f("pk_usage_day_times")),
    )
    op.create_table(
        "usage_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("moment", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_changes")),
    )
    _note_every_day()
    _create_triggers()


def _note_every_day() -> None:
    """Note the first and last moment of each day (UTC), which lie in all local days it touches."""
    for table in ("answer_usage", "model_calls"):
        for end in ("min", "max"):
            op.execute(
                f"INSERT INTO usage_changes (moment) SELECT {end}(created_at) FROM {table} "  # noqa: S608  names of our own
                "GROUP BY date(created_at)"
            )


def _create_triggers() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, moment in MOMENTS.items():
        for event, rows in ROWS.items():
            noted = " ".join(
                f"INSERT INTO usage_changes (moment) {moment.format(row=row)};" for row in rows
            )
            name = f"usage_changes_{table}_{event}"
            if is_sqlite:
                op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {noted} END")
                continue
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$BEGIN {noted} RETURN NULL; END$$"
            )
            op.execute(
                f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW "
                f"EXECUTE FUNCTION {name}()"
            )


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in MOMENTS:
        for event in ROWS:
            name = f"usage_changes_{table}_{event}"
            op.execute(f"DROP TRIGGER {name}" if is_sqlite else f"DROP FUNCTION {name} CASCADE")
    for table in ("usage_changes", "usage_day_times", "usage_days"):
        op.drop_table(table)
