"""The list of topics with its filter."""

from dataclasses import replace

import streamlit as st

from admin.gaps.reading import TopicFilter
from core.domain.gaps import GapCause, GapStatus, GapTopic, KnowledgeGap, TopicPage
from core.domain.identity import User
from core.errors import ModelError
from ui import words
from ui.components.times import local_day, local_time
from ui.gaps import words as gap_words
from ui.gaps.golden import draw_golden
from ui.gaps.questions import draw_questions
from ui.gaps.settling import draw_assignment, draw_outcome, draw_settling
from ui.resources import services

PER_PAGE = 20
SENT_SHOWN = 5
STATUS_LABELS: dict[str, str] = {"": "All statuses"} | {
    status.value: label for status, label in gap_words.STATUSES.items()
}
CAUSE_LABELS: dict[str, str] = {"": "All causes"} | {
    cause.value: label for cause, label in gap_words.CAUSES.items()
}


def draw_topics(user: User) -> None:
    """Draw topics, those of most people first; an open one can be settled in place."""
    st.write(
        "Questions that the documents did not answer well, grouped by meaning. Everyone who asked "
        "reads your reply in their conversation."
    )
    _group_new(user)
    wanted = _draw_filter(user)
    found = services().gaps.topics.find(user, wanted)
    if not found.total:
        _draw_nothing(wanted)
        return
    st.caption(words.count(found.total, "topic"))
    for topic in _draw_paging(user, wanted, found):
        _draw_topic(user, topic)


def _group_new(user: User) -> None:
    """Bring the topics up to date; the page opens as well where the model cannot be asked."""
    try:
        services().gaps.topics.group_new(user)
    except ModelError as error:
        st.warning(words.plain(f"New questions are not grouped yet. {error}"))


def _draw_filter(user: User) -> TopicFilter:
    names = {c.id: c.name for c in services().gaps.inbox.collections(user)}
    text = st.text_input("Search questions, notes and names", key="gaps-search")
    collection, cause, status = st.columns(3)
    collection_id = collection.selectbox(
        "Collection",
        ["", *names],
        format_func={"": "All collections", **names}.__getitem__,
        key="gaps-collection",
    )
    chosen_cause = cause.selectbox(
        "Cause",
        list(CAUSE_LABELS),
        format_func=CAUSE_LABELS.__getitem__,
        key="gaps-cause",
    )
    chosen = status.selectbox(
        "Status",
        list(STATUS_LABELS),
        index=list(STATUS_LABELS).index(GapStatus.OPEN),
        format_func=STATUS_LABELS.__getitem__,
        key="gaps-status",
    )
    return TopicFilter(
        GapStatus(chosen) if chosen else None,
        collection_id or None,
        GapCause(chosen_cause) if chosen_cause else None,
        text or "",
        limit=PER_PAGE,
    )


def _draw_paging(user: User, wanted: TopicFilter, first: TopicPage) -> tuple[GapTopic, ...]:
    pages = -(-first.total // PER_PAGE)
    number = st.pagination(pages, key=f"gaps-page-{pages}") if pages > 1 else 1
    if number == 1:
        return first.shown
    offset = (number - 1) * PER_PAGE
    return services().gaps.topics.find(user, replace(wanted, offset=offset)).shown


def _draw_topic(user: User, topic: GapTopic) -> None:
    with st.container(border=True, gap="xsmall", key=f"topic-{topic.id}"):
        st.markdown(gap_words.topic_badges(topic))
        st.text(topic.label)
        st.caption(words.plain(gap_words.topic_summary(topic, local_day(topic.last_asked))))
        for gap in topic.sent[:SENT_SHOWN]:
            _draw_sent(topic, gap)
        if len(topic.sent) > SENT_SHOWN:
            st.caption(f"and {words.count(len(topic.sent) - SENT_SHOWN, 'more person', 'more')}")
        draw_outcome(user, topic)
        if topic.is_open:
            draw_settling(user, topic)
        with st.container(horizontal=True):
            draw_questions(user, topic)
            draw_assignment(user, topic)
            draw_golden(user, topic)


def _draw_sent(topic: GapTopic, gap: KnowledgeGap) -> None:
    """Draw who sent the question by name, with their own words where those differ."""
    st.markdown(gap_words.sender(gap, local_time(gap.asked_at)))
    if gap.question != topic.label:
        st.text(gap.question)
    if gap.searched_for:
        st.text(f"Searched as: {gap.searched_for}")
    if gap.note:
        st.text(f"Note: {gap.note}")


def _draw_nothing(wanted: TopicFilter) -> None:
    is_narrowed = bool(wanted.search.strip() or wanted.collection_id or wanted.cause)
    if is_narrowed or wanted.status not in (None, GapStatus.OPEN):
        st.info("No questions match. Clear the search, or choose all collections and statuses.")
    else:
        st.info(
            "No open questions. A question appears here when the documents do not answer it, when "
            "its answer was rated not helpful, or when the person who asked sends it on."
        )
