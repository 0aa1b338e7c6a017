"""Ideas that become projects: drafts, votes, comments, reviews, risk, moves, campaigns."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

from core.storage.tables.base import UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


FIRST_MOVES = """
INSERT INTO idea_moves (id, idea_id, from_status, to_status, actor_id, at, reason)
SELECT id, id, 'draft', 'submitted', submitter_id, submitted_at, ''
FROM ideas WHERE status = 'submitted'
"""


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("theme", sa.Text(), server_default="", nullable=False),
        sa.Column("brief", sa.Text(), server_default="", nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("judging_until", sa.Date(), nullable=False),
        sa.Column("criteria", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("hides_votes", sa.Boolean(), nullable=False),
        sa.Column("prize", sa.Text(), server_default="", nullable=False),
        sa.Column("result_note", sa.Text(), server_default="", nullable=False),
        sa.Column("results_out_at", UtcDateTime(), nullable=True),
        sa.Column("created_by", sa.String(32), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["users.id"],
            name=op.f("fk_campaigns_created_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("title", name=op.f("uq_campaigns_title")),
    )
    op.create_table(
        "digest_choices",
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("choice", sa.String(20), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_digest_choices_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_digest_choices")),
    )
    op.create_table(
        "idea_drafts",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("fields", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("origin", sa.JSON(), nullable=True),
        sa.Column("drafted", sa.JSON(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_idea_drafts_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_drafts")),
    )
    op.create_index(op.f("ix_idea_drafts_user_id"), "idea_drafts", ["user_id"])

    op.create_table(
        "idea_settings",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(32), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by"],
            ["users.id"],
            name=op.f("fk_idea_settings_changed_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_idea_settings")),
    )
    op.create_table(
        "campaign_judges",
        sa.Column("campaign_id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name=op.f("fk_campaign_judges_campaign_id_campaigns"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_campaign_judges_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("campaign_id", "user_id", name=op.f("pk_campaign_judges")),
    )
    op.create_index(op.f("ix_campaign_judges_user_id"), "campaign_judges", ["user_id"])

    op.create_table(
        "teams",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("campaign_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("created_by", sa.String(32), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name=op.f("fk_teams_campaign_id_campaigns"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["users.id"],
            name=op.f("fk_teams_created_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("campaign_id", "name", name=op.f("uq_teams_campaign_id_name")),
    )
    op.create_index(op.f("ix_teams_campaign_id"), "teams", ["campaign_id"])

    op.create_table(
        "team_members",
        sa.Column("team_id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["teams.id"],
            name=op.f("fk_team_members_team_id_teams"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_team_members_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("team_id", "user_id", name=op.f("pk_team_members")),
    )
    op.create_index(op.f("ix_team_members_user_id"), "team_members", ["user_id"])

    with op.batch_alter_table("ideas", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("title_key", sa.String(100), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("summary", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("business_unit", sa.String(80), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("hours_per_month", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("money_per_month_micros", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("benefit_type", sa.String(20), nullable=True))
        batch_op.add_column(sa.Column("confidence", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("reach_per_month", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("effort_months", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("data_needed", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("data_classification", sa.String(20), nullable=True))
        batch_op.add_column(sa.Column("personal_data", sa.String(20), nullable=True))
        batch_op.add_column(sa.Column("needs_external_model", sa.Boolean(), nullable=True))
        batch_op.add_column(
            sa.Column("status_reason", sa.Text(), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("stage_entered_at", UtcDateTime(), nullable=True))
        batch_op.add_column(
            sa.Column("row_version", sa.Integer(), server_default="1", nullable=False)
        )
        batch_op.add_column(sa.Column("duplicate_of_id", sa.String(32), nullable=True))
        batch_op.add_column(
            sa.Column("lesson_learned", sa.Text(), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("sponsor_id", sa.String(32), nullable=True))
        batch_op.add_column(sa.Column("owner_id", sa.String(32), nullable=True))
        batch_op.add_column(sa.Column("campaign_id", sa.String(32), nullable=True))
        batch_op.add_column(sa.Column("team_id", sa.String(32), nullable=True))
        batch_op.add_column(sa.Column("budget_cap_micros", sa.BigInteger(), nullable=True))
        batch_op.add_column(
            sa.Column("success_metric", sa.Text(), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("pilot_ends_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("risk_class", sa.String(20), nullable=True))
        batch_op.add_column(
            sa.Column("policy_version", sa.String(40), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("who_decides", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("how_overruled", sa.Text(), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("when_it_fails", sa.Text(), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("review_round", sa.Integer(), server_default="1", nullable=False)
        )
        batch_op.add_column(sa.Column("value_score", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("feasibility_score", sa.Float(), nullable=True))
        batch_op.add_column(
            sa.Column("review_count", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.add_column(sa.Column("disagreement", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("quadrant", sa.String(20), nullable=True))
        batch_op.add_column(sa.Column("drafted", sa.JSON(), nullable=True))
        batch_op.create_index(batch_op.f("ix_ideas_business_unit"), ["business_unit"], unique=False)
        batch_op.create_index(batch_op.f("ix_ideas_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_ideas_duplicate_of_id"), ["duplicate_of_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_ideas_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ideas_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_ideas_team_id"), ["team_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ideas_title_key"), ["title_key"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_ideas_owner_id_users"),
            "users",
            ["owner_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_ideas_sponsor_id_users"),
            "users",
            ["sponsor_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_ideas_campaign_id_campaigns"),
            "campaigns",
            ["campaign_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_ideas_duplicate_of_id_ideas"),
            "ideas",
            ["duplicate_of_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_ideas_team_id_teams"), "teams", ["team_id"], ["id"], ondelete="SET NULL"
        )
    _complete_ideas(op.get_bind())
    with op.batch_alter_table("ideas", schema=None) as batch_op:
        batch_op.alter_column("stage_entered_at", existing_type=UtcDateTime(), nullable=False)

    op.create_table(
        "idea_attachments",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("idea_id", sa.String(32), nullable=True),
        sa.Column("draft_id", sa.String(32), nullable=True),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("media_type", sa.String(40), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("added_by", sa.String(32), nullable=True),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"],
            ["users.id"],
            name=op.f("fk_idea_attachments_added_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["idea_drafts.id"],
            name=op.f("fk_idea_attachments_draft_id_idea_drafts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"],
            ["ideas.id"],
            name=op.f("fk_idea_attachments_idea_id_ideas"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_attachments")),
    )
    op.create_index(op.f("ix_idea_attachments_draft_id"), "idea_attachments", ["draft_id"])
    op.create_index(op.f("ix_idea_attachments_idea_id"), "idea_attachments", ["idea_id"])
    op.create_index(op.f("ix_idea_attachments_sha256"), "idea_attachments", ["sha256"])

    op.create_table(
        "idea_co_submitters",
        sa.Column("idea_id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["idea_id"],
            ["ideas.id"],
            name=op.f("fk_idea_co_submitters_idea_id_ideas"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_idea_co_submitters_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("idea_id", "user_id", name=op.f("pk_idea_co_submitters")),
    )
    op.create_index(op.f("ix_idea_co_submitters_user_id"), "idea_co_submitters", ["user_id"])

    op.create_table(
        "idea_comments",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("idea_id", sa.String(32), nullable=False),
        sa.Column("written_under_id", sa.String(32), nullable=True),
        sa.Column("parent_id", sa.String(32), nullable=True),
        sa.Column("author_id", sa.String(32), nullable=True),
        sa.Column("visibility", sa.String(20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("mentions", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=True),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["users.id"],
            name=op.f("fk_idea_comments_author_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"],
            ["ideas.id"],
            name=op.f("fk_idea_comments_idea_id_ideas"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["idea_comments.id"],
            name=op.f("fk_idea_comments_parent_id_idea_comments"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["written_under_id"],
            ["ideas.id"],
            name=op.f("fk_idea_comments_written_under_id_ideas"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_comments")),
    )
    op.create_index(op.f("ix_idea_comments_author_id"), "idea_comments", ["author_id"])
    op.create_index(op.f("ix_idea_comments_idea_id"), "idea_comments", ["idea_id"])
    op.create_index(op.f("ix_idea_comments_parent_id"), "idea_comments", ["parent_id"])
    op.create_index(
        op.f("ix_idea_comments_written_under_id"), "idea_comments", ["written_under_id"]
    )

    op.create_table(
        "idea_edits",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("idea_id", sa.String(32), nullable=False),
        sa.Column("editor_id", sa.String(32), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("changes", sa.JSON(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["editor_id"],
            ["users.id"],
            name=op.f("fk_idea_edits_editor_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["ideas.id"], name=op.f("fk_idea_edits_idea_id_ideas"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_edits")),
    )
    op.create_index(op.f("ix_idea_edits_idea_id"), "idea_edits", ["idea_id"])

    op.create_table(
        "idea_experiments",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("idea_id", sa.String(32), nullable=False),
        sa.Column("hypothesis", sa.Text(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(20), nullable=True),
        sa.Column("learned", sa.Text(), server_default="", nullable=False),
        sa.Column("cost_micros", sa.BigInteger(), nullable=True),
        sa.Column("added_by", sa.String(32), nullable=True),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"],
            ["users.id"],
            name=op.f("fk_idea_experiments_added_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"],
            ["ideas.id"],
            name=op.f("fk_idea_experiments_idea_id_ideas"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_experiments")),
    )
    op.create_index(op.f("ix_idea_experiments_idea_id"), "idea_experiments", ["idea_id"])

    op.create_table(
        "idea_follows",
        sa.Column("idea_id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["idea_id"],
            ["ideas.id"],
            name=op.f("fk_idea_follows_idea_id_ideas"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_idea_follows_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("idea_id", "user_id", name=op.f("pk_idea_follows")),
    )
    op.create_index(op.f("ix_idea_follows_user_id"), "idea_follows", ["user_id"])

    op.create_table(
        "idea_impacts",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("idea_id", sa.String(32), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("benefit_micros", sa.BigInteger(), nullable=False),
        sa.Column("cost_micros", sa.BigInteger(), nullable=False),
        sa.Column("evidence", sa.Text(), server_default="", nullable=False),
        sa.Column("added_by", sa.String(32), nullable=True),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"],
            ["users.id"],
            name=op.f("fk_idea_impacts_added_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"],
            ["ideas.id"],
            name=op.f("fk_idea_impacts_idea_id_ideas"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_impacts")),
        sa.UniqueConstraint(
            "idea_id", "month", "kind", name=op.f("uq_idea_impacts_idea_id_month_kind")
        ),
    )
    op.create_index(op.f("ix_idea_impacts_idea_id"), "idea_impacts", ["idea_id"])

    op.create_table(
        "idea_moves",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("idea_id", sa.String(32), nullable=False),
        sa.Column("from_status", sa.String(20), nullable=False),
        sa.Column("to_status", sa.String(20), nullable=False),
        sa.Column("actor_id", sa.String(32), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"],
            ["users.id"],
            name=op.f("fk_idea_moves_actor_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["ideas.id"], name=op.f("fk_idea_moves_idea_id_ideas"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_moves")),
    )
    op.create_index(op.f("ix_idea_moves_idea_id"), "idea_moves", ["idea_id"])

    op.create_table(
        "idea_reviews",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("idea_id", sa.String(32), nullable=False),
        sa.Column("reviewer_id", sa.String(32), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("scores", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("recommendation", sa.String(20), nullable=True),
        sa.Column("has_conflict", sa.Boolean(), nullable=False),
        sa.Column("conflict_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("assigned_at", UtcDateTime(), nullable=False),
        sa.Column("assigned_by", sa.String(32), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assigned_by"],
            ["users.id"],
            name=op.f("fk_idea_reviews_assigned_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"],
            ["ideas.id"],
            name=op.f("fk_idea_reviews_idea_id_ideas"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"],
            ["users.id"],
            name=op.f("fk_idea_reviews_reviewer_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_reviews")),
        sa.UniqueConstraint(
            "idea_id",
            "reviewer_id",
            "round",
            name=op.f("uq_idea_reviews_idea_id_reviewer_id_round"),
        ),
    )
    op.create_index(op.f("ix_idea_reviews_idea_id"), "idea_reviews", ["idea_id"])
    op.create_index(op.f("ix_idea_reviews_reviewer_id"), "idea_reviews", ["reviewer_id"])

    op.create_table(
        "idea_tags",
        sa.Column("idea_id", sa.String(32), nullable=False),
        sa.Column("tag", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["ideas.id"], name=op.f("fk_idea_tags_idea_id_ideas"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("idea_id", "tag", name=op.f("pk_idea_tags")),
    )
    op.create_index(op.f("ix_idea_tags_tag"), "idea_tags", ["tag"])

    op.create_table(
        "idea_triages",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("idea_id", sa.String(32), nullable=False),
        sa.Column("answers", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("computed_class", sa.String(20), nullable=False),
        sa.Column("risk_class", sa.String(20), nullable=False),
        sa.Column("policy_version", sa.String(40), nullable=False),
        sa.Column("rationale", sa.Text(), server_default="", nullable=False),
        sa.Column("by_id", sa.String(32), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name=op.f("fk_idea_triages_by_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"],
            ["ideas.id"],
            name=op.f("fk_idea_triages_idea_id_ideas"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_triages")),
    )
    op.create_index(op.f("ix_idea_triages_idea_id"), "idea_triages", ["idea_id"])

    op.create_table(
        "idea_vectors",
        sa.Column("idea_id", sa.String(32), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["idea_id"],
            ["ideas.id"],
            name=op.f("fk_idea_vectors_idea_id_ideas"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("idea_id", "model", name=op.f("pk_idea_vectors")),
    )
    op.create_table(
        "idea_votes",
        sa.Column("idea_id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["ideas.id"], name=op.f("fk_idea_votes_idea_id_ideas"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_idea_votes_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("idea_id", "user_id", name=op.f("pk_idea_votes")),
    )
    op.create_index(op.f("ix_idea_votes_user_id"), "idea_votes", ["user_id"])

    op.create_table(
        "notifications",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("happening", sa.String(30), nullable=False),
        sa.Column("idea_id", sa.String(32), nullable=True),
        sa.Column("actor_id", sa.String(32), nullable=True),
        sa.Column("details", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("mailed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"],
            ["users.id"],
            name=op.f("fk_notifications_actor_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"],
            ["ideas.id"],
            name=op.f("fk_notifications_idea_id_ideas"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_notifications_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
    )
    op.create_index(op.f("ix_notifications_idea_id"), "notifications", ["idea_id"])
    op.create_index(op.f("ix_notifications_user_id"), "notifications", ["user_id"])

    op.create_table(
        "idea_sign_offs",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("idea_id", sa.String(32), nullable=False),
        sa.Column("triage_id", sa.String(32), nullable=False),
        sa.Column("by_id", sa.String(32), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name=op.f("fk_idea_sign_offs_by_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"],
            ["ideas.id"],
            name=op.f("fk_idea_sign_offs_idea_id_ideas"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["triage_id"],
            ["idea_triages.id"],
            name=op.f("fk_idea_sign_offs_triage_id_idea_triages"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_sign_offs")),
    )
    op.create_index(op.f("ix_idea_sign_offs_idea_id"), "idea_sign_offs", ["idea_id"])
    op.create_index(op.f("ix_idea_sign_offs_triage_id"), "idea_sign_offs", ["triage_id"])
    op.execute(FIRST_MOVES)


def downgrade() -> None:
    op.drop_table("idea_sign_offs")
    op.drop_table("notifications")
    op.drop_table("idea_votes")
    op.drop_table("idea_vectors")
    op.drop_table("idea_triages")
    op.drop_table("idea_tags")
    op.drop_table("idea_reviews")
    op.drop_table("idea_moves")
    op.drop_table("idea_impacts")
    op.drop_table("idea_follows")
    op.drop_table("idea_experiments")
    op.drop_table("idea_edits")
    op.drop_table("idea_comments")
    op.drop_table("idea_co_submitters")
    op.drop_table("idea_attachments")
    with op.batch_alter_table("ideas", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_ideas_team_id_teams"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_ideas_duplicate_of_id_ideas"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_ideas_campaign_id_campaigns"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_ideas_sponsor_id_users"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_ideas_owner_id_users"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_ideas_title_key"))
        batch_op.drop_index(batch_op.f("ix_ideas_team_id"))
        batch_op.drop_index(batch_op.f("ix_ideas_status"))
        batch_op.drop_index(batch_op.f("ix_ideas_owner_id"))
        batch_op.drop_index(batch_op.f("ix_ideas_duplicate_of_id"))
        batch_op.drop_index(batch_op.f("ix_ideas_campaign_id"))
        batch_op.drop_index(batch_op.f("ix_ideas_business_unit"))
        batch_op.drop_column("drafted")
        batch_op.drop_column("quadrant")
        batch_op.drop_column("disagreement")
        batch_op.drop_column("review_count")
        batch_op.drop_column("feasibility_score")
        batch_op.drop_column("value_score")
        batch_op.drop_column("review_round")
        batch_op.drop_column("when_it_fails")
        batch_op.drop_column("how_overruled")
        batch_op.drop_column("who_decides")
        batch_op.drop_column("policy_version")
        batch_op.drop_column("risk_class")
        batch_op.drop_column("pilot_ends_on")
        batch_op.drop_column("success_metric")
        batch_op.drop_column("budget_cap_micros")
        batch_op.drop_column("team_id")
        batch_op.drop_column("campaign_id")
        batch_op.drop_column("owner_id")
        batch_op.drop_column("sponsor_id")
        batch_op.drop_column("lesson_learned")
        batch_op.drop_column("duplicate_of_id")
        batch_op.drop_column("row_version")
        batch_op.drop_column("stage_entered_at")
        batch_op.drop_column("status_reason")
        batch_op.drop_column("needs_external_model")
        batch_op.drop_column("personal_data")
        batch_op.drop_column("data_classification")
        batch_op.drop_column("data_needed")
        batch_op.drop_column("effort_months")
        batch_op.drop_column("reach_per_month")
        batch_op.drop_column("confidence")
        batch_op.drop_column("benefit_type")
        batch_op.drop_column("money_per_month_micros")
        batch_op.drop_column("hours_per_month")
        batch_op.drop_column("business_unit")
        batch_op.drop_column("summary")
        batch_op.drop_column("title_key")
    op.drop_table("team_members")
    op.drop_table("teams")
    op.drop_table("campaign_judges")
    op.drop_table("idea_settings")
    op.drop_table("idea_drafts")
    op.drop_table("digest_choices")
    op.drop_table("campaigns")


def _complete_ideas(connection: sa.Connection) -> None:
    """Give the ideas of before the time of their state, and the title that they are found by."""
    ideas = sa.table(
        "ideas",
        sa.column("id", sa.String),
        sa.column("title", sa.String),
        sa.column("title_key", sa.String),
        sa.column("stage_entered_at", UtcDateTime),
        sa.column("submitted_at", UtcDateTime),
    )
    connection.execute(sa.update(ideas).values(stage_entered_at=ideas.c.submitted_at))
    for idea_id, title in connection.execute(sa.select(ideas.c.id, ideas.c.title)).all():
        one = sa.update(ideas).where(ideas.c.id == idea_id)
        connection.execute(one.values(title_key=_key(title)))


def _key(title: str) -> str:
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", title).casefold()))[:100]
