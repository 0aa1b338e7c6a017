"""Findings of the upload checks, and what they mean for the handling of a document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.domain.knowledge import Sensitivity

EXCERPT_CHARS = 240
CONTACTS = frozenset({"email", "phone", "ip"})
"""Rules that match the contact details in any business letter."""
MANY_CONTACTS = 20
"""From this many on, a document is a list of people rather than a letter with a signature."""


class ScreeningKind(StrEnum):
    """The kinds of findings."""

    HIDDEN_TEXT = "hidden_text"
    INVISIBLE = "invisible"
    INJECTION = "injection"
    PERSONAL_DATA = "personal_data"
    SECRET = "secret"  # noqa: S105 - the name of a category
    COPY = "copy"
    """Words of a document that was quarantined or withdrawn before."""


class Poison(StrEnum):
    """Why fingerprints of a passage are kept."""

    HELD_BACK = "held_back"
    """The checks at the door held it back, and nobody released it."""
    MISLEADING = "misleading"
    """An administrator withdrew it."""


class Severity(StrEnum):
    """The attention that a finding deserves."""

    ROUTINE = "routine"
    """Worth knowing, nothing to do: contact details in a letter."""
    NOTICE = "notice"
    """Somebody should look at it; the document answers meanwhile."""
    BLOCKING = "blocking"
    """Held back until an administrator has decided."""


@dataclass(frozen=True, slots=True)
class ScreeningFinding:
    """The matches of one rule on one page, `count` in number.

    `excerpt` shows the first match, in at most 240 characters, with personal data and secrets
    masked; `excerpt[start:end]` is the match itself, both 0 where the excerpt does not show it.
    `original_id` is the document that a copy resembles, and `original` its title, "" once it is
    gone.
    """

    page: int
    kind: ScreeningKind
    rule: str
    count: int
    excerpt: str
    is_blocking: bool = False
    start: int = 0
    end: int = 0
    original_id: str = ""
    original: str = ""

    @property
    def severity(self) -> Severity:
        if self.is_blocking:
            return Severity.BLOCKING
        is_contact = self.kind is ScreeningKind.PERSONAL_DATA and self.rule in CONTACTS
        return Severity.ROUTINE if is_contact and self.count < MANY_CONTACTS else Severity.NOTICE


def finding_from(values: Mapping[str, Any]) -> ScreeningFinding:  # Any: JSON
    """Return the finding from the JSON that was made of it with `dataclasses.asdict`."""
    return ScreeningFinding(**{**values, "kind": ScreeningKind(values["kind"])})


def has_blocking(findings: Sequence[ScreeningFinding]) -> bool:
    """Return whether an administrator has to decide before the document may answer."""
    return any(finding.is_blocking for finding in findings)


def suggested_classification(findings: Sequence[ScreeningFinding]) -> Sensitivity:
    """Suggest the lowest class that suits the findings; a person decides.

    A secret makes it restricted; account, card and identity numbers, or the contact details of many
    people, confidential; a few contact details internal.
    """
    kinds = {finding.kind for finding in findings}
    personal = [f for f in findings if f.kind is ScreeningKind.PERSONAL_DATA]
    if ScreeningKind.SECRET in kinds:
        return Sensitivity.RESTRICTED
    if any(finding.severity is not Severity.ROUTINE for finding in personal):
        return Sensitivity.CONFIDENTIAL
    return Sensitivity.INTERNAL if personal else Sensitivity.PUBLIC
