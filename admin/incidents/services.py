"""All that people and administrators can do with incidents."""

from dataclasses import dataclass

from admin.incidents.reporting import IncidentReports
from admin.incidents.triage import IncidentTriage
from core.storage.database import Database


@dataclass(frozen=True, slots=True)
class IncidentServices:
    """The services of incidents."""

    reports: IncidentReports
    triage: IncidentTriage

    @classmethod
    def on(cls, database: Database) -> "IncidentServices":
        """Build them on a database."""
        return cls(IncidentReports(database), IncidentTriage(database))
