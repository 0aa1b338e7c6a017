"""Comments on ideas, for everyone or for the reviewers, with mentions."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from core.domain.access import require_active
from core.domain.clock import now
from core.domain.ideas.life import Comment, Happening, Visibility
from core.domain.identity import ADMINISTRATOR, FORMER_EMPLOYEE, User
from core.errors import AccessDenied, Conflict, InvalidFields, NotFound
from core.guardrails.text import clean
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.ideas.notifications import mentioned, notify
from core.storage.queries.ideas.rows import (
    idea_row,
    idea_to_change,
    people_around,
    submitter_ids,
)
from core.storage.queries.privacy.holds import require_not_held
from core.storage.tables import IdeaCommentRow, IdeaRow, UserRow
from ideas.life.support import original_of
from ideas.workflow.rules import Part
from ideas.workflow.situation import parts_of

COMMENT_MAX = 5_000
GONE = "This comment no longer exists."


class IdeaComments:
    """Comments; notes for reviewers are read by reviewers who did not submit the idea."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, user: User, idea_id: str) -> list[Comment]:
        """Return what this person may read, the first one first.

        Deleted comments stay, without their words, where others reply to them.
        """
        require_active(user)
        with self._database.read() as session:
            row = idea_row(session, idea_id)
            rows = session.exec(
                select(IdeaCommentRow, UserRow.name)
                .join(UserRow, col(UserRow.id) == IdeaCommentRow.author_id, isouter=True)
                .where(IdeaCommentRow.idea_id == idea_id)
                .order_by(col(IdeaCommentRow.at), col(IdeaCommentRow.id))
            ).all()
            numbers = _numbers(session, [comment for comment, _ in rows])
            notes = _readable_notes(session, user, row)
        answered = {c.parent_id for c, _ in rows if c.deleted_at is None}
        return [
            _to_comment(comment, name, numbers)
            for comment, name in rows
            if (comment.deleted_at is None or comment.id in answered)
            and (comment.visibility == Visibility.PUBLIC.value or comment.id in notes)
        ]

    def add(
        self,
        user: User,
        idea_id: str,
        text: str,
        *,
        visibility: Visibility = Visibility.PUBLIC,
        parent_id: str = "",
    ) -> Comment:
        """Add a comment and tell those around the idea, and whom it mentions.

        Of a note for reviewers only mentioned reviewers are told, and a reply to one is one. Raises
        InvalidFields for an empty or too long text, AccessDenied for a note of somebody else than a
        reviewer, NotFound for a comment that is not there to reply to, Conflict for a duplicate.
        """
        require_active(user)
        text = _checked(text)
        with self._database.begin() as session:
            row = idea_to_change(session, idea_id)
            _require_open(session, row)
            if parent_id:
                visibility = _visible(session, user, row, parent_id).narrowest(visibility)
            _require_right(session, user, row, visibility)
            comment = IdeaCommentRow(
                idea_id=row.id,
                parent_id=parent_id or None,
                author_id=user.id or None,
                visibility=visibility.value,
                text=text,
                at=now(),
            )
            comment.mentions = sorted(_tell(session, user, row, comment, before=frozenset()))
            session.add(comment)
            record_event(session, user, "idea.comment", row.id, visibility=visibility.value)
            return _to_comment(comment, user.name, {})

    def edit(self, user: User, comment_id: str, text: str) -> Comment:
        """Change an own comment; whom it mentions now for the first time is told."""
        require_active(user)
        text = _checked(text)
        with self._database.begin() as session:
            comment, row = _own(session, user, comment_id)
            comment.text, comment.edited_at = text, now()
            before = frozenset(comment.mentions)
            comment.mentions = sorted(_tell(session, user, row, comment, before=before))
            record_event(session, user, "idea.comment_edited", row.id)
            return _to_comment(comment, user.name, _numbers(session, [comment]))

    def delete(self, user: User, comment_id: str) -> None:
        """Delete an own comment, or as an administrator any; its words are gone for good.

        Raises Conflict while everything of its author is under a legal hold.
        """
        require_active(user)
        with self._database.begin() as session:
            comment, row = _own(session, user, comment_id, allows_admin=True)
            require_not_held(session, comment.author_id or "")
            comment.text, comment.mentions, comment.deleted_at = "", [], now()
            record_event(session, user, "idea.comment_deleted", row.id)


def _tell(
    session: Session,
    user: User,
    row: IdeaRow,
    comment: IdeaCommentRow,
    *,
    before: frozenset[str],
) -> frozenset[str]:
    """Tell people of a new or changed comment, and return whom it mentions."""
    is_note = comment.visibility == Visibility.REVIEWERS.value
    named = mentioned(session, comment.text, reviewers_only=is_note)
    if is_note:
        named -= submitter_ids(session, row)
    about = {"comment": comment.id}
    notify(session, user, Happening.MENTIONED, named - before, idea_id=row.id, **about)
    if not is_note and comment.edited_at is None:
        around = people_around(session, row) - named
        notify(session, user, Happening.COMMENTED, around, idea_id=row.id, **about)
    return named


def _checked(text: str) -> str:
    text = clean(text).text.strip()
    if not text:
        raise InvalidFields({"text": "Write a few words first."})
    if len(text) > COMMENT_MAX:
        raise InvalidFields({"text": f"Keep the comment below {COMMENT_MAX:,} characters."})
    return text


def _require_open(session: Session, row: IdeaRow) -> None:
    original = original_of(session, row)
    if original:
        raise Conflict(f"This idea was merged into {original}. Write your comment there.")


def _require_right(session: Session, user: User, row: IdeaRow, visibility: Visibility) -> None:
    if visibility is Visibility.REVIEWERS and not _sees_notes(session, user, row):
        raise AccessDenied("Only reviewers who did not submit the idea write notes for reviewers.")


def _sees_notes(session: Session, user: User, row: IdeaRow) -> bool:
    return Part.COMMITTEE in parts_of(session, user, row)


def _readable_notes(session: Session, user: User, row: IdeaRow) -> frozenset[str]:
    """Return the notes that this person may read; none that is about an idea of their own.

    Notes that came with a duplicate are about that idea, too.
    """
    if not _sees_notes(session, user, row):
        return frozenset()
    notes = session.exec(
        select(IdeaCommentRow.id, IdeaRow)
        .join(IdeaRow, col(IdeaRow.id) == IdeaCommentRow.written_under_id, isouter=True)
        .where(
            IdeaCommentRow.idea_id == row.id,
            IdeaCommentRow.visibility == Visibility.REVIEWERS.value,
        )
    ).all()
    return frozenset(
        note for note, about in notes if about is None or _sees_notes(session, user, about)
    )


def _visible(session: Session, user: User, row: IdeaRow, comment_id: str) -> Visibility:
    """Return who reads the comment; raise NotFound unless this person does."""
    comment = session.get(IdeaCommentRow, comment_id)
    if comment is None or comment.idea_id != row.id or comment.deleted_at is not None:
        raise NotFound(GONE)
    visibility = Visibility(comment.visibility)
    if visibility is Visibility.REVIEWERS and not _sees_notes(session, user, row):
        raise NotFound(GONE)
    return visibility


def _own(
    session: Session, user: User, comment_id: str, *, allows_admin: bool = False
) -> tuple[IdeaCommentRow, IdeaRow]:
    comment = session.exec(
        select(IdeaCommentRow).where(IdeaCommentRow.id == comment_id).with_for_update()
    ).first()
    if comment is None or comment.deleted_at is not None:
        raise NotFound(GONE)
    row = idea_row(session, comment.idea_id)
    is_note = comment.visibility == Visibility.REVIEWERS.value
    if is_note and not _sees_notes(session, user, row):
        raise NotFound(GONE)
    is_own = bool(user.id) and comment.author_id == user.id
    if not is_own and not (allows_admin and user.is_admin):
        raise AccessDenied("Only its author can change this comment; administrators can delete it.")
    return comment, row


def _numbers(session: Session, comments: Sequence[IdeaCommentRow]) -> dict[str, int]:
    """Return the numbers of the duplicates that comments were written under."""
    ids = {comment.written_under_id for comment in comments if comment.written_under_id}
    if not ids:
        return {}
    numbers = select(IdeaRow.id, IdeaRow.number).where(col(IdeaRow.id).in_(ids))
    return dict(session.exec(numbers).all())


def _to_comment(row: IdeaCommentRow, name: str | None, numbers: dict[str, int]) -> Comment:
    return Comment(
        id=row.id,
        author_id=row.author_id or "",
        author_name=name or (FORMER_EMPLOYEE if row.author_id else ADMINISTRATOR),
        text=row.text,
        at=row.at,
        visibility=Visibility(row.visibility),
        parent_id=row.parent_id or "",
        edited_at=row.edited_at,
        is_deleted=row.deleted_at is not None,
        from_number=numbers.get(row.written_under_id or ""),
    )
