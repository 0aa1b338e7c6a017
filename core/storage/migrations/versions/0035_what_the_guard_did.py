"""What the guard did to values and passages before an answer's requests left."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guard_notes",
        sa.Column("message_id", sa.String(32), nullable=False),
        sa.Column("effect", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["messages.id"],
            name=op.f("fk_guard_notes_message_id_messages"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("message_id", "effect", "kind", name=op.f("pk_guard_notes")),
    )


def downgrade() -> None:
    op.drop_table("guard_notes")
