"""What one person did with ideas: exported, or taken out of them for good."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Column, Table
from sqlmodel import Session, SQLModel, col, delete, or_, select

from core.domain.access import require_admin, require_confirmed
from core.domain.batches import batched
from core.domain.clock import now
from core.domain.ideas.card import label_of
from core.domain.identity import User
from core.storage.compaction import compact
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.privacy.holds import require_nothing_held
from core.storage.tables import (
    IdeaAttachmentRow,
    IdeaCommentRow,
    IdeaCoSubmitterRow,
    IdeaDraftRow,
    IdeaEditRow,
    IdeaFollowRow,
    IdeaMoveRow,
    IdeaReviewRow,
    IdeaRow,
    IdeaVoteRow,
)
from ideas.cards.files import Files, drop_unused, hashes_of_draft, take_turns

IDS_PER_QUERY = 500
Record = dict[str, Any]  # Any: JSON

TABLES = (
    "ideas",
    "idea_drafts",
    "idea_co_submitters",
    "idea_attachments",
    "idea_moves",
    "idea_edits",
    "idea_votes",
    "idea_follows",
    "idea_comments",
    "idea_triages",
    "idea_sign_offs",
    "idea_reviews",
    "idea_settings",
    "idea_experiments",
    "idea_impacts",
    "campaigns",
    "campaign_judges",
    "teams",
    "team_members",
    "notifications",
    "digest_choices",
)
"""All tables of ideas that name people."""


class PersonalIdeas:
    """The doings of others, for administrators or SYSTEM in the terminal; each use is audited."""

    def __init__(self, database: Database, files: Files) -> None:
        self._database = database
        self._files = files

    def export(self, actor: User, person: User) -> Iterator[Record]:
        """Yield what the person wrote and did, one record each, as JSON; `kind` says what."""
        require_admin(actor)
        require_confirmed(actor)
        with self._database.begin() as session:
            records = [*_written(session, person.id), *_done(session, person.id)]
            record_event(
                session,
                actor,
                "ideas.exported",
                person.id,
                subjects=[person.id],
                records=len(records),
            )
        yield from records

    def records(self, session: Session, person_id: str) -> list[Record]:
        """Return what `export` yields for the person, in a transaction of the caller.

        Files that are copies of documents are left out: they are guarded as the documents are.
        """
        done = _done(session, person_id, with_copies=False)
        return [*_written(session, person_id), *done]

    def erase(self, actor: User, person: User) -> int:
        """Take the person out of all ideas, and return in how many rows they were.

        Drafts, votes, follows and notifications are deleted, comments blanked, and the chats that
        ideas came from taken out of them. Ideas, reviews, moves and reasons stay, as the company's
        record, without a name. Raises Conflict under a legal hold, and IndexUnavailable where the
        file is busy: the rows are changed then, and their bytes go with the next deletion.
        """
        require_admin(actor)
        require_confirmed(actor)
        with self._database.begin() as session:
            require_nothing_held(session, person.id)
            rows = self.leave(session, person.id).total()
            record_event(session, actor, "ideas.erased", person.id, subjects=[person.id], rows=rows)
        compact(self._database, TABLES)
        return rows

    def leave(self, session: Session, person_id: str) -> Counter[str]:
        """Take the person out in a transaction of the caller, who checks the right to do so.

        Returns how many rows were changed or deleted, by table.
        """
        take_turns(session)
        hashes = _hashes_of_drafts(session, person_id)
        _blank_comments(session, person_id)
        _blank_origins(session, person_id)
        _forget_mentions(session, person_id)
        rows = Counter({table.name: _leave(session, table, person_id) for table in _tables()})
        drop_unused(session, self._files, hashes)
        return rows

    def drop_drafts(self, session: Session, draft_ids: Sequence[str]) -> None:
        """Delete drafts with their files in a transaction of the caller."""
        take_turns(session)
        hashes = [hash_ for one in draft_ids for hash_ in hashes_of_draft(session, one)]
        for batch in batched(draft_ids, IDS_PER_QUERY):
            session.exec(delete(IdeaDraftRow).where(col(IdeaDraftRow.id).in_(batch)))
        drop_unused(session, self._files, hashes)


def _written(session: Session, person: str) -> Iterator[Record]:
    joined = select(IdeaCoSubmitterRow.idea_id).where(IdeaCoSubmitterRow.user_id == person)
    own = or_(col(IdeaRow.submitter_id) == person, col(IdeaRow.id).in_(joined))
    for idea in session.exec(select(IdeaRow).where(own).order_by(col(IdeaRow.number))).all():
        yield {
            "kind": "idea",
            "number": label_of(idea.number),
            "is_author": idea.submitter_id == person,
            "title": idea.title,
            "summary": idea.summary,
            "problem": idea.problem,
            "proposal": idea.proposal,
            "expected_benefit": idea.expected_benefit,
            "status": idea.status,
            "question": (idea.origin or {}).get("question", ""),
            "at": idea.submitted_at.isoformat(),
        }
    drafts = select(IdeaDraftRow).where(IdeaDraftRow.user_id == person)
    for draft in session.exec(drafts).all():
        files = select(IdeaAttachmentRow.file_name).where(
            IdeaAttachmentRow.draft_id == draft.id, IdeaAttachmentRow.document_id == ""
        )
        yield {
            "kind": "draft",
            "fields": draft.fields,
            "files": list(session.exec(files).all()),
            "at": draft.saved_at.isoformat(),
        }
    for comment, number in _of_ideas(session, IdeaCommentRow, IdeaCommentRow.author_id, person):
        yield _record("comment", number, comment, "text", "visibility")
    for review, number in _of_ideas(session, IdeaReviewRow, IdeaReviewRow.reviewer_id, person):
        fields = ("scores", "comment", "recommendation", "has_conflict", "conflict_reason")
        yield _record("review", number, review, *fields)


def _done(session: Session, person: str, *, with_copies: bool = True) -> Iterator[Record]:
    for move, number in _of_ideas(session, IdeaMoveRow, IdeaMoveRow.actor_id, person):
        yield _record("move", number, move, "to_status", "reason")
    for edit, number in _of_ideas(session, IdeaEditRow, IdeaEditRow.editor_id, person):
        yield _record("edit", number, edit, "changes")
    for file, number in _of_ideas(session, IdeaAttachmentRow, IdeaAttachmentRow.added_by, person):
        if with_copies or not file.document_id:
            yield _record("file", number, file, "file_name")
    for vote, number in _of_ideas(session, IdeaVoteRow, IdeaVoteRow.user_id, person):
        yield _record("vote", number, vote)
    for follow, number in _of_ideas(session, IdeaFollowRow, IdeaFollowRow.user_id, person):
        yield _record("follow", number, follow)


def _of_ideas(
    session: Session, table: type[Any], column: object, person: str
) -> Sequence[tuple[Any, int]]:
    """Return the rows of a person with the numbers of their ideas."""
    rows = session.exec(
        select(table, IdeaRow.number)
        .join(IdeaRow, col(IdeaRow.id) == table.idea_id)
        .where(col(column) == person)
        .order_by(col(IdeaRow.number))
    ).all()
    return list(rows)


def _record(kind: str, number: int, row: Any, *fields: str) -> Record:  # noqa: ANN401  of any table
    at = next(
        filter(None, (getattr(row, name, None) for name in ("at", "added_at", "assigned_at")))
    )
    values = {name: getattr(row, name) for name in fields}
    return {"kind": kind, "number": label_of(number), **values, "at": at.isoformat()}


def _tables() -> Iterable[Table]:
    return (SQLModel.metadata.tables[name] for name in TABLES)


def _people(table: Table) -> Iterator[Column[Any]]:
    """Yield the columns that name a person."""
    for key in table.foreign_keys:
        if key.column.table.name == "users":
            yield key.parent


def _leave(session: Session, table: Table, person: str) -> int:
    """Delete the rows that are a person's alone, and take the name out of the others."""
    rows = 0
    for column in _people(table):
        theirs = column == person
        statement = (
            table.update().where(theirs).values({column: None})
            if column.nullable
            else table.delete().where(theirs)
        )
        rows += session.connection().execute(statement).rowcount
    return rows


def _blank_comments(session: Session, person: str) -> None:
    theirs = select(IdeaCommentRow).where(IdeaCommentRow.author_id == person)
    for comment in session.exec(theirs).all():
        comment.text, comment.mentions = "", []
        comment.deleted_at = comment.deleted_at or now()


def _blank_origins(session: Session, person: str) -> None:
    """Take the question and the answer out of ideas that came from a chat of this person."""
    theirs = select(IdeaRow).where(IdeaRow.submitter_id == person)
    for idea in session.exec(theirs).all():
        idea.origin, idea.drafted = None, None
    session.flush()


def _forget_mentions(session: Session, person: str) -> None:
    """Take the id out of lists: mentions, co-submitters in drafts and in what cards were before."""
    for comment in session.exec(select(IdeaCommentRow)).all():
        if person in comment.mentions:
            comment.mentions = [other for other in comment.mentions if other != person]
    for draft in session.exec(select(IdeaDraftRow)).all():
        named = draft.fields.get("co_submitter_ids", ())
        if person in named:
            others = [other for other in named if other != person]
            draft.fields = {**draft.fields, "co_submitter_ids": others}
    for edit in session.exec(select(IdeaEditRow)).all():
        edit.changes = _without(edit.changes, person)
    session.flush()


def _without(stored: Record, person: str) -> Record:
    """Return the same with nobody in place of the id."""
    text = json.dumps(stored)
    if person not in text:
        return stored
    cleaned: Record = json.loads(text.replace(json.dumps(person), '""'))
    return cleaned


def _hashes_of_drafts(session: Session, person: str) -> frozenset[str]:
    files = (
        select(IdeaAttachmentRow.sha256)
        .join(IdeaDraftRow, col(IdeaDraftRow.id) == IdeaAttachmentRow.draft_id)
        .where(IdeaDraftRow.user_id == person)
    )
    return frozenset(session.exec(files).all())
