"""Texts of incidents."""

from admin.incidents.passages import Effects, ReadPassage
from core.domain.governance.incidents import (
    Incident,
    IncidentKind,
    IncidentOutcome,
    IncidentState,
    Severity,
    incident_label,
)
from ui import words

KINDS = {
    IncidentKind.WRONG: "Wrong, with consequences",
    IncidentKind.HARMFUL: "Harmful or offensive",
    IncidentKind.PERSONAL_DATA: "Shows personal data",
    IncidentKind.LEAKED: "Shows what I should not see",
    IncidentKind.INJECTION: "Seems manipulated",
    IncidentKind.OTHER: "Something else",
}
SEVERITIES = {
    Severity.CRITICAL: "Critical",
    Severity.HIGH: "High",
    Severity.MEDIUM: "Medium",
    Severity.LOW: "Low",
}
STATES = {
    IncidentState.NEW: "New",
    IncidentState.IN_WORK: "In work",
    IncidentState.CLOSED: "Closed",
}
OUTCOMES = {
    IncidentOutcome.FIXED: "Fixed",
    IncidentOutcome.EXPLAINED: "Explained",
    IncidentOutcome.NO_PROBLEM: "No problem found",
    IncidentOutcome.DUPLICATE: "Reported before",
}
REPORT_HELP = (
    "Administrators see your report, your name and what you write here. They open the answer only "
    "where they may read its sources, and that is recorded."
)
NEAR_MISS = "Noticed before it did any harm (near miss)"
NOTHING = "No open problems. People report one with “Report a problem” below an answer."

NO_PASSAGES = "No passage was read for this answer, or its documents were deleted or read again."
UNDO = (
    "This document is turned off. Turn it on again to undo the withdrawal: its answers open as "
    "before, and everyone who was told is told again."
)


def passage_name(passage: ReadPassage) -> str:
    """Return `1. Travel policy, page 3`."""
    return f"{passage.number}. {passage.title}, page {passage.page}"


def effects(of: Effects) -> str:
    """Say what a withdrawal comes to before it is done."""
    return (
        f"**{words.count(of.answers, 'answer')}** of **{words.count(of.people, 'person', 'people')}"
        f"** came from this passage, and they are told. The whole document is turned off, which "
        f"closes **{words.count(of.closed, 'answer')}**. You can undo this."
    )


def withdrawn(done: Effects) -> str:
    """Say what a withdrawal came to."""
    told = words.count(done.people, "person is told", "people are told")
    copies = words.count(done.copies, "near copy is", "near copies are")
    more = f" {copies} up for review." if done.copies else ""
    return f"Withdrawn. {told}.{more}"


def summary(incident: Incident, when: str) -> str:
    """Return `INC-3 · Shows personal data · 3 Mar 2026, 10:15`."""
    return f"{incident_label(incident.number)} · {KINDS[incident.kind]} · {when}"


def standing(incident: Incident) -> str:
    """Return where it stands for its reporter: `Closed: Fixed`."""
    state = STATES[incident.state]
    return f"{state}: {OUTCOMES[incident.outcome]}" if incident.outcome else state


def days(incident: Incident) -> str:
    """Return how long it took to close, such as `2.5 days`; empty while it is open."""
    if incident.closed_at is None:
        return ""
    return f"{(incident.closed_at - incident.reported_at).total_seconds() / 86_400:.1f} days"
