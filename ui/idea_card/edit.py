"""The change of an idea; a conflict with someone else's change loses nothing."""

from collections.abc import Mapping

import streamlit as st

from core.domain.ideas.card import DraftFields, IdeaCard
from core.domain.identity import User
from core.errors import Conflict, InvalidFields, SandboxError, TitleTaken
from ideas.cards.edits import SORTING
from ui import state, state_ideas, words
from ui.components.field_notes import draw_notes
from ui.idea_parts import words as idea_words
from ui.idea_parts.choices import form_choices
from ui.idea_parts.fields import (
    Form,
    by_field,
    draw_more,
    draw_required,
    draw_sorting,
    draw_title,
)
from ui.resources import services
from ui.state_ideas import Editing

LONGEST = 300


def start_editing(card: IdeaCard) -> None:
    """Open the form with what the card says now."""
    state_ideas.start_editing(card.id, card.version, fields_of(card))


def draw_edit(user: User, card: IdeaCard, editing: Editing) -> None:
    """Draw the form, and above it what somebody else changed meanwhile."""
    st.subheader(f"Edit {card.label}", anchor=False)
    allowed = services().ideas.cards.editable_fields(user, card.id)
    form = Form(editing.key, form_choices(user))
    if card.version != editing.version:
        _draw_conflict(card, editing, form)
    if not allowed:
        st.error("You can no longer change this idea. What you typed stays until you leave.")
    _draw_form(user, card, editing, form, is_sorting=allowed == SORTING)


def fields_of(card: IdeaCard) -> DraftFields:
    """Return what the form of this card begins with."""
    draft = card.draft
    return DraftFields(
        draft.title,
        draft.problem,
        draft.proposal,
        draft.category,
        draft.expected_benefit,
        draft.summary,
        draft.business_unit,
        draft.tags,
        draft.estimate,
        draft.data,
        draft.campaign_id,
        draft.team_id,
        tuple(person.id for person in card.co_submitters),
    )


@st.fragment
def _draw_form(
    user: User, card: IdeaCard, editing: Editing, form: Form, *, is_sorting: bool
) -> None:
    if is_sorting:
        st.caption("You can correct where the idea belongs. Its texts are its author's.")
        fields = draw_sorting(form, editing.start)
    else:
        title = draw_title(form, editing.start)
        fields = draw_more(form, editing.start, draw_required(form, editing.start, title))
    with st.container(horizontal=True, gap="xsmall"):
        is_sent = st.button("Save changes", type="primary", key="save-idea")
        if st.button("Cancel", key="cancel-edit"):
            state_ideas.stop_editing()
            st.rerun()
    if is_sent:
        _save(user, card, form, fields, editing.version)


def _save(user: User, card: IdeaCard, form: Form, fields: DraftFields, version: int) -> None:
    draft = fields.complete()
    if draft is None:
        draw_notes(form.notes, {"category": idea_words.NO_CATEGORY})
        return
    people = fields.co_submitter_ids
    try:
        services().ideas.cards.edit(user, card.id, draft, version=version, co_submitter_ids=people)
    except InvalidFields as invalid:
        _draw_problems(form, invalid.problems)
    except TitleTaken as taken:
        _draw_problems(form, {"title": str(taken)})
    except Conflict:
        st.rerun()  # which shows what was changed
    except SandboxError as problem:
        st.error(words.plain(str(problem)))
    else:
        state_ideas.stop_editing()
        state.notify("Your changes are saved.")
        st.rerun()


def _draw_problems(form: Form, problems: Mapping[str, str]) -> None:
    for problem in draw_notes(form.notes, problems).values():
        st.error(words.plain(problem))


def _draw_conflict(card: IdeaCard, editing: Editing, form: Form) -> None:
    """Show the fields that somebody else changed, to be taken over or not."""
    theirs, before = by_field(fields_of(card)), by_field(editing.start)
    with st.container(border=True, key="edit-conflict"):
        st.markdown(
            ":material/sync_problem: **Someone changed this idea while you were writing.** "
            "What you typed is below, unchanged."
        )
        for name, value in theirs.items():
            if value != before[name]:
                _draw_their_change(name, value, form)
        st.button(
            "Keep my version",
            key="keep-mine",
            help="When you save, what stands below replaces theirs.",
            on_click=state_ideas.start_editing,
            args=(card.id, card.version, fields_of(card)),
        )


def _draw_their_change(name: str, value: object, form: Form) -> None:
    with st.container(gap="xxsmall"):
        st.caption(f"{idea_words.FIELDS.get(name, name)} is now")
        st.text(words.shortened(_shown(name, value), LONGEST) or "–")
        st.button(
            "Use this one",
            type="tertiary",
            key=f"take-{name}",
            on_click=state_ideas.put,
            args=(form.key_of(name), value),
        )


def _shown(name: str, value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else idea_words.value(name, str(value))
