"""The result of the checks on a question."""

from dataclasses import dataclass

from core.domain.screening import ScreeningKind


@dataclass(frozen=True, slots=True)
class Finding:
    """One hit of a check.

    `rule` names what matched (such as "override" or "email"); `start` and `end` are character
    offsets into the checked text, both 0 where a hit has no place in it.
    """

    kind: ScreeningKind
    rule: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class ScreenedQuestion:
    """The question to go on with, what was found in it, and why it may not go on (or None)."""

    text: str
    findings: tuple[Finding, ...] = ()
    blocked_reason: str | None = None

    @property
    def is_blocked(self) -> bool:
        return self.blocked_reason is not None

    def found(self, kind: ScreeningKind) -> tuple[Finding, ...]:
        """Return the findings of one kind."""
        return tuple(finding for finding in self.findings if finding.kind is kind)
