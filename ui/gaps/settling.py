"""Settles a topic with a reply, a document or a reason; hands it on; opens it again."""

from collections.abc import Callable

import streamlit as st

from admin.gaps.inbox import MAX_REPLY
from core.domain.gaps import GapTopic
from core.domain.ideas.card import Person
from core.domain.identity import User
from ui import state, words
from ui.components.problems import shown_problems
from ui.components.times import local_time
from ui.gaps import words as gap_words
from ui.resources import services

MOST_PEOPLE = 1_000


def draw_outcome(user: User, topic: GapTopic) -> None:
    """Draw how the topic was settled last, and the button that opens it again."""
    if topic.outcome is None:
        return
    with st.container(gap="xxsmall", key=f"outcome-{topic.id}"):
        st.caption(words.plain(gap_words.outcome(topic.outcome, local_time(topic.outcome.at))))
        if topic.outcome.document_name:
            st.markdown(f":material/description: {words.plain(topic.outcome.document_name)}")
        if topic.outcome.reply:
            st.text(topic.outcome.reply)
        if not topic.is_open and st.button(
            "Open again", type="tertiary", icon=":material/undo:", key=f"reopen-{topic.id}"
        ):
            _do(lambda: services().gaps.topics.reopen(user, topic.id), "The topic is open again.")


def draw_settling(user: User, topic: GapTopic) -> None:
    """Draw one text field and the ways to settle the topic with it."""
    with st.expander("Reply", icon=":material/reply:", key=f"reply-panel-{topic.id}"):
        text = st.text_area(
            words.plain(gap_words.message_label(topic)),
            max_chars=MAX_REPLY,
            height="content",
            persist_state="session",
            key=f"reply-{topic.id}",
        )
        settle = _draw_ways(user, topic, text or "")
        if settle is not None:
            _do(settle, gap_words.will_see(topic))


def _draw_ways(user: User, topic: GapTopic, reply: str) -> Callable[[], object] | None:
    """Draw the buttons in a row; return what the pressed one does, so its problems stand below."""
    topics = services().gaps.topics
    with st.container(horizontal=True):
        is_reply = st.button("Send reply", type="primary", key=f"answer-{topic.id}")
        _draw_document(user, topic, reply)
        is_closed = st.button(
            "Close with this reason", key=f"close-{topic.id}", help=gap_words.CLOSE
        )
        is_declined = st.button(
            "Decline with this reason", key=f"decline-{topic.id}", help=gap_words.DECLINE
        )
    if is_reply:
        return lambda: topics.reply(user, topic.id, reply)
    if is_closed:
        return lambda: topics.close(user, topic.id, reason=reply)
    if is_declined:
        return lambda: topics.decline(user, topic.id, reply)
    return None


def _draw_document(user: User, topic: GapTopic, reply: str) -> None:
    """Draw the choice of a document that answers now; nothing is read before it is opened."""
    panel = st.popover("Close with a document", key=f"document-panel-{topic.id}", on_change="rerun")
    if not panel.open:
        return
    with panel:
        titles = {one.id: one.title for one in services().gaps.topics.documents(user, topic.id)}
        document_id = st.selectbox(
            "Document that answers this",
            list(titles),
            index=None,
            format_func=titles.__getitem__,
            placeholder="Choose a document" if titles else "No documents yet",
            help="Only people who can read it are told its name.",
            key=f"document-{topic.id}",
        )
        if document_id and st.button("Close the topic", type="primary", key=f"close-by-{topic.id}"):
            _do(
                lambda: services().gaps.topics.close(
                    user, topic.id, document_id=document_id, reason=reply
                ),
                gap_words.will_see(topic),
            )


def draw_assignment(user: User, topic: GapTopic) -> None:
    """Draw who looks after the topic, and let somebody else do so."""
    panel = st.popover(
        "Assign",
        icon=":material/person_add:",
        type="tertiary",
        key=f"assign-panel-{topic.id}",
        on_change="rerun",
    )
    if not panel.open:
        return
    with panel:
        names = {one.id: one.name for one in _colleagues(user)}
        own = "" if not topic.is_assigned else topic.assignee_id
        choices = ["", *names]
        chosen = st.selectbox(
            "Who looks after it",
            choices,
            index=choices.index(own) if own in choices else 0,
            format_func={"": "The owner of the collection", **names}.__getitem__,
            key=f"assignee-{topic.id}",
        )
        st.caption("Whoever looks after it reads these questions, and is notified.")
        if st.button("Save", key=f"assign-{topic.id}"):
            _do(
                lambda: services().gaps.topics.assign(user, topic.id, chosen or ""),
                "Saved.",
            )


def _colleagues(user: User) -> list[Person]:
    return services().ideas.colleagues.named(user, limit=MOST_PEOPLE)


def _do(settle: Callable[[], object], notice: str) -> None:
    with shown_problems():
        settle()
        state.notify(notice)
        st.rerun()
