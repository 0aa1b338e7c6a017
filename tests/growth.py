"""How work grows with its input: what a busy machine cannot change, unlike time."""

from collections.abc import Callable
from time import thread_time

ROUNDS = 3


def growth(work: Callable[[int], object], small: int, large: int) -> float:
    """Return how many times more processor time `large` takes than `small`.

    The least of three rounds of each counts. Only the time of this thread is seen, so what other
    programs do at the same moment does not matter. A linear function gives about `large / small`,
    a quadratic one the square of it.
    """
    least = dict.fromkeys((small, large), float("inf"))
    work(small)  # reads what is read only once
    for _ in range(ROUNDS):
        for size in least:
            started = thread_time()
            work(size)
            least[size] = min(least[size], thread_time() - started)
    return least[large] / max(least[small], 1e-4)
