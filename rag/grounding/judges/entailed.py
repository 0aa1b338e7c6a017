"""Judges support with a model of entailment, for what words alone do not settle."""

from collections.abc import Sequence

from core.domain.answers import Support
from core.domain.ports import EntailmentModel
from rag.grounding.amounts import wrong_figure
from rag.grounding.evidence import gather
from rag.grounding.statements import statement_of
from rag.grounding.verdicts import Claim, Judgement, Verdict

# Probability from which a class is more likely than the other two together.
DECIDED = 0.5


class NliJudge:
    """A judge that asks a model whether the evidence entails the sentence.

    Models of entailment read "30 days" and "35 days" as nearly the same. A wrong figure is
    therefore unsupported whatever they say.
    """

    def __init__(self, model: EntailmentModel) -> None:
        self._model = model

    def judge(self, claims: Sequence[Claim]) -> Judgement:
        """Return a verdict on each claim; all are scored in one batch."""
        scores = self._model.entailment([(_premise(claim), claim.sentence) for claim in claims])
        return Judgement(
            tuple(
                _figures(claim) or _verdict(score.entailment, score.contradiction)
                for claim, score in zip(claims, scores, strict=True)
            )
        )


def _premise(claim: Claim) -> str:
    """Return the sentences that the claim rests on: the models are trained on short texts."""
    evidence = gather(statement_of(" ".join(claim.sentence.split())), claim.passages)
    return " ".join(" ".join(unit.text.split()) for unit in evidence.units)


def _figures(claim: Claim) -> Verdict | None:
    statement = statement_of(" ".join(claim.sentence.split()))
    verdict = wrong_figure(statement, gather(statement, claim.passages))
    return verdict if verdict and verdict.support is Support.UNSUPPORTED else None


def _verdict(entailment: float, contradiction: float) -> Verdict:
    if entailment >= DECIDED:
        return Verdict(Support.SUPPORTED)
    if contradiction >= DECIDED:
        return Verdict(Support.UNSUPPORTED, "the cited passages say otherwise")
    return Verdict(Support.WEAK, "the cited passages do not clearly say this")
