"""The files of an idea or a draft."""

import streamlit as st

from core.domain.ideas.card import Attachment
from core.domain.identity import User
from core.domain.knowledge import Upload
from core.errors import SandboxError
from ingestion.files.media import BY_SUFFIX
from ui import state, state_ideas, words
from ui.components.problems import shown_problems
from ui.resources import services

FILE_TYPES = [suffix.removeprefix(".") for suffix in BY_SUFFIX]


def draw_attachments(
    user: User, *, idea_id: str = "", draft_id: str = "", can_change: bool = True
) -> None:
    """Draw the files with their downloads, and where more are added."""
    of_it = idea_id or draft_id
    if can_change:
        _draw_adding(user, of_it, idea_id=idea_id, draft_id=draft_id)
    for file in services().ideas.attachments.list(user, idea_id=idea_id, draft_id=draft_id):
        _draw_file(user, file, can_change=can_change)


def _draw_adding(user: User, of_it: str, *, idea_id: str, draft_id: str) -> None:
    files = st.file_uploader(
        "Files",
        type=FILE_TYPES,
        accept_multiple_files=True,
        help="They are kept with the idea and are not searchable.",
        key=f"idea-files-{of_it}-{state_ideas.uploads(of_it)}",
    )
    for refusal in state_ideas.refused_files(of_it):
        st.error(words.plain(refusal))
    if not files:
        return
    refused = []
    for file in files:
        upload = Upload(file.name, file.getvalue())
        try:
            services().ideas.attachments.add(user, upload, idea_id=idea_id, draft_id=draft_id)
        except SandboxError as problem:
            refused.append(f"{file.name}: {problem}")
    state_ideas.end_upload(of_it, refused)
    st.rerun()


def _draw_file(user: User, file: Attachment, *, can_change: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        name = words.plain(file.file_name)
        if file.is_open:
            st.link_button(
                name,
                f"/export/ideas/files/{file.id}",
                icon=":material/attach_file:",
                type="tertiary",
            )
        else:
            st.caption(f":material/lock: {name} that you cannot access", width="content")
        st.caption(f"{words.size(file.size_bytes)} · {words.plain(file.added_by)}", width="content")
        if (
            can_change
            and file.is_open
            and st.button(
                "Remove", type="tertiary", icon=":material/close:", key=f"remove-file-{file.id}"
            )
        ):
            with shown_problems():
                services().ideas.attachments.remove(user, file.id)
                state.notify(words.plain(f"{file.file_name} was removed."))
                st.rerun()
