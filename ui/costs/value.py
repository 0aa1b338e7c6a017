"""What ideas bring against what they cost: all together, and each of them."""

import streamlit as st

from admin.costs.reports import PortfolioReturn
from core.domain.ideas.returns import IdeaReturn
from core.domain.identity import User
from ui import words
from ui.costs import words as cost_words
from ui.costs.tables import draw_files, draw_table, ideas_table
from ui.idea_parts import words as idea_words
from ui.idea_parts.course import draw_course, paid_back
from ui.idea_parts.entries import open_on_its_page
from ui.resources import services
from ui.usage import words as usage_words

CARD_WIDTH = 280


def draw_value(admin: User) -> None:
    """Draw all ideas together, a table of them, and the course of a chosen one."""
    found = services().costs.ideas(admin)
    if not found.ideas:
        st.info(cost_words.NO_RETURNS)
        return
    _draw_together(found)
    table = ideas_table(found)
    draw_table(table, "Ideas with benefit and cost, the best net value first", places=0)
    draw_files({"Ideas": table}, "value-of-ideas")
    _draw_one(found)


def _draw_together(found: PortfolioReturn) -> None:
    worth, currency = found.worth, found.currency
    with st.grid("auto", min_column_width=CARD_WIDTH):
        for label, told in (
            ("Benefit so far", idea_words.amount(worth.benefit, currency)),
            ("Cost so far", idea_words.amount(worth.cost, currency)),
            ("ROI", cost_words.roi(worth.roi)),
        ):
            st.metric(label, told, border=True)
    notes = [
        "Actual months of owners, experiments, and cost items that belong to an idea.",
        cost_words.without_rate(dict(worth.other_costs)),
        usage_words.rates(services().costs.rates),
    ]
    st.caption(words.plain(" ".join(note for note in notes if note)))
    _draw_framed(cost_words.value_title(worth, currency, _told(found)), found)


def _told(found: PortfolioReturn) -> int:
    """Count the ideas that have brought or cost anything yet."""
    return sum(one.has_actual for one in found.ideas)


def _draw_framed(title: str, found: PortfolioReturn) -> None:
    with st.container(border=True):
        st.markdown(f"#### {words.plain(title)}")
        st.write(cost_words.together(found.course, found.currency))
        draw_course(found.course, found.currency)


def _draw_one(found: PortfolioReturn) -> None:
    chosen = st.selectbox(
        "Show one idea",
        found.ideas,
        index=None,
        format_func=lambda one: f"{one.label} {one.title}",
        placeholder="Choose an idea",
        key="costs-idea",
    )
    if chosen is not None:
        _draw_idea(chosen, found.currency)


def _draw_idea(one: IdeaReturn, currency: str) -> None:
    with st.container(border=True):
        st.markdown(f"#### {words.plain(f'{one.title}: {_finding(one, currency)}')}")
        draw_course(one.actual, currency, one.planned)
        if st.button("Open the idea", icon=":material/arrow_forward:", key="costs-open-idea"):
            open_on_its_page(one.idea_id, page="costs", title="Costs and value")


def _finding(one: IdeaReturn, currency: str) -> str:
    if not one.has_actual:
        return "no actual months yet"
    told = paid_back(one.actual, currency).rstrip(".")
    return told[0].lower() + told[1:]
