"""Submit, list and open idea cards."""

from dataclasses import asdict, replace

from sqlmodel import Session, col, func, or_, select

from core.domain.access import require_active
from core.domain.answers import WITHHELD, Citation, Source
from core.domain.clock import now
from core.domain.conversations import MessageRole
from core.domain.ideas import IdeaCard, IdeaCategory, IdeaDraft, IdeaOrigin, IdeaStatus
from core.domain.identity import FORMER_EMPLOYEE, User
from core.errors import InvalidInput, NotFound
from core.guardrails.text import clean
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.sources import Reach, reach_of, sources_of
from core.storage.tables import (
    CitationRow,
    ConversationRow,
    IdeaRow,
    MessageRow,
    UserRow,
)

TITLE_LENGTH = (10, 100)
PROBLEM_MIN = 30
PROPOSAL_MIN = 20
TEXT_MAX = 5_000


class Ideas:
    """Ideas, which every active person submits and reads; further rights follow the role."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def submit(self, user: User, draft: IdeaDraft, *, message_id: str | None = None) -> IdeaCard:
        """Create a card, with the conversation of `message_id` frozen into it if given.

        Raises InvalidInput naming every field that needs work, and NotFound for an answer that
        is not this person's own.
        """
        require_active(user)
        draft = _visible(draft)
        problems = draft_problems(draft)
        if problems:
            raise InvalidInput(" ".join(problems.values()))
        with self._database.begin() as session:
            origin = _origin(session, user, message_id) if message_id else None
            row = _new_row(session, user, draft, origin)
            record_event(session, user, "idea.submit", row.id, from_chat=origin is not None)
            return _to_card(row, user.name, _reach(session, user, row))

    def origin_of(self, user: User, message_id: str) -> IdeaOrigin:
        """Return the origin of an idea from this answer, as far as the person may read it."""
        require_active(user)
        with self._database.read() as session:
            origin = _origin(session, user, message_id)
            return _for_reader(origin, reach_of(session, user, origin.sources or ()))

    def list(
        self, user: User, *, search: str = "", category: IdeaCategory | None = None
    ) -> list[IdeaCard]:
        """Return all ideas, newest first; `search` looks into title, problem and proposal."""
        require_active(user)
        query = select(IdeaRow, UserRow.name).join(
            UserRow, col(UserRow.id) == IdeaRow.submitter_id, isouter=True
        )
        if category:
            query = query.where(IdeaRow.category == category.value)
        if search.strip():
            words = search.strip()
            fields = (IdeaRow.title, IdeaRow.problem, IdeaRow.proposal)
            query = query.where(
                or_(*(col(field).icontains(words, autoescape=True) for field in fields))
            )
        with self._database.read() as session:
            rows = session.exec(query.order_by(col(IdeaRow.number).desc())).all()
            reach = _reach(session, user, *(row for row, _ in rows))
            return [_to_card(row, name, reach) for row, name in rows]

    def get(self, user: User, idea_id: str) -> IdeaCard:
        """Return the idea; raise NotFound if it does not exist."""
        require_active(user)
        with self._database.read() as session:
            row = session.get(IdeaRow, idea_id)
            if row is None:
                raise NotFound("This idea does not exist.")
            submitter = session.get(UserRow, row.submitter_id) if row.submitter_id else None
            return _to_card(row, submitter.name if submitter else None, _reach(session, user, row))


def draft_problems(draft: IdeaDraft) -> dict[str, str]:
    """Return what is missing, by field name; empty if the draft can be submitted."""
    draft = _visible(draft)
    shortest, longest = TITLE_LENGTH
    problems: dict[str, str] = {}
    if not shortest <= len(draft.title) <= longest:
        problems["title"] = f"Give the idea a title of {shortest} to {longest} characters."
    if len(draft.problem) < PROBLEM_MIN:
        problems["problem"] = f"Describe the problem in at least {PROBLEM_MIN} characters."
    if len(draft.proposal) < PROPOSAL_MIN:
        problems["proposal"] = f"Describe the proposal in at least {PROPOSAL_MIN} characters."
    for name in ("problem", "proposal", "expected_benefit"):
        if len(getattr(draft, name)) > TEXT_MAX:
            problems[name] = f"Keep each text below {TEXT_MAX:,} characters."
    return problems


def _visible(draft: IdeaDraft) -> IdeaDraft:
    """Remove space around the texts and characters that nobody sees."""
    return replace(
        draft,
        title=clean(draft.title).text.strip(),
        problem=clean(draft.problem).text.strip(),
        proposal=clean(draft.proposal).text.strip(),
        expected_benefit=clean(draft.expected_benefit).text.strip(),
    )


def _new_row(session: Session, user: User, draft: IdeaDraft, origin: IdeaOrigin | None) -> IdeaRow:
    _wait_for_other_submissions(session)
    highest = session.exec(select(func.max(col(IdeaRow.number)))).one()
    row = IdeaRow(
        number=(highest or 0) + 1,
        title=draft.title,
        problem=draft.problem,
        proposal=draft.proposal,
        category=draft.category.value,
        expected_benefit=draft.expected_benefit,
        status=IdeaStatus.SUBMITTED.value,
        submitter_id=user.id,
        origin=asdict(origin) if origin else None,
        submitted_at=now(),
    )
    session.add(row)
    session.flush()
    return row


def _wait_for_other_submissions(session: Session) -> None:
    """Lock the numbers, so that no two ideas get the same; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql("LOCK TABLE ideas IN SHARE ROW EXCLUSIVE MODE")


def _origin(session: Session, user: User, message_id: str) -> IdeaOrigin:
    answer = session.get(MessageRow, message_id)
    chat = session.get(ConversationRow, answer.conversation_id) if answer else None
    is_own = chat is not None and chat.user_id == user.id and chat.deleted_at is None
    if answer is None or answer.role != MessageRole.ASSISTANT or not is_own:
        raise NotFound("The answer this idea should start from no longer exists.")
    question = session.exec(
        select(MessageRow.text)
        .where(
            MessageRow.conversation_id == answer.conversation_id,
            MessageRow.role == MessageRole.USER.value,
            col(MessageRow.position) < answer.position,
        )
        .order_by(col(MessageRow.position).desc())
    ).first()
    return IdeaOrigin(
        message_id,
        question or "",
        answer.text,
        answer.engine,
        _citations(session, message_id),
        _sources(session, answer),
    )


def _sources(session: Session, answer: MessageRow) -> tuple[Source, ...] | None:
    """Return the documents behind the answer; none for a text of our own, None if unknown."""
    if answer.abstained or not answer.text:
        return ()
    recorded = sources_of(session, [answer.id]).get(answer.id)
    return tuple(sorted(recorded, key=lambda source: source.document_id)) if recorded else None


def _citations(session: Session, message_id: str) -> tuple[Citation, ...]:
    rows = session.exec(
        select(CitationRow)
        .where(CitationRow.message_id == message_id, col(CitationRow.is_nearest).is_(False))
        .order_by(col(CitationRow.number))
    ).all()
    return tuple(
        Citation(**row.model_dump(exclude={"id", "message_id", "is_nearest"})) for row in rows
    )


def _to_card(row: IdeaRow, submitter_name: str | None, reach: Reach) -> IdeaCard:
    """Return the card as its reader may see it."""
    origin = _stored_origin(row)
    return IdeaCard(
        id=row.id,
        number=row.number,
        draft=IdeaDraft(
            row.title,
            row.problem,
            row.proposal,
            IdeaCategory(row.category),
            row.expected_benefit,
        ),
        status=IdeaStatus(row.status),
        submitter_id=row.submitter_id or "",
        submitter_name=submitter_name or FORMER_EMPLOYEE,
        submitted_at=row.submitted_at,
        origin=_for_reader(origin, reach) if origin else None,
    )


def _for_reader(origin: IdeaOrigin, reach: Reach) -> IdeaOrigin:
    """Withhold the answer unless everything that was read for it is open to the reader.

    An idea is open to everybody, but the documents behind its answer are not, not even to its
    author. The answer is a copy of document text, whether it cites its sources or not. One without
    any source is an answer of our own.
    """
    if origin.sources == () or reach.may_read(origin.sources):
        return origin
    return replace(origin, answer=WITHHELD, citations=())


def _reach(session: Session, user: User, *rows: IdeaRow) -> Reach:
    """Return what this person may read of the documents behind these ideas."""
    origins = filter(None, map(_stored_origin, rows))
    return reach_of(
        session, user, {source for origin in origins for source in origin.sources or ()}
    )


def _stored_origin(row: IdeaRow) -> IdeaOrigin | None:
    if row.origin is None:
        return None
    citations = tuple(Citation(**citation) for citation in row.origin["citations"])
    sources = row.origin.get("sources")
    return IdeaOrigin(
        **{
            **row.origin,
            "citations": citations,
            "sources": None if sources is None else tuple(Source(**source) for source in sources),
        }
    )
