"""Draws the filter of the document list; the choice stands in the address."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.domain.identity import User
from core.domain.knowledge import Collection, DocumentState, Sensitivity
from ingestion.files.media import MediaType
from ingestion.library.catalogue import DocumentFilter, Order
from ingestion.library.reviews import ReviewState
from ui import words
from ui.documents import words as document_words
from ui.resources import services

Kind = TypeVar("Kind", bound=StrEnum)


def draw_filter(user: User, collections: Sequence[Collection]) -> tuple[DocumentFilter, Order]:
    """Draw search, collection and status in one row; the rest behind "More filters"."""
    search, collection, state, more = st.columns([4, 3, 2, 2], vertical_alignment="bottom")
    text = search.text_input("Search by name", key="documents-search", bind="query-params")
    names = {"": "All collections", **{c.id: c.name for c in collections}}
    collection_id = collection.selectbox(
        "Collection", list(names), format_func=names.__getitem__, key="documents-collection"
    )
    state_value = _choice(state, "Status", words.DOCUMENT_STATES, "All statuses", "documents-state")
    with more.popover("More filters", width="stretch"):
        wanted, order = _draw_more(user)
    return (
        DocumentFilter(
            collection_id=collection_id or None,
            state=DocumentState(state_value) if state_value else None,
            search=text or "",
            classification=wanted.classification,
            owner_id=wanted.owner_id,
            media_type=wanted.media_type,
            review=wanted.review,
        ),
        order,
    )


def _draw_more(user: User) -> tuple[DocumentFilter, Order]:
    place = st.container()
    review = _choice(place, "Review", document_words.REVIEWS, "Any", "documents-review")
    label = "Classification"
    sensitivity = _choice(place, label, document_words.CLASSES, "Any", "documents-class")
    people = {one.id: one.name for one in services().people.list_all(user)}
    owners: dict[str | None, str] = {None: "Anyone", "": "No owner"}
    owners.update(people.items())
    owner_id = st.selectbox(
        "Owner", list(owners), format_func=owners.__getitem__, key="documents-owner"
    )
    formats = {one: document_words.format_name(one) for one in MediaType}
    media_type = _choice(place, "Format", formats, "Any", "documents-format")
    order = st.selectbox(
        "Sort by",
        list(document_words.ORDERS),
        format_func=document_words.ORDERS.__getitem__,
        key="documents-order",
    )
    wanted = DocumentFilter(
        classification=Sensitivity(sensitivity) if sensitivity else None,
        owner_id=owner_id,
        media_type=MediaType(media_type) if media_type else None,
        review=ReviewState(review) if review else None,
    )
    return wanted, order


def _choice(
    place: DeltaGenerator, label: str, words_of: Mapping[Kind, str], every: str, key: str
) -> str:
    """Return the chosen value; empty means all."""
    labels = {"": every, **{one.value: word for one, word in words_of.items()}}
    return place.selectbox(label, list(labels), format_func=labels.__getitem__, key=key)
