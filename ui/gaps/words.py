"""Texts about knowledge gaps: questions on their way to somebody who can answer them."""

from core.domain.gaps import GapRoute, GapStatus, KnowledgeGap
from core.domain.identity import User
from ui import words

STATUSES = {
    GapStatus.OPEN: "Open",
    GapStatus.ANSWERED: "Answered",
    GapStatus.CLOSED: "Closed",
    GapStatus.DECLINED: "Declined",
}

COLOURS = {
    GapStatus.OPEN: "orange",
    GapStatus.ANSWERED: "green",
    GapStatus.CLOSED: "gray",
    GapStatus.DECLINED: "gray",
}

CLOSE = "This is settled another way, for example by a new document."
DECLINE = "The documents will not answer this."

_VERBS = {
    GapStatus.OPEN: "was asked",
    GapStatus.ANSWERED: "replied",
    GapStatus.CLOSED: "closed your question",
    GapStatus.DECLINED: "declined your question",
}


def ask_label(route: GapRoute, user: User) -> str:
    """Return the label of the button: `Ask Maria Keller`."""
    if not route.owner_id:
        return "Ask an administrator"
    if route.owner_id == user.id:
        return "Keep it as a knowledge gap"
    return f"Ask {words.plain(route.owner_name)}"


def route(route: GapRoute, user: User) -> str:
    """Say who is asked: `Maria Keller, who owns Company handbook`."""
    if route.owner_id and route.owner_id == user.id:
        return f"Keep it for {route.collection_name}, which you own"
    if route.owner_id:
        return f"{route.owner_name}, who owns {route.collection_name}"
    if route.collection_name:
        return f"The administrators, for {route.collection_name}"
    return "The administrators"


def heading(route: GapRoute, user: User) -> str:
    """Name the only person who can be asked: `Ask Maria Keller, who owns Company handbook`."""
    if route.owner_id and route.owner_id == user.id:
        return f"Keep this question for {route.collection_name}, which you own"
    if route.owner_id:
        return f"Ask {route.owner_name}, who owns {route.collection_name}"
    if route.collection_name:
        return f"Ask the administrators about {route.collection_name}"
    return "Ask the administrators"


def readers(route: GapRoute, user: User) -> str:
    """Say who will see what, before it is sent."""
    who = "The administrators"
    if route.owner_id and route.owner_id != user.id:
        who = f"{route.owner_name} and the administrators"
    return f"{who} will see your name, the question as you typed it, and your note."


def sent(gap: KnowledgeGap) -> str:
    """Return `Sent to Maria Keller about Company handbook`."""
    about = f" about {words.plain(gap.collection_name)}" if gap.collection_name else ""
    return f"Sent to {words.plain(gap.owner_name) or 'the administrators'}{about}"


def replied(gap: KnowledgeGap) -> str:
    """Return `Maria Keller replied`."""
    return f"{words.plain(gap.replied_by)} {_VERBS[gap.status]}"


def summary(gap: KnowledgeGap, asked_at: str) -> str:
    """Return status, person, time, collection and owner, in one line."""
    parts = [
        gap.asker_name,
        asked_at,
        gap.collection_name or "No collection",
        f"for {gap.owner_name or 'the administrators'}",
    ]
    badge = f":{COLOURS[gap.status]}-badge[{STATUSES[gap.status]}]"
    return f"{badge} :small[:gray[{words.plain(' · '.join(parts))}]]"
