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
