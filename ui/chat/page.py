"""Chat: questions to the documents a person may read, answers with their sources."""

from dataclasses import replace

import streamlit as st

from core.domain.conversations import Conversation
from core.domain.identity import User
from core.domain.knowledge import Collection
from core.errors import NotFound
from ui import state, words
from ui.chat.asking import ask
from ui.chat.attached.strip import draw_beginning
from ui.chat.composer.composer import draw_composer
from ui.chat.composer.ways import Asked
from ui.chat.layout import reading_row
from ui.chat.messages import SHOWN_MESSAGES, draw_messages
from ui.chat.temporary import ask_temporarily, draw_temporary, draw_temporary_switch
from ui.chat.welcome import draw_welcome
from ui.resources import services
from ui.state import QueuedQuestion


def page(user: User) -> None:
    """Draw the conversation with its sources, and the composer below it."""
    conversation = _open_conversation(user)
    collections = services().collections.readable(user)
    refusal = state.take_refusal()
    earlier = [] if conversation else list(state.temporary_answers())
    standing = services().attachments.standing(user, state.conversation_id())
    typed, asked = draw_composer(user, conversation, collections, refusal, standing)
    question = typed or _queued(asked)
    main, _ = reading_row()
    with main:
        _draw_banner()
        # Of a fixed place, so that the welcome is gone while the first answer is written.
        place = st.empty()
        if conversation is None and question is None and not earlier:
            with place.container():
                draw_temporary_switch()
                draw_welcome(user, collections)
    if conversation is not None:
        draw_messages(user, conversation)
        if not conversation.messages and question is None:
            main, _ = reading_row()
            with main:
                draw_beginning(standing.files)
    elif earlier:
        draw_temporary(user, earlier)
    if question is not None:
        main, _ = reading_row()
        with main:
            if conversation is None and state.temporary_chat() is not None:
                ask_temporarily(user, question, _chosen(collections))
            else:
                ask(user, question, _chosen(collections))


def _queued(asked: Asked) -> QueuedQuestion | None:
    """Return a question that was not typed, for the files of the chat if the next one is."""
    question = state.take_question()
    if question is None or not asked.is_about_files:
        return question
    return replace(question, is_about_files=True)


def _open_conversation(user: User) -> Conversation | None:
    conversation_id = state.conversation_id()
    if conversation_id is None:
        return None
    try:
        last = None if state.shows_earlier_messages(conversation_id) else SHOWN_MESSAGES
        return services().chat.conversations.get(
            user, conversation_id, last=last, with_suggestions=True
        )
    except NotFound as problem:
        state.open_conversation(None)
        st.info(words.plain(str(problem)))
        return None


def _chosen(collections: list[Collection]) -> list[str] | None:
    """Return the collections picked in the composer; None, which means all, if none is picked."""
    picked = state.chosen_collections()
    return [c.id for c in collections if c.id in picked] or None


def _draw_banner() -> None:
    if services().chat.model_name is None:
        st.caption(
            ":material/info: No language model is configured. Answers quote the best passages "
            "word for word."
        )
