"""How close a passage comes to a question, in steps that have a name on screen."""

from enum import StrEnum

# Cosine similarities of the default embedding model. On the sample questions the cited passages
# lie at 0.33 to 0.70 (10th to 90th percentile, median 0.53); the best passage for each of ten
# questions about other matters (recipes, films, sports) stays below 0.30.
VERY_CLOSE, CLOSE, RELATED = 0.6, 0.45, 0.3


class Closeness(StrEnum):
    """A step of closeness, from nearest to farthest.

    `WORDS_ONLY` is a passage that shares words with the question and was not among the nearest.
    """

    VERY_CLOSE = "very close"
    CLOSE = "close"
    RELATED = "related"
    FAR = "far"
    WORDS_ONLY = "words only"


def closeness(similarity: float | None) -> Closeness:
    """Return the step of a cosine similarity in [-1, 1]; None where the vector index found none."""
    if similarity is None:
        return Closeness.WORDS_ONLY
    if similarity >= VERY_CLOSE:
        return Closeness.VERY_CLOSE
    if similarity >= CLOSE:
        return Closeness.CLOSE
    return Closeness.RELATED if similarity >= RELATED else Closeness.FAR
