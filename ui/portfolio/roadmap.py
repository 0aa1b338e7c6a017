"""The roadmap: approved ideas by quarter."""

import streamlit as st

from core.domain.ideas.filters import IdeaFilter
from core.domain.identity import User
from core.domain.text.dates import short_date
from ideas.portfolio.roadmap import Item, Milestone, Quarter
from ui import state_ideas, words
from ui.idea_parts import words as idea_words
from ui.portfolio import words as portfolio_words
from ui.portfolio.tables import draw_card_opener
from ui.resources import services

WIDTH = 215
CARDS, AT_MOST = 6, 60
"""Ideas of a quarter at first, and once more of them are asked for."""


def draw_roadmap(user: User, wanted: IdeaFilter) -> None:
    """Draw a column for each quarter in which something is due or happened."""
    quarters = services().ideas.portfolio.roadmap(user, wanted)
    if not quarters:
        st.info(portfolio_words.NO_ROADMAP)
        return
    with st.grid(
        len(quarters), min_column_width=WIDTH, wrap=False, gap="small", key="roadmap"
    ) as g:
        for quarter in quarters:
            with g.cell():
                _draw_quarter(quarter)


def _draw_quarter(quarter: Quarter) -> None:
    label = f"{quarter.year}, quarter {quarter.number}" if quarter.year else "Without a date"
    with st.container(gap="xsmall", key=f"quarter-{quarter.label or 'none'}"):
        st.markdown(f"**{label}**")
        st.caption(words.count(len(quarter.items), "idea"))
        more = f"all-{quarter.label or 'none'}"
        shown = quarter.items[: AT_MOST if state_ideas.is_shown(more) else CARDS]
        for item in shown:
            _draw_item(item)
        _draw_rest(quarter, len(shown), more)


def _draw_rest(quarter: Quarter, shown: int, more: str) -> None:
    rest = len(quarter.items) - shown
    if shown >= AT_MOST and rest:
        st.caption(f"{rest:,} more. A filter or a search shows fewer at once.")
    elif rest:
        st.button(
            f"{rest:,} more",
            type="tertiary",
            key=f"more-{more}",
            on_click=state_ideas.show,
            args=(more,),
        )


def _draw_item(item: Item) -> None:
    entry = item.entry
    with st.container(border=True, gap="xxsmall", key=f"milestone-{entry.id}"):
        st.markdown(words.plain(entry.title))
        st.markdown(f"{idea_words.state_badge(entry.status)}")
        st.markdown(f":small[:gray[{_told(item)}]]")
        draw_card_opener(entry)


def _told(item: Item) -> str:
    told = [portfolio_words.MILESTONES[item.milestone]]
    if item.on is not None:
        told[0] = f"{told[0]} {short_date(item.on)}"
    elif item.milestone is Milestone.PILOT_ENDS:
        told[0] = "No end of the pilot is set"
    if item.entry.owner:
        told.append(words.plain(item.entry.owner))
    return " · ".join(told)
