"""The only code that touches Streamlit's session state: who is here and what they have open."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import streamlit as st

from admin.signing_in.session_cookie import session_cookie_name
from core.domain.identity import User
from core.domain.knowledge import DocumentOverview
from ingestion.erasing.erasure import ErasureReceipt
from ingestion.values import DeletionReceipt, Receipt
from ui.resources import services

_USER = "user_id"
_CONVERSATION = "conversation_id"
_CITATION = "open_citation"
_FINISHED = "finished_answer"
_EARLIER = "shows_earlier_messages_of"
_COLLECTIONS = "chosen-collections"
_IDEA_SOURCE = "idea_message_id"
_NOTICE = "notice"
_DELETED = "deleted_conversation"
_QUESTION = "queued_question"
_PAGES = "pages"
_DIALOG = "open_dialog"
_UPLOAD_COLLECTION = "upload_collection"
_RECEIPTS = "upload_receipts"
_UPLOADS = "uploads"
_DELETIONS = "deletions"
_ERASURE = "erasure"
_IDEA_FORM = "idea_form"
_IDEA_DRAFTS = "idea_drafts"
_IDEA_TRIED = "idea_tried"
_ASKING_OWNER = "asking_owner"


@dataclass(frozen=True, slots=True)
class OpenCitation:
    """The citation shown in the source panel."""

    message_id: str
    number: int


@dataclass(frozen=True, slots=True)
class QueuedQuestion:
    """A question to be asked in this run; `again` repeats the one of that answer."""

    text: str = ""
    again: str = ""


@dataclass(frozen=True, slots=True)
class OpenDialog:
    """A dialog that survives reruns, with the documents it is about."""

    name: str
    documents: tuple[DocumentOverview, ...] = ()


def session_token() -> str:
    """Return the sign-in token of this browser; empty if there is none."""
    name = session_cookie_name(is_secure=services().web.secure_cookie)
    return st.context.cookies.get(name, "")


def current_user() -> User | None:
    """Return the person behind this run, read from the database each time.

    The WebSocket outlives a revoked session, so this check, at the start of every run, is the gate
    that counts. Another person on the same connection starts with an empty state.
    """
    user = services().sign_in.user_for(session_token())
    known = st.session_state.get(_USER)
    if known is not None and (user is None or user.id != known):
        st.session_state.clear()
    if user is not None:
        st.session_state[_USER] = user.id
    return user


def sign_in_check() -> Callable[[], bool]:
    """Return a check, for use while an answer is written, that this sign-in still holds."""
    sign_in, token = services().sign_in, session_token()
    return lambda: sign_in.user_for(token) is not None


def require_user() -> User:
    """Return the signed-in person, or end the run with a link to the sign-in page.

    It is drawn as the text that every page has: code for other elements is behind the gate by now.
    """
    user = current_user()
    if user is None:
        st.markdown(
            "**You are signed out.** [Sign in](/sign-in) in another tab, then continue here. "
            "What you typed is kept while this page stays open."
        )
        st.stop()
    return user


def conversation_id() -> str | None:
    """Return the open conversation (?chat= in the address), None for a new one."""
    return st.query_params.get("chat")


def open_conversation(conversation: str | None) -> None:
    """Open a conversation, or a new one, and close the source panel."""
    st.session_state.pop(_CITATION, None)
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


def open_citation() -> OpenCitation | None:
    """Return the citation in the source panel, None if the panel is closed."""
    return cast("OpenCitation | None", st.session_state.get(_CITATION))


def show_citation(message_id: str, number: int) -> None:
    """Open the source panel."""
    st.session_state[_CITATION] = OpenCitation(message_id, number)


def show_clicked_citation(component_key: str, message_id: str) -> None:
    """Open the source panel for the chip that was clicked in an answer component."""
    number = st.session_state[component_key].get("cite")
    if number is not None:
        show_citation(message_id, int(number))


def close_citation() -> None:
    """Close the source panel."""
    st.session_state.pop(_CITATION, None)


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


def start_idea_from(message_id: str | None) -> None:
    """Remember the answer that the next idea starts from, None for a blank form."""
    st.session_state[_IDEA_SOURCE] = message_id
    st.session_state.pop(_IDEA_FORM, None)


def idea_source() -> str | None:
    """Return the answer that the idea form starts from."""
    return cast("str | None", st.session_state.get(_IDEA_SOURCE))


def remember_pages(pages: dict[str, st.Page]) -> None:
    """Remember the pages of this run by address, for buttons that lead to another page."""
    st.session_state[_PAGES] = pages


def page_named(url_path: str) -> st.Page:
    """Return the page with this address."""
    return cast("dict[str, st.Page]", st.session_state[_PAGES])[url_path]


def notify(text: str) -> None:
    """Show a short confirmation that survives the next rerun."""
    st.session_state[_NOTICE] = text


def take_notice() -> str | None:
    """Return the waiting confirmation, once."""
    return cast("str | None", st.session_state.pop(_NOTICE, None))


def remember_deleted(conversation: str) -> None:
    """Remember the conversation, so that the deletion can be undone."""
    st.session_state[_DELETED] = conversation


def take_deleted() -> str | None:
    """Return the conversation deleted last, once."""
    return cast("str | None", st.session_state.pop(_DELETED, None))


def deleted() -> str | None:
    """Return the conversation deleted last."""
    return cast("str | None", st.session_state.get(_DELETED))


def show_dialog(name: str, documents: tuple[DocumentOverview, ...] = ()) -> None:
    """Open a dialog at the next run; it stays open until it is dismissed or done."""
    st.session_state[_DIALOG] = OpenDialog(name, documents)


def open_dialog() -> OpenDialog | None:
    """Return the open dialog."""
    return cast("OpenDialog | None", st.session_state.get(_DIALOG))


def close_dialog() -> None:
    """Close the open dialog."""
    st.session_state.pop(_DIALOG, None)


def choose_upload_collection(collection: str) -> None:
    """Choose the collection that the next files go to."""
    st.session_state[_UPLOAD_COLLECTION] = collection


def upload_collection() -> str | None:
    """Return the collection chosen last for uploads."""
    return cast("str | None", st.session_state.get(_UPLOAD_COLLECTION))


def forget_receipts() -> None:
    """Stop showing the last upload, deletion or erasure."""
    for key in (_RECEIPTS, _DELETIONS, _ERASURE):
        st.session_state.pop(key, None)


def keep_receipts(receipts: Sequence[Receipt]) -> None:
    """Keep the receipts of the uploaded files; the next run starts with an empty uploader."""
    forget_receipts()
    st.session_state[_RECEIPTS] = tuple(receipts)
    st.session_state[_UPLOADS] = uploads() + 1


def receipts() -> tuple[Receipt, ...]:
    """Return the receipts of the files uploaded last."""
    return cast("tuple[Receipt, ...]", st.session_state.get(_RECEIPTS, ()))


def uploads() -> int:
    """Count the uploads; the number names the current uploader."""
    return cast("int", st.session_state.get(_UPLOADS, 0))


def keep_deletions(deletions: Sequence[DeletionReceipt]) -> None:
    """Keep what the last deletion removed, in place of earlier receipts."""
    forget_receipts()
    st.session_state[_DELETIONS] = tuple(deletions)


def deletions() -> tuple[DeletionReceipt, ...]:
    """Return what the last deletion removed."""
    return cast("tuple[DeletionReceipt, ...]", st.session_state.get(_DELETIONS, ()))


def keep_erasure(receipt: ErasureReceipt) -> None:
    """Keep what the last erasure removed, in place of earlier receipts."""
    forget_receipts()
    st.session_state[_ERASURE] = receipt


def erasure() -> ErasureReceipt | None:
    """Return what the last erasure removed."""
    return cast("ErasureReceipt | None", st.session_state.get(_ERASURE))


def open_idea(idea: str | None) -> None:
    """Put an idea into the address as ?idea=, None for the list."""
    if idea is None:
        st.query_params.pop("idea", None)
    else:
        st.query_params["idea"] = idea


def idea_id() -> str | None:
    """Return the idea in the address."""
    return st.query_params.get("idea")


def show_idea_form(*, is_open: bool) -> None:
    """Open the form, or put it aside with its text."""
    st.session_state[_IDEA_FORM] = is_open


def is_idea_form_open() -> bool:
    """Tell whether the form was asked for, or an answer waits to become an idea."""
    return cast("bool", st.session_state.get(_IDEA_FORM, idea_source() is not None))


def idea_draft() -> str:
    """Name the current draft, so that its fields keep their text and a new one starts empty."""
    return f"{st.session_state.get(_IDEA_DRAFTS, 0)}-{idea_source() or 'blank'}"


def mark_idea_tried() -> None:
    """Make the form say what is missing from now on."""
    st.session_state[_IDEA_TRIED] = idea_draft()


def is_idea_tried() -> bool:
    """Tell whether the current draft was sent once."""
    return st.session_state.get(_IDEA_TRIED) == idea_draft()


def finish_idea(idea: str) -> None:
    """Open the idea that the draft became; the next draft starts empty."""
    st.session_state[_IDEA_DRAFTS] = st.session_state.get(_IDEA_DRAFTS, 0) + 1
    start_idea_from(None)
    open_idea(idea)


def ask_owner(message_id: str) -> None:
    """Open the form that sends the question of this answer to somebody who may know."""
    st.session_state[_ASKING_OWNER] = message_id


def is_asking_owner(message_id: str) -> bool:
    """Tell whether that form is open below this answer."""
    return st.session_state.get(_ASKING_OWNER) == message_id


def stop_asking() -> None:
    """Close that form."""
    st.session_state.pop(_ASKING_OWNER, None)
