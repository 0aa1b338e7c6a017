"""Reads the costs beside those of the models."""

from sqlalchemy import func, literal
from sqlmodel import Session, col, select

from core.domain.costs.terms import CostItem, CostKind, CostRhythm, CostTerms
from core.domain.ideas.card import label_of
from core.domain.ideas.money import from_micros
from core.storage.tables import CostItemRow, IdeaRow


def cost_items(session: Session, *, idea_id: str | None = None) -> list[CostItem]:
    """Return all items, or those of one idea, by name."""
    query = (
        select(CostItemRow, IdeaRow.number, IdeaRow.title)
        .join(IdeaRow, col(IdeaRow.id) == CostItemRow.idea_id, isouter=True)
        .order_by(func.lower(col(CostItemRow.name)), col(CostItemRow.first_month), CostItemRow.id)
    )
    if idea_id is not None:
        query = query.where(CostItemRow.idea_id == idea_id)
    return [_to_item(row, number, title) for row, number, title in session.exec(query).all()]


def bound_terms(session: Session, *, idea_id: str | None = None) -> dict[str, list[CostTerms]]:
    """Return the terms of items that belong to an idea, by its id."""
    of_idea = literal(True) if idea_id is None else CostItemRow.idea_id == idea_id
    rows = session.exec(
        select(CostItemRow).where(col(CostItemRow.idea_id).is_not(None), of_idea)
    ).all()
    found: dict[str, list[CostTerms]] = {}
    for row in rows:
        found.setdefault(row.idea_id or "", []).append(terms_of(row))
    return found


def terms_of(row: CostItemRow) -> CostTerms:
    """Return the terms of a row."""
    return CostTerms(
        name=row.name,
        kind=CostKind(row.kind),
        first_month=row.first_month,
        currency=row.currency,
        rhythm=CostRhythm(row.rhythm),
        amount=from_micros(row.amount_micros),
        hours=from_micros(row.hours_micros),
        hourly_rate=from_micros(row.rate_micros),
        last_month=row.last_month,
        note=row.note,
        idea_id=row.idea_id or "",
    )


def _to_item(row: CostItemRow, number: int | None, title: str | None) -> CostItem:
    idea = "" if number is None else f"{label_of(number)} {title}"
    return CostItem(row.id, terms_of(row), row.row_version, idea)
