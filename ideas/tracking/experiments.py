"""Experiments: what was expected, what came out, what it cost and what was learned."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, select

from core.domain.access import require_active
from core.domain.clock import now
from core.domain.ideas.money import from_micros, to_micros
from core.domain.ideas.tracking import Experiment, Outcome
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import User
from core.errors import Conflict, InvalidFields, MoveRefused, NotFound
from core.guardrails.text import clean
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.ideas.rows import idea_row, idea_to_change
from core.storage.tables import IdeaExperimentRow, IdeaRow
from ideas.tracking.budget import budget_of
from ideas.tracking.rights import require_owner_or_committee

HYPOTHESIS_LENGTH, LEARNED_MIN, TEXT_MAX = (10, 1_000), 10, 2_000
COST_MAX = Decimal(1_000_000_000)


@dataclass(frozen=True, slots=True)
class ExperimentEnd:
    """How an experiment ended; the cost is in the currency of the settings."""

    outcome: Outcome
    ended_on: date
    learned: str = ""
    cost: Decimal | None = None


class IdeaExperiments:
    """The experiments of an idea, told by its owner and the committee."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, user: User, idea_id: str) -> list[Experiment]:
        """Return the experiments, the first one first."""
        require_active(user)
        with self._database.read() as session:
            idea_row(session, idea_id)
            rows = session.exec(
                select(IdeaExperimentRow)
                .where(IdeaExperimentRow.idea_id == idea_id)
                .order_by(col(IdeaExperimentRow.started_on), col(IdeaExperimentRow.added_at))
            ).all()
        return [_to_experiment(row) for row in rows]

    def begin(self, user: User, idea_id: str, hypothesis: str, *, started_on: date) -> Experiment:
        """Begin an experiment, while the idea is in that state and has budget left.

        Raises AccessDenied for anyone but owner and committee, MoveRefused in another state,
        InvalidFields with a sentence for each field.
        """
        require_active(user)
        hypothesis = clean(hypothesis).text.strip()
        with self._database.begin() as session:
            row = idea_to_change(session, idea_id)
            require_owner_or_committee(session, user, row)
            _require_experiment(row)
            _require_begin(session, row, hypothesis, started_on)
            experiment = IdeaExperimentRow(
                idea_id=idea_id,
                hypothesis=hypothesis,
                started_on=started_on,
                added_by=user.id or None,
            )
            session.add(experiment)
            record_event(session, user, "idea.experiment_begun", idea_id)
            return _to_experiment(experiment)

    def close(self, user: User, experiment_id: str, end: ExperimentEnd) -> Experiment:
        """Close an experiment; one that did not succeed says what was learned.

        Raises as `begin`, and Conflict for one that is closed.
        """
        require_active(user)
        learned = clean(end.learned).text.strip()
        with self._database.begin() as session:
            experiment = _found(session, experiment_id)
            row = idea_to_change(session, experiment.idea_id)
            require_owner_or_committee(session, user, row)
            _require_experiment(row)
            session.refresh(experiment)
            if experiment.outcome is not None:
                raise Conflict("This experiment was closed already, perhaps by someone else.")
            problems = dict(_end_problems(experiment, end, learned))
            if problems:
                raise InvalidFields(problems)
            experiment.outcome, experiment.ended_on = end.outcome.value, end.ended_on
            experiment.learned, experiment.cost_micros = learned, to_micros(end.cost)
            record_event(session, user, "idea.experiment_closed", row.id, outcome=end.outcome.value)
            return _to_experiment(experiment)


def _require_experiment(row: IdeaRow) -> None:
    if row.status != IdeaStatus.EXPERIMENT.value:
        raise MoveRefused("Experiments begin and end while the idea is in an experiment.")


def _require_begin(session: Session, row: IdeaRow, hypothesis: str, started_on: date) -> None:
    shortest, longest = HYPOTHESIS_LENGTH
    problems = {}
    if not shortest <= len(hypothesis) <= longest:
        problems["hypothesis"] = f"Say in {shortest} to {longest:,} characters what you expect."
    if started_on > now().date():
        problems["started_on"] = "Choose today or an earlier day."
    if budget_of(session, row).is_used_up:
        problems["cost"] = (
            "The budget of this idea is used up. Ask a reviewer to raise the cap before another "
            "experiment begins."
        )
    if problems:
        raise InvalidFields(problems)


def _end_problems(
    experiment: IdeaExperimentRow, end: ExperimentEnd, learned: str
) -> Iterator[tuple[str, str]]:
    if end.outcome is not Outcome.SUCCESS and len(learned) < LEARNED_MIN:
        yield "learned", f"Say in at least {LEARNED_MIN} characters what was learned."
    if len(learned) > TEXT_MAX:
        yield "learned", f"Keep it below {TEXT_MAX:,} characters."
    if not experiment.started_on <= end.ended_on <= now().date():
        yield "ended_on", "Choose a day from the start of the experiment to today."
    if end.cost is not None and not (end.cost.is_finite() and 0 <= end.cost <= COST_MAX):
        yield "cost", f"Give an amount from 0 to {COST_MAX:,}, or leave it empty."


def _found(session: Session, experiment_id: str) -> IdeaExperimentRow:
    row = session.get(IdeaExperimentRow, experiment_id)
    if row is None:
        raise NotFound("This experiment no longer exists.")
    return row


def _to_experiment(row: IdeaExperimentRow) -> Experiment:
    return Experiment(
        id=row.id,
        hypothesis=row.hypothesis,
        started_on=row.started_on,
        ended_on=row.ended_on,
        outcome=Outcome(row.outcome) if row.outcome else None,
        learned=row.learned,
        cost=from_micros(row.cost_micros),
    )
