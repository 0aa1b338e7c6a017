"""Cost items: the list, the form for a new one, and what can be done with a chosen one."""

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st

from core.domain.costs.months import later, months
from core.domain.costs.terms import CostItem, CostKind, CostRhythm, CostTerms
from core.domain.identity import User
from core.errors import Conflict
from ui import state, words
from ui.components.field_notes import Notes, attempt
from ui.costs import words as cost_words
from ui.costs.form import MONTHS_AHEAD, draw_fields
from ui.costs.tables import draw_files, draw_table, items_table, shown_items
from ui.resources import services

READABLE_WIDTH = 800


def draw_items(admin: User) -> None:
    """Draw the form for a new item, all items, and the chosen one."""
    items = services().cost_items.list_all(admin)
    ideas = services().cost_items.ideas(admin)
    with st.expander("Add a cost", expanded=not items), st.container(width=READABLE_WIDTH):
        _draw_new(admin, ideas)
    if not items:
        st.info(cost_words.NO_ITEMS)
        return
    draw_table(shown_items(items), "Cost items by name")
    draw_files({"Cost items": items_table(items)}, "cost-items")
    _draw_chosen(admin, items, ideas)


def _draw_new(admin: User, ideas: Mapping[str, str]) -> None:
    notes = Notes()
    blank = CostTerms(
        *("", CostKind.LICENCE, services().costs.this_month, services().costs.rates.currency)
    )
    terms = draw_fields(state.cost_form(), ideas, blank, notes)
    if st.button("Add cost", type="primary", key="add-cost"):
        attempt(notes, lambda: _add(admin, terms), state.end_cost_form)


def _draw_chosen(admin: User, items: Sequence[CostItem], ideas: Mapping[str, str]) -> None:
    known = {item.id: item for item in items}
    labels = {item.id: cost_words.item_label(item) for item in items}
    before = state.chosen_cost()
    chosen = st.selectbox(
        "Change a cost",
        list(known),
        index=list(known).index(before) if before in known else None,
        format_func=labels.__getitem__,
        placeholder="Choose a cost",
        width=READABLE_WIDTH,
        # A browser sends the label it shows; a choice of an old label would be lost, and with it
        # what was pressed below.
        key=f"changed-cost-{hash(tuple(labels.values()))}",
    )
    state.choose_cost(chosen)
    if chosen is not None:
        with st.container(border=True, width=READABLE_WIDTH, key="chosen-cost"):
            _draw_item(admin, known[chosen], ideas)


def _draw_item(admin: User, item: CostItem, ideas: Mapping[str, str]) -> None:
    opened, notes = state.open_cost(item.id, item.version), Notes()
    terms = draw_fields(opened.key, ideas, item.terms, notes)
    with st.container(horizontal=True):
        is_saved = st.button("Save", type="primary", key="save-cost")
        if item.terms.rhythm is CostRhythm.MONTHLY:
            _draw_end(admin, item, opened)
        _draw_deletion(admin, item, opened.key)
    if is_saved:
        attempt(notes, lambda: _save(admin, item, terms, opened.version), state.end_cost_form)
    with st.expander("History"):
        for change in services().cost_items.history(admin, item.id):
            st.markdown(words.plain(cost_words.change(change, dict(ideas))))


def _draw_end(admin: User, item: CostItem, opened: state.OpenCost) -> None:
    this, terms = services().costs.this_month, item.terms
    until = max(later(this, MONTHS_AHEAD), terms.first_month)
    known = months(terms.first_month, until)[::-1]
    wanted = terms.last_month or max(this, terms.first_month)
    with st.popover("End", key=f"end-panel-{opened.key}"):
        last = st.selectbox(
            "Last month that is paid",
            known,
            known.index(min(wanted, until)),
            format_func=cost_words.month,
            key=f"end-of-{item.id}",
        )
        notes = {"last_month": st.empty()}
        if st.button("End cost", key="end-cost"):
            attempt(notes, lambda: _end(admin, item, last, opened.version), state.end_cost_form)


def _draw_deletion(admin: User, item: CostItem, key: str) -> None:
    with st.popover("Delete", key=f"delete-panel-{key}"):
        st.write("It leaves the totals of all months, past ones included. Its history is kept.")
        if st.button("Delete cost", key="delete-cost"):
            attempt({}, lambda: _delete(admin, item), state.end_cost_form)


def _add(admin: User, terms: CostTerms) -> str:
    added = services().cost_items.add(admin, terms)
    return f"Added: {added.terms.name}, {cost_words.amount(added.terms)}."


def _save(admin: User, item: CostItem, terms: CostTerms, version: int) -> str:
    try:
        saved = services().cost_items.change(admin, item.id, terms, version=version)
    except Conflict:
        state.catch_up_with_cost(item.version)
        raise
    return f"Saved: {saved.terms.name}, {cost_words.amount(saved.terms)}."


def _end(admin: User, item: CostItem, last: date, version: int) -> str:
    ended = services().cost_items.end(admin, item.id, last, version=version)
    return f"{ended.terms.name} ends with {cost_words.month(ended.terms.last_month)}."


def _delete(admin: User, item: CostItem) -> str:
    services().cost_items.delete(admin, item.id)
    return f"Deleted: {item.terms.name}."
