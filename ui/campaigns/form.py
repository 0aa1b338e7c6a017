"""The form of a campaign, for reviewers."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import streamlit as st

from core.domain.ideas.campaigns import Campaign, CampaignPhase
from core.domain.ideas.criteria import MOST_WEIGHT, Criterion
from core.domain.identity import User
from core.errors import SandboxError
from ideas.campaigns.values import CampaignForm
from ui import state, state_ideas, words
from ui.campaigns import words as campaign_words
from ui.components.field_notes import Notes, draw_notes
from ui.resources import services

MOST = 500
"""People to choose the panel from."""


@dataclass(frozen=True, slots=True)
class _Fields:
    """The form on screen, with what a campaign says now."""

    key: str
    before: CampaignForm
    notes: Notes = field(default_factory=dict)


def draw_new_campaign(user: User) -> None:
    """Draw an empty form."""
    st.button(
        "All campaigns",
        icon=":material/arrow_back:",
        type="tertiary",
        key="all-campaigns",
        on_click=state_ideas.put_address,
        args=("campaign", ""),
    )
    st.title("New campaign", anchor=False)
    fields = _Fields("new", CampaignForm())
    form = _draw_fields(user, fields)
    if st.button("Create campaign", type="primary", key="save-campaign"):
        _save(user, form, fields.notes, None)


def draw_settings(user: User, campaign: Campaign, phase: CampaignPhase) -> None:
    """Draw the form of an existing campaign."""
    del phase
    fields = _Fields(f"{campaign.id}-{campaign.version}", _form_of(campaign))
    form = _draw_fields(user, fields)
    if st.button("Save campaign", type="primary", key="save-campaign"):
        _save(user, form, fields.notes, campaign)


def _form_of(campaign: Campaign) -> CampaignForm:
    return CampaignForm(
        campaign.title,
        campaign.theme,
        campaign.brief,
        campaign.opens_on,
        campaign.closes_on,
        campaign.judging_until,
        campaign.criteria,
        campaign.panel_ids,
        campaign.hides_votes,
        campaign.prize,
    )


def _draw_fields(user: User, fields: _Fields) -> CampaignForm:
    before = fields.before
    title = _draw_line(fields, "title", "Title", before.title)
    theme = _draw_line(fields, "theme", "Theme in a sentence", before.theme)
    brief = _draw_text(fields, "brief", "Brief", before.brief)
    dates = _draw_dates(fields)
    people = {p.id: p.name for p in services().ideas.colleagues.named(user, limit=MOST)}
    panel = st.multiselect(
        "Panel",
        list(people),
        default=[person for person in before.panel_ids if person in people],
        format_func=people.__getitem__,
        placeholder="Nobody: all reviewers judge",
        key=f"panel-{fields.key}",
    )
    fields.notes["panel_ids"] = st.empty()
    hides = st.toggle(
        "Hide votes while the panel judges", before.hides_votes, key=f"hides-{fields.key}"
    )
    prize = _draw_line(fields, "prize", "Prize", before.prize)
    criteria = _draw_criteria(user, fields)
    return CampaignForm(title, theme, brief, *dates, criteria, frozenset(panel), hides, prize)


def _draw_dates(fields: _Fields) -> tuple[date | None, date | None, date | None]:
    before = fields.before
    chosen: list[date | None] = []
    for place, (name, label, value) in zip(
        st.columns(3),
        (
            ("opens_on", "Opens on", before.opens_on),
            ("closes_on", "Last day for ideas", before.closes_on),
            ("judging_until", "Judged until", before.judging_until),
        ),
        strict=True,
    ):
        with place:
            chosen.append(
                st.date_input(label, value=value, format="YYYY-MM-DD", key=f"{name}-{fields.key}")
            )
            fields.notes[name] = st.empty()
    return chosen[0], chosen[1], chosen[2]


def _draw_criteria(user: User, fields: _Fields) -> Sequence[Criterion]:
    has_own = st.toggle(
        campaign_words.OWN_CRITERIA, bool(fields.before.criteria), key=f"own-{fields.key}"
    )
    fields.notes["criteria"] = st.empty()
    if not has_own:
        return ()
    known = fields.before.criteria or services().ideas.scoring.get(user).criteria.criteria
    with st.grid("auto", min_column_width=210, gap="small", key="campaign-weights") as grid:
        changed = []
        for criterion in known:
            with grid.cell():
                weight = st.number_input(
                    words.plain(criterion.name),
                    min_value=0,
                    max_value=MOST_WEIGHT,
                    value=criterion.weight,
                    key=f"weight-{criterion.key}-{fields.key}",
                )
            changed.append(replace(criterion, weight=weight))
    return tuple(changed)


def _draw_line(fields: _Fields, name: str, label: str, value: str) -> str:
    text = st.text_input(label, value, persist_state="session", key=f"{name}-{fields.key}")
    fields.notes[name] = st.empty()
    return text or ""


def _draw_text(fields: _Fields, name: str, label: str, value: str) -> str:
    text = st.text_area(label, value, persist_state="session", key=f"{name}-{fields.key}")
    fields.notes[name] = st.empty()
    return text or ""


def _save(user: User, form: CampaignForm, notes: Notes, before: Campaign | None) -> None:
    campaigns = services().ideas.campaigns
    campaign_id = before.id if before else None
    problems = campaigns.problems(user, form, campaign_id)
    if problems:
        draw_notes(notes, problems)
        return
    try:
        saved = campaigns.save(user, form, campaign_id, before.version if before else 0)
    except SandboxError as problem:
        st.error(words.plain(str(problem)))
    else:
        state_ideas.put_address("campaign", saved.id)
        state.notify("Campaign saved.")
        st.rerun()
