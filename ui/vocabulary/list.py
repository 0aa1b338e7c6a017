"""The sets of synonyms, and what can be done with the selected one."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.domain.identity import User
from rag.synonym_sets import ListedSet
from ui import state, words
from ui.components.problems import shown_problems
from ui.components.times import local_time
from ui.resources import services
from ui.vocabulary import words as vocabulary_words
from ui.vocabulary.words import Shown

ROWS_IN_VIEW = 12
HEIGHT = 460


def draw_sets(admin: User, sets: Sequence[ListedSet]) -> None:
    """Draw the sets that match the filter; the selected one can be changed."""
    st.subheader("Sets", anchor=False)
    search, shown = _draw_filter()
    found = [listed for listed in sets if _matches(listed, search, shown)]
    if not found:
        is_empty = shown is Shown.ADDED and not search
        st.info(vocabulary_words.NOTHING_ADDED if is_empty else vocabulary_words.NOTHING_FOUND)
        return
    st.caption(f"{words.count(len(found), 'set')}. Select a row to change it.")
    selected = _draw_table(found)
    if selected is not None:
        _draw_selected(admin, selected)


def _draw_filter() -> tuple[str, Shown]:
    left, right = st.columns([1, 1], vertical_alignment="bottom")
    search = left.text_input("Search sets", key="sets-search")
    shown = right.segmented_control(
        "Show", list(Shown), default=Shown.ADDED, required=True, key="sets-shown"
    )
    return (search or "").strip(), Shown(shown or Shown.ADDED)


def _matches(listed: ListedSet, search: str, shown: Shown) -> bool:
    match shown:
        case Shown.ADDED:
            is_shown = not listed.is_shipped
        case Shown.SHIPPED:
            is_shown = listed.is_shipped
        case Shown.OFF:
            is_shown = not listed.is_active
        case Shown.ALL:
            is_shown = True
    return is_shown and search.casefold() in listed.synonyms.line.casefold()


def _draw_table(sets: Sequence[ListedSet]) -> ListedSet | None:
    event = st.dataframe(
        sets_table(sets),
        hide_index=True,
        width="stretch",
        height=HEIGHT if len(sets) > ROWS_IN_VIEW else "auto",
        column_config={"Words": st.column_config.TextColumn(width="large")},
        on_select="rerun",
        selection_mode="single-row",
        key=f"sets-{hash(tuple((s.key, s.is_active) for s in sets))}",
        alt="Sets of synonyms with their status and origin",
    )
    return next((sets[row] for row in event["selection"]["rows"] if row < len(sets)), None)


def sets_table(sets: Sequence[ListedSet]) -> pd.DataFrame:
    """Make one row per set, in the order given."""
    return pd.DataFrame(
        {
            "Words": [listed.synonyms.line for listed in sets],
            "Status": [vocabulary_words.status(listed) for listed in sets],
            "Origin": [vocabulary_words.origin(listed) for listed in sets],
            "Added by": [vocabulary_words.added_by(listed) for listed in sets],
            "Added": [local_time(listed.added_at) if listed.added_at else "" for listed in sets],
        }
    )


def _draw_selected(admin: User, listed: ListedSet) -> None:
    with st.container(border=True, key="selected-set"):
        st.caption(words.plain(_history(listed)))
        with shown_problems():
            if listed.is_shipped:
                st.text(listed.synonyms.line)
                _draw_switch(admin, listed)
            else:
                _draw_own(admin, listed)


def _history(listed: ListedSet) -> str:
    added = local_time(listed.added_at) if listed.added_at else ""
    changed = local_time(listed.changed_at) if listed.changed_at else ""
    return vocabulary_words.history(listed, added, changed)


def _draw_own(admin: User, listed: ListedSet) -> None:
    line = st.text_input(
        "Words", value=listed.synonyms.line, help=vocabulary_words.HELP, key=f"edit-{listed.key}"
    )
    with st.container(horizontal=True):
        is_changed = (line or "") != listed.synonyms.line
        if st.button("Save", type="primary", disabled=not is_changed, key="save-set"):
            saved = services().synonym_sets.edit(admin, listed.key, line or "")
            _done(f"Saved: {saved.synonyms.line}")
        _draw_switch(admin, listed)
        if st.button("Remove", key="remove-set"):
            services().synonym_sets.remove(admin, listed.key)
            _done(f"Removed: {listed.synonyms.line}")


def _draw_switch(admin: User, listed: ListedSet) -> None:
    label = "Switch off" if listed.is_active else "Switch on"
    if st.button(label, key="switch-set"):
        services().synonym_sets.switch(admin, listed.key, is_active=not listed.is_active)
        _done(f"Switched {'off' if listed.is_active else 'on'}: {listed.synonyms.line}")


def _done(notice: str) -> None:
    state.notify(words.plain(notice))
    st.rerun()
