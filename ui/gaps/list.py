"""The list of knowledge gaps with its filter."""

from collections.abc import Sequence

import streamlit as st

from core.domain.gaps import GapStatus, KnowledgeGap
from core.domain.identity import User
from ui import words
from ui.components.times import local_time
from ui.gaps import words as gap_words
from ui.gaps.reply import draw_reply, draw_reply_form
from ui.resources import services

PER_PAGE = 20
STATUS_LABELS: dict[str, str] = {"": "All statuses"} | {
    status.value: label for status, label in gap_words.STATUSES.items()
}


def draw_gap_list(user: User) -> None:
    """Draw the questions, newest first; an open one can be replied to in place."""
    search, status, collection_id = _draw_filter(user)
    gaps = services().gap_inbox.list(
        user, status=status, collection_id=collection_id, search=search
    )
    if not gaps:
        _draw_nothing(is_narrowed=bool(search.strip() or collection_id), status=status)
        return
    st.caption(words.count(len(gaps), "question"))
    for gap in _draw_paging(gaps):
        _draw_entry(user, gap)


def _draw_filter(user: User) -> tuple[str, GapStatus | None, str | None]:
    names = {c.id: c.name for c in services().gap_inbox.collections(user)}
    search, collection, status = st.columns([2, 1, 1])
    text = search.text_input("Search questions, notes and names", key="gaps-search")
    collection_id = collection.selectbox(
        "Collection",
        ["", *names],
        format_func={"": "All collections", **names}.__getitem__,
        key="gaps-collection",
    )
    chosen = status.selectbox(
        "Status",
        list(STATUS_LABELS),
        index=list(STATUS_LABELS).index(GapStatus.OPEN),
        format_func=STATUS_LABELS.__getitem__,
        key="gaps-status",
    )
    return text or "", GapStatus(chosen) if chosen else None, collection_id or None


def _draw_paging(gaps: Sequence[KnowledgeGap]) -> Sequence[KnowledgeGap]:
    pages = -(-len(gaps) // PER_PAGE)
    number = st.pagination(pages, key=f"gaps-page-{pages}") if pages > 1 else 1
    return gaps[(number - 1) * PER_PAGE : number * PER_PAGE]


def _draw_entry(user: User, gap: KnowledgeGap) -> None:
    with st.container(border=True, gap="xsmall", key=f"gap-entry-{gap.id}"):
        st.markdown(gap_words.summary(gap, local_time(gap.asked_at)))
        st.text(gap.question)
        if gap.searched_for:
            st.text(f"Searched as: {gap.searched_for}")
        if gap.note:
            st.text(f"Note: {gap.note}")
        if gap.is_open:
            draw_reply_form(user, gap)
        else:
            draw_reply(gap)


def _draw_nothing(*, is_narrowed: bool, status: GapStatus | None) -> None:
    if is_narrowed or status not in (None, GapStatus.OPEN):
        st.info("No questions match. Clear the search, or choose all collections and statuses.")
    else:
        st.info(
            "No open questions. A question appears here when the documents do not answer it and "
            "the person who asked sends it on."
        )
