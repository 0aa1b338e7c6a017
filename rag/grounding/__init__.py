"""Marks each sentence of an answer as supported, weak or unsupported by the passages it cites."""

from rag.grounding.answer import Grounding, ground, grounding
from rag.grounding.verdicts import Claim, Judgement, SupportJudge, Verdict

__all__ = [
    "Claim",
    "Grounding",
    "Judgement",
    "SupportJudge",
    "Verdict",
    "ground",
    "grounding",
]
