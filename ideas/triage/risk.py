"""The order of risk classes, from the least to the gravest."""

from core.domain.ideas.triage import RiskClass

ORDER = (
    RiskClass.MINIMAL,
    RiskClass.TRANSPARENCY,
    RiskClass.HIGH,
    RiskClass.NEEDS_COUNSEL,
    RiskClass.PROHIBITED,
)
"""NEEDS_COUNSEL stands above HIGH: what nobody could answer may turn out to be prohibited."""


def gravity(risk: RiskClass) -> int:
    """Return the place in the order, 0 for the least."""
    return ORDER.index(risk)


def gravest(*classes: RiskClass) -> RiskClass:
    """Return the gravest of these classes, MINIMAL for none."""
    return max(classes, key=gravity, default=RiskClass.MINIMAL)
