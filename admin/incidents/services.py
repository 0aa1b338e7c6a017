"""All that people and administrators can do with incidents."""

from dataclasses import dataclass

from admin.incidents.reporting import IncidentReports
from admin.incidents.triage import IncidentTriage
from admin.incidents.withdrawals import KeepPoison, Withdrawals
from core.storage.database import Database


@dataclass(frozen=True, slots=True)
class IncidentServices:
    """The services of incidents."""

    reports: IncidentReports
    triage: IncidentTriage
    withdrawals: Withdrawals

    @classmethod
    def on(cls, database: Database, keep: KeepPoison) -> "IncidentServices":
        """Build them on a database; `keep` remembers passages that are withdrawn."""
        return cls(IncidentReports(database), IncidentTriage(database), Withdrawals(database, keep))
