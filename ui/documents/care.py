"""Draws the details of documents: the form for one or many, and the record of a review."""

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from core.domain.identity import User
from core.domain.knowledge import DocumentOverview, Sensitivity
from core.errors import SandboxError
from ingestion.library.reviews import today
from ingestion.library.stewardship import Changes, Details
from ui import state, words
from ui.components.problems import shown_problems
from ui.documents import words as document_words
from ui.resources import services

DESCRIBE_DOCUMENTS = "describe-documents"
KEEP = "No change"
NEXT_REVIEW = timedelta(days=365)


def draw_description(documents: Sequence[DocumentOverview]) -> None:
    """Open the dialog that changes many documents at once; empty fields change nothing."""
    title = f"Edit {words.count(len(documents), 'document')}"
    st.dialog(title, on_dismiss=state.close_dialog)(_ask_changes)(documents)


def draw_fields(user: User, key: str, *, kept: str = KEEP) -> Changes | None:
    """Ask for owner, classification, origin, rights and review date; None if all are empty.

    `kept` names what happens to a field that is left empty.
    """
    owner_id = _draw_owner(user, f"{key}-owner", kept)
    classification = _draw_class(f"{key}-class", kept)
    source = st.text_input("Origin", placeholder=kept, key=f"{key}-source")
    rights = st.text_input("Licence or rights", placeholder=kept, key=f"{key}-rights")
    review_by = st.date_input(
        "Review by", value=None, min_value=today(), format="YYYY-MM-DD", key=f"{key}-review"
    )
    changes = Changes(
        owner_id=owner_id,
        source=source or None,
        classification=classification,
        rights=rights or None,
        review_by=review_by,
    )
    return None if changes == Changes() else changes


def draw_care(user: User, document: DocumentOverview) -> None:
    """Draw what is known of one document, and the form that changes it."""
    details = services().stewardship.details(user, document.id)
    _draw_review(user, details)
    with st.form(f"care-{document.id}", border=False):
        changes = _draw_known(user, details)
        if st.form_submit_button("Save"):
            with shown_problems():
                services().stewardship.update(user, [document.id], changes)
                state.notify("Saved.")
                st.rerun()


def _draw_known(user: User, details: Details) -> Changes:
    names = _people(user)
    owners = ["", *names]
    key = f"care-{details.document_id}"
    left, right = st.columns(2)
    owner_id = left.selectbox(
        "Owner",
        owners,
        index=owners.index(details.owner_id) if details.owner_id in owners else 0,
        format_func={"": "No owner", **names}.__getitem__,
        key=f"{key}-owner",
    )
    classes = list(document_words.CLASSES)
    classification = right.selectbox(
        "Classification",
        classes,
        index=classes.index(details.classification),
        format_func=document_words.CLASSES.__getitem__,
        key=f"{key}-class",
    )
    source = left.text_input("Origin", details.source, key=f"{key}-source")
    rights = right.text_input("Licence or rights", details.rights, key=f"{key}-rights")
    review_by = left.date_input(
        "Review by", value=details.review_by, format="YYYY-MM-DD", key=f"{key}-review"
    )
    moved = review_by if review_by != details.review_by else None
    return Changes(owner_id, source, classification, rights, moved, no_review=review_by is None)


def _draw_review(user: User, details: Details) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_review_line(details))
        if st.button(
            "Mark as reviewed",
            icon=":material/task_alt:",
            help=f"Sets the next review to {document_words.day(_next())}.",
            key=f"reviewed-{details.document_id}",
        ):
            with shown_problems():
                services().stewardship.mark_reviewed(user, details.document_id, _next())
                state.notify("The review is recorded.")
                st.rerun()


def _review_line(details: Details) -> str:
    seen = (
        f"Reviewed {document_words.ago(details.reviewed_at)}"
        if details.reviewed_at
        else "Not reviewed yet"
    )
    if details.review_by is None:
        return f"{seen}, no review date"
    return f"{seen}, next review by {document_words.day(details.review_by)}"


def _next() -> date:
    return today() + NEXT_REVIEW


def _ask_changes(documents: Sequence[DocumentOverview]) -> None:
    with shown_problems():
        user = state.require_user()
        st.caption("Only the fields that you fill in will change.")
        changes = draw_fields(user, "describe")
        is_asked = st.button(
            "Save", type="primary", disabled=changes is None, key="save-description"
        )
        if is_asked and changes is not None:
            number = services().stewardship.update(user, [d.id for d in documents], changes)
            state.notify(f"{words.count(number, 'document')} changed.")
            state.close_dialog()
            st.rerun()


def describe_uploaded(user: User, document_ids: Sequence[str], changes: Changes | None) -> str:
    """Apply the fields of an upload; return what went wrong, empty if nothing did."""
    if changes is None or not document_ids:
        return ""
    try:
        services().stewardship.update(user, document_ids, changes)
    except SandboxError as problem:
        return f"The files were uploaded, but their details were not saved. {problem}"
    return ""


def _draw_owner(user: User, key: str, kept: str) -> str | None:
    """Ask for the owner; None changes nothing, an empty id means no owner."""
    labels: dict[str | None, str] = {None: kept, "": "No owner"}
    labels.update(_people(user).items())
    return st.selectbox("Owner", list(labels), format_func=labels.__getitem__, key=key)


def _draw_class(key: str, kept: str) -> Sensitivity | None:
    labels: dict[Sensitivity | None, str] = {None: kept}
    labels.update(document_words.CLASSES.items())
    return st.selectbox("Classification", list(labels), format_func=labels.__getitem__, key=key)


def _people(user: User) -> dict[str, str]:
    return {one.id: one.name for one in services().people.list_all(user) if one.is_active}
