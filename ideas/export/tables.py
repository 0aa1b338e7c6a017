"""The rows of a view as a table of plain values, the same for CSV and Excel."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from core.domain.ideas.card import IdeaCard, label_of
from core.printing.tables import Cell, Table
from ideas.export import words
from ideas.portfolio.entries import Entry, Scored

Named = TypeVar("Named")


class View(StrEnum):
    """The view that is exported; each has its own order and columns in front."""

    LIST = "list"
    MATRIX = "matrix"
    BOARD = "board"
    RANKING = "ranking"
    ROADMAP = "roadmap"


@dataclass(frozen=True, slots=True)
class Reply:
    """The last step that someone else than its author took with an idea."""

    by: str = ""
    at: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """An idea with all that is exported of it, and the values of the view in front."""

    entry: Entry
    card: IdeaCard
    reply: Reply
    original_title: str = ""
    front: tuple[Cell, ...] = ()


def table_of(rows: Sequence[Row], front: Sequence[str] = ()) -> Table:
    """Return a table with the columns of `front` first, then those of every view."""
    header = (*front, *COLUMNS)
    cells = tuple((*row.front, *(read(row) for read in COLUMNS.values())) for row in rows)
    return Table(header, cells)


def _scored(read: Callable[[Scored], Cell]) -> Callable[[Row], Cell]:
    def of_row(row: Row) -> Cell:
        return None if row.entry.scored is None else read(row.entry.scored)

    return of_row


def _named(names: Mapping[Named, str], value: Named | None) -> str:
    return "" if value is None else names[value]


COLUMNS: dict[str, Callable[[Row], Cell]] = {
    "number": lambda row: label_of(row.entry.number),
    "title": lambda row: row.entry.title,
    "summary": lambda row: row.card.draft.summary,
    "description": lambda row: row.card.draft.problem,
    "proposal": lambda row: row.card.draft.proposal,
    "expected_benefit": lambda row: row.card.draft.expected_benefit,
    "category": lambda row: words.CATEGORIES[row.entry.category],
    "business_unit": lambda row: row.entry.business_unit,
    "tags": lambda row: ", ".join(row.card.draft.tags),
    "campaign": lambda row: row.entry.campaign,
    "created_at": lambda row: row.entry.submitted_at,
    "created_by": lambda row: row.entry.submitter,
    "co_submitters": lambda row: ", ".join(person.name for person in row.card.co_submitters),
    "owner": lambda row: row.entry.owner,
    "status": lambda row: words.STATES[row.entry.status],
    "in_status_since": lambda row: row.entry.since,
    "votes_count": lambda row: row.entry.votes,
    "comments_count": lambda row: row.entry.comments,
    "responded_by": lambda row: row.reply.by,
    "responded_at": lambda row: row.reply.at,
    "response": lambda row: row.reply.text,
    "original_number": lambda row: _original(row.card),
    "original_title": lambda row: row.original_title,
    "lesson_learned": lambda row: row.card.lesson_learned,
    "risk_class": lambda row: _named(words.RISKS, row.entry.risk),
    "value": _scored(lambda scored: round(scored.value, 1)),
    "feasibility": _scored(lambda scored: round(scored.feasibility, 1)),
    "quadrant": _scored(lambda scored: words.QUADRANTS[scored.quadrant]),
    "reviews": _scored(lambda scored: scored.reviews),
    "is_provisional": _scored(lambda scored: words.yes_or_no(scored.is_provisional)),
    "reviewers_disagree": _scored(lambda scored: words.yes_or_no(scored.is_disputed)),
    "rice": lambda row: None if row.entry.rice is None else round(row.entry.rice, 1),
    "hours_per_month": lambda row: row.entry.hours_per_month,
    "money_per_month": lambda row: row.entry.money_per_month,
    "benefit_type": lambda row: _named(words.BENEFITS, row.card.draft.estimate.benefit_type),
    "confidence_percent": lambda row: row.entry.confidence,
    "reach_per_month": lambda row: row.entry.reach_per_month,
    "effort_person_months": lambda row: row.entry.effort_months,
    "data_needed": lambda row: row.card.draft.data.description,
    "data_classification": lambda row: _named(words.CLASSES, row.card.draft.data.classification),
    "personal_data": lambda row: _named(words.PEOPLE, row.card.draft.data.personal_data),
    "needs_external_model": lambda row: words.yes_or_no(row.card.draft.data.needs_external_model),
    "success_metric": lambda row: row.card.ownership.success_metric,
    "budget_cap": lambda row: row.card.ownership.budget_cap,
    "pilot_ends_on": lambda row: row.card.ownership.pilot_ends_on,
    "from_question": lambda row: row.card.origin.question if row.card.origin else "",
    "from_answer": lambda row: row.card.origin.answer if row.card.origin else "",
    "from_sources": lambda row: _sources(row.card),
}
"""The columns of every view: those of Fider's export and what cards have beyond them."""


def _original(card: IdeaCard) -> str:
    return "" if card.duplicate_of_number is None else label_of(card.duplicate_of_number)


def _sources(card: IdeaCard) -> str:
    citations = card.origin.citations if card.origin else ()
    places = (f"{c.file_name}, page {c.page}" for c in citations)
    return "; ".join(dict.fromkeys(places))
