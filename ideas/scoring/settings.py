"""The weights of reviews and the cuts of the matrix, which administrators change."""

from dataclasses import dataclass

from core.domain.access import require_active, require_admin
from core.domain.clock import now
from core.domain.ideas.criteria import CriteriaSet, checked
from core.domain.identity import User
from core.errors import Conflict
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.tables import IdeaSettingRow
from ideas.scoring.criteria import shipped_criteria, written_criteria
from ideas.scoring.rescoring import SETTING, criteria_in_use, rescore_all


@dataclass(frozen=True, slots=True)
class StoredCriteria:
    """The criteria in use; `version` is 0 while they are those of the product."""

    criteria: CriteriaSet
    version: int


class ScoringSettings:
    """Reads and changes what reviewers score."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, user: User) -> StoredCriteria:
        """Return the criteria in use."""
        require_active(user)
        with self._database.read() as session:
            row = session.get(IdeaSettingRow, SETTING)
            return StoredCriteria(criteria_in_use(session), row.row_version if row else 0)

    def save(self, user: User, criteria: CriteriaSet, version: int) -> StoredCriteria:
        """Store the criteria, and write the scores of all ideas anew in the same transaction.

        Raises AccessDenied, InvalidInput naming what is wrong, and Conflict if somebody changed
        them after `version`.
        """
        require_admin(user)
        checked(criteria)
        with self._database.begin() as session:
            row = session.get(IdeaSettingRow, SETTING, with_for_update=True)
            if (row.row_version if row else 0) != version:
                raise Conflict(
                    "Someone changed the weights after you opened them. Nothing was saved: look "
                    "at them again, then repeat your change."
                )
            row = row or IdeaSettingRow(name=SETTING, row_version=0)
            row.value, row.row_version = written_criteria(criteria), version + 1
            row.changed_by, row.changed_at = user.id or None, now()
            session.add(row)
            session.flush()
            rescored = rescore_all(session)
            record_event(session, user, "idea_criteria.save", ideas=rescored)
        return StoredCriteria(criteria, version + 1)

    def shipped(self, user: User) -> CriteriaSet:
        """Return the criteria that the product comes with, to go back to."""
        require_active(user)
        return shipped_criteria()
