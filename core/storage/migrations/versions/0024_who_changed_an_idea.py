"""Who changed an idea last, how far its reviewers are apart, and own rules that its triage met."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

from core.storage.tables.base import UtcDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

NOISE = frozenset(
    """
    a an the add allow build create develop enable implement introduce make provide set start
    support use using want need idea proposal new our we i us
    """.split()
)


def upgrade() -> None:
    with op.batch_alter_table("idea_triages") as batch:
        batch.add_column(sa.Column("gates", sa.JSON(), server_default="[]", nullable=False))
        batch.add_column(
            sa.Column("needs_sign_off", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    with op.batch_alter_table("ideas") as batch:
        batch.add_column(sa.Column("value_spread", sa.Float(), nullable=True))
        batch.add_column(sa.Column("feasibility_spread", sa.Float(), nullable=True))
        batch.add_column(sa.Column("impact_score", sa.Float(), nullable=True))
        batch.add_column(sa.Column("changed_by", sa.String(32), nullable=True))
        batch.add_column(sa.Column("changed_at", UtcDateTime(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_ideas_changed_by_users"),
            "users",
            ["changed_by"],
            ["id"],
            ondelete="SET NULL",
        )
    _complete_ideas(op.get_bind())
    with op.batch_alter_table("ideas") as batch:
        batch.alter_column("changed_at", existing_type=UtcDateTime(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("ideas") as batch:
        batch.drop_constraint(batch.f("fk_ideas_changed_by_users"), type_="foreignkey")
        for name in (
            "changed_at",
            "changed_by",
            "impact_score",
            "feasibility_spread",
            "value_spread",
        ):
            batch.drop_column(name)
    with op.batch_alter_table("idea_triages") as batch:
        batch.drop_column("needs_sign_off")
        batch.drop_column("gates")


def _complete_ideas(connection: sa.Connection) -> None:
    """Give ideas the time and the author of their last change, and the title they are found by."""
    ideas = sa.table(
        "ideas",
        sa.column("id", sa.String),
        sa.column("title", sa.String),
        sa.column("title_key", sa.String),
        sa.column("submitter_id", sa.String),
        sa.column("changed_by", sa.String),
        sa.column("changed_at", UtcDateTime),
        sa.column("stage_entered_at", UtcDateTime),
    )
    last = {"changed_at": ideas.c.stage_entered_at, "changed_by": ideas.c.submitter_id}
    connection.execute(sa.update(ideas).values(last))
    for idea_id, title in connection.execute(sa.select(ideas.c.id, ideas.c.title)).all():
        one = sa.update(ideas).where(ideas.c.id == idea_id)
        connection.execute(one.values(title_key=_key(title)))


def _key(title: str) -> str:
    words = [w.replace("’", "'") for w in re.findall(r"[^\W_]+(?:['’][^\W_]+)*", _folded(title))]
    return " ".join([word for word in words if word not in NOISE] or words)[:100]


def _folded(text: str) -> str:
    for _ in range(2):
        decomposed = unicodedata.normalize("NFKD", text.casefold())
        text = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return unicodedata.normalize("NFC", text.casefold())
