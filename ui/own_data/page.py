"""My data: everything that is held about a person, exported or deleted by themselves."""

import streamlit as st

from core.domain.identity import User
from ui import words
from ui.components.confirmation import draw_confirmation
from ui.components.csv_file import draw_download
from ui.components.problems import shown_problems
from ui.resources import services

READABLE_WIDTH = 860
WHAT_IS_IN_IT = (
    "One zip file with your account, conversations, feedback, ideas, usage, acknowledgements, "
    "reports of problems, sign-ins, and who opened your texts. Passwords and keys are left out."
)
WHAT_GOES = (
    "Your account, conversations, drafts, comments, votes, feedback, reports, acknowledgements and "
    "sign-ins are deleted for good. You are signed out and cannot come back."
)
WHAT_STAYS = (
    "- Ideas you submitted and reviews you wrote: they are the company’s work, and show “a former "
    "employee” in place of your name.\n"
    "- What answers cost, without a name.\n"
    "- The sealed audit log: the number of your account, never your name or your words.\n"
    "- Documents you uploaded."
)
DONE = (
    "**Your data is deleted.** Keep the certificate: it proves the deletion and does not name you. "
    "You can close this page."
)


def page(user: User) -> None:
    """Draw the export, then the deletion."""
    with st.container(width=READABLE_WIDTH), shown_problems():
        st.title("My data", anchor=False)
        _draw_export(user)
        _draw_deletion(user)


def _draw_export(user: User) -> None:
    st.subheader("Take it with you", anchor=False)
    st.write(WHAT_IS_IN_IT)
    if st.button("Prepare the file", icon=":material/inventory_2:", key="prepare-own-data"):
        content = services().privacy.own_data.export(user)
        draw_download("Download", content, "my-data.zip", "application/zip")


def _draw_deletion(user: User) -> None:
    st.subheader("Delete it", anchor=False)
    with st.expander("Delete my data"):
        st.write(WHAT_GOES)
        st.markdown(f"What stays, and why:\n\n{WHAT_STAYS}")
        draw_confirmation(user, "delete your data")
        typed = st.text_input(
            f"Type “{words.plain(user.email)}” to confirm",
            autocomplete="off",
            key="confirm-own-deletion",
        )
        if st.button(
            "Delete my data for good",
            type="primary",
            icon=":material/delete_forever:",
            disabled=typed.strip().lower() != user.email or user.needs_confirmation,
            key="delete-own-data",
        ):
            with shown_problems():
                _delete(user)


def _delete(user: User) -> None:
    """Delete everything; this page run is the last thing that the person sees."""
    with st.spinner("Deleting, rewriting the files, then searching them"):
        made = services().privacy.erasure.erase_own(user)
    st.success(DONE)
    draw_download(
        "Download certificate",
        made.as_json(),
        f"erasure-{made.id[:8]}.json",
        "application/json",
    )
    st.stop()
