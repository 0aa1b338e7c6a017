"""Puts the ideas of a view in its order, with the columns that only this view has."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.domain.ideas.card import IdeaCard
from core.domain.ideas.criteria import CriteriaSet
from core.domain.ideas.filters import IdeaFilter
from core.domain.identity import ADMINISTRATOR
from core.printing.tables import Cell
from core.storage.tables import IdeaMoveRow, IdeaRow, UserRow
from ideas.export import words
from ideas.export.tables import Reply, Row, View
from ideas.portfolio.board import board_of
from ideas.portfolio.entries import Entry
from ideas.portfolio.matrix import matrix_of
from ideas.portfolio.ranking import RankedBy, ranking_of
from ideas.portfolio.roadmap import live_since, roadmap_of

FRONTS: Mapping[View, tuple[str, ...]] = {
    View.LIST: (),
    View.MATRIX: ("yearly_benefit", "value_spread", "feasibility_spread"),
    View.BOARD: ("days_in_status",),
    View.RANKING: ("place", "ranked_by"),
    View.ROADMAP: ("quarter", "milestone", "milestone_on"),
}
"""Columns in front of those of every view."""

Placed = tuple[Entry, tuple[Cell, ...]]


class ViewOrder:
    """The order and the front columns of each view, from the same parts as the pages."""

    def __init__(
        self, session: Session, criteria: CriteriaSet, wanted: IdeaFilter, at: datetime
    ) -> None:
        self._session = session
        self._criteria = criteria
        self._wanted = wanted
        self._at = at

    def placed(self, view: View, found: Sequence[Entry], by: RankedBy) -> list[Placed]:
        """Return the ideas of the view in its order, each with its front columns."""
        match view:
            case View.LIST:
                return [(entry, ()) for entry in found]
            case View.MATRIX:
                return self._matrix(found)
            case View.BOARD:
                return self._board(found)
            case View.RANKING:
                places = ranking_of(found, by, shows_all=bool(self._wanted.statuses))
                return [(p.entry, (p.place, _rounded(p.figure))) for p in places]
            case View.ROADMAP:
                return self._roadmap(found)

    def _matrix(self, found: Sequence[Entry]) -> list[Placed]:
        matrix = matrix_of(found, self._criteria, shows_all=bool(self._wanted.statuses))
        return [
            (
                point.entry,
                (
                    point.entry.yearly_benefit,
                    _rounded(point.scored.value_spread),
                    _rounded(point.scored.feasibility_spread),
                ),
            )
            for point in matrix.points
        ]

    def _board(self, found: Sequence[Entry]) -> list[Placed]:
        columns = board_of(found, self._at, self._wanted.statuses, cards=len(found))
        return [
            (entry, (entry.days_in_state(self._at),))
            for column in columns
            for entry in column.cards
        ]

    def _roadmap(self, found: Sequence[Entry]) -> list[Placed]:
        quarters = roadmap_of(found, live_since(self._session))
        return [
            (item.entry, (quarter.label, words.MILESTONES[item.milestone], item.on))
            for quarter in quarters
            for item in quarter.items
        ]


def rows_of(session: Session, placed: Sequence[Placed], cards: Mapping[str, IdeaCard]) -> list[Row]:
    """Return what is exported of each idea; one that went away meanwhile is left out."""
    replies, titles = _replies(session), _titles_of_originals(session)
    return [
        Row(
            entry,
            card,
            replies.get(entry.id, Reply()),
            titles.get(card.duplicate_of_id, ""),
            front,
        )
        for entry, front in placed
        if (card := cards.get(entry.id)) is not None
    ]


def _replies(session: Session) -> dict[str, Reply]:
    """Return for each idea the last step of someone else than its author."""
    newest = (
        sa.select(
            col(IdeaMoveRow.idea_id),
            col(IdeaMoveRow.at),
            col(IdeaMoveRow.reason),
            col(IdeaMoveRow.actor_id),
            sa.func.row_number()
            .over(partition_by=col(IdeaMoveRow.idea_id), order_by=col(IdeaMoveRow.at).desc())
            .label("age"),
        )
        .join(IdeaRow, col(IdeaRow.id) == IdeaMoveRow.idea_id)
        .where(
            sa.func.coalesce(IdeaMoveRow.actor_id, "")
            != sa.func.coalesce(IdeaRow.submitter_id, "-")
        )
        .subquery()
    )
    rows = session.execute(
        sa.select(newest.c.idea_id, newest.c.at, newest.c.reason, col(UserRow.name))
        .join(UserRow, col(UserRow.id) == newest.c.actor_id, isouter=True)
        .where(newest.c.age == 1)
    ).all()
    return {id_: Reply(name or ADMINISTRATOR, at, reason) for id_, at, reason, name in rows}


def _titles_of_originals(session: Session) -> dict[str, str]:
    originals = select(IdeaRow.duplicate_of_id).where(col(IdeaRow.duplicate_of_id).is_not(None))
    found = select(IdeaRow.id, IdeaRow.title).where(col(IdeaRow.id).in_(originals))
    return dict(session.exec(found).all())


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 2)
