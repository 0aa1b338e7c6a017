"""Asks a question and shows the answer while it is being written."""

import time
from collections.abc import Callable
from contextlib import closing

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.domain.answers import AnswerStatus
from core.domain.identity import User
from core.errors import AccessDenied, SandboxError, SignedOut
from rag.writing.events import (
    AnswerEvents,
    AnswerFinished,
    Step,
    StepStarted,
    TextAdded,
    TextWithdrawn,
)
from ui import state, words
from ui.chat.attached.reading import asks_first
from ui.chat.attached.strip import STILL_READING, wait_until_read
from ui.chat.layout import mark_reading_place
from ui.chat.messages import draw_question
from ui.components.guard_notes import draw_guard_preview
from ui.resources import services
from ui.state import QueuedQuestion
from ui.turns import page_turns

# Longer than a browser needs to draw, shorter than a reader notices.
REDRAW_SECONDS = 0.08


def ask(user: User, question: QueuedQuestion, collection_ids: list[str] | None) -> None:
    """Stream the answer; at the end the page is drawn again from what was stored.

    A refused question goes back to where it was typed, with the reason. Stopping closes the
    stream, which stores what was written until then.
    """
    mark_reading_place(f"asking-{time.time_ns()}", grows=True)
    if question.text:
        draw_question(question.text)
    with st.chat_message("assistant", avatar=":material/article:"):
        if question.text:
            draw_guard_preview(user, question.text)
        try:
            if question.is_about_files and not _are_read(user):
                state.refuse(question, STILL_READING)
                st.rerun()
            if question.is_about_files and asks_first(user, question):
                st.rerun()
            events = _events(user, question, collection_ids, still_reads(st.empty()))
            with closing(events):
                show_events(events)
        except (AccessDenied, SignedOut):
            pass  # drawn again from what was stored, as far as it is open to the person now
        except SandboxError as problem:
            state.refuse(question, str(problem))
    st.rerun()


def _are_read(user: User) -> bool:
    conversation = state.conversation_id()
    return conversation is None or wait_until_read(user, conversation)


def still_reads(place: DeltaGenerator) -> Callable[[], bool]:
    """Tell whether the reader is still signed in; a stop is noticed when something is drawn."""
    is_signed_in = state.sign_in_check()

    def still_reads() -> bool:
        place.empty()
        return is_signed_in()

    return still_reads


def _events(
    user: User,
    question: QueuedQuestion,
    collection_ids: list[str] | None,
    is_signed_in: Callable[[], bool],
) -> AnswerEvents:
    chat = services().chat
    if question.again:
        return chat.ask_again(
            user, question.again, collection_ids=collection_ids, is_signed_in=is_signed_in
        )
    if question.replaces:
        return chat.ask_instead(
            user,
            question.replaces,
            question.text,
            collection_ids=collection_ids,
            is_about_files=question.is_about_files,
            way=question.way,
            is_signed_in=is_signed_in,
        )
    conversation = state.conversation_id() or chat.start_conversation(user, question.text)
    state.keep_conversation(conversation)
    return chat.ask(
        user,
        question.text,
        conversation_id=conversation,
        collection_ids=collection_ids,
        is_about_files=question.is_about_files,
        way=question.way,
        is_signed_in=is_signed_in,
    )


def show_events(events: AnswerEvents) -> AnswerFinished | None:
    """Draw an answer while it is written, and return its end, None if it has none."""
    step_line, answer = st.empty(), st.empty()
    text, shown, drawn_at = "", "", 0.0
    finished: AnswerFinished | None = None
    for event in events:
        match event:
            case StepStarted():
                if event.step in (Step.WAITING, Step.WRITING):
                    page_turns.set_aside()
                step_line.caption(_step(event))
            case TextAdded():
                text += event.text
                shown = (
                    shown + words.streamed_quote(event.text)
                    if event.is_quote
                    else words.streamed(text)
                )
                if time.monotonic() - drawn_at > REDRAW_SECONDS:
                    answer.markdown(shown)
                    drawn_at = time.monotonic()
            case TextWithdrawn():
                text = shown = ""
                answer.empty()
            case AnswerFinished():
                finished = event
                answer.markdown(shown)
                if event.message_id and event.answer.status is AnswerStatus.COMPLETE:
                    state.finish_answer(event.message_id)
    return finished


def _step(event: StepStarted) -> str:
    match event.step:
        case Step.WAITING:
            return "Waiting for its turn …"
        case Step.SEARCHING:
            return f"Searching {words.count(event.count, 'collection')} …"
        case Step.READING if event.parts:
            passages = words.count(event.count, "passage")
            return f"Reading part {event.part} of {event.parts}, {passages} …"
        case Step.READING:
            return f"Reading {words.count(event.count, 'passage')} …"
        case Step.WRITING if not event.count:
            return "Writing without documents …"
        case Step.WRITING:
            return f"Writing from {words.count(event.count, 'passage')} …"
