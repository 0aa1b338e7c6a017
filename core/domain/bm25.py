"""What BM25 needs to know of a word."""

import math


def inverse_document_frequency(count: int, holding: int) -> float:
    """BM25's weight of a word that `holding` of `count` passages hold: ln(1 + (N-n+.5)/(n+.5))."""
    return math.log(1 + (count - holding + 0.5) / (holding + 0.5))
