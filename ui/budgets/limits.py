"""Budgets: the list with what is used of each, and the forms that set and remove them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import streamlit as st

from admin.spending.values import BudgetLine, BudgetTerms
from core.domain.costs.budgets import BudgetPeriod, BudgetScope
from core.domain.identity import User
from ui import state, words
from ui.budgets import words as budget_words
from ui.components.field_notes import Notes, attempt
from ui.components.times import local_time
from ui.resources import services

READABLE_WIDTH = 800


def draw_limits(admin: User) -> None:
    """Draw the form for a budget, all budgets, and what can be done with a chosen one."""
    lines = services().budgets.list_all(admin)
    st.caption(budget_words.HOW_IT_WORKS)
    if unpayable := services().budgets.unpayable(admin):
        told = budget_words.unpayable(unpayable, services().budgets.currency)
        st.warning(words.plain(told), icon=":material/help:")
    with st.expander("Set a budget", expanded=not lines), st.container(width=READABLE_WIDTH):
        _draw_new(admin)
    if lines:
        _draw_table(lines)
        if told := budget_words.unpriced(lines):
            st.warning(words.plain(told), icon=":material/help:")
        _draw_chosen(admin, lines)
    else:
        st.info(budget_words.NO_BUDGETS)
    refused = services().budgets.blocked_this_month(admin)
    st.caption(words.plain(budget_words.blocked(refused.by_reason, "this month")))


def _draw_table(lines: Sequence[BudgetLine]) -> None:
    currency = services().budgets.currency
    rows = [
        {
            "Who": line.who,
            "Period": budget_words.PERIODS[line.budget.period],
            "Share": min(100.0, line.use.percent) if line.use else 0.0,
            "Limit": _amount(line.budget.limit_micros, line.budget.currency),
            "Used": _amount(line.use.spent_micros if line.use else 0, currency),
            "Reserved": _amount(line.use.reserved_micros if line.use else 0, currency),
            "End of month": _forecast(line),
            "People": budget_words.people(line),
        }
        for line in lines
    ]
    st.dataframe(
        rows,
        hide_index=True,
        column_config={
            "Share": st.column_config.ProgressColumn(
                "Used and reserved", min_value=0, max_value=100, format="%d %%"
            ),
            "Used": st.column_config.TextColumn(
                help="Of a budget that each person has, that of the person who used most of it."
            ),
            "End of month": st.column_config.TextColumn(
                help="What the month comes to if it goes on so; from its fifth day on."
            ),
        },
    )


def _forecast(line: BudgetLine) -> str:
    if line.forecast_micros is None:
        return "–"
    return _amount(line.forecast_micros, line.budget.currency)


def _amount(micros: int, currency: str) -> str:
    return words.money(micros, currency)


def _draw_new(admin: User) -> None:
    key, notes = state.budget_form(), Notes()
    scope_place, period_place = st.columns([2, 1])
    scopes, periods = list(BudgetScope), list(BudgetPeriod)
    scope = scope_place.selectbox(
        "Whose requests",
        scopes,
        scopes.index(BudgetScope.EVERYBODY),
        format_func=budget_words.SCOPES.__getitem__,
        key=f"scope-{key}",
    )
    period = period_place.selectbox(
        "Each",
        periods,
        periods.index(BudgetPeriod.MONTH),
        format_func=budget_words.PERIODS.__getitem__,
        key=f"period-{key}",
    )
    subject = _draw_subject(admin, scope, key)
    notes["subject"] = st.empty()
    amount = _draw_amount(key, None)
    notes["amount"] = st.empty()
    if st.button("Set budget", type="primary", key="set-budget"):
        terms = BudgetTerms(scope, period, amount, subject or "")
        attempt(notes, lambda: _set(admin, terms), state.end_budget_form)


def _draw_subject(admin: User, scope: BudgetScope, key: str) -> str | None:
    match scope:
        case BudgetScope.PERSON:
            everyone = services().people.list_all(admin)
            known = {person.id: f"{person.name} ({person.email})" for person in everyone}
        case BudgetScope.GROUP:
            known = {group.id: group.name for group in services().groups.list(admin)}
        case BudgetScope.EVERYBODY | BudgetScope.COMPANY:
            return None
    return _draw_choice("Person" if scope is BudgetScope.PERSON else "Group", known, key)


def _draw_choice(label: str, known: Mapping[str, str], key: str) -> str | None:
    return st.selectbox(
        label,
        list(known),
        index=None,
        format_func=known.__getitem__,
        placeholder=f"Choose a {label.lower()}",
        key=f"{label.lower()}-{key}",
    )


def _draw_amount(key: str, value: float | None) -> Decimal | None:
    number = st.number_input(
        f"Amount in {services().budgets.currency}",
        min_value=0.0,
        value=value,
        format="%.2f",
        step=1.0,
        key=f"amount-{key}",
    )
    return None if number is None else Decimal(str(number))


def _draw_chosen(admin: User, lines: Sequence[BudgetLine]) -> None:
    known = {line.budget.id: line for line in lines}
    labels = {line.budget.id: budget_words.budget_label(line) for line in lines}
    chosen = st.selectbox(
        "Change a budget",
        list(known),
        index=None,
        format_func=labels.__getitem__,
        placeholder="Choose a budget",
        width=READABLE_WIDTH,
        key=f"changed-budget-{state.budget_form()}",
    )
    if chosen is not None:
        with st.container(border=True, width=READABLE_WIDTH, key="chosen-budget"):
            _draw_budget(admin, known[chosen])


def _draw_budget(admin: User, line: BudgetLine) -> None:
    budget, notes = line.budget, Notes()
    st.caption(words.plain(f"Set by {line.set_by} on {local_time(line.set_at)}."))
    amount = _draw_amount(f"{state.budget_form()}-{budget.id}", budget.limit_micros / 1_000_000)
    notes["amount"] = st.empty()
    with st.container(horizontal=True):
        if st.button("Save", type="primary", key="save-budget"):
            terms = BudgetTerms(budget.scope, budget.period, amount, budget.subject_id)
            attempt(notes, lambda: _set(admin, terms, line.version), state.end_budget_form)
        if st.button("Remove budget", key="remove-budget"):
            attempt({}, lambda: _remove(admin, line), state.end_budget_form)


def _set(admin: User, terms: BudgetTerms, version: int | None = None) -> str:
    budget = services().budgets.set(admin, terms, version=version)
    return f"The budget is set to {words.money(budget.limit_micros, budget.currency)}."


def _remove(admin: User, line: BudgetLine) -> str:
    services().budgets.remove(admin, line.budget.id)
    return f"Removed: {budget_words.budget_label(line)}."
