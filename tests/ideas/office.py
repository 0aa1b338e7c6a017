"""People and ideas for tests of the workflow, with rows that other services write."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count

from sqlmodel import select

from core.domain.clock import now
from core.domain.ideas.card import IdeaCategory, IdeaDraft
from core.domain.ideas.triage import RiskClass
from core.domain.ideas.workflow import IdeaStatus, Move, MoveRequest
from core.domain.identity import Role, User
from core.storage.database import Database
from core.storage.tables import (
    IdeaExperimentRow,
    IdeaImpactRow,
    IdeaReviewRow,
    IdeaRow,
    IdeaSignOffRow,
    IdeaTriageRow,
    NotificationRow,
    UserRow,
)
from ideas.cards.service import Ideas
from ideas.workflow.moves import Workflow

DRAFT = IdeaDraft(
    "Answer travel questions",
    "Every week we type the same travel questions into long e-mails.",
    "Let the sandbox answer them with the page of the policy.",
    IdeaCategory.INTERNAL_OPTIMISATION,
    "Two hours a week",
)
REASON = "Because it was agreed in the meeting of today."
LESSON = "People want the page, not the summary."
EVEN = {"impact": 4, "data": 3}


@dataclass
class Office:
    """A company: who works there, and what others than the workflow write about ideas."""

    database: Database
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.ideas = Ideas(self.database)
        self.workflow = Workflow(self.database)
        self.anna, self.ben, self.carl = map(self.person, ("anna", "ben", "carl"))
        self.rita, self.rob, self.ruth = (
            self.person(name, Role.REVIEWER) for name in ("rita", "rob", "ruth")
        )
        self.ada = self.person("ada", Role.ADMIN)

    def person(self, name: str, role: Role = Role.EMPLOYEE) -> User:
        with self.database.begin() as session:
            row = UserRow(email=f"{name}@nordhafen.example", name=name.title(), role=role.value)
            session.add(row)
            return User(row.id, row.email, row.name, role)

    def idea(self, author: User | None = None, status: IdeaStatus = IdeaStatus.SUBMITTED) -> str:
        """An idea in this state, put there without the workflow."""
        title = f"Answer question number {next(self.numbers)}"
        card = self.ideas.submit(author or self.anna, replace(DRAFT, title=title))
        self.change(card.id, status=status.value)
        return card.id

    def change(self, idea_id: str, **values: object) -> None:
        with self.database.begin() as session:
            row = session.get_one(IdeaRow, idea_id)
            for name, value in values.items():
                setattr(row, name, value)

    def row(self, idea_id: str) -> IdeaRow:
        with self.database.read() as session:
            return session.get_one(IdeaRow, idea_id)

    def move(
        self, user: User, idea_id: str, to: IdeaStatus, reason: str = REASON, **more: str
    ) -> Move:
        version = self.row(idea_id).row_version
        return self.workflow.move(user, idea_id, MoveRequest(to, version, reason, **more))

    def triage(self, idea_id: str, risk: RiskClass = RiskClass.MINIMAL) -> str:
        with self.database.begin() as session:
            triage = IdeaTriageRow(
                idea_id=idea_id,
                computed_class=risk.value,
                risk_class=risk.value,
                policy_version="1",
                needs_sign_off=risk.needs_sign_off,
            )
            session.add(triage)
            session.get_one(IdeaRow, idea_id).risk_class = risk.value
            return triage.id

    def sign(self, idea_id: str, triage_id: str) -> None:
        with self.database.begin() as session:
            session.add(IdeaSignOffRow(idea_id=idea_id, triage_id=triage_id, text="Looked at it."))

    def oversee(self, idea_id: str) -> None:
        self.change(idea_id, who_decides="Rita", how_overruled="By hand", when_it_fails="Phone")

    def review(
        self,
        reviewer: User,
        idea_id: str,
        scores: Mapping[str, int] = EVEN,
        *,
        has_conflict: bool = False,
    ) -> None:
        with self.database.begin() as session:
            session.add(
                IdeaReviewRow(
                    idea_id=idea_id,
                    reviewer_id=reviewer.id,
                    round=session.get_one(IdeaRow, idea_id).review_round,
                    scores=dict(scores),
                    has_conflict=has_conflict,
                    submitted_at=now(),
                )
            )

    def give(self, owner: User, idea_id: str) -> None:
        """Name owner, budget cap, metric and end date."""
        self.change(
            idea_id,
            owner_id=owner.id,
            budget_cap_micros=5_000_000_000,
            success_metric="Half the e-mails",
            pilot_ends_on=date(2027, 3, 31),
        )

    def experiment(self, idea_id: str, outcome: str | None = "success") -> None:
        with self.database.begin() as session:
            session.add(
                IdeaExperimentRow(
                    idea_id=idea_id,
                    hypothesis="It halves the e-mails",
                    started_on=date(2027, 1, 1),
                    outcome=outcome,
                )
            )

    def impact(self, idea_id: str, kind: str = "actual") -> None:
        with self.database.begin() as session:
            session.add(
                IdeaImpactRow(
                    idea_id=idea_id, month=date(2027, next(self.numbers) % 12 + 1, 1), kind=kind
                )
            )

    def told(self, person: User) -> list[str]:
        """What this person was told, the oldest first."""
        theirs = select(NotificationRow).where(NotificationRow.user_id == person.id)
        with self.database.read() as session:
            rows = session.exec(theirs).all()
        return [row.happening for row in sorted(rows, key=lambda row: row.at)]
