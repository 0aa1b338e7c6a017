"""The fields of an idea, for a new one and for a change; what is typed stays until it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum
from typing import TypeVar

import streamlit as st

from core.domain.ideas.card import (
    DataNeeds,
    DraftFields,
    Estimate,
    IdeaCategory,
)
from ideas.cards.fields import SUMMARY_MAX, TITLE_LENGTH
from ui import words
from ui.components.field_notes import Notes
from ui.idea_parts import words as idea_words
from ui.idea_parts.choices import FormChoices

Closed = TypeVar("Closed", bound=Enum)
PAUSE = "500ms"
"""Without a key pressed, after which a title counts as typed (as in Fider)."""

HINTS = {
    "problem": "What costs time, money or patience today, and for whom?",
    "proposal": "What should AI do about it?",
    "expected_benefit": "What gets better: hours, errors, waiting time, money?",
    "summary": "For whoever reads only one line",
    "data_needed": "Which documents, systems or records does it read?",
}


@dataclass(frozen=True, slots=True)
class Form:
    """A form on screen: `key` names its fields, `drafted` those that were drafted."""

    key: str
    choices: FormChoices
    drafted: Sequence[str] = ()
    notes: Notes = field(default_factory=dict)
    has_people: bool = True

    def key_of(self, name: str) -> str:
        return f"idea-{self.key}-{name}"


def draw_title(form: Form, start: DraftFields) -> str:
    """Draw the title, which is read while somebody types."""
    shortest, longest = TITLE_LENGTH
    title = st.text_input(
        "Title",
        start.title,
        placeholder=f"One line, {shortest} to {longest} characters",
        live=PAUSE,
        persist_state="session",
        key=form.key_of("title"),
    )
    _draw_below(form, "title", is_drafted=title == start.title)
    return title or ""


def draw_required(form: Form, start: DraftFields, title: str) -> DraftFields:
    """Draw the other required fields."""
    problem = _draw_text(form, "problem", "Problem", start.problem)
    proposal = _draw_text(form, "proposal", "Proposal", start.proposal)
    benefit = _draw_text(
        form, "expected_benefit", "Expected benefit", start.expected_benefit, height=68
    )
    category = _draw_category(form, start.category)
    return DraftFields(title, problem, proposal, category, benefit)


def draw_more(form: Form, start: DraftFields, required: DraftFields) -> DraftFields:
    """Draw what helps reviewers and nobody has to fill in."""
    summary = _draw_line(form, "summary", "Summary", start.summary, most=SUMMARY_MAX)
    left, right = st.columns(2)
    with left:
        unit = _draw_unit(form, start.business_unit)
    with right:
        tags = _draw_tags(form, start.tags)
    people = _draw_people(form, start.co_submitter_ids) if form.has_people else ()
    campaign = _draw_campaign(form, start.campaign_id)
    return DraftFields(
        required.title,
        required.problem,
        required.proposal,
        required.category,
        required.expected_benefit,
        summary,
        unit,
        tags,
        _draw_estimate(form, start.estimate),
        _draw_data(form, start.data),
        campaign,
        start.team_id,
        people,
    )


def draw_sorting(form: Form, start: DraftFields) -> DraftFields:
    """Draw only where an idea belongs, for who may change nothing else of it."""
    return replace(
        start,
        category=_draw_category(form, start.category),
        business_unit=_draw_unit(form, start.business_unit),
        tags=_draw_tags(form, start.tags),
    )


def by_field(fields: DraftFields) -> dict[str, object]:
    """Return what each field of the form holds, by its name."""
    estimate, data = fields.estimate, fields.data
    money = estimate.money_per_month
    return {
        **{name: getattr(fields, name) for name in DIRECT},
        "tags": list(fields.tags),
        "co_submitter_ids": list(fields.co_submitter_ids),
        "hours_per_month": estimate.hours_per_month,
        "money_per_month": None if money is None else float(money),
        "benefit_type": estimate.benefit_type,
        "confidence": estimate.confidence,
        "reach_per_month": estimate.reach_per_month,
        "effort_months": estimate.effort_months,
        "data_needed": data.description,
        "data_classification": data.classification,
        "personal_data": data.personal_data,
        "needs_external_model": data.needs_external_model,
    }


DIRECT = (
    "title",
    "problem",
    "proposal",
    "category",
    "expected_benefit",
    "summary",
    "business_unit",
    "campaign_id",
)


def _draw_category(form: Form, start: IdeaCategory | None) -> IdeaCategory | None:
    category = st.segmented_control(
        "Category",
        list(IdeaCategory),
        default=start,
        format_func=words.CATEGORIES.__getitem__,
        persist_state="session",
        key=form.key_of("category"),
    )
    _draw_below(form, "category")
    return category


def _draw_estimate(form: Form, start: Estimate) -> Estimate:
    st.markdown("**What you expect**")
    money = None if start.money_per_month is None else float(start.money_per_month)
    left, middle, right = st.columns(3)
    with left:
        hours = _draw_number(form, "hours_per_month", "Hours saved a month", start.hours_per_month)
        reach = _draw_number(
            form, "reach_per_month", "People or cases a month", start.reach_per_month, step=1
        )
    with middle:
        saved = _draw_number(
            form, "money_per_month", f"Money a month ({form.choices.currency})", money, step=100.0
        )
        effort = _draw_number(
            form, "effort_months", "Effort in months of one person", start.effort_months, step=0.5
        )
    with right:
        kind = _draw_choice(
            form, "benefit_type", "Kind of benefit", idea_words.BENEFITS, start.benefit_type
        )
        confidence = _draw_choice(
            form, "confidence", "How sure are you?", idea_words.CONFIDENCES, start.confidence
        )
    return Estimate(
        hours,
        None if saved is None else Decimal(str(saved)),
        kind,
        confidence,
        None if reach is None else int(reach),
        effort,
    )


def _draw_data(form: Form, start: DataNeeds) -> DataNeeds:
    st.markdown("**The data it needs**")
    text = _draw_text(form, "data_needed", "Data", start.description, height=68)
    left, middle, right = st.columns(3)
    with left:
        classified = _draw_choice(
            form, "data_classification", "Classification", idea_words.CLASSES, start.classification
        )
    with middle:
        personal = _draw_choice(
            form, "personal_data", "Personal data", idea_words.PERSONAL_DATA, start.personal_data
        )
    with right:
        model = st.selectbox(
            "Model outside the company",
            [True, False],
            index=None
            if start.needs_external_model is None
            else int(not start.needs_external_model),
            format_func=idea_words.YES_NO.__getitem__,
            placeholder="Not known",
            persist_state="session",
            key=form.key_of("needs_external_model"),
        )
        _draw_below(form, "needs_external_model")
    return DataNeeds(text, classified, personal, model)


def _draw_unit(form: Form, start: str) -> str:
    units = list(dict.fromkeys([*form.choices.business_units, *filter(None, [start])]))
    unit = st.selectbox(
        "Business unit",
        units,
        index=units.index(start) if start else None,
        placeholder="Choose or type",
        accept_new_options=True,
        persist_state="session",
        key=form.key_of("business_unit"),
    )
    _draw_below(form, "business_unit")
    return unit or ""


def _draw_tags(form: Form, start: Sequence[str]) -> tuple[str, ...]:
    tags = st.multiselect(
        "Tags",
        list(dict.fromkeys([*form.choices.tags, *start])),
        default=list(start),
        placeholder="Choose or type",
        accept_new_options=True,
        persist_state="session",
        key=form.key_of("tags"),
    )
    _draw_below(form, "tags")
    return tuple(tags)


def _draw_people(form: Form, start: Sequence[str]) -> tuple[str, ...]:
    names = {person.id: person.name for person in form.choices.people}
    chosen = st.multiselect(
        "Submitted together with",
        list(names),
        default=[person for person in start if person in names],
        format_func=names.__getitem__,
        placeholder="Nobody else",
        persist_state="session",
        key=form.key_of("co_submitter_ids"),
    )
    _draw_below(form, "co_submitters")
    return tuple(chosen)


def _draw_campaign(form: Form, start: str) -> str:
    campaigns = form.choices.campaigns
    if not campaigns:
        return start
    chosen = st.selectbox(
        "Campaign",
        list(campaigns),
        index=list(campaigns).index(start) if start in campaigns else None,
        format_func=campaigns.__getitem__,
        placeholder="None",
        persist_state="session",
        key=form.key_of("campaign_id"),
    )
    _draw_below(form, "campaign_id")
    return chosen or ""


def _draw_text(form: Form, name: str, label: str, value: str, height: int | None = None) -> str:
    text = st.text_area(
        label,
        value,
        height=height,
        placeholder=HINTS[name],
        persist_state="session",
        key=form.key_of(name),
    )
    _draw_below(form, name, is_drafted=text == value)
    return text or ""


def _draw_line(form: Form, name: str, label: str, value: str, *, most: int) -> str:
    text = st.text_input(
        f"{label} (at most {most} characters)",
        value,
        placeholder=HINTS[name],
        persist_state="session",
        key=form.key_of(name),
    )
    _draw_below(form, name)
    return text or ""


def _draw_number(
    form: Form, name: str, label: str, value: float | None, *, step: float = 1.0
) -> float | None:
    number = st.number_input(
        label,
        min_value=type(step)(0),
        value=None if value is None else type(step)(value),
        step=step,
        placeholder="Not known",
        persist_state="session",
        key=form.key_of(name),
    )
    _draw_below(form, name)
    return number


def _draw_choice(
    form: Form, name: str, label: str, texts: Mapping[Closed, str], value: Closed | None
) -> Closed | None:
    options = list(texts)
    chosen = st.selectbox(
        label,
        options,
        index=None if value is None else options.index(value),
        format_func=texts.__getitem__,
        placeholder="Not known",
        persist_state="session",
        key=form.key_of(name),
    )
    _draw_below(form, name)
    return chosen


def _draw_below(form: Form, name: str, *, is_drafted: bool = False) -> None:
    """Leave room for what is wrong, and mark what nobody has changed since it was drafted."""
    if is_drafted and name in form.drafted:
        st.caption(":material/auto_awesome: Drafted for you. Check it, and correct what is wrong.")
    form.notes[name] = st.empty()
