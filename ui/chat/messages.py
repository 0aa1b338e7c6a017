"""One conversation: questions, answers, and what can be done with each answer."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.domain.answers import NOT_CHECKED, Answer, AnswerLevel, AnswerStatus
from core.domain.conversations import Conversation, Message, MessageRole
from core.domain.identity import User
from ingestion.library.provenance import Provenance
from ui import state, words
from ui.budgets import words as budget_words
from ui.chat.answer import draw_answer
from ui.chat.feedback import draw_feedback, draw_reasons
from ui.chat.layout import mark_reading_place, reading_row
from ui.chat.not_found import draw_idea_button, draw_later_reply, draw_next_step, draw_not_found
from ui.chat.source_panel import draw_source_panel
from ui.chat.suggestions import draw_suggestions
from ui.chat.why import draw_why
from ui.components.guard_notes import draw_guard_notes
from ui.incidents.report import draw_report
from ui.resources import services
from ui.state import QueuedQuestion

SHOWN_MESSAGES = 20
"""Of a conversation that is opened; drawing each takes time and, for every open tab, memory."""


def draw_messages(user: User, conversation: Conversation) -> None:
    """Draw the messages that were read; a click reads the earlier ones as well."""
    messages = conversation.messages
    if conversation.earlier and st.button(
        f"Show {words.count(conversation.earlier, 'earlier message')}",
        type="tertiary",
        icon=":material/expand_less:",
    ):
        state.show_earlier_messages(conversation.id)
        st.rerun()
    kept = kept_documents(user, messages)
    newest = next((m for m in reversed(messages) if m.role is MessageRole.USER), None)
    main, side = reading_row()
    with main:
        for message in messages:
            if message is newest:
                mark_reading_place(newest.id)
            is_last = message is messages[-1]
            draw_message(
                user,
                message,
                kept,
                asked=newest.text if newest and is_last else None,
                suggested=conversation.suggestions if is_last else (),
            )
    if side is not None:
        with side:
            draw_source_panel(user, messages)


def draw_message(
    user: User,
    message: Message,
    kept: Mapping[str, Provenance],
    *,
    asked: str | None,
    suggested: Sequence[str],
) -> None:
    """Draw a question as typed, or an answer with its sources and actions.

    `asked` is what the last answer of the conversation is for, None for an earlier message, and
    `suggested` are questions to ask next.
    """
    if message.role is MessageRole.USER:
        draw_question(message.text)
    elif message.answer is not None:
        with st.chat_message("assistant", avatar=":material/article:"):
            _draw_answer(user, message, message.answer, kept, asked=asked)
            draw_suggestions(message.id, suggested)


def draw_question(text: str) -> None:
    """Draw a question, letter for letter."""
    with st.chat_message("user", avatar=":material/person:"):
        st.text(text)


def kept_documents(user: User, messages: Sequence[Message]) -> dict[str, Provenance]:
    """Read how the documents behind all these answers are kept, in one query."""
    cited = {c.version_id for m in messages if m.answer for c in m.answer.citations}
    return services().documents.provenance(user, sorted(cited)) if cited else {}


def _draw_answer(
    user: User,
    message: Message,
    answer: Answer,
    kept: Mapping[str, Provenance],
    *,
    asked: str | None,
) -> None:
    if answer.is_withheld:
        st.info(words.plain(answer.text), icon=":material/lock:")
    elif answer.text:
        draw_not_checked(answer)
        draw_answer(message, answer, kept)
    if answer.fallback:
        st.info(words.plain(budget_words.fallback(answer)), icon=":material/savings:")
    if answer.abstained:
        draw_not_found(message, answer)
    elif answer.level is AnswerLevel.POSSIBLY and not answer.is_withheld:
        draw_next_step(message)
    elif message.has_reply:
        draw_later_reply(user, message.id)
    _draw_ending(answer)
    draw_guard_notes(answer)
    _draw_actions(user, message, answer, asked=asked)
    draw_reasons(user, message)


def draw_not_checked(answer: Answer) -> None:
    """Draw the label of an answer that was asked for without documents."""
    if answer.level is AnswerLevel.FREE:
        st.badge(NOT_CHECKED, icon=":material/gpp_maybe:", color="orange")


def _draw_ending(answer: Answer) -> None:
    match answer.status:
        case AnswerStatus.STOPPED:
            st.caption("Stopped. The text written so far is kept.")
        case AnswerStatus.FAILED:
            st.warning(words.plain(answer.error), icon=":material/error:")
        case AnswerStatus.PENDING:
            st.caption("This answer is still being written.")
        case AnswerStatus.COMPLETE:
            pass


def _draw_actions(user: User, message: Message, answer: Answer, *, asked: str | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        draw_feedback(user, message)
        if asked is not None:
            _draw_asking_anew(message.id, answer, asked)
        if answer.level is AnswerLevel.ANSWER and not answer.is_withheld:
            draw_idea_button(message.id)
        if answer.status is not AnswerStatus.PENDING:
            draw_report(user, message.id)
    if answer.status is not AnswerStatus.PENDING and answer.level is not AnswerLevel.TALK:
        draw_why(message, answer)


def _draw_asking_anew(message_id: str, answer: Answer, asked: str) -> None:
    """Draw the buttons that ask the last question again, as it is or changed."""
    if st.button(
        "Try again" if answer.status is AnswerStatus.FAILED else "Ask again",
        key=f"again-{message_id}",
        type="tertiary",
        icon=":material/refresh:",
    ):
        state.queue_question(QueuedQuestion(again=message_id))
        st.rerun()
    st.button(
        "Change question",
        key=f"change-{message_id}",
        type="tertiary",
        icon=":material/edit:",
        on_click=state.edit_question,
        args=(message_id, asked),
    )
