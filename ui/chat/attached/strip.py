"""The files of a conversation above its composer: each with its state, what it is and its end."""

import time
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st
from streamlit.elements.widgets.chat import ChatInputValue
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.domain.answers import Way
from core.domain.governance.attachments import AttachedFile
from core.domain.identity import User
from core.domain.knowledge import DocumentState, Upload
from core.errors import SandboxError
from ingestion.values import ReceiptStatus
from ui import state, words
from ui.components.problems import shown_problems
from ui.documents.words import CLASSES
from ui.resources import services
from ui.state import QueuedQuestion
from ui.turns import page_turns

SHOWN = 4
"""Files that stand beside each other; of more there is one list."""
SHOWN_REFUSALS = 10
LONGEST_NAME = 28
LOOK_SECONDS = 0.4
LOOK_AGAIN_S = 1.5
"""Between two looks at files in work while nothing is asked."""
LONGEST_WAIT = 90.0
"""Seconds that a question waits for its files, before it goes back to where it was typed."""
STILL_READING = (
    "The files are still being read, so your question was not asked. It is kept below: ask it "
    "again once they are ready."
)
NOT_TEMPORARY = (
    "A temporary chat stores nothing, so no file can be attached to it. End the temporary chat "
    "to attach files."
)
ONLY_YOU = "Only you can read it, in this chat. It is erased with the chat."
ONLY_FILES = "About the attached files"
ONE = ("Summarise this file",)
SEVERAL = ("Summarise these files", "Compare these files")


def draw_files(user: User, files: Sequence[AttachedFile]) -> None:
    """Draw the files of the open conversation; those in work are looked at again by themselves."""
    conversation_id = state.conversation_id()
    if conversation_id is None or not (files or state.refused_files(conversation_id)):
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if any(not file.state.is_final for file in files):
            st.fragment(_draw_until_read, run_every=LOOK_AGAIN_S)(user, conversation_id)
        else:
            _draw_row(user, conversation_id, files)


def draw_beginning(files: Sequence[AttachedFile]) -> None:
    """Draw what can be asked of files in a chat without any question."""
    if not any(file.is_ready for file in files):
        return
    st.caption("Ask what the files say, or begin with:")
    for number, beginning in enumerate(SEVERAL if len(files) > 1 else ONE):
        st.button(
            beginning,
            key=f"beginning-{number}",
            icon=":material/arrow_forward:",
            on_click=state.queue_question,
            args=(QueuedQuestion(beginning),),
        )


def _draw_until_read(user: User, conversation_id: str) -> None:
    files = services().attachments.list(user, conversation_id)
    _draw_row(user, conversation_id, files)
    if all(file.state.is_final for file in files):
        st.rerun()


def _draw_row(user: User, conversation_id: str, files: Sequence[AttachedFile]) -> None:
    with st.container(horizontal=True, gap="xsmall", key="attached-files"):
        if len(files) > SHOWN:
            _draw_together(user, conversation_id, files)
        else:
            for file in files:
                _draw_chip(user, conversation_id, file)
        _draw_refused(conversation_id)
        reading = [file for file in files if not file.state.is_final]
        if reading:
            st.caption(f"Reading {words.count(len(reading), 'file')} …", width="content")


def _draw_chip(user: User, conversation_id: str, file: AttachedFile) -> None:
    with st.popover(
        words.plain(words.shortened(_name(file), LONGEST_NAME)),
        icon=_icon(file),
        type="tertiary",
        help=_state(file),
        key=f"file-{file.document_id}",
    ):
        _draw_file(user, conversation_id, file)


def _draw_together(user: User, conversation_id: str, files: Sequence[AttachedFile]) -> None:
    unread = sum(file.state.is_final and not file.is_ready for file in files)
    label = f"{len(files)} files, {unread} not read" if unread else f"{len(files)} files"
    with st.popover(label, icon=":material/attach_file:", type="tertiary", key="all-files"):
        for file in files:
            _draw_file(user, conversation_id, file)
            st.divider()


def _draw_file(user: User, conversation_id: str, file: AttachedFile) -> None:
    """Draw what a file is and where it stands, and the button that removes it."""
    st.markdown(f"**{words.plain(_name(file))}**")
    st.caption(" · ".join(_facts(file)))
    st.caption(ONLY_YOU)
    if file.state.is_final and not file.is_ready:
        st.warning(words.plain(_problem(file)), icon=":material/error:")
    elif file.reason:
        st.caption(words.plain(file.reason))
    if st.button(
        "Remove",
        key=f"remove-{file.document_id}",
        icon=":material/delete:",
        help="Its text is erased, also where answers in this chat quote it.",
    ):
        with shown_problems():
            services().attachments.remove(user, conversation_id, file.document_id)
            st.rerun()


def _draw_refused(conversation_id: str) -> None:
    """Draw the files that were not taken, each with the reason, until they are put away."""
    refused = state.refused_files(conversation_id)
    if not refused:
        return
    label = f":red[{words.count(len(refused), 'file')} not attached]"
    with st.popover(label, icon=":material/error:", type="tertiary", key="refused-files"):
        for receipt in refused[:SHOWN_REFUSALS]:
            name = words.plain(words.shortened(receipt.file_name, LONGEST_NAME))
            st.markdown(f"**{name}**  \n{words.plain(receipt.reason)}")
        if len(refused) > SHOWN_REFUSALS:
            st.caption(f"And {len(refused) - SHOWN_REFUSALS} more.")
        st.button(
            "Put away",
            key="close-refused",
            icon=":material/close:",
            on_click=state.forget_refused_files,
        )


def _name(file: AttachedFile) -> str:
    return file.file_name.rsplit("/", 1)[-1]


def _icon(file: AttachedFile) -> str:
    if file.is_ready:
        return ":material/description:"
    return ":material/error:" if file.state.is_final else ":material/hourglass_top:"


def _state(file: AttachedFile) -> str:
    match file.state:
        case DocumentState.READY:
            return "Ready"
        case DocumentState.QUEUED | DocumentState.PAUSED:
            return "Waiting to be read"
        case DocumentState.PARSING | DocumentState.INDEXING:
            return f"Being read, {file.progress:.0%}"
        case DocumentState.QUARANTINED:
            return "Quarantined"
        case DocumentState.FAILED | DocumentState.REJECTED | DocumentState.CANCELLED:
            return "Could not be read"


def _facts(file: AttachedFile) -> list[str]:
    pages = [words.count(file.page_count, "page")] if file.page_count else []
    return [_state(file), *pages, words.size(file.size_bytes), CLASSES[file.classification]]


def _problem(file: AttachedFile) -> str:
    if file.state is DocumentState.QUARANTINED:
        return f"{file.reason} Answers do not use this file. Remove it, or attach a clean copy."
    return f"{file.reason} Answers do not use this file."


def asked_with_files(
    user: User, typed: str | ChatInputValue, asked: QueuedQuestion
) -> QueuedQuestion | None:
    """Return the question that was typed, after the files that came with it were attached.

    `asked` says what it is for, which is these files if there are any. Files alone ask nothing.
    What was typed goes back to where it was typed if the files cannot be taken.
    """
    text, files = (typed, ()) if isinstance(typed, str) else (typed.text, typed.files)
    question = replace(asked, text=text)
    if not files:
        return question if text else None
    if not _attached(user, question, files) or not text.strip():
        st.rerun()
    return replace(question, is_about_files=True, way=Way.DOCUMENTS)


def _attached(user: User, question: QueuedQuestion, files: Sequence[UploadedFile]) -> bool:
    """Attach files to the open conversation, or to a new one; return whether they were taken."""
    if state.conversation_id() is None and state.temporary_chat() is not None:
        state.refuse(question, NOT_TEMPORARY)
        return False
    try:
        conversation = state.conversation_id() or services().chat.start_conversation(
            user, question.text or ONLY_FILES
        )
        state.keep_conversation(conversation)
        uploads = [Upload(file.name, file.getvalue()) for file in files]
        receipts = services().attachments.attach(user, conversation, uploads)
    except SandboxError as problem:
        state.refuse(question, str(problem))
        return False
    refused = [r for r in receipts if r.status is not ReceiptStatus.REGISTERED]
    state.keep_refused_files(conversation, refused)
    return True


def wait_until_read(user: User, conversation_id: str) -> bool:
    """Return whether all files are read, after a while at the latest; the line says how far."""
    place, until = st.empty(), time.monotonic() + LONGEST_WAIT
    page_turns.set_aside()
    while time.monotonic() < until:
        files = services().attachments.list(user, conversation_id)
        waiting = [file for file in files if not file.state.is_final]
        if not waiting:
            place.empty()
            return True
        done = len(files) - len(waiting)
        names = words.plain(words.shortened(_name(waiting[0]), 40))
        place.caption(f"Reading {names} ({done} of {words.count(len(files), 'file')} ready) …")
        time.sleep(LOOK_SECONDS)
    return False
