"""Offers what is left when the documents do not answer: nearest passages, a person, an idea."""

import streamlit as st

from core.domain.answers import Answer
from core.domain.conversations import Message
from core.domain.gaps import KnowledgeGap
from core.domain.identity import User
from ui import state, words
from ui.components.problems import shown_problems
from ui.components.times import local_time
from ui.gaps import words as gap_words
from ui.gaps.form import draw_gap_form
from ui.resources import services


def draw_not_found(message: Message, answer: Answer) -> None:
    """Draw the nearest passages, and the way to somebody who may know."""
    _draw_nearest(message, answer)
    draw_next_step(message)


def draw_next_step(message: Message) -> None:
    """Draw the way to somebody who may know."""
    # A fragment, so that writing to an owner interrupts no answer that is being written.
    st.fragment(_draw_next_step)(message.id)


def draw_idea_button(message_id: str) -> None:
    """Draw the button that opens the idea form with this question and answer."""
    if st.button(
        "Make it an idea",
        key=f"idea-{message_id}",
        type="tertiary",
        icon=":material/lightbulb:",
    ):
        state.start_idea_from(message_id)
        st.switch_page(state.page_named("ideas"))


def _draw_nearest(message: Message, answer: Answer) -> None:
    if not answer.nearest:
        return
    with st.container(gap="xxsmall"):
        st.caption("The nearest passages, in case one helps:")
        for citation in answer.nearest:
            label = f"{citation.document_title}, {words.place(citation)}"
            st.button(
                words.plain(words.shortened(label, 70)),
                key=f"nearest-{message.id}-{citation.number}",
                type="tertiary",
                icon=":material/description:",
                wrap=False,
                on_click=state.show_citation,
                args=(message.id, citation.number),
            )


def _draw_next_step(message_id: str) -> None:
    """Draw the form that sends the question on, or what was sent with it."""
    user = state.require_user()
    place = st.empty()
    with shown_problems():
        gap = services().gap_requests.of_answer(user, message_id)
        if gap is not None and not gap.is_sent:
            draw_later_reply(user, message_id)
            gap = None
        if gap is None:
            with place.container():
                gap = _draw_asking(user, message_id)
        if gap is not None:
            with place.container():
                _draw_gap(gap)
                draw_idea_button(message_id)
            if gap.has_news:
                services().gap_requests.mark_read(user, message_id)


def draw_later_reply(user: User, message_id: str) -> None:
    """Draw what was replied to everyone who asked the same, and mark it as seen."""
    with shown_problems():
        gap = services().gap_requests.of_answer(user, message_id)
        if gap is None or gap.is_open:
            return
        _draw_gap(gap)
        if gap.has_news:
            services().gap_requests.mark_read(user, message_id)


def _draw_asking(user: User, message_id: str) -> KnowledgeGap | None:
    draft = services().gap_requests.prepare(user, message_id)
    if state.is_asking_owner(message_id):
        return draw_gap_form(user, message_id, draft)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            gap_words.ask_label(draft.routes[0], user),
            key=f"ask-owner-{message_id}",
            icon=":material/outgoing_mail:",
            on_click=state.ask_owner,
            args=(message_id,),
        )
        draw_idea_button(message_id)
    return None


def _draw_gap(gap: KnowledgeGap) -> None:
    """Draw what was sent, then the reply, letter for letter."""
    with st.container(border=True, gap="xsmall", key=f"gap-{gap.message_id}"):
        if gap.is_sent:
            st.caption(f":material/check: {gap_words.sent(gap)}, {local_time(gap.asked_at)}")
        if gap.note:
            st.text(f"Your note: {gap.note}")
        if gap.is_open:
            st.text("The reply will appear here.")
            return
        news = " :blue-badge[New]" if gap.has_news else ""
        st.markdown(f"**{gap_words.replied(gap)}**{news}")
        if gap.document_name:
            st.markdown(words.plain(gap_words.answered_by(gap.document_name)))
        if gap.reply:
            st.text(gap.reply)
        if gap.replied_at is not None:
            st.caption(local_time(gap.replied_at))
