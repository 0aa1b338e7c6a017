"""The vote for an idea and the wish to hear of it."""

import streamlit as st

from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import User
from ui.components.problems import shown_problems
from ui.resources import services


def draw_vote(
    user: User, idea_id: str, status: IdeaStatus, votes: int | None, *, has_voted: bool
) -> None:
    """Draw the number of votes as a button, marked where one's own is among them."""
    number = "" if votes is None else f"{votes:,}"
    st.button(
        number or ("Voted" if has_voted else "Vote"),
        icon=":material/check_circle:" if has_voted else ":material/thumb_up:",
        type="primary" if has_voted else "secondary",
        disabled=not status.takes_votes,
        help=_help(status, votes, has_voted=has_voted),
        wrap=False,
        key=f"vote-{idea_id}",
        on_click=_vote,
        args=(user, idea_id, not has_voted),
    )


def draw_follow(user: User, idea_id: str, *, is_followed: bool) -> None:
    """Draw the button that begins or ends that one hears of the idea."""
    st.button(
        "Following" if is_followed else "Follow",
        icon=":material/notifications_active:" if is_followed else ":material/notifications:",
        help="You are notified about moves and comments. Select to stop."
        if is_followed
        else "Get notified about moves and comments",
        wrap=False,
        key=f"follow-{idea_id}",
        on_click=_follow,
        args=(user, idea_id, not is_followed),
    )


def _help(status: IdeaStatus, votes: int | None, *, has_voted: bool) -> str:
    if not status.takes_votes:
        return "Voting is closed"
    told = "You voted. Select to withdraw your vote." if has_voted else "Vote for it"
    return f"{told}. Votes are hidden while it is judged" if votes is None else told


def _vote(user: User, idea_id: str, is_for: bool) -> None:
    with shown_problems():
        services().ideas.support.vote(user, idea_id, is_for=is_for)


def _follow(user: User, idea_id: str, follows: bool) -> None:
    with shown_problems():
        services().ideas.support.follow(user, idea_id, follows=follows)
