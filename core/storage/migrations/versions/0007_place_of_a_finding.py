"""Where in its excerpt the words stand that a check at the door found."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("screening_findings", schema=None) as batch_op:
        for name in ("start", "end"):
            batch_op.add_column(sa.Column(name, sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("screening_findings", schema=None) as batch_op:
        batch_op.drop_column("end")
        batch_op.drop_column("start")
