"""Builds the services of privacy."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from admin.privacy.erasure import PersonErasure, Surroundings
from admin.privacy.holds import LegalHolds
from admin.privacy.own_data import OwnData, Record, Sources
from admin.privacy.retention import Retention
from admin.usage.days import UsageDays
from bootstrap.search import Stores
from core.domain.identity import User
from core.settings import Settings
from core.storage.audit.key import SecretKey
from ideas.life.personal import PersonalIdeas


@dataclass(frozen=True, slots=True)
class PrivacyServices:
    """What is kept how long, what nothing may delete, and what people can do with their data."""

    erasure: PersonErasure
    holds: LegalHolds
    retention: Retention
    own_data: OwnData


def build_privacy(
    settings: Settings,
    stores: Stores,
    *,
    ideas: PersonalIdeas,
    days: UsageDays,
    key: SecretKey,
    end_answers: Callable[[str], int],
    conversations: Callable[[User], Iterable[Record]],
) -> PrivacyServices:
    """Build the services; `key` keeps names encrypted while an erasure is under way."""
    around = Surroundings(settings.data_dir, (settings.models_dir,), end_answers)
    return PrivacyServices(
        PersonErasure(stores.database, (ideas,), key, around),
        LegalHolds(stores.database),
        Retention(
            stores.database,
            days,
            ideas.drop_drafts,
            undo=timedelta(minutes=settings.privacy.undo_minutes),
        ),
        OwnData(stores.database, Sources(conversations, ideas.records)),
    )
