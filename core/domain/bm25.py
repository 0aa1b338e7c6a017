"""The weight that BM25 gives a word."""

import math


def inverse_document_frequency(count: int, holding: int) -> float:
    """Return the weight of a word: ln(1 + (N - n + 0.5) / (n + 0.5)).

    `count` (N) is the number of passages, `holding` (n) that of those with the word.
    """
    return math.log(1 + (count - holding + 0.5) / (holding + 0.5))
