"""Words of the pages on privacy."""

from core.domain.governance.privacy import DataClass
from ui import words

CLASSES = {
    DataClass.CONVERSATIONS: "Conversations",
    DataClass.USAGE: "Single answers and requests",
    DataClass.GUARD_NOTES: "What was masked before it left",
    DataClass.FEEDBACK: "Words of feedback",
    DataClass.SENT_QUESTIONS: "Questions sent to owners, once settled",
    DataClass.INCIDENTS: "Incidents, once closed",
    DataClass.DRAFTS: "Drafts of ideas",
    DataClass.REFUSALS: "Requests that were not made",
    DataClass.SIGN_INS: "Ended sign-ins and expired links",
}
AGE = {
    DataClass.CONVERSATIONS: "since the last message",
    DataClass.USAGE: "daily sums stay",
    DataClass.FEEDBACK: "the rating stays",
    DataClass.DRAFTS: "since the last change",
}
INTRODUCTION = (
    "What is older than its period is deleted every day at 3 o’clock. Nothing under a legal hold "
    "is deleted."
)
AUDIT_LOG = (
    "The audit log is always kept: it is sealed and can only grow. It holds ids and counts, no "
    "texts."
)
COPIES = (
    "What goes with a conversation: test questions taken from it, and feedback on it. What stays: "
    "ideas with the chat that was handed in with them, incidents, and open questions to owners."
)
WHAT_A_HOLD_DOES = (
    "Nothing of this person is deleted while the hold is in force: not by them, not by a period, "
    "and not by an erasure. Conversations that they delete are hidden and kept."
)
WHAT_GOES = (
    "This permanently deletes the account with conversations, drafts, votes, feedback, reports of "
    "problems, acknowledgements and sign-ins. Submitted ideas and reviews stay, as the work of “a "
    "former employee”. Costs stay without a name. The audit log keeps the number of the account, "
    "never the name."
)


def kept(days: int | None) -> str:
    """Return how long a class is kept."""
    return "Always" if days is None else words.count(days, "day")
