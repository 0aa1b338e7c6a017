"""Sums of a day of all people together, beside those of each person."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

COUNTS = (
    *("questions", "complete", "abstained", "failed", "helpful", "not_helpful", "sentences"),
    *("supported_sentences", "searched", "without_passages", "answered", "cited", "citations"),
    *("invalid_citations", "repaired_citations"),
    *("requests", "failed_requests", "estimated_requests"),
)
OLD_COUNTS = (
    *("questions", "complete", "abstained", "failed", "helpful", "not_helpful", "sentences"),
    *("supported_sentences", "requests", "failed_requests"),
)
SUMS = ("input_tokens", "output_tokens", "cost_micros")
LENGTHS = {"currency": 3, "surface": 20, "user_id": 32, "group_names": 400, "model": 120}
KEY = ("group_names", "surface", "model", "currency")
OLD_KEY = ("user_id", *KEY)
PERSON_KEY = ("currency", "surface", "user_id", "group_names", "model")
"""In the order in which the people of a day are counted."""
CONVERSATIONS = "ix_answer_usage_conversations"
FAILED = "status = 'failed'"


def upgrade() -> None:
    """Make both tables without rows: the next reading adds every day up."""
    op.drop_table("usage_days")
    _create("usage_days", KEY, COUNTS, has_zone=True)
    _create("usage_day_people", PERSON_KEY, COUNTS, has_zone=False)
    op.create_index("ix_usage_day_people_user_id_day", "usage_day_people", ["user_id", "day"])
    op.create_index(CONVERSATIONS, "answer_usage", ["created_at", "surface", "conversation_id"])
    op.create_index(
        "ix_answer_usage_failed",
        "answer_usage",
        ["created_at", "error_type"],
        sqlite_where=sa.text(FAILED),
        postgresql_where=sa.text(FAILED),
    )


def downgrade() -> None:
    op.drop_index("ix_answer_usage_failed", table_name="answer_usage")
    op.drop_index(CONVERSATIONS, table_name="answer_usage")
    op.drop_table("usage_day_people")
    op.drop_table("usage_days")
    _create("usage_days", OLD_KEY, OLD_COUNTS, has_zone=True)
    _note_every_day()


def _create(name: str, key: tuple[str, ...], counts: tuple[str, ...], *, has_zone: bool) -> None:
    zone = [sa.Column("zone", sa.String(60), nullable=False)] if has_zone else []
    op.create_table(
        name,
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(part, sa.String(LENGTHS[part]), nullable=False) for part in key),
        *zone,
        *(sa.Column(count, sa.Integer(), nullable=False) for count in counts),
        *(sa.Column(amount, sa.BigInteger(), nullable=False) for amount in SUMS),
        sa.PrimaryKeyConstraint("day", *key, name=op.f(f"pk_{name}")),
    )


def _note_every_day() -> None:
    """Have all days added up again.

    The first and last moment of each day (UTC) lie in all local days it touches.
    """
    for table in ("answer_usage", "model_calls"):
        for end in ("min", "max"):
            op.execute(
                f"INSERT INTO usage_changes (moment) SELECT {end}(created_at) FROM {table} "  # noqa: S608  names of our own
                "GROUP BY date(created_at)"
            )
