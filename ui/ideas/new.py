"""The form of a new idea; it saves itself and is found again."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from core.domain.ideas.card import (
    DraftFields,
    IdeaCategory,
    IdeaDraft,
    IdeaOrigin,
    SavedDraft,
    label_of,
)
from core.domain.identity import User
from core.errors import InvalidFields, SandboxError, TitleTaken
from ideas.cards.fields import draft_problems
from ui import state, state_ideas, words
from ui.components.field_notes import draw_notes
from ui.components.problems import shown_problems
from ui.components.times import local_time
from ui.idea_parts import words as idea_words
from ui.idea_parts.attachments import draw_attachments
from ui.idea_parts.choices import form_choices
from ui.idea_parts.fields import Form, draw_more, draw_required, draw_title
from ui.idea_parts.origin import draw_origin
from ui.ideas.similar import draw_similar
from ui.resources import services
from ui.state_ideas import OpenForm


def draw_new_idea(user: User, draft_id: str) -> None:
    """Draw the conversation it starts from, if any, the fields, and one button."""
    st.button(
        "All ideas",
        icon=":material/arrow_back:",
        type="tertiary",
        key="leave-idea-form",
        on_click=state_ideas.close_draft,
    )
    draft = None if draft_id == state_ideas.NEW else services().ideas.drafts.get(user, draft_id)
    opened = state_ideas.open_form(draft)
    st.subheader("New idea", anchor=False)
    if draft is not None and draft.origin is not None:
        _draw_conversation(user, draft, draft.origin)
    drafted = draft.drafted_fields if draft else ()
    form = Form(opened.key, form_choices(user), drafted)
    _draw_form(user, form, draft.fields if draft else DraftFields())


def start_from_answer(user: User, message_id: str) -> None:
    """Make a draft of an answer, or find the one that was made before, and open it."""
    state.start_idea_from(None)
    with st.spinner("Drafting title, problem and proposal from your conversation"):
        draft = services().ideas.drafts.from_answer(user, message_id)
    state_ideas.open_draft(draft.id)


def _draw_conversation(user: User, draft: SavedDraft, origin: IdeaOrigin) -> None:
    with st.expander("From your conversation: question, answer and sources"):
        draw_origin(origin)
        st.caption("This is saved with the idea. Colleagues see it if they can access the sources.")
        if st.button("Start without the conversation", type="tertiary", key="detach-idea-source"):
            services().ideas.drafts.detach(user, draft.id)
            st.rerun()


@st.fragment
def _draw_form(user: User, form: Form, start: DraftFields) -> None:
    title = draw_title(form, start)
    similar = st.container()
    required = draw_required(form, start, title)
    with st.expander("More: people, estimate, data, campaign, files"):
        fields = draw_more(form, start, required)
        files = st.container()
    with shown_problems():
        opened = _save(user, form.key, fields)
        _draw_saved(opened)
        with files:
            _draw_files(user, opened)
    with similar, shown_problems():
        draw_similar(user, fields)
    _draw_sending(user, form, fields)


def _save(user: User, key: str, fields: DraftFields) -> OpenForm:
    """Save what changed since the last time; an empty form makes no draft."""
    opened = state_ideas.form_of(key)
    if fields == opened.saved:
        return opened
    draft = services().ideas.drafts.save(
        user, fields, draft_id=opened.draft_id, version=opened.version
    )
    return state_ideas.keep_saved(opened, draft)


def _draw_saved(opened: OpenForm) -> None:
    if opened.saved_at is not None:
        saved_at = local_time(opened.saved_at)
        st.caption(f":material/check: Saved as your draft, {saved_at}. Only you see it.")


def _draw_files(user: User, opened: OpenForm) -> None:
    if opened.draft_id:
        draw_attachments(user, draft_id=opened.draft_id)
    else:
        st.caption("Files can be added once there is a title.")


def _draw_sending(user: User, form: Form, fields: DraftFields) -> None:
    """Draw the problems of a form that was sent once, and the button that sends it."""
    problems = _problems(fields) if state_ideas.is_tried(form.key) else {}
    _draw_problems(form, problems)
    is_sent = st.button(
        "Submit idea",
        type="primary",
        key="submit-idea",
        on_click=state_ideas.mark_tried,
        args=(form.key,),
    )
    idea = fields.complete()
    if is_sent and not problems and idea is not None:
        _submit(user, form, fields, idea)


def _problems(fields: DraftFields) -> dict[str, str]:
    """Return what keeps the idea from being submitted, a missing category too."""
    idea = replace(fields, category=fields.category or next(iter(IdeaCategory))).complete()
    problems = draft_problems(idea) if idea is not None else {}
    return problems if fields.category else {**problems, "category": idea_words.NO_CATEGORY}


def _draw_problems(form: Form, problems: Mapping[str, str]) -> None:
    for problem in draw_notes(form.notes, problems).values():
        st.error(words.plain(problem))


def _submit(user: User, form: Form, fields: DraftFields, idea: IdeaDraft) -> None:
    opened = state_ideas.form_of(form.key)
    try:
        card = services().ideas.cards.submit(
            user, idea, draft_id=opened.draft_id, co_submitter_ids=fields.co_submitter_ids
        )
    except TitleTaken as taken:
        _draw_taken(form, taken)
    except InvalidFields as invalid:
        _draw_problems(form, invalid.problems)
    except SandboxError as problem:
        st.error(words.plain(str(problem)))
    else:
        state_ideas.end_form(opened)
        state.open_idea(card.id)
        state.notify(f"{card.label} submitted.")
        st.rerun()


def _draw_taken(form: Form, taken: TitleTaken) -> None:
    """Say beside the title which idea has it, with the way there."""
    with form.notes["title"].container(gap="xxsmall"):
        st.markdown(f":small[:red[:material/error: {words.plain(str(taken))}]]")
        st.button(
            words.plain(f"Open {label_of(taken.number)}, {taken.title}"),
            icon=":material/arrow_forward:",
            type="tertiary",
            key="open-same-title",
            on_click=state.open_idea,
            args=(taken.idea_id,),
        )
