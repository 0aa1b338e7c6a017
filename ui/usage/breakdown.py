"""Which models, groups, people and places the figures come from, down to single answers."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from admin.usage.values import AnswerEntry, Dimension, Slice, UsageReport
from core.domain.identity import User
from ui import words
from ui.components.csv_file import draw_csv_download
from ui.components.times import local_time
from ui.resources import services
from ui.usage import words as usage_words

MICROS = 1_000_000
LIMIT = 200
ROWS_IN_VIEW = 12
HEIGHT = 560


@st.fragment
def draw_breakdown(admin: User, report: UsageReport) -> None:
    """Draw a table of one dimension, the answers behind one of its rows, and one question."""
    st.subheader("Where it comes from", anchor=False)
    by = st.segmented_control(
        "By",
        list(Dimension),
        default=Dimension.MODEL,
        required=True,
        format_func=usage_words.DIMENSIONS.__getitem__,
        key="usage-by",
    )
    by = by or Dimension.MODEL
    slices = services().usage.breakdown(admin, report.period, by)
    table = breakdown_table(slices, by)
    _draw_table(table, f"Usage by {usage_words.DIMENSIONS[by].lower()}", f"usage-by-{by}.csv")
    _draw_answers(admin, report, by, slices)


def breakdown_table(slices: Sequence[Slice], by: Dimension) -> pd.DataFrame:
    """Make one row per model, group, person or place, dearest first."""
    figures = [one.figures for one in slices]
    currency = figures[0].currency if figures else ""
    return pd.DataFrame(
        {
            usage_words.DIMENSIONS[by]: [usage_words.slice_name(by, one) for one in slices],
            f"Cost in {currency}": [round(f.cost_micros / MICROS, 4) for f in figures],
            "Questions": [f.questions for f in figures],
            "People": [f.people for f in figures],
            "Requests": [f.requests for f in figures],
            "Tokens": [f.input_tokens + f.output_tokens for f in figures],
            "Not in the documents": [f.abstained for f in figures],
            "Helpful": [f.helpful for f in figures],
            "Not helpful": [f.not_helpful for f in figures],
            "Failed": [f.failed for f in figures],
            "Median time": [words.seconds(f.median_ms) for f in figures],
            "95th percentile": [words.seconds(f.p95_ms) for f in figures],
        }
    )


def answers_table(entries: Sequence[AnswerEntry]) -> pd.DataFrame:
    """Make one row per answer, numbered from 1."""
    return pd.DataFrame(
        {
            "No.": range(1, len(entries) + 1),
            "When": [local_time(one.at) for one in entries],
            "Person": [one.person for one in entries],
            "Groups": [one.groups for one in entries],
            "Model": [one.model for one in entries],
            "How it ended": [usage_words.outcome(one) for one in entries],
            "Tokens": [one.input_tokens + one.output_tokens for one in entries],
            "Cost": [words.money(one.cost_micros, one.currency) for one in entries],
            "First word": [words.seconds(one.first_token_ms) for one in entries],
            "Time": [words.seconds(one.total_ms) for one in entries],
        }
    )


def _draw_answers(admin: User, report: UsageReport, by: Dimension, slices: Sequence[Slice]) -> None:
    asked = [one for one in slices if one.figures.questions]
    chosen = st.selectbox(
        "Show the answers of",
        asked,
        index=None,
        format_func=lambda one: usage_words.slice_name(by, one),
        placeholder=f"Choose a {usage_words.DIMENSIONS[by].lower()}",
        key=f"usage-answers-{by}",
    )
    if chosen is None:
        return
    entries = services().usage.answers(admin, report.period, by, chosen.key, limit=LIMIT)
    number = chosen.figures.questions
    if number > LIMIT:
        st.caption(f"The {LIMIT} dearest of {number:,}.")
    _draw_table(answers_table(entries), "Answers, dearest first", "answers.csv")
    _draw_question(admin, entries)


def _draw_question(admin: User, entries: Sequence[AnswerEntry]) -> None:
    """Draw the words of one question once it is asked for."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.number_input(
            "No.", min_value=1, max_value=len(entries), width=140, key="usage-question"
        )
        is_wanted = st.button("Show the question", key="usage-show-question")
    st.caption("Reading a question is recorded in the audit log.")
    if is_wanted:
        told = services().usage.question(admin, entries[int(number) - 1].id)
        st.markdown(words.plain(told or "Its words are no longer kept."))


def _draw_table(table: pd.DataFrame, told: str, file_name: str) -> None:
    # Not st.dataframe: its own download would hand names to a spreadsheet as formulas.
    shown = table.map(lambda cell: words.plain(cell) if isinstance(cell, str) else cell)
    st.table(
        shown.style.format(thousands=",", precision=4),
        height=HEIGHT if len(table) > ROWS_IN_VIEW else "content",
        border="horizontal",
        hide_index=True,
        alt=told,
    )
    draw_csv_download(lambda: table, file_name)
