"""Two ideas side by side."""

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd
import streamlit as st

from core.domain.ideas.card import label_of
from core.domain.ideas.criteria import HIGHEST, LOWEST
from core.domain.ideas.filters import IdeaFilter
from core.domain.identity import User
from ideas.portfolio.entries import Entry
from ideas.portfolio.service import Side
from ui import state_ideas, words
from ui.idea_parts import words as idea_words
from ui.portfolio import words as portfolio_words
from ui.portfolio.tables import draw_card_opener
from ui.resources import services

CHOICES = 500
BLUE, ORANGE = "#3f87b8", "#c07a30"


def draw_comparison(user: User, wanted: IdeaFilter) -> None:
    """Draw the choice of two ideas (?one=, ?other=), their facts, texts and scores."""
    entries = services().ideas.portfolio.entries(user, wanted)[:CHOICES]
    if not entries:
        st.info(portfolio_words.NOTHING)
        return
    labels = {each.id: f"{label_of(each.number)} {each.title}" for each in entries}
    left, right = st.columns(2)
    with left:
        one = _draw_choice("One idea", "one", labels)
    with right:
        other = _draw_choice("The other", "other", labels)
    if not one or not other or one == other:
        st.info("Choose two ideas.")
        return
    sides = services().ideas.portfolio.compare(user, one, other)
    for place, side in zip(st.columns(2), sides, strict=True):
        with place:
            _draw_side(side)
    _draw_scores(user, sides)


def _draw_choice(label: str, name: str, labels: Mapping[str, str]) -> str:
    key = f"compare-{name}"
    options = {"": "Choose an idea", **labels}
    state_ideas.show_address(name, key, list(labels))
    chosen = st.selectbox(
        label,
        list(options),
        format_func=options.__getitem__,
        key=key,
        on_change=state_ideas.take_address,
        args=(name, key),
    )
    return chosen or ""


def _draw_side(side: Side) -> None:
    entry = side.entry
    with st.container(border=True, key=f"side-{entry.id}"):
        st.markdown(f"**{words.plain(entry.title)}**")
        draw_card_opener(entry)
        badges = f"{idea_words.state_badge(entry.status)} {idea_words.risk_badge(entry.risk)}"
        st.markdown(badges)
        for label, value in _facts(entry):
            st.markdown(f":small[:gray[{label}]] {value}")
        for label, text in (("Problem", side.problem), ("Proposal", side.proposal)):
            st.caption(label)
            st.text(text)


def _facts(entry: Entry) -> Sequence[tuple[str, str]]:
    scored, currency = entry.scored, services().ideas.currency
    place = "–" if scored is None else idea_words.QUADRANT[scored.quadrant]
    return (
        ("Place", place),
        ("Value", idea_words.score(scored.value if scored else None)),
        ("Feasibility", idea_words.score(scored.feasibility if scored else None)),
        ("Votes", "–" if entry.votes is None else f"{entry.votes:,}"),
        ("Money a month", idea_words.amount(entry.money_per_month, currency)),
        ("Hours a month", idea_words.hours(entry.hours_per_month)),
        ("Effort", "–" if entry.effort_months is None else f"{entry.effort_months:g} months"),
        ("RICE", "–" if entry.rice is None else f"{entry.rice:,.0f}"),
        ("Owner", words.plain(entry.owner) or "–"),
        ("In its state", idea_words.age(entry.since)),
    )


def _draw_scores(user: User, sides: Sequence[Side]) -> None:
    names = {each.key: each.name for each in services().ideas.scoring.get(user).criteria.criteria}
    rows = [
        {"Criterion": names.get(key, key), "Idea": label_of(side.entry.number), "Mean": mean}
        for side in sides
        for key, mean in side.means.items()
    ]
    if not rows:
        st.caption("Scores by criterion appear once both have two reviews.")
        return
    table = pd.DataFrame(rows)
    st.altair_chart(_chart(table, list(names.values())), height=320, alt="Mean scores by criterion")
    wide = table.pivot_table(index="Criterion", columns="Idea", values="Mean").round(1)
    with st.expander("Table"):
        st.dataframe(wide, width="stretch", key="compare-table")


def _chart(table: pd.DataFrame, criteria: Sequence[str]) -> alt.LayerChart:
    ideas = list(dict.fromkeys(table["Idea"]))
    base = alt.Chart(table).encode(
        y=alt.Y("Criterion", type="nominal", sort=list(criteria), axis=alt.Axis(title=None)),
        x=alt.X(
            "Mean",
            type="quantitative",
            scale=alt.Scale(domain=[LOWEST, HIGHEST]),
            axis=alt.Axis(title="Mean score", tickCount=4),
        ),
    )
    line = base.mark_line(color="#80868c", opacity=0.6).encode(detail="Criterion")
    dots = base.mark_point(size=140, filled=True, opacity=1).encode(
        color=alt.Color(
            "Idea",
            type="nominal",
            scale=alt.Scale(domain=ideas, range=[BLUE, ORANGE]),
            legend=alt.Legend(orient="top", title=None),
        ),
        shape=alt.Shape(
            "Idea", type="nominal", scale=alt.Scale(domain=ideas, range=["circle", "square"])
        ),
        tooltip=["Idea", "Criterion", alt.Tooltip("Mean", format=".1f")],
    )
    return alt.LayerChart(layer=[line, dots])
