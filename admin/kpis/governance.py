"""Figures of governance: risk of ideas, conduct of people, and care for documents."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from sqlmodel import Session, and_, case, col, func, select

from admin.kpis.conduct import conduct
from admin.kpis.documents import by_title
from admin.kpis.portfolio import OPEN_PHASES, days_between, is_in, middle
from admin.kpis.stories import Story, read_stories
from admin.kpis.values import Course, Windows
from admin.measures import Definition, Measure, Unit, rate
from admin.usage.figures import Figures
from admin.usage.period import Period
from core.domain.gaps import GapStatus
from core.domain.ideas.triage import RiskClass
from core.domain.ideas.workflow import IdeaStatus
from core.storage.queries.privacy.attachments import is_shared_document
from core.storage.tables import (
    CitationRow,
    CollectionRow,
    DocumentRow,
    FeedbackRow,
    IdeaSignOffRow,
    IdeaTriageRow,
    KnowledgeGapRow,
    MessageRow,
)

CLASSIFIED = Definition(
    "risk_classified",
    "Open ideas with a risk class",
    "Ideas that are neither closed, parked nor in production today and have a risk class.",
    Unit.SHARE,
)
TRIAGE_TIME = Definition(
    "triage_days",
    "Days to triage",
    "Median of the days from submission to the first triage, of ideas triaged in the period.",
    Unit.DAYS,
)
NO_SIGN_OFF = Definition(
    "high_risk_without_sign_off",
    "High risk without sign-off",
    "Approved ideas, experiments and projects whose newest triage asks for a sign-off that is not "
    "there. It has to be 0.",
)
OWNED = Definition(
    "documents_with_owner",
    "Documents with an owner",
    "Documents that answer questions and have an owner, their own or that of their collection.",
    Unit.SHARE,
)
OVERDUE = Definition(
    "documents_overdue",
    "Documents past their review date",
    "Documents that answer questions and whose review date has passed.",
    Unit.SHARE,
)
NEVER_CITED = Definition(
    "documents_never_cited",
    "Documents never cited in 90 days",
    "Documents older than 90 days that no answer cited in the 90 days before the end of the "
    "period.",
    Unit.SHARE,
)
BEHIND_BAD = Definition(
    "documents_behind_bad_answers",
    "Documents behind bad answers",
    "Documents that are still here and were cited in answers of the period that were rated not "
    "helpful, by how many of them.",
)
OPEN_GAPS = Definition(
    "open_gaps",
    "Questions waiting for an owner",
    "Questions without an answer that people sent to the owner and that nobody has settled yet.",
)
ANSWERS = and_(col(DocumentRow.current_version_id).is_not(None), is_shared_document())
"""Whether a document of the company answers questions."""
UNCITED = timedelta(days=90)
DECIDED = (
    *(IdeaStatus.APPROVED, IdeaStatus.EXPERIMENT, IdeaStatus.PRODUCTION, IdeaStatus.MEASURED),
)


def governance(session: Session, figures: Figures, windows: Windows) -> Iterator[Course]:
    """Return the figures of governance."""
    stories = read_stories(session)
    first_triage = _first_triage(session)
    is_open = [story for story in stories if story.status.phase in OPEN_PHASES]
    yield [rate(CLASSIFIED, sum(bool(one.risk_class) for one in is_open), len(is_open))]
    yield [_triage_time(stories, first_triage, window) for window in windows]
    yield [_without_sign_off(session, stories)]
    yield from conduct(session, figures, windows)
    yield [_owned(session)]
    yield [_overdue(session, windows[0])]
    yield [_never_cited(session, window) for window in windows[:2]]
    yield [_behind_bad(session, window) for window in windows[:2]]
    yield [_open_gaps(session)]


def _first_triage(session: Session) -> dict[str, datetime]:
    rows = select(IdeaTriageRow.idea_id, func.min(col(IdeaTriageRow.at)))
    return dict(session.exec(rows.group_by(IdeaTriageRow.idea_id)).all())


def _triage_time(
    stories: list[Story], first_triage: Mapping[str, datetime], window: Period
) -> Measure:
    triaged = {one: at for one, at in first_triage.items() if is_in(at, window)}
    days = [
        days_between(story.submitted_at, triaged[story.idea_id])
        for story in stories
        if story.idea_id in triaged
    ]
    return middle(TRIAGE_TIME, days)


def _without_sign_off(session: Session, stories: list[Story]) -> Measure:
    """Look at the newest triage of each idea; a sign-off belongs to one triage."""
    newest: dict[str, IdeaTriageRow] = {}
    for triage in session.exec(select(IdeaTriageRow).order_by(col(IdeaTriageRow.at))).all():
        newest[triage.idea_id] = triage
    signed = frozenset(session.exec(select(IdeaSignOffRow.triage_id)).all())
    missing = [
        story
        for story in stories
        if story.status in DECIDED
        and (last := newest.get(story.idea_id)) is not None
        and (last.needs_sign_off or RiskClass(last.risk_class).needs_sign_off)
        and last.id not in signed
    ]
    return Measure(NO_SIGN_OFF, len(missing), sum(one.status in DECIDED for one in stories))


def _owned(session: Session) -> Measure:
    owner = func.coalesce(DocumentRow.owner_id, CollectionRow.owner_id)
    number, owned = session.exec(
        select(func.count(), func.count(owner))
        .select_from(DocumentRow)
        .join(CollectionRow, col(CollectionRow.id) == DocumentRow.collection_id)
        .where(ANSWERS)
    ).one()
    return rate(OWNED, owned, number)


def _overdue(session: Session, window: Period) -> Measure:
    today = window.as_of.astimezone(window.zone).date()
    is_overdue = case((col(DocumentRow.review_by) < today, 1))
    number, overdue = session.exec(
        select(func.count(), func.count(is_overdue)).select_from(DocumentRow).where(ANSWERS)
    ).one()
    return rate(OVERDUE, overdue, number)


def _never_cited(session: Session, window: Period) -> Measure:
    since = window.until - UNCITED
    cited = (
        select(CitationRow.document_id)
        .join(MessageRow, col(MessageRow.id) == CitationRow.message_id)
        .where(
            col(MessageRow.created_at) >= since,
            col(MessageRow.created_at) < window.until,
            col(CitationRow.is_nearest).is_(False),
        )
    )
    is_uncited = case((col(DocumentRow.id).not_in(cited), 1))
    number, uncited = session.exec(
        select(func.count(), func.count(is_uncited))
        .select_from(DocumentRow)
        .where(ANSWERS, col(DocumentRow.created_at) < since)
    ).one()
    return rate(NEVER_CITED, uncited, number)


def _behind_bad(session: Session, window: Period) -> Measure:
    answers = func.count(col(CitationRow.message_id).distinct())
    rows = session.exec(
        select(col(DocumentRow.title), col(CollectionRow.name), answers)
        .join(CitationRow, col(CitationRow.document_id) == DocumentRow.id)
        .join(CollectionRow, col(CollectionRow.id) == DocumentRow.collection_id)
        .join(MessageRow, col(MessageRow.id) == CitationRow.message_id)
        .join(FeedbackRow, col(FeedbackRow.message_id) == MessageRow.id)
        .where(
            FeedbackRow.rating == -1,
            col(MessageRow.created_at) >= window.since,
            col(MessageRow.created_at) < window.until,
            col(CitationRow.is_nearest).is_(False),
            is_shared_document(),
        )
        .group_by(col(DocumentRow.id), DocumentRow.title, CollectionRow.name)
        .order_by(answers.desc(), col(DocumentRow.title), CollectionRow.name, DocumentRow.id)
    ).all()
    return Measure(BEHIND_BAD, len(rows), parts=by_title(rows))


def _open_gaps(session: Session) -> Measure:
    waiting = select(func.count(col(KnowledgeGapRow.id))).where(
        KnowledgeGapRow.status == GapStatus.OPEN.value
    )
    return Measure(OPEN_GAPS, session.exec(waiting).one())
