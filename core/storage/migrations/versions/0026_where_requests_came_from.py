"""Where a request came from, the groups of whoever made it, and its prompt and reasoning tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("answer_usage") as batch:
        batch.add_column(_text("group_names", 400))
    with op.batch_alter_table("model_calls") as batch:
        batch.add_column(_text("group_names", 400))
        batch.add_column(_text("surface", 20))
        batch.add_column(_text("prompt_version", 40))
        batch.add_column(
            sa.Column("reasoning_tokens", sa.Integer(), server_default="0", nullable=False)
        )
    _say_where_earlier_requests_came_from()


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), server_default="", nullable=False)


def _say_where_earlier_requests_came_from() -> None:
    """Tell requests for an answer by where it was asked, and those that drafted ideas.

    The groups of that time are not known.
    """
    calls, answers = _table("model_calls", "answer_usage_id"), _table("answer_usage", "id")
    of_answer = calls.c.answer_usage_id == answers.c.id
    values = {
        name: sa.select(answers.c[name]).where(of_answer).scalar_subquery()
        for name in ("surface", "prompt_version")
    }
    op.execute(calls.update().where(sa.exists().where(of_answer)).values(values))
    op.execute(calls.update().where(calls.c.purpose == "idea").values(surface="idea"))


def _table(name: str, key: str) -> sa.TableClause:
    columns = (key, "surface", "prompt_version", "purpose")
    return sa.table(name, *map(sa.column, columns))


def downgrade() -> None:
    with op.batch_alter_table("model_calls") as batch:
        for name in ("reasoning_tokens", "prompt_version", "surface", "group_names"):
            batch.drop_column(name)
    with op.batch_alter_table("answer_usage") as batch:
        batch.drop_column("group_names")
