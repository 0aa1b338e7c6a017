"""The rows of the made-up ideas and of the life around them."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from sqlmodel import SQLModel

from core.domain.answers import Citation, Source
from core.domain.ideas.card import IdeaOrigin
from core.domain.ideas.life import Happening, Visibility
from core.domain.ideas.money import to_micros
from core.domain.ideas.titles import title_key
from core.domain.ideas.workflow import IdeaStatus
from core.storage.tables import (
    IdeaCommentRow,
    IdeaCoSubmitterRow,
    IdeaDraftRow,
    IdeaFollowRow,
    IdeaMoveRow,
    IdeaRow,
    IdeaTagRow,
    IdeaVoteRow,
    NotificationRow,
)
from demo.assessments import assessment_rows
from demo.calendar import Calendar
from demo.campaigns import campaign_id, team_id
from demo.chats import Chats
from demo.exchanges import Exchange, Telling
from demo.marks import MARK, demo_id
from demo.people import person_id
from demo.script import IdeaScript, employees, ideas, units
from demo.tracking import tracking_rows
from demo.ways import Step, steps_of

READ_AFTER = timedelta(days=10)
FOLLOWERS = 4


@dataclass(frozen=True, slots=True)
class Ideas:
    """Tells the ideas of the year; `first_number` is the number of the earliest."""

    chats: Chats
    calendar: Calendar
    random: Random
    first_number: int

    def rows(self) -> Iterator[SQLModel]:
        """Yield every idea with what belongs to it, and two drafts."""
        for place, script in enumerate(ideas()):
            yield from self._idea(script, self.first_number + place)
        yield from self._drafts()

    def _idea(self, script: IdeaScript, number: int) -> Iterator[SQLModel]:
        steps = steps_of(script, self.calendar, self.random)
        row = self._card(script, number, steps)
        before: list[SQLModel] = []
        if script.question:
            asked_at = row.submitted_at - timedelta(hours=1)
            telling, before = self.chats.asked(script.question, script.by, asked_at)
            row.origin = asdict(_origin(self.chats.exchanges[script.question], telling))
        attached = [
            *assessment_rows(script, row, steps),
            *tracking_rows(script, row, steps, self.calendar, self.random),
        ]
        yield from before
        yield row
        yield from attached
        yield from _labels(script, row)
        yield from _moves(script, row, steps)
        yield from self._life(script, row)

    def _card(self, script: IdeaScript, number: int, steps: list[Step]) -> IdeaRow:
        submitted_at = self.calendar.until - timedelta(weeks=script.weeks_ago)
        entered_at = steps[-1].at if steps else submitted_at
        money = None if script.money_per_month is None else Decimal(script.money_per_month)
        return IdeaRow(
            id=idea_id(script.title),
            number=number,
            title=script.title,
            title_key=title_key(script.title),
            problem=script.problem,
            proposal=script.proposal,
            category=script.category,
            expected_benefit=script.expected_benefit,
            business_unit=units()[script.unit],
            hours_per_month=script.hours_per_month,
            money_per_month_micros=to_micros(money),
            benefit_type=script.benefit_type,
            confidence=script.confidence,
            reach_per_month=script.reach_per_month,
            effort_months=script.effort_months,
            data_needed=script.data_needed,
            data_classification=script.data_classification,
            personal_data=script.personal_data,
            needs_external_model=script.needs_external_model,
            status=script.state.value,
            status_reason=steps[-1].reason if steps else "",
            stage_entered_at=entered_at,
            row_version=1 + len(steps),
            duplicate_of_id=idea_id(script.duplicate_of) if script.duplicate_of else None,
            lesson_learned=script.lesson_learned,
            submitter_id=person_id(script.by),
            campaign_id=campaign_id(script.campaign) if script.campaign else None,
            team_id=team_id(script.campaign, script.team) if script.team else None,
            submitted_at=submitted_at,
            changed_by=person_id(steps[-1].by if steps else script.by),
            changed_at=entered_at,
        )

    def _life(self, script: IdeaScript, row: IdeaRow) -> Iterator[SQLModel]:
        others = [e.key for e in employees() if e.key != script.by]
        self.random.shuffle(others)
        keeps_votes = script.state is not IdeaStatus.DUPLICATE  # a merge moves them
        for key in others[: script.votes if keeps_votes else 0]:
            yield IdeaVoteRow(idea_id=row.id, user_id=person_id(key), at=self._later(row))
        for key in (script.by, *script.together, *others[-FOLLOWERS:]):
            if key not in others[-FOLLOWERS:] or key not in script.together:
                yield IdeaFollowRow(idea_id=row.id, user_id=person_id(key), at=row.submitted_at)
        yield from self._comments(script, row)

    def _comments(self, script: IdeaScript, row: IdeaRow) -> Iterator[SQLModel]:
        at = row.submitted_at
        for place, remark in enumerate(script.comments):
            at = min(at + timedelta(hours=self.random.randint(3, 90)), self.calendar.until)
            yield IdeaCommentRow(
                id=demo_id("comment", script.title, place),
                idea_id=row.id,
                author_id=person_id(remark.by),
                visibility=Visibility.PUBLIC.value,
                text=remark.text,
                at=at,
            )
            if remark.by != script.by:
                yield self._notification(script.by, row, Happening.COMMENTED, remark.by, at)

    def _notification(
        self, key: str, row: IdeaRow, happening: Happening, actor: str, at: datetime
    ) -> NotificationRow:
        is_old = at < self.calendar.until - READ_AFTER
        return NotificationRow(
            id=demo_id("notification", row.id, key, happening, at),
            user_id=person_id(key),
            happening=happening.value,
            idea_id=row.id,
            actor_id=person_id(actor),
            at=at,
            read_at=at + timedelta(days=1) if is_old else None,
            mailed_at=at,  # nobody is written to about what never happened
        )

    def _later(self, row: IdeaRow) -> datetime:
        span = (self.calendar.until - row.submitted_at).total_seconds()
        return row.submitted_at + timedelta(seconds=span * self.random.random() ** 2)

    def _drafts(self) -> Iterator[SQLModel]:
        for key, title in (("hanne", "A map of broken kerbs"), ("paul", "Forecast of cash")):
            at = self.calendar.moment(self.random.uniform(0.2, 2), self.random)
            yield IdeaDraftRow(
                id=demo_id("draft", key),
                user_id=person_id(key),
                fields={"title": title},
                created_at=at,
                saved_at=at,
            )


def idea_id(title: str) -> str:
    """Return the id of the idea with this title."""
    return demo_id("idea", title)


def _labels(script: IdeaScript, row: IdeaRow) -> Iterator[SQLModel]:
    for tag in (*script.tags, MARK):
        yield IdeaTagRow(idea_id=row.id, tag=tag)
    for key in script.together:
        yield IdeaCoSubmitterRow(idea_id=row.id, user_id=person_id(key), added_at=row.submitted_at)


def _moves(script: IdeaScript, row: IdeaRow, steps: list[Step]) -> Iterator[SQLModel]:
    submitted = Step(
        IdeaStatus.DRAFT, IdeaStatus.SUBMITTED, row.submitted_at, script.by, "Submitted."
    )
    for place, step in enumerate((submitted, *steps)):
        yield IdeaMoveRow(
            id=demo_id("move", script.title, place),
            idea_id=row.id,
            from_status=step.came_from.value,
            to_status=step.to.value,
            actor_id=person_id(step.by),
            at=step.at,
            reason=step.reason,
        )


def _origin(exchange: Exchange, telling: Telling) -> IdeaOrigin:
    citations = tuple(
        Citation(**row.model_dump(exclude={"id", "message_id", "is_nearest"}))
        for row in exchange.citations
        if not row.is_nearest
    )
    sources = tuple(Source(row.document_id, row.collection_id) for row in exchange.sources)
    return IdeaOrigin(
        telling.answer_id,
        exchange.question.text,
        exchange.answer.text,
        telling.engine,
        citations,
        sources,
        cost_micros=0,
        currency=exchange.usage.currency,
    )
