"""What waits for a reviewer, by kind, what is due first."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import streamlit as st

from core.domain.clock import now
from core.domain.ideas.card import label_of
from core.domain.identity import User
from core.domain.text.dates import day_and_month
from ideas.review.values import Task, Waiting
from ideas.triage.again import DueAgain
from ui import state, state_ideas, words
from ui.components.problems import shown_problems
from ui.idea_parts import words as idea_words
from ui.idea_review import words as review_words
from ui.resources import services

SHOWN = 15
"""Rows of one kind; the rest is a click away."""


def draw_queue(user: User) -> None:
    """Draw a part for each kind of work that waits."""
    waiting = services().ideas.reviews.queue(user)
    again = services().ideas.triage.due_again(user) if user.is_reviewer else []
    if not waiting and not again:
        st.info(review_words.NOTHING_WAITS)
    for task in Task:
        rows = [each for each in waiting if each.task is task]
        if rows:
            _draw_part(user, task, rows)
    if again:
        _draw_again(again)


def _draw_part(user: User, task: Task, rows: Sequence[Waiting]) -> None:
    key = f"all-{task.value}"
    shown = rows if state_ideas.is_shown(key) else rows[:SHOWN]
    with st.container(gap="xsmall", key=f"queue-{task.value}"):
        st.markdown(f"#### {review_words.TASKS[task]} ({len(rows)})")
        for row in shown:
            _draw_row(user, row)
        if len(shown) < len(rows):
            st.button(
                f"Show all {len(rows)}",
                type="tertiary",
                key=f"more-{task.value}",
                on_click=state_ideas.show,
                args=(key,),
            )


def _draw_row(user: User, row: Waiting) -> None:
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", key=f"{row.task}-{row.idea_id}"
    ):
        with st.container(gap=None):
            st.markdown(f"**{words.plain(row.title)}**")
            st.markdown(_told(row))
        if st.button(
            review_words.ACTIONS[row.task],
            type="primary" if row.task is Task.REVIEW else "secondary",
            key=f"do-{row.task}-{row.idea_id}",
        ):
            with shown_problems():
                _go(user, row)


def _told(row: Waiting) -> str:
    parts = [label_of(row.number)]
    if row.expected:
        parts.append(f"{row.submitted} of {words.count(row.expected, 'review')} in")
    parts.append(f"waiting {idea_words.waiting(row.since)}")
    due = _due(row.due_at)
    return f"{idea_words.state_badge(row.status)} {due} :small[:gray[{' · '.join(parts)}]]"


def _due(due_at: datetime | None) -> str:
    if due_at is None:
        return ""
    if due_at < now():
        return f":red-badge[:material/schedule: Overdue since {day_and_month(due_at)}]"
    return f":gray-badge[:material/schedule: Due {day_and_month(due_at)}]"


def _go(user: User, row: Waiting) -> None:
    """Open the form of the task, or the card where it is done."""
    match row.task:
        case Task.REVIEWER:
            services().ideas.reviews.assign(user, row.idea_id, user.id, in_two_weeks())
            open_task(row.idea_id, "review")
        case Task.REVIEW:
            open_task(row.idea_id, "review")
        case Task.TRIAGE:
            open_task(row.idea_id, "triage")
        case Task.DECISION:
            _open_card(row.idea_id, "Reviews")
        case Task.SIGN_OFF:
            _open_card(row.idea_id, "Risk")


def in_two_weeks() -> datetime:
    """Return when a review is due that somebody takes on or is asked for."""
    day = now().astimezone(UTC) + timedelta(days=14)
    return day.replace(hour=17, minute=0, second=0, microsecond=0)


def open_task(idea_id: str, task: str) -> None:
    """Show an idea with the form of a task on this page."""
    state_ideas.put_address("idea", idea_id)
    state_ideas.put_address("task", task)
    st.rerun()


def _open_card(idea_id: str, tab: str) -> None:
    st.switch_page(state.page_named("ideas"), query_params={"idea": idea_id, "tab": tab})


def _draw_again(again: Sequence[DueAgain]) -> None:
    with st.container(gap="xsmall", key="queue-again"):
        st.markdown(f"#### {review_words.LOOK_AGAIN} ({len(again)})")
        st.caption(review_words.WHY_AGAIN)
        for each in again[:SHOWN]:
            with st.container(
                border=True,
                horizontal=True,
                vertical_alignment="center",
                key=f"again-{each.idea_id}",
            ):
                with st.container(gap=None):
                    st.markdown(f"**{words.plain(each.title)}**")
                    st.markdown(_changed(each))
                if st.button("Triage again", key=f"do-again-{each.idea_id}"):
                    open_task(each.idea_id, "triage")


def _changed(each: DueAgain) -> str:
    told = [label_of(each.number), f"judged by version {each.policy_version}"]
    if each.new_questions:
        told.append(words.count(len(each.new_questions), "new question"))
    elif each.is_affected and each.would_be is not None:
        told.append(f"would now be: {idea_words.RISKS[each.would_be]}")
    else:
        told.append("same class by the new version")
    return f"{idea_words.risk_badge(each.risk)} :small[:gray[{' · '.join(told)}]]"
