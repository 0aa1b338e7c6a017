"""What people may attach to their conversations, as administrators allow it."""

from core.domain.access import require_admin
from core.domain.governance.attachments import (
    MOST_DAYS,
    MOST_FILES,
    MOST_MEGABYTES,
    AttachmentTerms,
    AttachmentTotals,
)
from core.domain.identity import User
from core.errors import InvalidFields
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.privacy.attachments import set_terms, terms_in_force, totals


class AttachmentRules:
    """The terms of attachments, and how much is attached; nobody else's file is ever shown."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def current(self, actor: User) -> AttachmentTerms:
        """Return what is allowed now; administrators only."""
        require_admin(actor)
        with self._database.read() as session:
            return terms_in_force(session)

    def change(self, actor: User, rules: AttachmentTerms) -> None:
        """Allow something else from now on; files that are attached get the new class.

        Turning attachments off keeps what is there: it can still be asked and removed. Raises
        InvalidFields.
        """
        require_admin(actor)
        _require_valid(rules)
        with self._database.begin() as session:
            before = terms_in_force(session)
            set_terms(session, rules, actor.id or None)
            record_event(
                session,
                actor,
                "attachment.terms_changed",
                was_on=before.is_on,
                is_on=rules.is_on,
                classification=rules.classification.value,
                max_megabytes=rules.max_megabytes,
                max_files=rules.max_files,
                days_kept=rules.days_kept,
            )

    def totals(self, actor: User) -> AttachmentTotals:
        """Return how many files are attached in all conversations; administrators only."""
        require_admin(actor)
        with self._database.read() as session:
            return totals(session)


def _require_valid(rules: AttachmentTerms) -> None:
    limits = {
        "max_megabytes": (rules.max_megabytes, 1, MOST_MEGABYTES),
        "max_files": (rules.max_files, 1, MOST_FILES),
        "days_kept": (rules.days_kept, 0, MOST_DAYS),
    }
    problems = {
        name: f"Enter a number from {least} to {most:,}."
        for name, (value, least, most) in limits.items()
        if not least <= value <= most
    }
    if problems:
        raise InvalidFields(problems)
