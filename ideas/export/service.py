"""Exports of ideas, with everything withheld that the card withholds from the same person."""

from core.domain.access import require_active
from core.domain.clock import now
from core.domain.ideas.card import IdeaCard
from core.domain.ideas.filters import IdeaFilter
from core.domain.identity import SYSTEM, User
from core.printing.delimited import as_csv
from core.printing.tables import Table
from core.printing.workbook import as_xlsx
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.ideas.rows import idea_row
from core.storage.tables import CampaignRow, UserRow
from ideas.cards.service import Ideas
from ideas.export import words
from ideas.export.card_pdf import CardPage, card_pdf
from ideas.export.portfolio_pdf import portfolio_pdf
from ideas.export.tables import View, table_of
from ideas.export.views import FRONTS, ViewOrder, rows_of
from ideas.portfolio.entries import entries
from ideas.portfolio.ranking import RankedBy
from ideas.portfolio.service import Portfolio
from ideas.review.service import Reviews
from ideas.scoring.rescoring import criteria_in_use, criteria_of
from ideas.triage.service import RiskTriage

SHEET = "Ideas"


class IdeaExports:
    """Files of ideas, for every active person."""

    def __init__(self, database: Database, *, currency: str) -> None:
        self._database = database
        self._currency = currency
        self._cards = Ideas(database)
        self._portfolio = Portfolio(database)
        self._reviews = Reviews(database)
        self._triage = RiskTriage(database)

    def csv(
        self,
        user: User,
        wanted: IdeaFilter,
        view: View = View.LIST,
        by: RankedBy = RankedBy.SCORE,
    ) -> bytes:
        """Return the ideas of a view as CSV in which nothing is computed."""
        return as_csv(self._table(user, wanted, view, by))

    def xlsx(
        self,
        user: User,
        wanted: IdeaFilter,
        view: View = View.LIST,
        by: RankedBy = RankedBy.SCORE,
    ) -> bytes:
        """Return the ideas of a view as an Excel workbook in which texts stay texts."""
        return as_xlsx({SHEET: self._table(user, wanted, view, by)})

    def card_pdf(self, user: User, idea_id: str) -> bytes:
        """Return one page of an idea for the committee."""
        card = self._cards.get(user, idea_id)
        reviews = self._reviews.of_idea(user, card.id)
        is_concerned = self._is_concerned(user, card)
        triages = self._triage.history(user, card.id) if is_concerned else []
        signed = self._triage.sign_offs(user, card.id) if is_concerned else []
        newest = triages[0] if triages else None
        with self._database.read() as session:
            found = entries(session, user, IdeaFilter(search=card.label))
            criteria = criteria_of(session, idea_row(session, card.id))
        return card_pdf(
            CardPage(
                card=card,
                entry=next(entry for entry in found if entry.id == card.id),
                criteria=criteria,
                reviews=reviews,
                triage=newest,
                sign_off=next((s for s in signed if newest and s.triage_id == newest.id), None),
                questionnaire=self._triage.questionnaire,
                currency=self._currency,
                at=now(),
            )
        )

    def portfolio_pdf(self, user: User, wanted: IdeaFilter) -> bytes:
        """Return the portfolio with the matrix as a drawing."""
        matrix = self._portfolio.matrix(user, wanted)
        board = self._portfolio.board(user, wanted)
        return portfolio_pdf(matrix, board, self._in_words(wanted), now())

    def _table(self, user: User, wanted: IdeaFilter, view: View, by: RankedBy) -> Table:
        require_active(user)
        cards = {card.id: card for card in self._cards.matching(user, wanted)}
        with self._database.begin() as session:
            found = entries(session, user, wanted)
            order = ViewOrder(session, criteria_in_use(session), wanted, now())
            rows = rows_of(session, order.placed(view, found, by), cards)
            record_event(session, user, "idea.export", view=view.value, ideas=len(rows))
        return table_of(rows, FRONTS[view])

    def _is_concerned(self, user: User, card: IdeaCard) -> bool:
        """Return whether the person may read the triage; its service checks it once more."""
        around = {card.submitter_id, card.ownership.owner_id}
        around |= {person.id for person in card.co_submitters}
        return user is SYSTEM or user.is_reviewer or user.id in around

    def _in_words(self, wanted: IdeaFilter) -> dict[str, str]:
        with self._database.read() as session:
            campaign = session.get(CampaignRow, wanted.campaign_id) if wanted.campaign_id else None
            people = {
                name: session.get(UserRow, id_)
                for name, id_ in (("Owner", wanted.owner_id), ("By", wanted.submitter_id))
                if id_
            }
        states = [words.STATES[s] for s in words.STATES if s in wanted.statuses]
        said = {
            "Words": wanted.search,
            "Campaign": campaign.title if campaign else "",
            "Business unit": wanted.business_unit,
            "Category": words.CATEGORIES[wanted.category] if wanted.category else "",
            "State": ", ".join(states),
            "Risk class": words.RISKS[wanted.risk] if wanted.risk else "",
            "Tag": wanted.tag,
            **{name: person.name for name, person in people.items() if person},
        }
        return {name: value for name, value in said.items() if value}
