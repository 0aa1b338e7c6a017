"""All that identity providers, and administrators for them, can do."""

from collections.abc import Callable
from dataclasses import dataclass

from admin.provisioning.administrators import AdministratorGroup
from admin.provisioning.adoption import Adoption
from admin.provisioning.groups import ProvisionedGroups
from admin.provisioning.people import ProvisionedPeople
from admin.provisioning.tokens import ScimTokens
from core.storage.database import Database


@dataclass(frozen=True, slots=True)
class ScimServices:
    """The services of provisioning."""

    tokens: ScimTokens
    adoption: Adoption
    people: ProvisionedPeople
    groups: ProvisionedGroups

    @classmethod
    def on(
        cls,
        database: Database,
        *,
        administrator_group: str,
        names_changed: Callable[[], None],
        origin: Callable[[str], str],
    ) -> "ScimServices":
        """Build them on a database."""
        administrators = AdministratorGroup(administrator_group)
        return cls(
            ScimTokens(database, origin=origin),
            Adoption(database),
            ProvisionedPeople(database, administrators=administrators, names_changed=names_changed),
            ProvisionedGroups(database, administrators=administrators),
        )
