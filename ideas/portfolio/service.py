"""Portfolio: all views of ideas from one filter, each in a fixed number of statements."""

from dataclasses import dataclass

from sqlmodel import Session

from core.domain.access import require_active
from core.domain.clock import now
from core.domain.ideas.card import label_of
from core.domain.ideas.filters import IdeaFilter
from core.domain.identity import User
from core.storage.database import Database
from core.storage.queries.ideas.rows import idea_row
from core.storage.tables import IdeaRow
from ideas.portfolio.board import Column, board_of
from ideas.portfolio.entries import Entry, entries
from ideas.portfolio.matrix import Matrix, matrix_of
from ideas.portfolio.ranking import Place, RankedBy, ranking_of
from ideas.portfolio.roadmap import Quarter, live_since, roadmap_of
from ideas.review.values import Distribution
from ideas.review.views import reviews_view
from ideas.scoring.rescoring import criteria_in_use
from ideas.scoring.scores import FIRM_FROM


@dataclass(frozen=True, slots=True)
class Side:
    """One of two compared ideas; `means` are the mean scores by criterion.

    They are empty with less than two reviews, and for whoever still owes one.
    """

    entry: Entry
    problem: str
    proposal: str
    expected_benefit: str
    means: dict[str, float]


class Portfolio:
    """Views of ideas, open to every active person."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def entries(self, user: User, wanted: IdeaFilter) -> list[Entry]:
        """Return the ideas of a view as a list, the newest first."""
        require_active(user)
        with self._database.read() as session:
            return entries(session, user, wanted)

    def matrix(self, user: User, wanted: IdeaFilter) -> Matrix:
        """Return the matrix of value and feasibility."""
        require_active(user)
        with self._database.read() as session:
            found = entries(session, user, wanted)
            return matrix_of(found, criteria_in_use(session), shows_all=bool(wanted.statuses))

    def board(self, user: User, wanted: IdeaFilter) -> tuple[Column, ...]:
        """Return the ideas by state, with counts and ages."""
        return board_of(self.entries(user, wanted), now(), wanted.statuses)

    def ranking(self, user: User, wanted: IdeaFilter, by: RankedBy = RankedBy.SCORE) -> list[Place]:
        """Return the ideas by a figure."""
        return ranking_of(self.entries(user, wanted), by, shows_all=bool(wanted.statuses))

    def roadmap(self, user: User, wanted: IdeaFilter) -> tuple[Quarter, ...]:
        """Return approved ideas by quarter."""
        require_active(user)
        with self._database.read() as session:
            return roadmap_of(entries(session, user, wanted), live_since(session))

    def compare(self, user: User, one_id: str, other_id: str) -> tuple[Side, Side]:
        """Return two ideas side by side; raise NotFound if one does not exist."""
        require_active(user)
        with self._database.read() as session:
            return _side(session, user, one_id), _side(session, user, other_id)


def _side(session: Session, user: User, idea_id: str) -> Side:
    row = idea_row(session, idea_id)
    found = entries(session, user, IdeaFilter(search=label_of(row.number)))
    entry = next(each for each in found if each.id == idea_id)
    return Side(entry, row.problem, row.proposal, row.expected_benefit, _means(session, user, row))


def _means(session: Session, user: User, row: IdeaRow) -> dict[str, float]:
    view = reviews_view(session, user, row, sees_all=True)
    if view.submitted < FIRM_FROM:
        return {}
    return {each.criterion: _mean(each) for each in view.distributions if any(each.counts)}


def _mean(spread: Distribution) -> float:
    total = sum(score * count for score, count in enumerate(spread.counts, start=1))
    return total / sum(spread.counts)
