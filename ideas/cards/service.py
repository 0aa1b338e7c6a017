"""Submits, reads and changes idea cards."""

import re
from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session, col, select

from core.domain.access import require_active
from core.domain.ideas.card import IdeaCard, IdeaCategory, IdeaDraft, IdeaEdit, IdeaOrigin
from core.domain.ideas.filters import IdeaFilter
from core.domain.ideas.life import Happening
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import User
from core.errors import NotFound
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.ideas.filter import conditions
from core.storage.queries.ideas.notifications import notify
from core.storage.queries.ideas.rows import (
    hidden_scores,
    idea_row,
    idea_to_change,
    note_change,
    people_around,
)
from core.storage.tables import IdeaDraftRow, IdeaEditRow, IdeaRow
from ideas.cards.drafts import own_draft
from ideas.cards.edits import (
    PEOPLE,
    changes_between,
    editable_fields,
    edits_of,
    require_editable,
    values_of,
)
from ideas.cards.fields import visible
from ideas.cards.origin import for_reader, from_json, frozen_origin, reach_over, to_json
from ideas.cards.stored import around, read, tags_of, to_card, write
from ideas.cards.submission import (
    co_submitters_of,
    next_number,
    require_fields,
    require_new_title,
    require_people,
    store_people,
    take_files,
    wait_for_other_titles,
)
from ideas.workflow.moves import first_step

_NUMBER = re.compile(r"(?:idea-?)?0*(\d{1,9})", re.IGNORECASE)


class Ideas:
    """Ideas, which every active person submits and reads; further rights follow the role."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def submit(
        self,
        user: User,
        draft: IdeaDraft,
        *,
        message_id: str | None = None,
        draft_id: str = "",
        co_submitter_ids: Sequence[str] = (),
    ) -> IdeaCard:
        """Create a card, with the conversation of the draft or of `message_id` frozen into it.

        The draft, if there is one, becomes the idea with its files. Raises InvalidFields naming
        every field that needs work, TitleTaken with the idea that has the title, and NotFound for
        an answer or a draft that is not this person's own.
        """
        require_active(user)
        draft = visible(draft)
        with self._database.begin() as session:
            saved = own_draft(session, user, draft_id) if draft_id else None
            require_fields(session, user, draft)
            people = require_people(session, user.id, co_submitter_ids)
            wait_for_other_titles(session)
            require_new_title(session, draft.title)
            origin = _origin(session, user, saved, message_id)
            row = _new_row(session, user, draft, origin)
            row.drafted = saved.drafted if saved else None
            _take_over(session, saved, row.id)
            store_people(session, row.id, people)
            record_event(session, user, "idea.submit", row.id, from_chat=origin is not None)
            notify(session, user, Happening.CO_SUBMITTER_NAMED, people, idea_id=row.id)
            session.flush()
            return _cards(session, user, [row])[0]

    def origin_of(self, user: User, message_id: str) -> IdeaOrigin:
        """Return the origin of an idea from this answer, as far as the person may read it."""
        require_active(user)
        with self._database.read() as session:
            origin = frozen_origin(session, user, message_id)
            return for_reader(origin, reach_over(session, user, [origin]))

    def get(self, user: User, reference: str) -> IdeaCard:
        """Return an idea by its id or by its number (IDEA-0012, 12); raise NotFound."""
        require_active(user)
        with self._database.read() as session:
            return _cards(session, user, [_row(session, reference)])[0]

    def find(self, user: User, reference: str) -> IdeaCard:
        """Return an idea as `get`, and for a duplicate the idea that it was merged into."""
        require_active(user)
        with self._database.read() as session:
            row = _row(session, reference)
            original = row.duplicate_of_id
            row = idea_row(session, original) if original else row
            return _cards(session, user, [row])[0]

    def editable_fields(self, user: User, idea_id: str) -> frozenset[str]:
        """Return the names of the fields that this person may change now, as in `edits`."""
        require_active(user)
        with self._database.read() as session:
            return editable_fields(session, user, idea_row(session, idea_id))

    def edit(
        self,
        user: User,
        idea_id: str,
        draft: IdeaDraft,
        *,
        version: int,
        co_submitter_ids: Sequence[str] | None = None,
    ) -> IdeaCard:
        """Store changed fields and keep what stood there; None leaves the co-submitters.

        Raises Conflict, naming who was faster; AccessDenied for a field that is not this person's
        to change now; InvalidFields and TitleTaken as `submit`.
        """
        require_active(user)
        draft = visible(draft)
        with self._database.begin() as session:
            wait_for_other_titles(session)
            row = idea_to_change(session, idea_id, version)
            _change(session, user, row, draft, co_submitter_ids)
            session.flush()
            return _cards(session, user, [row])[0]

    def edits(self, user: User, idea_id: str) -> list[IdeaEdit]:
        """Return what was changed of the card after its submission, the newest change first."""
        require_active(user)
        with self._database.read() as session:
            idea_row(session, idea_id)
            return edits_of(session, idea_id)

    def matching(self, user: User, wanted: IdeaFilter) -> list[IdeaCard]:
        """Return the cards that a filter lets through, in full, newest first."""
        require_active(user)
        with self._database.read() as session:
            rows = session.exec(
                select(IdeaRow).where(*conditions(wanted)).order_by(col(IdeaRow.number).desc())
            ).all()
            return _cards(session, user, rows)

    def list(
        self, user: User, *, search: str = "", category: IdeaCategory | None = None
    ) -> list[IdeaCard]:
        """Return all cards in full, newest first; for a page of a list see IdeaLists."""
        return self.matching(user, IdeaFilter(search=search, category=category))


def _change(
    session: Session, user: User, row: IdeaRow, draft: IdeaDraft, people: Sequence[str] | None
) -> None:
    known = co_submitters_of(session, row.id)
    before = read(row, tags_of(session, [row.id]).get(row.id, ()))
    wanted = known if people is None else require_people(session, row.submitter_id, people)
    changes = changes_between(values_of(before, known), values_of(draft, wanted))
    if not changes:
        return
    require_editable(session, user, row, list(changes))
    _require_changed(session, user, before, draft)
    if "title" in changes:
        require_new_title(session, draft.title, except_id=row.id)
    session.add(
        IdeaEditRow(
            idea_id=row.id, editor_id=user.id or None, row_version=row.row_version, changes=changes
        )
    )
    write(session, row, draft)
    store_people(session, row.id, wanted)
    note_change(row, user)
    record_event(session, user, "idea.edit", row.id, fields=len(changes))
    _tell(session, user, row, joined=set(wanted) - set(known) if PEOPLE in changes else set())


def _require_changed(session: Session, user: User, before: IdeaDraft, draft: IdeaDraft) -> None:
    """Check the fields; a campaign and a team that the idea is in already may have ended since."""
    is_same = (draft.campaign_id, draft.team_id) == (before.campaign_id, before.team_id)
    require_fields(session, user, replace(draft, campaign_id="", team_id="") if is_same else draft)


def _tell(session: Session, user: User, row: IdeaRow, *, joined: set[str]) -> None:
    notify(session, user, Happening.CO_SUBMITTER_NAMED, joined, idea_id=row.id)
    others = people_around(session, row) - joined
    notify(session, user, Happening.EDITED, others, idea_id=row.id)


def _origin(
    session: Session, user: User, saved: IdeaDraftRow | None, message_id: str | None
) -> IdeaOrigin | None:
    if saved is not None and saved.origin:
        return from_json(saved.origin)
    return frozen_origin(session, user, message_id) if message_id else None


def _new_row(session: Session, user: User, draft: IdeaDraft, origin: IdeaOrigin | None) -> IdeaRow:
    row = IdeaRow(
        number=next_number(session),
        title=draft.title,
        problem=draft.problem,
        proposal=draft.proposal,
        category=draft.category.value,
        status=IdeaStatus.DRAFT.value,
        submitter_id=user.id or None,
        changed_by=user.id or None,
        origin=to_json(origin) if origin else None,
    )
    write(session, row, draft)
    first_step(session, user, row)
    return row


def _take_over(session: Session, saved: IdeaDraftRow | None, idea_id: str) -> None:
    if saved is None:
        return
    take_files(session, saved.id, idea_id)
    session.delete(saved)


def _row(session: Session, reference: str) -> IdeaRow:
    number = _NUMBER.fullmatch(reference.strip())
    row = session.get(IdeaRow, reference)
    if row is None and number:
        of_number = select(IdeaRow).where(IdeaRow.number == int(number[1]))
        row = session.exec(of_number).first()
    if row is None:
        raise NotFound("This idea does not exist.")
    return row


def _cards(session: Session, user: User, rows: Sequence[IdeaRow]) -> list[IdeaCard]:
    """Return the cards as this person may see them."""
    known = around(session, rows)
    origins = [from_json(row.origin) for row in rows]
    reach = reach_over(session, user, origins)
    hidden = hidden_scores(session, user, [row.id for row in rows])
    return [
        to_card(
            row,
            known,
            for_reader(origin, reach) if origin else None,
            is_blind=row.id in hidden,
        )
        for row, origin in zip(rows, origins, strict=True)
    ]
