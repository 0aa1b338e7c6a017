"""Drafts of ideas: they save themselves, and their author finds them again."""

from dataclasses import asdict

from sqlmodel import Session, col, func, select

from core.domain.access import require_active
from core.domain.clock import now
from core.domain.ideas.card import DraftFields, SavedDraft
from core.domain.identity import User
from core.errors import Conflict, InvalidInput, NotFound
from core.storage.database import Database
from core.storage.queries.privacy.holds import require_not_held
from core.storage.tables import IdeaDraftRow
from ideas.cards.draft_json import fields_from_json, fields_to_json
from ideas.cards.drafting import Asked, Drafter
from ideas.cards.files import Files, drop_unused, hashes_of_draft, take_turns
from ideas.cards.origin import (
    for_reader,
    from_json,
    frozen_origin,
    questions_before,
    reach_over,
    to_json,
)
from ideas.cards.stored import drafted_fields

DRAFTS_MAX = 100
DRAFT_CHARACTERS = 40_000
"""Of all texts of one draft together; more than any idea can have."""


class IdeaDrafts:
    """The drafts of one person, which nobody else sees."""

    def __init__(self, database: Database, drafter: Drafter, files: Files) -> None:
        self._database = database
        self._drafter = drafter
        self._files = files

    def save(
        self, user: User, fields: DraftFields, *, draft_id: str = "", version: int | None = None
    ) -> SavedDraft:
        """Store what the form holds, in a new draft or in place of what was saved.

        Raises Conflict if the draft was saved elsewhere since `version`, NotFound if it is gone,
        InvalidInput if it is too long or there are too many.
        """
        require_active(user)
        if sum(map(len, _texts(fields))) > DRAFT_CHARACTERS:
            raise InvalidInput(f"Keep a draft below {DRAFT_CHARACTERS:,} characters in all.")
        with self._database.begin() as session:
            if not draft_id:
                _require_room(session, user)
                row = IdeaDraftRow(user_id=user.id)
            else:
                row = own_draft(session, user, draft_id)
                _require_version(row, version)
                row.row_version += 1
            row.fields, row.saved_at = fields_to_json(fields), now()
            session.add(row)
            session.flush()
            return _to_draft(session, user, row)

    def from_answer(self, user: User, message_id: str) -> SavedDraft:
        """Return the draft that starts from this answer, made and filled at the first call.

        The conversation is frozen into it. Title, problem and proposal are drafted by the language
        model or, without one, put together from question and gap; never from the answer, whose
        words may not be for everyone who reads the idea. Raises NotFound for an answer that is not
        this person's own.
        """
        require_active(user)
        with self._database.read() as session:
            existing = _draft_of(session, user, message_id)
            if existing is not None:
                return _to_draft(session, user, existing)
            origin = frozen_origin(session, user, message_id)
            before = questions_before(session, message_id)
        drafted = self._drafter.draft(user, Asked(origin.question, before, origin.is_gap))
        with self._database.begin() as session:
            existing = _draft_of(session, user, message_id)
            if existing is not None:
                return _to_draft(session, user, existing)
            _require_room(session, user)
            row = IdeaDraftRow(
                user_id=user.id,
                fields=asdict(drafted),
                drafted=asdict(drafted),
                origin=to_json(origin),
            )
            session.add(row)
            session.flush()
            return _to_draft(session, user, row)

    def list(self, user: User) -> list[SavedDraft]:
        """Return the drafts, the one saved last first."""
        require_active(user)
        theirs = select(IdeaDraftRow).where(IdeaDraftRow.user_id == user.id)
        with self._database.read() as session:
            rows = session.exec(theirs.order_by(col(IdeaDraftRow.saved_at).desc())).all()
            return [_to_draft(session, user, row) for row in rows]

    def get(self, user: User, draft_id: str) -> SavedDraft:
        """Return a draft; raise NotFound if it is gone or somebody else's."""
        require_active(user)
        with self._database.read() as session:
            return _to_draft(session, user, own_draft(session, user, draft_id))

    def detach(self, user: User, draft_id: str) -> SavedDraft:
        """Take the conversation off the draft; what is typed stays."""
        require_active(user)
        with self._database.begin() as session:
            row = own_draft(session, user, draft_id)
            row.origin = None
            row.row_version += 1
            return _to_draft(session, user, row)

    def discard(self, user: User, draft_id: str) -> None:
        """Remove the draft with its files; nothing happens if it is gone.

        Raises Conflict under a legal hold.
        """
        require_active(user)
        with self._database.begin() as session:
            row = session.get(IdeaDraftRow, draft_id)
            if row is None or row.user_id != user.id:
                return
            require_not_held(session, user.id)
            take_turns(session)
            hashes = hashes_of_draft(session, draft_id)
            session.delete(row)
            drop_unused(session, self._files, hashes)


def own_draft(session: Session, user: User, draft_id: str) -> IdeaDraftRow:
    """Return the row, locked until the end of the transaction; raise NotFound."""
    row = session.exec(
        select(IdeaDraftRow)
        .where(IdeaDraftRow.id == draft_id, IdeaDraftRow.user_id == user.id)
        .with_for_update()
    ).first()
    if row is None:
        raise NotFound("This draft was submitted or discarded, perhaps in another window.")
    return row


def _draft_of(session: Session, user: User, message_id: str) -> IdeaDraftRow | None:
    rows = session.exec(
        select(IdeaDraftRow).where(
            IdeaDraftRow.user_id == user.id, col(IdeaDraftRow.origin).is_not(None)
        )
    ).all()
    return next((r for r in rows if r.origin and r.origin["message_id"] == message_id), None)


def _to_draft(session: Session, user: User, row: IdeaDraftRow) -> SavedDraft:
    origin = from_json(row.origin)
    if origin is not None:
        origin = for_reader(origin, reach_over(session, user, [origin]))
    return SavedDraft(
        row.id,
        fields_from_json(row.fields),
        row.saved_at,
        row.row_version,
        origin,
        drafted_fields(row.drafted, row.fields),
    )


def _require_room(session: Session, user: User) -> None:
    theirs = select(func.count(col(IdeaDraftRow.id))).where(IdeaDraftRow.user_id == user.id)
    if session.exec(theirs).one() >= DRAFTS_MAX:
        raise InvalidInput(f"You have {DRAFTS_MAX} drafts. Submit or discard some of them first.")


def _require_version(row: IdeaDraftRow, version: int | None) -> None:
    if version is not None and row.row_version != version:
        raise Conflict(
            "You changed this draft in another window. What you typed here is kept: copy it, then "
            "open the draft again."
        )


def _texts(fields: DraftFields) -> tuple[str, ...]:
    return (
        fields.title,
        fields.problem,
        fields.proposal,
        fields.expected_benefit,
        fields.summary,
        fields.business_unit,
        fields.data.description,
        *fields.tags,
        *fields.co_submitter_ids,
    )
