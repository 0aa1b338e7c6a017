"""Texts of notifications."""

from collections.abc import Mapping
from datetime import date
from typing import assert_never

from core.account_notices import SENTENCES
from core.domain.ideas.card import label_of
from core.domain.ideas.life import DigestChoice, Happening, Notification
from core.domain.identity import ADMINISTRATOR
from core.domain.text.dates import short_date
from ui import words
from ui.idea_parts import words as idea_words

DIGESTS = {
    DigestChoice.DAILY: "Every day",
    DigestChoice.WEEKLY: "Once a week",
    DigestChoice.NEVER: "Never",
}

ICONS = {
    Happening.MOVED: "conversion_path",
    Happening.COMMENTED: "chat_bubble",
    Happening.MENTIONED: "alternate_email",
    Happening.MERGED: "merge",
    Happening.EDITED: "edit",
    Happening.REVIEW_DUE: "rate_review",
    Happening.OWNER_NAMED: "person",
    Happening.CO_SUBMITTER_NAMED: "group_add",
    Happening.RISK_CHANGED: "shield",
    Happening.RESULTS_PUBLISHED: "trophy",
    Happening.GAP_ANSWERED: "mark_chat_read",
    Happening.GAP_CLOSED: "mark_chat_read",
    Happening.GAP_DECLINED: "chat_error",
    Happening.GAP_ASSIGNED: "contact_support",
    Happening.INCIDENT_REPORTED: "flag",
    Happening.INCIDENT_CLOSED: "flag_check",
    Happening.ACCOUNT_FACTOR_ADDED: "add_moderator",
    Happening.ACCOUNT_FACTOR_REMOVED: "remove_moderator",
    Happening.ACCOUNT_PASSWORD_SET: "key",
    Happening.ACCOUNT_CONNECTED: "link",
    Happening.ACCOUNT_DISCONNECTED: "link_off",
    Happening.COPY_FOUND: "content_copy",
    Happening.ANSWER_WITHDRAWN: "undo",
    Happening.ANSWER_RESTORED: "redo",
}

OF_GAPS = {
    Happening.GAP_ANSWERED: "replied to a question of yours",
    Happening.GAP_CLOSED: "closed a question of yours",
    Happening.GAP_DECLINED: "declined a question of yours",
    Happening.GAP_ASSIGNED: "asked you to look after a knowledge gap",
    Happening.INCIDENT_REPORTED: "reported a problem",
    Happening.INCIDENT_CLOSED: "closed a problem that you reported",
}

NOTHING = (
    "Nothing yet. You are notified about ideas that you submit, follow, own or review, about "
    "your questions that someone answers later, and changes of how you sign in."
)


def sentence(of: Notification) -> str:
    """Say what happened: `Anna Berg approved your idea`."""
    who, details = words.plain(of.actor_name), of.details
    match of.happening:
        case Happening.MOVED:
            return f"{who} moved it to “{_state(details.get('to', ''))}”"
        case Happening.COMMENTED:
            return f"{who} commented"
        case Happening.MENTIONED:
            return f"{who} mentioned you"
        case Happening.MERGED:
            return f"{who} merged {_number(details.get('merged', ''))} into it"
        case Happening.EDITED:
            return f"{who} changed it"
        case Happening.REVIEW_DUE:
            return "Your review is wanted"
        case Happening.OWNER_NAMED:
            return f"{who} made you its owner"
        case Happening.CO_SUBMITTER_NAMED:
            return f"{who} submitted it together with you"
        case Happening.RISK_CHANGED:
            return f"{who} set its risk to “{_risk(details.get('risk', ''))}”"
        case Happening.RESULTS_PUBLISHED:
            return "The results of its campaign are out"
        case (
            Happening.GAP_ANSWERED
            | Happening.GAP_CLOSED
            | Happening.GAP_DECLINED
            | Happening.GAP_ASSIGNED
            | Happening.INCIDENT_REPORTED
            | Happening.INCIDENT_CLOSED
        ):
            return f"{who or ADMINISTRATOR} {OF_GAPS[of.happening]}"
        case (
            Happening.ACCOUNT_FACTOR_ADDED
            | Happening.ACCOUNT_FACTOR_REMOVED
            | Happening.ACCOUNT_PASSWORD_SET
            | Happening.ACCOUNT_CONNECTED
            | Happening.ACCOUNT_DISCONNECTED
        ):
            return SENTENCES[of.happening].removesuffix(".")
        case Happening.COPY_FOUND | Happening.ANSWER_WITHDRAWN | Happening.ANSWER_RESTORED:
            return _of_documents(of.happening, details)
        case _:
            assert_never(of.happening)


def _of_documents(happening: Happening, details: Mapping[str, str]) -> str:
    if happening is Happening.COPY_FOUND:
        return "A document resembles one that was quarantined or withdrawn. It is due for review"
    if happening is Happening.ANSWER_WITHDRAWN:
        return (
            f"An answer you got on {_day(details)} was made from a passage that has been "
            f"withdrawn. Do not rely on it{_others(details)}"
        )
    return f"The passage behind an answer you got on {_day(details)} is available again"


def goal(of: Notification) -> str:
    """Return what the button opens: `IDEA-12`, `Conversation`; "" if there is nothing to open."""
    if of.idea_id:
        return label_of(of.idea_number)
    if of.happening is Happening.GAP_ASSIGNED:
        return "Knowledge gaps"
    if of.happening is Happening.INCIDENT_REPORTED:
        return "Incidents"
    if of.happening is Happening.INCIDENT_CLOSED:
        return "My usage"
    if of.happening.is_of_account:
        return "My account"
    if of.happening is Happening.COPY_FOUND:
        return "Documents"
    return "Conversation" if of.details.get("conversation") else ""


def icon(of: Notification) -> str:
    """Return the icon of what happened."""
    return f":material/{ICONS[of.happening]}:"


def _day(details: Mapping[str, str]) -> str:
    """Return `3 Mar 2026` of the day that the details name."""
    try:
        return short_date(date.fromisoformat(details.get("day", "")))
    except ValueError:
        return "an earlier day"


def _others(details: Mapping[str, str]) -> str:
    """Return `, nor on 2 other answers` where more answers were made from the same passage."""
    number = details.get("answers", "")
    others = int(number) - 1 if number.isdigit() else 0
    return f", nor on {words.count(others, 'other answer')} from it" if others > 0 else ""


def _state(value: str) -> str:
    known = {status.value: word for status, word in idea_words.STATES.items()}
    return known.get(value, value)


def _risk(value: str) -> str:
    known = {risk.value: word for risk, word in idea_words.RISKS.items()}
    return known.get(value, value)


def _number(value: object) -> str:
    return label_of(int(str(value))) if str(value).isdigit() else "another idea"
