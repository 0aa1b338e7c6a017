"""The open conversation, and the question that is asked, changed or refused."""

from dataclasses import dataclass
from typing import cast

import streamlit as st

from core.domain.answers import Way
from core.domain.governance.privacy import HiddenChat
from ui.state.sources import close_citation
from ui.state.temporary import end_temporary

_FINISHED = "finished_answer"
_EARLIER = "shows_earlier_messages_of"
_COLLECTIONS = "chosen-collections"
_DELETED = "deleted_conversation"
_QUESTION = "queued_question"
_COMPOSER = "composer"
_EDITED = "edited_answer"
_REFUSAL = "refused_question"
_ASKING_OWNER = "asking_owner"


@dataclass(frozen=True, slots=True)
class QueuedQuestion:
    """A question to be asked in this run.

    `again` repeats the one of that answer, and `replaces` puts `text` in its place. With
    `is_about_files` it is for the files of its conversation, with the `way` FREE for the language
    model alone, and with `may_read_all` these are read
    however many requests that takes.
    """

    text: str = ""
    again: str = ""
    replaces: str = ""
    is_about_files: bool = False
    way: Way = Way.DOCUMENTS
    may_read_all: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A question that could not be asked, with the reason."""

    question: QueuedQuestion
    reason: str


def conversation_id() -> str | None:
    """Return the open conversation (?chat= in the address), None for a new one."""
    return st.query_params.get("chat")


def open_conversation(conversation: str | None) -> None:
    """Open a conversation, or a new one, close the source panel and end a temporary chat."""
    close_citation()
    end_temporary()
    stop_editing()
    if conversation is None:
        st.query_params.pop("chat", None)
    else:
        st.query_params["chat"] = conversation


def keep_conversation(conversation: str) -> None:
    """Put the conversation that just began into the address."""
    st.query_params["chat"] = conversation


def show_earlier_messages(conversation_id: str) -> None:
    """Read all messages of this conversation until another one asks for that."""
    st.session_state[_EARLIER] = conversation_id


def shows_earlier_messages(conversation_id: str) -> bool:
    """Tell whether the person asked for all messages of this conversation."""
    return bool(st.session_state.get(_EARLIER) == conversation_id)


def chosen_collections() -> set[str]:
    """Return the collections picked in the composer; empty means all."""
    return set(st.session_state.get(_COLLECTIONS) or ())


def finish_answer(message_id: str) -> None:
    """Remember the answer that was written last on this page."""
    st.session_state[_FINISHED] = message_id


def finished_answer() -> str | None:
    """Return the answer that was written last on this page."""
    return cast("str | None", st.session_state.get(_FINISHED))


def queue_question(question: QueuedQuestion) -> None:
    """Ask a question that was not typed: a starter, or an earlier one again."""
    st.session_state[_QUESTION] = question


def take_question() -> QueuedQuestion | None:
    """Return the queued question, once."""
    return cast("QueuedQuestion | None", st.session_state.pop(_QUESTION, None))


def edit_question(message_id: str, text: str) -> None:
    """Put the question of this answer back into the composer, to be asked in its place."""
    st.session_state[_EDITED] = message_id
    st.session_state[_COMPOSER] = text


def edited_answer() -> str:
    """Return the answer whose question is being changed, "" if none is."""
    return cast("str", st.session_state.get(_EDITED, ""))


def take_edited() -> str:
    """Return the answer whose question was changed, once."""
    return cast("str", st.session_state.pop(_EDITED, ""))


def stop_editing() -> None:
    """Leave the question as it was."""
    if st.session_state.pop(_EDITED, ""):
        st.session_state[_COMPOSER] = ""


def retype(text: str) -> None:
    """Put a text into the composer, when the page is drawn again."""
    st.session_state[_COMPOSER] = text


def refuse(question: QueuedQuestion, reason: str) -> None:
    """Remember a question that could not be asked, until the page is drawn again."""
    st.session_state[_REFUSAL] = Refusal(question, reason)


def take_refusal() -> Refusal | None:
    """Return the refused question, once, and put its text back into the composer."""
    refusal = cast("Refusal | None", st.session_state.pop(_REFUSAL, None))
    if refusal is not None and refusal.question.text:
        st.session_state[_COMPOSER] = refusal.question.text
        st.session_state[_EDITED] = refusal.question.replaces
    return refusal


def remember_deleted(conversation: str, hidden: HiddenChat) -> None:
    """Remember the conversation, so that the deletion can be undone."""
    st.session_state[_DELETED] = conversation, hidden


def forget_deleted() -> None:
    """Forget the conversation deleted last: it is back, or gone for good."""
    st.session_state.pop(_DELETED, None)


def deleted() -> tuple[str, HiddenChat] | None:
    """Return the conversation deleted last, and until when that can be undone."""
    return cast("tuple[str, HiddenChat] | None", st.session_state.get(_DELETED))


def ask_owner(message_id: str) -> None:
    """Open the form that sends the question of this answer to somebody who may know."""
    st.session_state[_ASKING_OWNER] = message_id


def is_asking_owner(message_id: str) -> bool:
    """Tell whether that form is open below this answer."""
    return st.session_state.get(_ASKING_OWNER) == message_id


def stop_asking() -> None:
    """Close that form."""
    st.session_state.pop(_ASKING_OWNER, None)
