"""Benefit and cost of an idea by month, planned and actual, and when it has paid for itself."""

from collections.abc import Sequence
from decimal import Decimal

import pandas as pd
import streamlit as st

from core.domain.clock import now
from core.domain.ideas.break_even import Course
from core.domain.ideas.card import IdeaCard
from core.domain.ideas.tracking import Impact, ImpactKind
from core.domain.identity import User
from core.errors import InvalidFields, SandboxError
from ideas.tracking.impacts import ACTUAL_IN, PLANNED_IN, Impacts, MonthEntry
from ui import state, words
from ui.components.field_notes import Notes, draw_notes
from ui.components.problems import shown_problems
from ui.idea_parts import words as idea_words
from ui.idea_parts.course import draw_course, paid_back
from ui.idea_parts.people import is_committee, is_owner
from ui.resources import services


def draw_impacts(user: User, card: IdeaCard) -> None:
    """Draw the balance over time, the months, and the form for another one."""
    can_tell = is_owner(user, card) or is_committee(user, card)
    kinds = [
        kind
        for kind, states in ((ImpactKind.PLANNED, PLANNED_IN), (ImpactKind.ACTUAL, ACTUAL_IN))
        if card.status in states
    ]
    impacts = services().ideas.impacts.of(user, card.id)
    has_course = bool(impacts.entries or impacts.items.total or impacts.items.others)
    if not has_course and not (can_tell and kinds):
        return
    st.markdown("#### Benefit and cost")
    if has_course:
        _draw_courses(impacts)
    if impacts.entries:
        _draw_months(user, impacts.entries, can_remove=can_tell and bool(kinds))
    if can_tell and kinds:
        _draw_form(user, card, kinds)


def _draw_courses(impacts: Impacts) -> None:
    currency = services().ideas.currency
    for kind, course in (
        (ImpactKind.PLANNED, impacts.planned),
        (ImpactKind.ACTUAL, impacts.actual),
    ):
        if course.months:
            st.markdown(f"**{idea_words.IMPACTS[kind]}** {_told(course, currency)}")
    if impacts.items.total or impacts.items.others:
        st.caption(words.plain(_items_told(impacts, currency)))
    draw_course(impacts.actual, currency, impacts.planned)


def _told(course: Course, currency: str) -> str:
    told = (
        f"{idea_words.amount(course.benefit, currency)} benefit, "
        f"{idea_words.amount(course.cost, currency)} cost"
    )
    if course.roi is not None:
        told = f"{told}, ROI {course.roi:,.0f}%"
    return f"{told}. {paid_back(course, currency)}"


def _items_told(impacts: Impacts, currency: str) -> str:
    """Say what administrators entered as costs of the idea."""
    told = [
        f"{idea_words.amount(impacts.items.total, currency)} of the actual cost are licences, "
        "servers, staff and other costs that administrators keep for this idea."
    ]
    if impacts.items.others:
        others = ", ".join(words.money(each, code) for code, each in impacts.items.others.items())
        told.append(f"Not included, since no exchange rate is set: {others}.")
    return " ".join(told)


def _draw_months(user: User, entries: Sequence[Impact], *, can_remove: bool) -> None:
    st.dataframe(
        pd.DataFrame(
            {
                "Month": [f"{each.month:%B %Y}" for each in entries],
                "": [idea_words.IMPACTS[each.kind] for each in entries],
                "Benefit": [float(each.benefit) for each in entries],
                "Cost": [float(each.cost) for each in entries],
                "Evidence": [each.evidence for each in entries],
                "Entered by": [each.by_name for each in entries],
            }
        ),
        hide_index=True,
        width="stretch",
        height="content" if len(entries) <= 12 else 420,
        column_config={
            name: st.column_config.NumberColumn(format="localized") for name in ("Benefit", "Cost")
        },
        alt="Benefit and cost by month",
        key=f"months-{len(entries)}",
    )
    if not can_remove:
        return
    with st.popover("Remove a month"):
        labels = {e.id: f"{e.month:%B %Y}, {idea_words.IMPACTS[e.kind]}" for e in entries}
        chosen = st.selectbox(
            "Month", list(labels), format_func=labels.__getitem__, key="removed-month"
        )
        if st.button("Remove", key="remove-month") and chosen:
            with shown_problems():
                services().ideas.impacts.remove(user, chosen)
                state.notify("Month removed.")
                st.rerun()


def _draw_form(user: User, card: IdeaCard, kinds: Sequence[ImpactKind]) -> None:
    notes, currency = Notes(), services().ideas.currency
    with st.expander("Enter a month"):
        kind = st.segmented_control(
            "Kind",
            kinds,
            default=kinds[-1],
            required=True,
            format_func=idea_words.IMPACTS.__getitem__,
            key=f"kind-{card.id}-{len(kinds)}",
        )
        first, second, third = st.columns(3)
        with first:
            month = st.date_input(
                "A day of the month", value=now().date(), format="YYYY-MM-DD", key="impact-month"
            )
            notes["month"] = st.empty()
        with second:
            benefit = st.number_input(
                f"Benefit ({currency})", min_value=0.0, value=0.0, step=100.0, key="impact-benefit"
            )
            notes["benefit"] = st.empty()
        with third:
            cost = st.number_input(
                f"Cost ({currency})", min_value=0.0, value=0.0, step=100.0, key="impact-cost"
            )
            notes["cost"] = st.empty()
        evidence = st.text_area(
            "How is this known?",
            placeholder="Needed for actual months: a report, a count, a measurement",
            height=70,
            persist_state="page",
            key=f"evidence-{card.id}",
        )
        notes["evidence"] = st.empty()
        if st.button("Enter month", key="enter-month"):
            amounts = Decimal(str(benefit)), Decimal(str(cost))
            _enter(
                user, card, MonthEntry(month, kind or kinds[-1], *amounts, evidence or ""), notes
            )


def _enter(user: User, card: IdeaCard, entry: MonthEntry, notes: Notes) -> None:
    try:
        services().ideas.impacts.enter(user, card.id, entry)
    except InvalidFields as invalid:
        draw_notes(notes, invalid.problems)
    except SandboxError as problem:
        st.error(words.plain(str(problem)))
    else:
        state.notify("Month added.")
        st.rerun()
