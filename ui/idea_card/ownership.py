"""Who answers for an idea, with how much money, and until when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import streamlit as st

from core.domain.ideas.card import IdeaCard, Ownership, Person
from core.domain.identity import User
from core.domain.text.dates import short_date
from core.errors import InvalidFields, SandboxError
from ideas.tracking.budget import Budget
from ideas.tracking.ownership import OWNED
from ui import state, words
from ui.components.field_notes import Notes, draw_notes
from ui.idea_card.facts import draw_facts
from ui.idea_parts import words as idea_words
from ui.idea_parts.people import is_committee, is_owner
from ui.resources import services

MOST = 500
"""People to choose an owner from."""


def draw_ownership(user: User, card: IdeaCard) -> None:
    """Draw who answers for the idea; who may, changes it in place."""
    owned = services().ideas.ownership.of(user, card.id)
    st.markdown("#### Owner and budget")
    can_name = is_committee(user, card)
    if card.status in OWNED and (can_name or is_owner(user, card)):
        _draw_form(user, card, can_name=can_name)
    else:
        _draw_facts(card)
    _draw_budget(owned.budget)


def _draw_facts(card: IdeaCard) -> None:
    ends_on = card.ownership.pilot_ends_on
    facts = [
        ("Owner", words.plain(card.owner_name)),
        ("Sponsor", words.plain(card.sponsor_name)),
        ("Success is", words.plain(card.ownership.success_metric)),
        ("Pilot ends", short_date(ends_on) if ends_on else ""),
    ]
    if not any(value for _, value in facts):
        st.caption("Nobody is named yet.")
    draw_facts(facts, "owner-facts")


def _draw_budget(budget: Budget) -> None:
    if budget.cap is None:
        return
    currency = services().ideas.currency
    spent = idea_words.amount(budget.spent, currency)
    cap = idea_words.amount(budget.cap, currency)
    share = float(budget.spent / budget.cap) if budget.cap else 1.0
    told = f"{spent} of {cap} spent"
    if budget.left is not None and budget.left < 0:
        over = idea_words.amount(-budget.left, currency)
        told = f":red[:material/error: {told}, {over} over the cap]"
    st.progress(min(share, 1.0), told)


@dataclass(frozen=True, slots=True)
class _Form:
    """The form on screen; without `names` its people and money are not this person's."""

    key: str
    people: Mapping[str, str]
    names: bool
    notes: Notes = field(default_factory=dict)


def _draw_form(user: User, card: IdeaCard, *, can_name: bool) -> None:
    before = card.ownership
    form = _Form(f"{card.id}-{card.version}", _people(user, card), can_name)
    left, right = st.columns(2)
    with left:
        owner = _draw_person(form, "owner_id", "Owner", before.owner_id)
        cap = _draw_cap(form, before.budget_cap)
    with right:
        sponsor = _draw_person(form, "sponsor_id", "Sponsor", before.sponsor_id)
        ends_on = st.date_input(
            "End of the pilot",
            value=before.pilot_ends_on,
            format="YYYY-MM-DD",
            key=f"ends-{form.key}",
        )
        form.notes["pilot_ends_on"] = st.empty()
    metric = st.text_input(
        "Success is",
        before.success_metric,
        placeholder="One figure that can be measured, such as half the e-mails",
        key=f"metric-{form.key}",
    )
    form.notes["success_metric"] = st.empty()
    wanted = Ownership(owner, sponsor, cap, metric or "", ends_on)
    if st.button("Save owner and budget", key="save-owner"):
        _save(user, card, wanted, form.notes)


def _draw_cap(form: _Form, value: Decimal | None) -> Decimal | None:
    cap = st.number_input(
        f"Budget cap ({services().ideas.currency})",
        min_value=0.0,
        value=None if value is None else float(value),
        step=500.0,
        placeholder="Not set",
        disabled=not form.names,
        key=f"cap-{form.key}",
    )
    form.notes["budget_cap"] = st.empty()
    return None if cap is None else Decimal(str(cap))


def _people(user: User, card: IdeaCard) -> dict[str, str]:
    named = {p.id: p.name for p in services().ideas.colleagues.named(user, limit=MOST)}
    known = (
        Person(card.ownership.owner_id, card.owner_name),
        Person(card.ownership.sponsor_id, card.sponsor_name),
    )
    return {**{person.id: person.name for person in known if person.id}, **named}


def _draw_person(form: _Form, name: str, label: str, value: str) -> str:
    options = list(form.people)
    chosen = st.selectbox(
        label,
        options,
        index=options.index(value) if value in options else None,
        format_func=form.people.__getitem__,
        placeholder="Nobody yet",
        disabled=not form.names,
        key=f"{name}-{form.key}",
    )
    form.notes[name] = st.empty()
    return chosen or ""


def _save(user: User, card: IdeaCard, wanted: Ownership, notes: Notes) -> None:
    try:
        services().ideas.ownership.set(user, card.id, wanted, version=card.version)
    except InvalidFields as invalid:
        draw_notes(notes, invalid.problems)
    except SandboxError as problem:
        st.error(words.plain(str(problem)))
    else:
        state.notify("Saved.")
        st.rerun()
