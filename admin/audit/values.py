"""What the audit log tells, and what is asked of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One event; `actor` is an e-mail address, `SCIM token` and its name, or the id of who is gone.

    It is empty for the terminal and the program itself. `origin` is `os:` and the account of the
    machine, or `net:` and the keyed hash of an address. `details` holds ids and counts.
    """

    id: int
    at: datetime
    actor: str
    action: str
    object_id: str
    outcome: str
    origin: str
    details: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """A selection of events; an empty text means all.

    `action` may be the beginning of one. `object_id` is a whole id, of an object or of anything
    that the details name. `until` is no longer included.
    """

    action: str = ""
    actor_id: str | None = None
    object_id: str = ""
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody opened or exported a person's texts; `reader` is a name, as the person sees it."""

    at: datetime
    reader: str
    action: str
