"""Words of the page Audit."""

from collections.abc import Mapping
from typing import assert_never

from core.storage.audit.checking import ChainReport, Damage, Finding
from ui import words
from ui.audit.actions import ACTIONS

INTRODUCTION = (
    "Who did what, when and from where, without any content. Entries can only be added, and each "
    "is sealed with the one before it."
)
KINDS = {
    "": "Everything",
    "session.": "Signing in and out",
    "sign_in.": "Delayed sign-ins",
    "password": "Passwords and links",
    "second_factor.": "Second factors",
    "identity.": "Company accounts",
    "person.": "People",
    "group.": "Groups",
    "scim_token.": "Provisioning tokens",
    "collection.": "Collections and who reads them",
    "document.": "Documents",
    "attachment.": "Files of conversations",
    "conversation": "Conversations",
    "question.": "Flagged questions",
    "gap.": "Knowledge gaps",
    "usage.": "Questions read by administrators",
    "idea": "Ideas",
    "access.": "Refused access",
    "terminal.": "Read in the terminal",
    "audit.": "The audit log itself",
}
"""Beginnings of actions, as they are chosen."""

ACTIONS = {
    "session.opened": "Signed in",
    "session.ended": "Ended a session",
    "session.all_ended": "Ended all sessions",
    "session.others_ended": "Ended all other sessions",
    "session.confirmed": "Entered the password again",
    "session.emergency": "Signed in with an emergency account",
    "sign_in.slowed": "Sign-in delayed",
    "sign_in.freed": "Ended a delay",
    "password.changed": "Changed the own password",
    "password.reset": "Set a password",
    "password_link.created": "Made a password link",
    "password_link.used": "Used a password link",
    "setup_link.created": "Made the set-up link",
    "setup_link.used": "Used the set-up link",
    "second_factor.added": "Set up a second factor",
    "second_factor.removed": "Removed a second factor",
    "second_factor.checked": "Entered a code",
    "second_factor.recovered": "Used a recovery code",
    "second_factor.codes_renewed": "Made new recovery codes",
    "identity.connected": "Connected a company account",
    "identity.added": "Connected a company account for a person",
    "identity.removed": "Disconnected a company account",
    "person.added": "Added a person",
    "person.role_changed": "Changed a role",
    "person.groups_changed": "Changed groups of a person",
    "person.changed": "Changed a person’s name or address",
    "person.deprovisioned": "Deleted a person by provisioning",
    "person.provisioned": "Handed a person over to provisioning",
    "person.taken_back": "Took a person back from provisioning",
    "person.emergency_changed": "Changed an emergency account",
    "person.activated": "Activated an account",
    "person.deactivated": "Deactivated an account",
    "person.erasure_begun": "Began to erase a person",
    "person.erased": "Erased a person",
    "own_data.exported": "Exported their own data",
    "hold.placed": "Placed a legal hold",
    "hold.released": "Released a legal hold",
    "retention.changed": "Changed a retention period",
    "retention.run": "Deleted what was due",
    "retention.hidden": "Deleted conversations for good",
    "group.added": "Added a group",
    "group.renamed": "Renamed a group",
    "group.removed": "Removed a group",
    "group.provisioned": "Handed a group over to provisioning",
    "group.taken_back": "Took a group back from provisioning",
    "scim_token.added": "Made a provisioning token",
    "scim_token.revoked": "Revoked a provisioning token",
    "scim_token.used": "Showed a provisioning token",
    "collection.added": "Added a collection",
    "collection.renamed": "Renamed a collection",
    "collection.access_changed": "Changed who reads a collection",
    "collection.owner_changed": "Changed the owner of a collection",
    "collection.delete": "Deleted a collection",
    "document.upload": "Uploaded documents",
    "document.downloaded": "Downloaded an original",
    "document.delete": "Deleted a document",
    "document.erase": "Erased a document",
    "document.release": "Released a document",
    "document.reject": "Rejected a document",
    "document.roll_back": "Rolled a document back",
    "attachment.added": "Attached files to a conversation",
    "attachment.expired": "Attached files deleted after their time",
    "attachment.removed": "Removed a file from a conversation",
    "attachment.terms_changed": "Changed what may be attached to conversations",
    "conversation.start": "Started a conversation",
    "conversation.delete": "Deleted a conversation",
    "conversation.restored": "Brought a conversation back",
    "conversation.exported": "Exported a conversation",
    "conversations.exported": "Exported all conversations of a person",
    "conversations.deleted": "Deleted all conversations of a person",
    "question.flagged": "Question flagged",
    "usage.read_people": "Looked at figures of single people",
    "usage.read_questions": "Read questions of others",
    "gap.read": "Looked at knowledge gaps",
    "gap.read_questions": "Read all questions of a topic",
    "ideas.exported": "Exported what a person did with ideas",
    "ideas.erased": "Took a person out of all ideas",
    "idea.export": "Exported ideas",
    "idea.file_downloaded": "Downloaded a file of an idea",
    "access.refused": "Was refused access",
    "terminal.read": "Read in the terminal",
    "audit.exported": "Exported the audit log",
    "audit.sealed": "Sealed earlier entries",
    "audit.accepted": "Accepted the audit log as it is",
}


def action(code: str) -> str:
    """Return what was done; of an action without words of its own, its name."""
    return ACTIONS.get(code) or code.replace(".", ": ", 1).replace("_", " ").capitalize()


def origin(kept: str) -> str:
    """Return where an event came from."""
    kind, _, value = kept.partition(":")
    match kind:
        case "os":
            return f"This machine, {value}"
        case "net":
            return f"Address {value[:8]}"
        case _:
            return ""


def details(kept: Mapping[str, object], names: Mapping[str, str]) -> str:
    """Return the details in one line, with names for the ids that are known."""
    return ", ".join(f"{key.replace('_', ' ')}: {_value(kept[key], names)}" for key in kept)


def _value(value: object, names: Mapping[str, str]) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case str():
            return ", ".join(names.get(part, part) for part in value.split()) or "none"
        case None:
            return "none"
        case _:
            return str(value)


def state(report: ChainReport) -> str:
    """Return the sentence on a check."""
    entries = words.count(report.entries, "entry", "entries")
    if report.is_whole:
        return f"The log is whole: {entries}, none changed, removed or added later."
    named = words.count(report.damaged, "problem")
    return (
        f"The log is not what it was: {named} in {entries}. Keep a copy of the database and tell "
        "whoever is responsible for security."
    )


def finding(one: Finding) -> str:
    """Return the sentence on one problem."""
    match one.damage:
        case Damage.CHANGED:
            return f"Entry {one.number} was changed."
        case Damage.REMOVED:
            return f"Entry {one.number} was removed."
        case Damage.DETACHED:
            return f"Entry {one.number} does not follow the one before it."
        case Damage.UNSEALED:
            return f"Event {one.event_id} was added without a seal."
        case Damage.OTHER_KEY:
            return f"Entry {one.number} was sealed with another key."
        case Damage.CUT:
            return f"The end is missing, from entry {one.number} on."
        case Damage.OTHER_HEAD:
            return f"Entry {one.number} is not the one that was kept as the newest."
        case Damage.NO_HEAD:
            return "The file that keeps the newest seal is missing."
    assert_never(one.damage)
