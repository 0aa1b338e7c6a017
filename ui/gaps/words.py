"""Texts about knowledge gaps: questions on their way to somebody who can answer them."""

from core.domain.gaps import GapCause, GapOutcome, GapRoute, GapStatus, GapTopic, KnowledgeGap
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

CAUSES = {
    GapCause.UNANSWERED: "Not in the documents",
    GapCause.WEAK: "Weakly supported",
    GapCause.NOT_HELPFUL: "Rated not helpful",
    GapCause.SENT: "Sent by name",
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


def answered_by(document: str) -> str:
    """Name the document that answers now."""
    return f"“{document}” answers this now. Ask again to read it."


def topic_badges(topic: GapTopic) -> str:
    """Return status, causes and what else is special about a topic, as badges."""
    badges = [f":{COLOURS[topic.status]}-badge[{STATUSES[topic.status]}]"]
    if topic.is_open and topic.reopened_at is not None:
        badges.append(":red-badge[Reopened]")
    badges += [f":gray-badge[{CAUSES[cause]}]" for cause, number in topic.causes.items() if number]
    if topic.is_golden:
        badges.append(":violet-badge[Golden question]")
    return " ".join(badges)


def topic_summary(topic: GapTopic, last_day: str) -> str:
    """Return how often, by how many, when, where, and who is responsible, in one line."""
    asked = words.count(topic.questions, "question")
    people = words.count(topic.people, "person", "people")
    where = topic.collection_name or "No collection"
    return " · ".join([f"{asked} of {people}", f"last on {last_day}", where, responsible(topic)])


def responsible(topic: GapTopic) -> str:
    """Return who looks after a topic."""
    return f"for {topic.assignee_name or 'the administrators'}"


def sender(gap: KnowledgeGap, when: str) -> str:
    """Return who sent a question by name, and when."""
    return f":small[:gray[:material/person: {words.plain(f'{gap.asker_name} sent this, {when}')}]]"


def message_label(topic: GapTopic) -> str:
    """Say who will read a reply: `Message to Ben`, `Message to the 3 people who asked`."""
    if topic.people == 1:
        named = {gap.asker_name for gap in topic.sent}
        return f"Message to {named.pop() if len(named) == 1 else 'the person who asked'}"
    return f"Message to the {topic.people:,} people who asked"


def will_see(topic: GapTopic) -> str:
    """Say who was told."""
    if topic.people == 1:
        named = {gap.asker_name for gap in topic.sent}
        who = named.pop() if len(named) == 1 else "The person who asked"
        return f"{words.plain(who)} will see it in the conversation."
    return f"{topic.people:,} people will see it in their conversations."


def outcome(of: GapOutcome, when: str) -> str:
    """Return how a topic was settled last: `Mara Lindqvist closed it, 3 March 2026`."""
    who = f"{of.by} {_ENDINGS[of.status]}"
    whom = " to one person" if of.is_personal else ""
    return f"{who}{whom}, {when}"


_ENDINGS = {
    GapStatus.OPEN: "opened it",
    GapStatus.ANSWERED: "replied",
    GapStatus.CLOSED: "closed it",
    GapStatus.DECLINED: "declined it",
}


def shown_questions(shown: int, topic: GapTopic) -> str:
    """Say how many questions are shown, and that looking is recorded."""
    newest = f"The newest {shown:,} of {topic.questions:,}" if shown < topic.questions else "All"
    return f"{newest} questions. Viewing them is recorded in the audit log."
