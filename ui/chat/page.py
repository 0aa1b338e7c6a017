"""Chat: questions to the documents a person may read, answers with their sources."""

from dataclasses import replace

import streamlit as st

from core.domain.conversations import Conversation
from core.domain.governance.attachments import AttachmentStanding
from core.domain.identity import User
from core.domain.knowledge import Collection
from core.errors import NotFound
from ui import state, words
from ui.budgets import words as budget_words
from ui.chat.asking import ask
from ui.chat.attached.reading import draw_reading
from ui.chat.attached.strip import asked_with_files, draw_beginning, draw_files
from ui.chat.layout import WIDTHS, reading_row
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
    asked = _composer(user, collections, refusal, standing)
    question = asked or _queued()
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


def _queued() -> QueuedQuestion | None:
    """Return a question that was not typed, for the files of the chat if the next one is."""
    question = state.take_question()
    if question is None or not state.asks_files():
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


def _composer(
    user: User,
    collections: list[Collection],
    refusal: state.Refusal | None,
    standing: AttachmentStanding,
) -> QueuedQuestion | None:
    # Always the same columns: a composer that moved would lose what is being typed.
    with st.bottom, st.columns(WIDTHS)[1]:
        if len(collections) > 1:
            st.pills(
                "Search in",
                [c.id for c in collections],
                format_func={c.id: words.plain(c.name) for c in collections}.__getitem__,
                selection_mode="multi",
                key="chosen-collections",
                label_visibility="collapsed",
            )
        if refusal is not None:  # beside the words it is about, however long the page is
            _draw_refusal(refusal)
        if state.edited_answer():
            _draw_editing()
        draw_reading()
        _draw_budget(user)
        is_about_files, terms = draw_files(user, standing.files), standing.terms
        typed = st.chat_input(
            "Ask about your files" if is_about_files else "Ask about the company's documents",
            key="composer",
            max_chars=4000,
            submit_mode="stop",
            accept_file="multiple" if terms.is_on else False,
            max_upload_size=terms.max_megabytes if terms.is_on else None,
        )
    return asked_with_files(user, typed, is_about_files=is_about_files) if typed else None


def _draw_budget(user: User) -> None:
    """Tell people that most of a budget is used while they can still spare it."""
    if services().chat.model_name is None:
        return
    told = budget_words.nearly_used(services().budgets.mine(user))
    if told:
        st.caption(f":material/savings: {words.plain(told)}")


def _draw_editing() -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("You are changing your last question. Its answer will be replaced.")
        st.button(
            "Leave it as it is",
            key="stop-editing",
            type="tertiary",
            icon=":material/close:",
            on_click=state.stop_editing,
        )


def _draw_refusal(refusal: state.Refusal) -> None:
    kept = " What you typed is kept below." if refusal.question.text.strip() else ""
    st.error(words.plain(f"{refusal.reason}{kept}"))


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
