"""Cards as they are stored, and as their readers see them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from sqlmodel import Session, col, delete, select

from core.domain.ideas.card import (
    BenefitType,
    Confidence,
    DataNeeds,
    Estimate,
    Evaluation,
    IdeaCard,
    IdeaCategory,
    IdeaDraft,
    IdeaOrigin,
    Person,
    PersonalData,
)
from core.domain.ideas.money import from_micros, to_micros
from core.domain.ideas.review import Quadrant
from core.domain.ideas.titles import title_key
from core.domain.ideas.triage import RiskClass
from core.domain.ideas.workflow import IdeaStatus, Oversight
from core.domain.identity import FORMER_EMPLOYEE
from core.domain.knowledge import Sensitivity
from core.storage.queries.ideas.rows import names_of
from core.storage.tables import IdeaCoSubmitterRow, IdeaRow, IdeaTagRow
from ideas.workflow.situation import ownership_of

Json = dict[str, Any]  # Any: a JSON column

DRAFTED_FIELDS = ("title", "problem", "proposal")
COLUMNS = (
    "title",
    "summary",
    "problem",
    "proposal",
    "category",
    "expected_benefit",
    "business_unit",
    "hours_per_month",
    "money_per_month_micros",
    "benefit_type",
    "confidence",
    "reach_per_month",
    "effort_months",
    "data_needed",
    "data_classification",
    "personal_data",
    "needs_external_model",
    "campaign_id",
    "team_id",
)
"""The columns of what a person fills in."""


@dataclass(frozen=True, slots=True)
class Around:
    """What stands in other tables about some cards: tags, people, numbers of originals."""

    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    joined: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)


def columns_of(draft: IdeaDraft) -> Json:
    """Return the values of COLUMNS for these fields."""
    estimate, data = draft.estimate, draft.data
    values = (
        draft.title,
        draft.summary,
        draft.problem,
        draft.proposal,
        draft.category.value,
        draft.expected_benefit,
        draft.business_unit,
        estimate.hours_per_month,
        to_micros(estimate.money_per_month),
        _value(estimate.benefit_type),
        _value(estimate.confidence),
        estimate.reach_per_month,
        estimate.effort_months,
        data.description,
        _value(data.classification),
        _value(data.personal_data),
        data.needs_external_model,
        draft.campaign_id or None,
        draft.team_id or None,
    )
    return dict(zip(COLUMNS, values, strict=True))


def write(session: Session, row: IdeaRow, draft: IdeaDraft) -> None:
    """Write the fields into the row, and the tags beside it."""
    for name, value in columns_of(draft).items():
        setattr(row, name, value)
    row.title_key = title_key(draft.title)
    session.add(row)
    session.flush()
    session.exec(delete(IdeaTagRow).where(col(IdeaTagRow.idea_id) == row.id))
    session.add_all(IdeaTagRow(idea_id=row.id, tag=tag) for tag in draft.tags)


def read(row: IdeaRow, tags: tuple[str, ...] = ()) -> IdeaDraft:
    """Return the fields that a person fills in."""
    return IdeaDraft(
        title=row.title,
        problem=row.problem,
        proposal=row.proposal,
        category=IdeaCategory(row.category),
        expected_benefit=row.expected_benefit,
        summary=row.summary,
        business_unit=row.business_unit,
        tags=tags,
        estimate=Estimate(
            row.hours_per_month,
            from_micros(row.money_per_month_micros),
            BenefitType(row.benefit_type) if row.benefit_type else None,
            Confidence(row.confidence) if row.confidence else None,
            row.reach_per_month,
            row.effort_months,
        ),
        data=DataNeeds(
            row.data_needed,
            Sensitivity(row.data_classification) if row.data_classification else None,
            PersonalData(row.personal_data) if row.personal_data else None,
            row.needs_external_model,
        ),
        campaign_id=row.campaign_id or "",
        team_id=row.team_id or "",
    )


def around(session: Session, rows: Sequence[IdeaRow]) -> Around:
    """Return what stands in other tables about these cards, in four statements."""
    ids = [row.id for row in rows]
    joined = _grouped(
        session.exec(
            select(IdeaCoSubmitterRow.idea_id, IdeaCoSubmitterRow.user_id)
            .where(col(IdeaCoSubmitterRow.idea_id).in_(ids))
            .order_by(col(IdeaCoSubmitterRow.added_at), col(IdeaCoSubmitterRow.user_id))
        ).all()
    )
    people = {person for ids_of_it in joined.values() for person in ids_of_it}
    people |= {p for row in rows for p in (row.submitter_id, row.owner_id, row.sponsor_id) if p}
    originals = {row.duplicate_of_id for row in rows if row.duplicate_of_id}
    numbers = select(IdeaRow.id, IdeaRow.number).where(col(IdeaRow.id).in_(originals))
    return Around(
        tags_of(session, ids),
        joined,
        names_of(session, people),
        dict(session.exec(numbers).all()) if originals else {},
    )


def tags_of(session: Session, idea_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the tags of each idea, in the order of the alphabet."""
    rows = session.exec(
        select(IdeaTagRow.idea_id, IdeaTagRow.tag)
        .where(col(IdeaTagRow.idea_id).in_(idea_ids))
        .order_by(col(IdeaTagRow.tag))
    ).all()
    return _grouped(rows)


def to_card(
    row: IdeaRow, known: Around, origin: IdeaOrigin | None, *, is_blind: bool = False
) -> IdeaCard:
    """Return the card as its reader may see it; `is_blind` leaves out what reviews came to."""
    names = known.names
    return IdeaCard(
        id=row.id,
        number=row.number,
        draft=read(row, known.tags.get(row.id, ())),
        status=IdeaStatus(row.status),
        submitter_id=row.submitter_id or "",
        submitter_name=names.get(row.submitter_id or "", FORMER_EMPLOYEE),
        submitted_at=row.submitted_at,
        origin=origin,
        version=row.row_version,
        stage_entered_at=row.stage_entered_at,
        changed_at=row.changed_at,
        status_reason=row.status_reason,
        lesson_learned=row.lesson_learned,
        duplicate_of_id=row.duplicate_of_id or "",
        duplicate_of_number=known.numbers.get(row.duplicate_of_id or ""),
        drafted_fields=drafted_fields(row.drafted, row.model_dump()),
        co_submitters=tuple(
            Person(id_, names.get(id_, FORMER_EMPLOYEE)) for id_ in known.joined.get(row.id, ())
        ),
        owner_name=_name(names, row.owner_id),
        sponsor_name=_name(names, row.sponsor_id),
        risk=RiskClass(row.risk_class) if row.risk_class else None,
        policy_version=row.policy_version,
        ownership=ownership_of(row),
        oversight=Oversight(row.who_decides, row.how_overruled, row.when_it_fails),
        evaluation=None if is_blind else evaluation_of(row),
    )


def evaluation_of(row: Any) -> Evaluation:  # noqa: ANN401  an IdeaRow, or its columns
    """Return what the reviews of this round came to."""
    return Evaluation(
        row.value_score,
        row.feasibility_score,
        row.review_count,
        row.disagreement,
        row.value_spread,
        row.feasibility_spread,
        row.impact_score,
        Quadrant(row.quadrant) if row.quadrant else None,
    )


def drafted_fields(drafted: Json | None, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields that still say what was drafted for the person."""
    return tuple(f for f in DRAFTED_FIELDS if drafted and drafted.get(f) == values.get(f))


def _value(choice: Enum | None) -> Any:  # noqa: ANN401  a value of a column
    return None if choice is None else choice.value


def _name(names: Mapping[str, str], person_id: str | None) -> str:
    return names.get(person_id, FORMER_EMPLOYEE) if person_id else ""


def _grouped(rows: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    grouped: dict[str, list[str]] = defaultdict(list)
    for key, value in rows:
        grouped[key].append(value)
    return {key: tuple(values) for key, values in grouped.items()}
