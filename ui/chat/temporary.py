"""A temporary chat: questions and answers that are shown on this page and stored nowhere."""

import time
from contextlib import closing

import streamlit as st

from core.domain.answers import Answer, AnswerStatus, Turn
from core.domain.clock import now
from core.domain.conversations import Message, MessageRole
from core.domain.identity import User
from core.errors import AccessDenied, SandboxError, SignedOut
from rag.writing.events import AnswerFinished
from ui import state, words
from ui.budgets import words as budget_words
from ui.chat.answer import draw_answer
from ui.chat.asking import show_events, still_reads
from ui.chat.layout import mark_reading_place, reading_row
from ui.chat.messages import draw_not_checked, draw_question, kept_documents
from ui.chat.source_panel import draw_source_panel
from ui.components.guard_notes import draw_guard_notes, draw_guard_preview
from ui.resources import services
from ui.state import QueuedQuestion, TemporaryAnswer

WHAT_IT_IS = (
    "Nothing you write here is stored. It is gone when you close or reload this page. Only the "
    "cost and the number of questions are counted."
)
CLOSED = "You can no longer read the documents behind this answer, so it is not shown."


def draw_temporary_switch() -> None:
    """Draw the toggle of an empty chat."""
    st.toggle(
        "Temporary chat",
        value=state.temporary_chat() is not None,
        key="temporary-chat",
        help=None if state.temporary_chat() else WHAT_IT_IS,
        on_change=_switch,
    )
    if state.temporary_chat() is not None:
        st.caption(WHAT_IT_IS)


def _switch() -> None:
    if state.temporary_chat() is None:
        state.begin_temporary()
    else:
        state.end_temporary()


def draw_temporary(user: User, answers: list[TemporaryAnswer]) -> None:
    """Draw what was asked so far, and the sources that are opened from it."""
    open_to = services().chat.may_still_read(user, [one.sources for one in answers])
    messages = [
        _message(one, one.answer)
        for one, is_open in zip(answers, open_to, strict=True)
        if one.answer is not None and is_open
    ]
    kept = kept_documents(user, messages)
    drawn = {message.id: message for message in messages}
    main, side = reading_row()
    with main:
        _draw_notice()
        for one, is_open in zip(answers, open_to, strict=True):
            if one is answers[-1]:
                mark_reading_place(one.id)
            draw_question(one.question)
            with st.chat_message("assistant", avatar=":material/article:"):
                if not is_open:
                    st.info(CLOSED, icon=":material/lock:")
                elif one.answer is None:
                    st.caption("Stopped. Ask again for the answer.")
                else:
                    draw_not_checked(one.answer)
                    draw_answer(drawn[one.id], one.answer, kept)
                    _draw_rest(one.answer)
    if side is not None:
        with side:
            draw_source_panel(user, messages)


def _draw_notice() -> None:
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        st.caption(f":material/visibility_off: **Temporary chat.** {WHAT_IT_IS}")
        st.button(
            "End it",
            key="end-temporary",
            type="tertiary",
            icon=":material/close:",
            help="The questions and answers are gone for good.",
            on_click=state.open_conversation,
            args=(None,),
        )


def _draw_rest(answer: Answer) -> None:
    if answer.fallback:
        st.info(words.plain(budget_words.fallback(answer)), icon=":material/savings:")
    if answer.status is AnswerStatus.FAILED:
        st.warning(words.plain(answer.error), icon=":material/error:")
    draw_guard_notes(answer)


def ask_temporarily(user: User, question: QueuedQuestion, collection_ids: list[str] | None) -> None:
    """Stream the answer; it is remembered by this page alone."""
    chat = state.temporary_chat()
    if chat is None or not question.text:
        return
    mark_reading_place(f"asking-{time.time_ns()}", grows=True)
    draw_question(question.text)
    with st.chat_message("assistant", avatar=":material/article:"):
        draw_guard_preview(user, question.text)
        try:
            events = services().chat.ask_temporarily(
                user,
                question.text,
                history=_history(chat.answers),
                chat_id=chat.id,
                collection_ids=collection_ids,
                way=question.way,
                is_signed_in=still_reads(st.empty()),
            )
            asked = TemporaryAnswer(question.text)
            chat.answers.append(asked)
            with closing(events):
                finished = show_events(events)
            if finished is not None:
                _remember(asked, finished)
        except (AccessDenied, SignedOut):
            pass  # drawn again as far as it is open to the person now
        except SandboxError as problem:
            state.refuse(question, str(problem))
    st.rerun()


def _remember(asked: TemporaryAnswer, finished: AnswerFinished) -> None:
    asked.answer, asked.sources = finished.answer, finished.sources
    if finished.answer.status is AnswerStatus.COMPLETE:
        state.finish_answer(asked.id)


def _history(answers: list[TemporaryAnswer]) -> list[Turn]:
    turns = []
    for one in answers:
        if one.answer is not None and one.answer.text:
            turns.append(Turn(MessageRole.USER.value, one.question))
            turns.append(Turn(MessageRole.ASSISTANT.value, one.answer.text, one.sources))
    return turns


def _message(one: TemporaryAnswer, answer: Answer) -> Message:
    return Message(
        one.id, MessageRole.ASSISTANT, answer.text, now(), answer=answer, sources=one.sources
    )
