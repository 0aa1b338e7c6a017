"""What happens to personal data and secrets before a text leaves for a provider."""

from dataclasses import dataclass
from enum import StrEnum


class GuardMode(StrEnum):
    """What happens to values of a kind in a text that leaves.

    MASK puts placeholders in their place, BLOCK sends no question that holds one, has no document
    embedded that does, and masks them in everything else, WARN sends them and says so, OFF sends
    them.
    """

    MASK = "mask"
    BLOCK = "block"
    WARN = "warn"
    OFF = "off"

    @property
    def hides(self) -> bool:
        """Whether such values never leave."""
        return self in (GuardMode.MASK, GuardMode.BLOCK)


class GuardedData(StrEnum):
    """The kinds of values that an operator chooses a mode for."""

    SECRETS = "secrets"
    PERSONAL_DATA = "personal_data"
    NAMES = "names"


@dataclass(frozen=True, slots=True)
class GuardPolicy:
    """The modes for one provider."""

    secrets: GuardMode = GuardMode.MASK
    personal_data: GuardMode = GuardMode.MASK
    names: GuardMode = GuardMode.MASK

    @property
    def blocks(self) -> bool:
        """Whether values of any kind block."""
        return GuardMode.BLOCK in (self.secrets, self.personal_data, self.names)

    def mode(self, data: GuardedData) -> GuardMode:
        """Return the mode for values of this kind."""
        match data:
            case GuardedData.SECRETS:
                return self.secrets
            case GuardedData.PERSONAL_DATA:
                return self.personal_data
            case GuardedData.NAMES:
                return self.names


MASK_ALL = GuardPolicy()
"""The policy of every provider that nothing else is set for."""
