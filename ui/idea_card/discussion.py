"""What people say about an idea, for everyone or for the reviewers."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.domain.ideas.card import IdeaCard, label_of
from core.domain.ideas.life import Comment, Visibility
from core.domain.identity import User
from core.errors import InvalidFields, SandboxError
from ui import state, state_ideas, words
from ui.components.problems import shown_problems
from ui.components.times import local_time
from ui.idea_parts.people import is_committee
from ui.resources import services

READERS = {Visibility.PUBLIC: "Everyone", Visibility.REVIEWERS: "Reviewers only"}


def draw_discussion(user: User, card: IdeaCard) -> None:
    """Draw the comments with their replies, and where one writes a new one."""
    comments = services().ideas.comments.list(user, card.id)
    with st.container(gap="small", key="discussion"):
        st.markdown(f"#### Discussion ({len(comments)})" if comments else "#### Discussion")
        for comment in comments:
            if not comment.parent_id:
                _draw_thread(user, card, comment, comments)
        if card.duplicate_of_number is None:
            _draw_writing(user, card, "")


def _draw_thread(user: User, card: IdeaCard, first: Comment, every: Sequence[Comment]) -> None:
    with st.container(border=True, gap="small", key=f"comment-{first.id}"):
        _draw_comment(user, first, can_reply=not state_ideas.is_replying(first.id))
        for reply in _replies(first.id, every):
            with st.container(gap="xxsmall", key=f"reply-{reply.id}"):
                _draw_comment(user, reply, is_reply=True)
        if state_ideas.is_replying(first.id):
            _draw_writing(user, card, first.id)


def _replies(comment_id: str, every: Sequence[Comment]) -> list[Comment]:
    """Return the replies to a comment and to its replies, in their order."""
    ids = {comment_id}
    for comment in every:
        if comment.parent_id in ids:
            ids.add(comment.id)
    return [comment for comment in every if comment.id in ids and comment.id != comment_id]


def _draw_comment(
    user: User, comment: Comment, *, is_reply: bool = False, can_reply: bool = False
) -> None:
    if comment.is_deleted:
        st.caption("This comment was deleted.")
        if can_reply:
            _draw_action("Reply", "answer", state_ideas.reply_to, comment)
        return
    if state_ideas.is_changing(comment.id):
        _draw_changing(user, comment)
        return
    sign = ":material/subdirectory_arrow_right: " if is_reply else ""
    st.markdown(f"{sign}**{words.plain(comment.author_name)}** {_told(comment)}")
    st.text(comment.text)
    with st.container(horizontal=True, gap="medium"):
        if can_reply:
            _draw_action("Reply", "answer", state_ideas.reply_to, comment)
        if comment.author_id == user.id or user.is_admin:
            _draw_own(user, comment)


def _told(comment: Comment) -> str:
    parts = [local_time(comment.at)]
    if comment.edited_at is not None:
        parts.append("changed")
    if comment.from_number is not None:
        parts.append(f"from {label_of(comment.from_number)}")
    badge = ""
    if comment.visibility is Visibility.REVIEWERS:
        badge = " :orange-badge[:material/lock: Reviewers only]"
    return f":small[:gray[{' · '.join(parts)}]]{badge}"


def _draw_action(label: str, key: str, act: Callable[[str], None], comment: Comment) -> None:
    st.button(label, type="tertiary", key=f"{key}-{comment.id}", on_click=act, args=(comment.id,))


def _draw_own(user: User, comment: Comment) -> None:
    if comment.author_id == user.id:
        _draw_action("Change", "change", state_ideas.change_comment, comment)
    if st.button("Delete", type="tertiary", key=f"delete-{comment.id}"):
        with shown_problems():
            services().ideas.comments.delete(user, comment.id)
            state.notify("Comment deleted.")
            st.rerun()


def _draw_changing(user: User, comment: Comment) -> None:
    text = st.text_area(
        "Your comment", comment.text, height=90, key=f"changed-{comment.id}", persist_state="page"
    )
    with st.container(horizontal=True, gap="xsmall"):
        is_sent = st.button("Save", type="primary", key=f"save-comment-{comment.id}")
        st.button(
            "Cancel",
            key=f"keep-comment-{comment.id}",
            on_click=state_ideas.change_comment,
            args=("",),
        )
    if is_sent:
        with shown_problems():
            services().ideas.comments.edit(user, comment.id, text or "")
            state_ideas.change_comment("")
            st.rerun()


def _draw_writing(user: User, card: IdeaCard, parent_id: str) -> None:
    """Draw the field for a comment, with a way to mention a colleague."""
    of_it = parent_id or card.id
    key = f"new-comment-{of_it}-{state_ideas.uploads(f'comment-{of_it}')}"
    text = st.text_area(
        "Your reply" if parent_id else "Your comment",
        placeholder="Use @ and a name to notify a colleague",
        height=80,
        persist_state="session",
        key=key,
    )
    problem = st.empty()
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        is_sent = st.button("Reply" if parent_id else "Comment", key=f"send-{of_it}")
        _draw_mention(user, key, of_it)
        visibility = _draw_readers(user, card, of_it) if not parent_id else Visibility.PUBLIC
    if not is_sent:
        return
    try:
        services().ideas.comments.add(
            user, card.id, text or "", visibility=visibility, parent_id=parent_id
        )
    except InvalidFields as invalid:
        problem.markdown(f":small[:red[:material/error: {words.plain(str(invalid))}]]")
    except SandboxError as refused:
        st.error(words.plain(str(refused)))
    else:
        state_ideas.end_upload(f"comment-{of_it}", ())
        state_ideas.reply_to("")
        st.rerun()


def _draw_mention(user: User, key: str, of_it: str) -> None:
    panel = st.popover(
        "Mention", icon=":material/alternate_email:", on_change="rerun", key=f"mention-{of_it}"
    )
    if not panel.open:
        return
    with panel:
        search = st.text_input("Name", live=True, key=f"mention-search-{of_it}")
        for person in services().ideas.colleagues.named(user, search or "", limit=8):
            st.button(
                words.plain(person.name),
                type="tertiary",
                key=f"mention-{of_it}-{person.id}",
                on_click=state_ideas.append,
                args=(key, f"@{person.name} "),
            )


def _draw_readers(user: User, card: IdeaCard, of_it: str) -> Visibility:
    if not is_committee(user, card):
        return Visibility.PUBLIC
    chosen = st.segmented_control(
        "Who reads it",
        list(Visibility),
        default=Visibility.PUBLIC,
        required=True,
        format_func=READERS.__getitem__,
        label_visibility="collapsed",
        key=f"readers-{of_it}",
    )
    return chosen or Visibility.PUBLIC
