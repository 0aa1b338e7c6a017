"""Figures of adoption: who asks, who comes back, what is read, and who takes part in ideas."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import CompoundSelect, Select, SQLColumnExpression, and_, union
from sqlmodel import Session, col, func, select

from admin.kpis.documents import by_title
from admin.kpis.values import Course, Windows
from admin.measures import MIN_CASES, Definition, Measure, Unit, rate
from admin.usage.days import UsageDays
from admin.usage.figures import Figures
from admin.usage.period import Period, Span, midnight
from admin.usage.reading import count_conversations, read_people
from admin.usage.values import UsageFigures
from core.storage.queries.privacy.attachments import is_shared_document
from core.storage.tables import (
    CampaignRow,
    CitationRow,
    CollectionRow,
    ConversationRow,
    DocumentRow,
    IdeaCommentRow,
    IdeaCoSubmitterRow,
    IdeaReviewRow,
    IdeaRow,
    IdeaVoteRow,
    MessageRow,
    UserRow,
)

WEEKLY = Definition(
    "weekly_active",
    "People in a week",
    "People who asked something in the last 7 days of the period.",
)
MONTHLY = Definition(
    "monthly_active",
    "People in a month",
    "People who asked something in the last 30 days of the period.",
)
STICKINESS = Definition(
    "stickiness",
    "Weekly of monthly people",
    "People of the last 7 days, of those of the last 30 days.",
    Unit.SHARE,
)
ACTIVATION = Definition(
    "activation",
    "Staff who ask",
    "People with an active account who asked something in the last 30 days of the period, of all "
    "with an active account.",
    Unit.SHARE,
)
RETURNING = Definition(
    "returning",
    "Back the week after",
    "People of the week before last who also asked in the last week.",
    Unit.SHARE,
)
QUESTIONS = Definition("questions", "Questions", "Questions that were asked, tests aside.")
PER_CONVERSATION = Definition(
    "questions_per_conversation",
    "Questions in a conversation",
    "Questions for each conversation in which something was asked. A conversation that goes on on "
    "another day counts there as well.",
)
MOST_READ = Definition(
    "most_read",
    "Most-read documents",
    "Documents that are still here and were cited to at least 5 people, by how many; fewer could "
    "tell who asked.",
)
PARTICIPATION = Definition(
    "participation",
    "Staff who take part in ideas",
    "People with an active account who submitted, voted, commented or reviewed in the period, of "
    "all with an active account; by what they did below.",
    Unit.SHARE,
)
IDEAS_PER_HUNDRED = Definition(
    "ideas_per_hundred_staff",
    "Ideas for 100 staff",
    "Ideas submitted in the period, for every 100 people with an active account; not told of "
    "fewer than 20.",
)
TURNOUT = Definition(
    "campaign_turnout",
    "Turnout of campaigns",
    "People who submitted, alone or with others, or voted in a campaign that was open in the "
    "period, of all with an active account. None without a campaign.",
    Unit.SHARE,
)
WEEK, MONTH = timedelta(days=7), timedelta(days=30)
PEOPLE_MIN = 5
Asked = Sequence[frozenset[str]]
"""Who asked in the last week of a window, in the week before it, and in the last month."""


def adoption(
    session: Session, days: UsageDays, figures: Figures, windows: Windows
) -> Iterator[Course]:
    """Return the figures of adoption."""
    each = figures.each([window.whole for window in windows], counts_people=False)
    asked = _asked(session, days, windows[:2])
    weeks = [*(week for week, _, _ in asked), *_weeks(session, days, windows[2:])]
    staff = frozenset(session.exec(select(UserRow.id).where(col(UserRow.is_active))).all())
    yield [Measure(WEEKLY, len(week)) for week in weeks]
    yield [Measure(MONTHLY, len(month)) for _, _, month in asked]
    yield [rate(STICKINESS, len(week), len(month)) for week, _, month in asked]
    yield [rate(ACTIVATION, len(month & staff), len(staff)) for _, _, month in asked]
    yield [rate(RETURNING, len(week & before), len(before)) for week, before, _ in asked]
    yield [Measure(QUESTIONS, one.questions) for one in each]
    yield [
        _per_conversation(session, days, window, one)
        for window, one in zip(windows[:2], each, strict=False)
    ]
    yield [_most_read(session, window) for window in windows[:2]]
    yield [_participation(session, window, staff) for window in windows]
    yield [_ideas(session, window, len(staff)) for window in windows]
    yield [_turnout(session, window, staff) for window in windows[:2]]


def _asked(session: Session, days: UsageDays, windows: Windows) -> list[Asked]:
    """Read all windows at once."""
    spans = [span for window in windows for span in _spans(window)]
    people = read_people(session, days.pieces(spans, windows[0].zone))
    each = [frozenset(people.get(number, ())) for number in range(len(spans))]
    return [each[at : at + 3] for at in range(0, len(each), 3)]


def _weeks(session: Session, days: UsageDays, windows: Windows) -> list[frozenset[str]]:
    """Read only the last week of each window, for the trend: months would take longest of all."""
    spans = [next(_spans(window)) for window in windows]
    people = read_people(session, days.pieces(spans, windows[0].zone))
    return [frozenset(people.get(number, ())) for number in range(len(spans))]


def _spans(window: Period) -> Iterator[Span]:
    """Return the last week, the one before it, and the last month of a window."""
    for begins, ends in ((6, -1), (13, 6), (29, -1)):
        first = window.last - timedelta(days=begins)
        until = midnight(window.last - timedelta(days=ends), window.zone)
        yield Span(first, midnight(first, window.zone), min(until, window.until))


def _per_conversation(
    session: Session, days: UsageDays, window: Period, figures: UsageFigures
) -> Measure:
    number = count_conversations(session, days.pieces(window.spans(), window.zone))
    return Measure(PER_CONVERSATION, figures.questions / number if number else None, number)


def _most_read(session: Session, window: Period) -> Measure:
    people = func.count(col(ConversationRow.user_id).distinct())
    rows = session.exec(
        select(col(DocumentRow.title), col(CollectionRow.name), people)
        .join(CitationRow, col(CitationRow.document_id) == DocumentRow.id)
        .join(CollectionRow, col(CollectionRow.id) == DocumentRow.collection_id)
        .join(MessageRow, col(MessageRow.id) == CitationRow.message_id)
        .join(ConversationRow, col(ConversationRow.id) == MessageRow.conversation_id)
        .where(
            col(MessageRow.created_at) >= window.since,
            col(MessageRow.created_at) < window.until,
            col(CitationRow.is_nearest).is_(False),
            is_shared_document(),
        )
        .group_by(col(DocumentRow.id), DocumentRow.title, CollectionRow.name)
        .having(people >= PEOPLE_MIN)
        .order_by(people.desc(), col(DocumentRow.title), CollectionRow.name, DocumentRow.id)
    ).all()
    return Measure(MOST_READ, len(rows), parts=by_title(rows))


def _participation(session: Session, window: Period, staff: frozenset[str]) -> Measure:
    who = {name: people & staff for name, people in _took_part(session, window).items()}
    everyone = frozenset[str]().union(*who.values())
    told = rate(PARTICIPATION, len(everyone), len(staff))
    parts = {name: len(people) for name, people in who.items()}
    return Measure(PARTICIPATION, told.value, told.cases, told.interval, parts)


def _took_part(session: Session, window: Period) -> dict[str, frozenset[str]]:
    submitted: CompoundSelect[Any] = union(
        select(col(IdeaRow.submitter_id)).where(_within(IdeaRow.submitted_at, window)),
        select(col(IdeaCoSubmitterRow.user_id)).where(_within(IdeaCoSubmitterRow.added_at, window)),
    )
    queries: dict[str, CompoundSelect[Any] | Select[Any]] = {
        "submitted": submitted,
        "voted": select(col(IdeaVoteRow.user_id)).where(_within(IdeaVoteRow.at, window)),
        "commented": select(col(IdeaCommentRow.author_id)).where(
            _within(IdeaCommentRow.at, window), col(IdeaCommentRow.deleted_at).is_(None)
        ),
        "reviewed": select(col(IdeaReviewRow.reviewer_id)).where(
            _within(IdeaReviewRow.submitted_at, window)
        ),
    }
    return {
        name: frozenset(filter(None, session.execute(query).scalars()))
        for name, query in queries.items()
    }


def _within(moment: Any, window: Period) -> SQLColumnExpression[bool]:  # noqa: ANN401  a column
    return and_(col(moment) >= window.since, col(moment) < window.until)


def _ideas(session: Session, window: Period, staff: int) -> Measure:
    number = session.exec(
        select(func.count(col(IdeaRow.id))).where(_within(IdeaRow.submitted_at, window))
    ).one()
    return Measure(IDEAS_PER_HUNDRED, 100 * number / staff if staff >= MIN_CASES else None, staff)


def _turnout(session: Session, window: Period, staff: frozenset[str]) -> Measure:
    last = min(window.last, window.as_of.astimezone(window.zone).date())
    is_open = (col(CampaignRow.opens_on) <= last, col(CampaignRow.closes_on) >= window.first)
    campaigns = select(col(CampaignRow.id)).where(*is_open)
    if session.execute(campaigns.limit(1)).first() is None:
        return Measure(TURNOUT, None, 0)
    entered = select(col(IdeaRow.submitter_id)).where(col(IdeaRow.campaign_id).in_(campaigns))
    together = (
        select(col(IdeaCoSubmitterRow.user_id))
        .join(IdeaRow, col(IdeaRow.id) == IdeaCoSubmitterRow.idea_id)
        .where(col(IdeaRow.campaign_id).in_(campaigns))
    )
    voted = (
        select(col(IdeaVoteRow.user_id))
        .join(IdeaRow, col(IdeaRow.id) == IdeaVoteRow.idea_id)
        .where(col(IdeaRow.campaign_id).in_(campaigns))
    )
    people = frozenset(session.execute(union(entered, together, voted)).scalars())
    return rate(TURNOUT, len(people & staff), len(staff))
