"""Tells orders to a language model by rules, and by a classifier where one is set.

Both are asked through one interface, and their verdicts become one score.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.ports import InjectionClassifier
from core.guardrails.injection import find_injections
from core.guardrails.orders.phrases import Injection

CLASSIFIER = "classifier"
"""The rule that a classifier's finding has."""
RULES_PRECISION = 0.99
"""How sure a hit of the rules is: 1 of 834 harmless texts has one, see benchmarks/results."""
THRESHOLD = 0.8
WINDOW_CHARS, STEP_CHARS = 1_200, 900
"""What a classifier reads at once, about 300 tokens, and how far the next part begins behind it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is thought of one text: the hits of the rules, and a score from 0 to 1."""

    hits: tuple[Injection, ...]
    score: float
    is_flagged: bool


class InjectionDetector:
    """The rules, and the classifier if there is one; it flags texts from `threshold` on."""

    def __init__(
        self, classifier: InjectionClassifier | None = None, threshold: float = THRESHOLD
    ) -> None:
        self._classifier = classifier
        self._threshold = threshold

    def judge(self, texts: Sequence[str]) -> list[Verdict]:
        """Return a verdict for each text, in order; raise ConfigurationError as the classifier."""
        probabilities = self._probabilities(texts)
        return [
            self._verdict(find_injections(text), probability)
            for text, probability in zip(texts, probabilities, strict=True)
        ]

    def _verdict(self, hits: tuple[Injection, ...], probability: float) -> Verdict:
        """Combine both as independent witnesses: it is harmless only if both are wrong."""
        by_rules = RULES_PRECISION if hits else 0.0
        score = 1 - (1 - by_rules) * (1 - probability)
        return Verdict(hits, score, bool(hits) or score >= self._threshold)

    def _probabilities(self, texts: Sequence[str]) -> list[float]:
        """Return the classifier's probability for each text, that of its worst part."""
        if self._classifier is None:
            return [0.0] * len(texts)
        parts = [(place, part) for place, text in enumerate(texts) for part in _parts(text)]
        worst = [0.0] * len(texts)
        scores = self._classifier.probabilities([part for _, part in parts])
        for (place, _), score in zip(parts, scores, strict=True):
            worst[place] = max(worst[place], score)
        return worst


def _parts(text: str) -> list[str]:
    last = max(len(text) - WINDOW_CHARS, 0)
    starts = [*range(0, last, STEP_CHARS), last]
    return [text[start : start + WINDOW_CHARS] for start in starts]
