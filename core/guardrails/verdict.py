"""What the checks on text report."""

from dataclasses import dataclass
from enum import StrEnum


class FindingKind(StrEnum):
    """What was found in a text."""

    INVISIBLE = "invisible"
    INJECTION = "injection"
    PERSONAL_DATA = "personal_data"
    SECRET = "secret"  # noqa: S105 - the name of a category


@dataclass(frozen=True, slots=True)
class Finding:
    """One hit of a check.

    `rule` names what matched (such as "override" or "email"); `start` and `end` are character
    offsets into the checked text, both 0 where a hit has no place in it.
    """

    kind: FindingKind
    rule: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class GuardVerdict:
    """The text to go on with, what was found in it, and why it may not go on (or None)."""

    text: str
    findings: tuple[Finding, ...] = ()
    blocked_reason: str | None = None

    @property
    def is_blocked(self) -> bool:
        return self.blocked_reason is not None

    def found(self, kind: FindingKind) -> tuple[Finding, ...]:
        """The findings of one kind."""
        return tuple(finding for finding in self.findings if finding.kind is kind)
