"""Moves ideas from state to state: the only place that changes a state."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from core.domain.access import require_active
from core.domain.clock import now
from core.domain.ideas.life import Happening
from core.domain.ideas.workflow import (
    IdeaStatus,
    Move,
    MoveOption,
    MoveRequest,
    Need,
)
from core.domain.identity import ADMINISTRATOR, User
from core.errors import AccessDenied, InvalidInput, MoveRefused
from core.guardrails.text import clean
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.ideas.notifications import mentioned, notify
from core.storage.queries.ideas.rows import idea_row, idea_to_change, note_change, people_around
from core.storage.tables import IdeaMoveRow, IdeaReviewRow, IdeaRow, UserRow
from ideas.workflow.merging import lock_both, merge, require_target
from ideas.workflow.rules import RULES, WORDS
from ideas.workflow.sentences import lacks, no_way, not_yours
from ideas.workflow.situation import WORDS_MAX, lacking, parts_of, situation_of


class Workflow:
    """The way of ideas; who may move what is in `rules`, what a move takes in `situation`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def move(self, user: User, idea_id: str, request: MoveRequest) -> Move:
        """Move the idea and tell those around it.

        Raises NotFound; Conflict, naming who was faster, for another version than the present one;
        MoveRefused where no move leads there or something is missing; AccessDenied where the move
        is somebody else's; InvalidInput for words that are too long.
        """
        require_active(user)
        request = _visible(request)
        with self._database.begin() as session:
            if request.to is IdeaStatus.DUPLICATE:
                lock_both(session, idea_id, request.target_id)
            row = idea_to_change(session, idea_id, request.version)
            _require(session, user, row, request)
            if request.to is IdeaStatus.DUPLICATE:
                _make_duplicate(session, user, row, request.target_id)
            return _carry_out(session, user, row, request)

    def options(self, user: User, idea_id: str) -> list[MoveOption]:
        """Return the moves that are this person's to make, with what each one still lacks."""
        require_active(user)
        with self._database.read() as session:
            row = idea_row(session, idea_id)
            situation, parts = situation_of(session, row), parts_of(session, user, row)
        theirs = {
            to: rule
            for (start, to), rule in RULES.items()
            if start.value == row.status and rule.parts & parts
        }
        return [_option(to, lacking(rule, situation, _silent(to))) for to, rule in theirs.items()]

    def history(self, user: User, idea_id: str) -> list[Move]:
        """Return the way of the idea, the first step first."""
        require_active(user)
        with self._database.read() as session:
            idea_row(session, idea_id)
            rows = session.exec(
                select(IdeaMoveRow, UserRow.name)
                .join(UserRow, col(UserRow.id) == IdeaMoveRow.actor_id, isouter=True)
                .where(IdeaMoveRow.idea_id == idea_id)
                .order_by(col(IdeaMoveRow.at), col(IdeaMoveRow.id))
            ).all()
        return [_to_move(row, name) for row, name in rows]


def first_step(session: Session, user: User, row: IdeaRow) -> None:
    """Write how a new idea came to be submitted."""
    enter(session, user, row, IdeaStatus.SUBMITTED, "")
    row.submitted_at = row.stage_entered_at


def enter(session: Session, user: User, row: IdeaRow, to: IdeaStatus, reason: str) -> IdeaMoveRow:
    """Write that the idea is in a state now, and since when; the guards are the caller's."""
    moment = now()
    step = IdeaMoveRow(
        idea_id=row.id,
        from_status=row.status,
        to_status=to.value,
        actor_id=user.id or None,
        at=moment,
        reason=reason,
    )
    row.status, row.status_reason, row.stage_entered_at = to.value, reason, moment
    session.add(step)
    return step


def _require(session: Session, user: User, row: IdeaRow, request: MoveRequest) -> None:
    start = IdeaStatus(row.status)
    rule = RULES.get((start, request.to))
    if rule is None:
        raise MoveRefused(no_way(start, request.to))
    if not rule.parts & parts_of(session, user, row):
        raise AccessDenied(not_yours(rule))
    missing = lacking(rule, situation_of(session, row), request)
    if missing:
        raise MoveRefused(lacks(missing), tuple(need.value for need in missing))


def _make_duplicate(session: Session, user: User, row: IdeaRow, target_id: str) -> None:
    original = require_target(session, row, target_id)
    told = people_around(session, row)
    merge(session, user, row, original)
    notify(session, user, Happening.MERGED, told, idea_id=original.id, merged=row.number)


def _carry_out(session: Session, user: User, row: IdeaRow, request: MoveRequest) -> Move:
    start = IdeaStatus(row.status)
    step = enter(session, user, row, request.to, request.reason)
    if request.lesson:
        row.lesson_learned = request.lesson
    if request.to is IdeaStatus.EVALUATION:
        _begin_round(session, row)
    note_change(row, user)
    record_event(
        session, user, "idea.move", row.id, from_status=start.value, to_status=request.to.value
    )
    if request.to is not IdeaStatus.DUPLICATE:
        _tell(session, user, row, request)
    return _to_move(step, user.name)


def _begin_round(session: Session, row: IdeaRow) -> None:
    """Begin with new reviews where some were written before: the idea has changed since."""
    of_round = select(IdeaReviewRow.id).where(
        IdeaReviewRow.idea_id == row.id, IdeaReviewRow.round == row.review_round
    )
    if session.exec(of_round.limit(1)).first() is None:
        return
    row.review_round += 1
    row.review_count = 0
    row.value_score = row.feasibility_score = row.disagreement = None
    row.value_spread = row.feasibility_spread = row.impact_score = None
    row.quadrant = None


def _tell(session: Session, user: User, row: IdeaRow, request: MoveRequest) -> None:
    named = mentioned(session, request.reason)
    around = people_around(session, row) - named
    notify(session, user, Happening.MOVED, around, idea_id=row.id, to=request.to.value)
    notify(session, user, Happening.MENTIONED, named, idea_id=row.id, to=request.to.value)


def _visible(request: MoveRequest) -> MoveRequest:
    reason, lesson = clean(request.reason).text.strip(), clean(request.lesson).text.strip()
    if max(len(reason), len(lesson)) > WORDS_MAX:
        raise InvalidInput(f"Keep the reason and what was learned below {WORDS_MAX:,} characters.")
    return MoveRequest(request.to, request.version, reason, lesson, request.target_id)


def _silent(to: IdeaStatus) -> MoveRequest:
    """Return a move of which nothing was said yet."""
    return MoveRequest(to, 0)


def _option(to: IdeaStatus, lacked: Sequence[Need]) -> MoveOption:
    return MoveOption(
        to,
        missing=tuple(need for need in lacked if need not in WORDS),
        wants=tuple(need for need in lacked if need in WORDS),
    )


def _to_move(row: IdeaMoveRow, name: str | None) -> Move:
    return Move(
        IdeaStatus(row.from_status),
        IdeaStatus(row.to_status),
        name or ADMINISTRATOR,
        row.at,
        row.reason,
    )
