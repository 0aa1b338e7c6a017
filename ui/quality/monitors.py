"""The monitors: what they say at a glance, their table, and what they are compared with."""

from collections.abc import Sequence
from typing import Literal

import pandas as pd
import streamlit as st

from admin.quality.monitors import DEFINITIONS
from admin.quality.values import Monitor, QualityReport, State, Verdict
from core.domain.identity import User
from ui import state, words
from ui.components.csv_file import draw_csv_download
from ui.components.problems import shown_problems
from ui.components.times import local_time
from ui.quality import words as quality_words
from ui.quality.figures import draw_readable
from ui.resources import services

ICONS = {
    State.ALERT: ":material/error:",
    State.WARN: ":material/warning:",
    State.OK: ":material/check_circle:",
    State.NO_DATA: ":material/hourglass_empty:",
}
COLOURS: dict[State, Literal["red", "orange", "green", "gray"]] = {
    State.ALERT: "red",
    State.WARN: "orange",
    State.OK: "green",
    State.NO_DATA: "gray",
}

TERMS = ("Days", "Compared with", "When it warns")
"""Columns that stand under the table, where their sentences have room."""


def draw_glance(report: QualityReport) -> None:
    """Draw the state of all monitors in one line, with the worst one as its colour and icon.

    It is not green while most of them have too few cases.
    """
    if not report.verdicts:
        st.info(quality_words.NOT_CHECKED, icon=":material/schedule:")
        return
    told = quality_words.glance(report.verdicts)
    draw = {
        State.ALERT: st.error,
        State.WARN: st.warning,
        State.OK: st.success,
        State.NO_DATA: st.info,
    }
    silent = sum(one.state is State.NO_DATA for one in report.verdicts)
    is_early = report.state is State.OK and 2 * silent > len(report.verdicts)
    state = State.NO_DATA if is_early else report.state
    draw[state](told, icon=ICONS[state])


def draw_monitors(admin: User, report: QualityReport) -> None:
    """Draw every monitor with its state in words, the time of the check, and what may be done."""
    st.subheader("Drift monitors", anchor=False)
    st.write("Each compares the last week with the weeks before it.")
    if report.verdicts:
        _draw_badges(report.verdicts)
        table = monitors_table(report.verdicts, services().usage.rates.currency)
        draw_readable(table.drop(columns=[*TERMS]), "Drift monitors")
        _draw_checked_at(report.verdicts)
    with st.container(horizontal=True, vertical_alignment="center"):
        is_wanted = st.button("Check now", type="primary", key="check-drift")
        if report.verdicts:
            draw_csv_download(lambda: table, "drift-monitors.csv")
    if is_wanted:
        _check(admin)
    with st.expander("How it is compared"):
        st.write(quality_words.HOW_COMPARED)
        if report.verdicts:
            draw_readable(table[["Monitor", *TERMS]], "How each monitor is compared")
        st.write(quality_words.accepted(report.accepted))
        st.write(quality_words.ACCEPTING)
        if st.button("Accept the last 28 days as normal", key="accept-reference"):
            _accept(admin)


def monitors_table(verdicts: Sequence[Verdict], currency: str) -> pd.DataFrame:
    """Make one row per monitor, those that need a look first."""
    urgency = list(State)
    return pd.DataFrame(
        [
            {
                "State": quality_words.STATES[one.state],
                "Monitor": quality_words.title(one.monitor),
                "Value": quality_words.figure(one, one.value, currency),
                "Usual": quality_words.figure(one, one.usual, currency),
                "Usual range": quality_words.usual_range(one, currency),
                "Cases": one.cases,
                "Cases before": one.usual_cases,
                "Days": quality_words.days(one.window),
                "Compared with": quality_words.days(one.reference),
                "When it warns": DEFINITIONS[one.monitor].meaning,
            }
            for one in sorted(verdicts, key=lambda verdict: urgency.index(verdict.state))
        ]
    )


def _draw_badges(verdicts: Sequence[Verdict]) -> None:
    """Draw each monitor with its state in words, and its definition on hover and focus."""
    with st.container(horizontal=True, gap="small"):
        for one in verdicts:
            st.badge(
                words.plain(
                    f"{quality_words.title(one.monitor)}: {quality_words.STATE_NAMES[one.state]}"
                ),
                icon=ICONS[one.state],
                color=COLOURS[one.state],
                help=DEFINITIONS[one.monitor].meaning,
            )


def _draw_checked_at(verdicts: Sequence[Verdict]) -> None:
    moments = [one.computed_at for one in verdicts if one.computed_at]
    told = f"Checked {local_time(max(moments))}." if moments else ""
    if Monitor.TOPICS not in {one.monitor for one in verdicts}:
        told = f"{told} {quality_words.TOPICS_MISSING}"
    if told:
        st.caption(words.plain(told.strip()))


def _check(admin: User) -> None:
    with shown_problems(), st.spinner("Reading questions of the last weeks and comparing them …"):
        services().quality.check_now(admin)
        state.notify("All monitors were checked.")
        st.rerun()


def _accept(admin: User) -> None:
    with shown_problems():
        services().quality.accept_as_normal(admin)
        state.notify("The last 28 days count as normal from the next check on.")
        st.rerun()
