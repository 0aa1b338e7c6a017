"""All that people and administrators can do with data of people."""

from dataclasses import dataclass
from datetime import timedelta

from admin.privacy.erasure import PersonalRoom, PersonErasure, Surroundings
from admin.privacy.expiry import DropDrafts
from admin.privacy.holds import LegalHolds
from admin.privacy.own_data import OwnData, Sources
from admin.privacy.retention import Retention
from admin.usage.days import UsageDays
from core.storage.audit.key import SecretKey
from core.storage.database import Database


@dataclass(frozen=True, slots=True)
class Parts:
    """What other rooms do with data of people.

    `undo` is how long the deletion of a conversation can be undone, `key` keeps names encrypted
    while an erasure is under way.
    """

    rooms: tuple[PersonalRoom, ...]
    sources: Sources
    drop_drafts: DropDrafts
    days: UsageDays
    key: SecretKey
    undo: timedelta


@dataclass(frozen=True, slots=True)
class PrivacyServices:
    """The services of privacy."""

    erasure: PersonErasure
    holds: LegalHolds
    retention: Retention
    own_data: OwnData

    @classmethod
    def on(cls, database: Database, parts: Parts, around: Surroundings) -> "PrivacyServices":
        """Build them on a database."""
        return cls(
            PersonErasure(database, parts.rooms, parts.key, around),
            LegalHolds(database),
            Retention(database, parts.days, parts.drop_drafts, undo=parts.undo),
            OwnData(database, parts.sources),
        )
