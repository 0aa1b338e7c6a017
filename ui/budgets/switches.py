"""Switches: what is turned off, the form that turns something off, and what was off before."""

from collections.abc import Sequence

import streamlit as st

from admin.spending.values import SwitchLine
from core.domain.costs.refusals import SwitchKind
from core.domain.identity import User
from core.errors import InvalidFields, SandboxError
from ui import state, words
from ui.budgets import words as budget_words
from ui.components.field_notes import Notes, draw_notes
from ui.components.times import local_time
from ui.resources import services

READABLE_WIDTH = 800


def draw_switches(admin: User) -> None:
    """Draw what is off with its button, the form, and what was off before."""
    st.subheader("Turned off", anchor=False)
    st.caption(
        "For emergencies: it takes effect at once, for everyone. An answer that is being written "
        "ends within a sentence."
    )
    lines = services().switches.list_all(admin)
    off = [line for line in lines if line.is_off]
    for line in off:
        _draw_off(admin, line)
    if not off:
        st.success(budget_words.NOTHING_OFF, icon=":material/check:", width=READABLE_WIDTH)
    with st.expander("Turn something off"), st.container(width=READABLE_WIDTH):
        _draw_form(admin)
    _draw_history([line for line in lines if not line.is_off])


def _draw_off(admin: User, line: SwitchLine) -> None:
    with (
        st.container(border=True, width=READABLE_WIDTH),
        st.container(horizontal=True, vertical_alignment="center"),
    ):
        with st.container(width="stretch"):
            st.markdown(f"**{words.plain(budget_words.switch_label(line))}**")
            st.markdown(words.plain(line.reason))
            if not line.is_in_use:
                st.caption(budget_words.NOT_IN_USE)
            st.caption(words.plain(budget_words.turned_off(line, local_time(line.off_at))))
        if st.button("Turn on", key=f"on-{line.kind.value}-{line.name}"):
            _turn_on(admin, line)


def _draw_form(admin: User) -> None:
    key, notes = state.switch_form(), Notes()
    kind = (
        st.segmented_control(
            "What",
            list(SwitchKind),
            default=SwitchKind.MODEL,
            required=True,
            format_func=budget_words.KINDS.__getitem__,
            key=f"switch-kind-{key}",
        )
        or SwitchKind.MODEL
    )
    name = _draw_name(admin, kind, key)
    notes["name"] = st.empty()
    reason = st.text_input(
        "Why", max_chars=200, placeholder="What happened", key=f"switch-reason-{key}"
    )
    notes["reason"] = st.empty()
    st.caption(budget_words.EFFECTS[kind])
    if st.button("Turn off", type="primary", key="turn-off"):
        _turn_off(admin, kind, name or "", reason or "", notes)


def _draw_name(admin: User, kind: SwitchKind, key: str) -> str | None:
    search = ""
    if kind is SwitchKind.DOCUMENT:
        search = st.text_input(
            "Search by title", placeholder="Words of the title", key=f"switch-search-{key}"
        )
    known = services().switches.choices(admin, kind, search or "")
    takes_others = kind is not SwitchKind.DOCUMENT
    return st.selectbox(
        budget_words.KINDS[kind],
        list(known),
        index=None,
        format_func=lambda name: budget_words.prompt(known.get(name, name)),
        placeholder=f"Choose a {kind.value}",
        accept_new_options=takes_others,
        help="Choose one in use, or type the name of another." if takes_others else None,
        key=f"switch-name-{kind.value}-{key}",
    )


def _turn_off(admin: User, kind: SwitchKind, name: str, reason: str, notes: Notes) -> None:
    try:
        line = services().switches.turn_off(admin, kind, name, reason)
    except InvalidFields as invalid:
        draw_notes(notes, invalid.problems)
    except SandboxError as problem:
        st.error(words.plain(str(problem)))
    else:
        state.end_switch_form()
        state.notify(words.plain(f"Turned off: {budget_words.switch_label(line)}."))
        st.rerun()


def _turn_on(admin: User, line: SwitchLine) -> None:
    try:
        services().switches.turn_on(admin, line.kind, line.name)
    except SandboxError as problem:
        st.error(words.plain(str(problem)))
    else:
        state.notify(words.plain(f"Turned on: {budget_words.switch_label(line)}."))
        st.rerun()


def _draw_history(lines: Sequence[SwitchLine]) -> None:
    if not lines:
        return
    with st.expander("What was off before"):
        st.dataframe(
            [
                {
                    "What": budget_words.switch_label(line),
                    "Why": line.reason,
                    "Turned off": local_time(line.off_at),
                    "By": line.off_by,
                    "Turned on": local_time(line.on_at) if line.on_at else "",
                    "By whom": line.on_by,
                }
                for line in lines
            ],
            hide_index=True,
        )
