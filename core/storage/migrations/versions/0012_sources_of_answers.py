"""Which documents stand behind an answer, and behind the answer that an idea starts from."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

FROM_READ = """
INSERT INTO answer_sources (message_id, document_id, collection_id)
SELECT DISTINCT r.message_id, r.document_id, COALESCE(d.collection_id, '')
FROM retrievals r
JOIN messages m ON m.id = r.message_id
LEFT JOIN documents d ON d.id = r.document_id
WHERE m.role = 'assistant' AND r.is_read AND NOT m.abstained
"""

FROM_CITED = """
INSERT INTO answer_sources (message_id, document_id, collection_id)
SELECT DISTINCT c.message_id, c.document_id, COALESCE(d.collection_id, '')
FROM citations c
JOIN messages m ON m.id = c.message_id
LEFT JOIN documents d ON d.id = c.document_id
WHERE m.role = 'assistant' AND NOT EXISTS (
    SELECT 1 FROM answer_sources s
    WHERE s.message_id = c.message_id AND s.document_id = c.document_id
)
"""

# A model was given the answers before this one, and may have completed the question from them.
FROM_EARLIER = """
INSERT INTO answer_sources (message_id, document_id, collection_id)
SELECT DISTINCT m.id, r.document_id, COALESCE(d.collection_id, '')
FROM messages m
JOIN messages e ON e.conversation_id = m.conversation_id AND e.position < m.position
JOIN retrievals r ON r.message_id = e.id AND r.is_read
LEFT JOIN documents d ON d.id = r.document_id
WHERE m.role = 'assistant' AND NOT e.abstained AND (m.engine <> 'passages' OR m.abstained)
AND NOT EXISTS (
    SELECT 1 FROM answer_sources s WHERE s.message_id = m.id AND s.document_id = r.document_id
)
"""


def upgrade() -> None:
    op.create_table(
        "answer_sources",
        sa.Column("message_id", sa.String(32), nullable=False),
        sa.Column("document_id", sa.String(32), nullable=False),
        sa.Column("collection_id", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["messages.id"],
            name=op.f("fk_answer_sources_message_id_messages"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("message_id", "document_id", name=op.f("pk_answer_sources")),
    )
    with op.batch_alter_table("answer_sources", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_answer_sources_document_id"), ["document_id"], unique=False
        )
    for statement in (FROM_READ, FROM_CITED, FROM_EARLIER):
        op.execute(statement)
    _freeze_in_ideas(op.get_bind())


def downgrade() -> None:
    op.drop_table("answer_sources")


def _freeze_in_ideas(connection: sa.Connection) -> None:
    """Leave an idea whose answer has no record without sources, which withholds it."""
    ideas = sa.table("ideas", sa.column("id", sa.String), sa.column("origin", sa.JSON))
    for idea_id, origin in connection.execute(sa.select(ideas.c.id, ideas.c.origin)).all():
        if not isinstance(origin, dict) or "message_id" not in origin:
            continue
        sources = _sources(connection, str(origin["message_id"]))
        if sources is not None:
            connection.execute(
                sa.update(ideas)
                .where(ideas.c.id == idea_id)
                .values(origin={**origin, "sources": sources})
            )


def _sources(connection: sa.Connection, message_id: str) -> list[dict[str, str]] | None:
    """Those of the answer; none for one that abstained, None where nothing is known."""
    known = {"message_id": message_id}
    abstained = connection.execute(
        sa.text("SELECT abstained FROM messages WHERE id = :message_id"), known
    ).scalar()
    if abstained is None or abstained:
        return None if abstained is None else []
    rows = connection.execute(
        sa.text(
            "SELECT document_id, collection_id FROM answer_sources "
            "WHERE message_id = :message_id ORDER BY document_id"
        ),
        known,
    ).all()
    return [{"document_id": d, "collection_id": c} for d, c in rows] or None
