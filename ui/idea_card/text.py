"""What an idea says: its texts, facts, files, and the conversation it came from."""

from collections.abc import Iterator

import streamlit as st

from core.domain.ideas.card import DataNeeds, Estimate, IdeaCard
from core.domain.identity import User
from ui import words
from ui.idea_card.discussion import draw_discussion
from ui.idea_card.facts import Fact, draw_facts
from ui.idea_parts import words as idea_words
from ui.idea_parts.attachments import draw_attachments
from ui.idea_parts.origin import draw_origin
from ui.resources import services


def draw_text(user: User, card: IdeaCard) -> None:
    """Draw the texts, then what else is known, then what people say."""
    draft = card.draft
    for heading, text in (
        ("Problem", draft.problem),
        ("Proposal", draft.proposal),
        ("Expected benefit", draft.expected_benefit),
        ("Learned", card.lesson_learned),
    ):
        if text:
            _draw_part(heading, text)
    if card.drafted_fields:
        fields = idea_words.listed([idea_words.FIELDS[name] for name in card.drafted_fields])
        st.caption(f":material/auto_awesome: Drafted from the conversation: {fields}.")
    facts = [*_facts(card), *_expected(draft.estimate), *_data(draft.data)]
    draw_facts(facts, "idea-facts")
    can_change = bool(services().ideas.cards.editable_fields(user, card.id))
    draw_attachments(user, idea_id=card.id, can_change=can_change)
    if card.origin is not None:
        with st.expander("From a conversation: question, answer and sources"):
            draw_origin(card.origin)
    draw_discussion(user, card)


def _draw_part(heading: str, text: str) -> None:
    with st.container(gap="xxsmall"):
        st.markdown(f"**{heading}**")
        st.text(text)


def _facts(card: IdeaCard) -> Iterator[Fact]:
    draft = card.draft
    yield "Business unit", words.plain(draft.business_unit)
    yield "Tags", " ".join(f":gray-badge[{words.plain(tag)}]" for tag in draft.tags)
    yield "Owner", words.plain(card.owner_name)
    yield "Sponsor", words.plain(card.sponsor_name)


def _expected(estimate: Estimate) -> Iterator[Fact]:
    currency = services().ideas.currency
    yield "Hours saved a month", idea_words.hours(estimate.hours_per_month)
    yield "Money a month", idea_words.amount(estimate.money_per_month, currency)
    if estimate.benefit_type is not None:
        yield "Kind of benefit", idea_words.BENEFITS[estimate.benefit_type]
    if estimate.confidence is not None:
        yield "Confidence", idea_words.CONFIDENCES[estimate.confidence]
    if estimate.reach_per_month is not None:
        yield "People or cases a month", f"{estimate.reach_per_month:,}"
    if estimate.effort_months is not None:
        yield "Effort", f"{estimate.effort_months:g} months of one person"


def _data(data: DataNeeds) -> Iterator[Fact]:
    yield "Data", words.plain(data.description)
    if data.classification is not None:
        yield "Classification", idea_words.CLASSES[data.classification]
    if data.personal_data is not None:
        yield "Personal data", idea_words.PERSONAL_DATA[data.personal_data]
    if data.needs_external_model is not None:
        yield "Model outside the company", idea_words.YES_NO[data.needs_external_model]
