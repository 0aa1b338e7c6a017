"""The parts of a file that were not read, counted by kind to be noted with the document."""

from collections import Counter

from core.domain.knowledge import LeftOut

FILES = "attached files"


class Unread(Counter[str]):
    """The number of parts of each kind that were not read."""

    def left_out(self, *others: LeftOut) -> tuple[LeftOut, ...]:
        """Return all that was not read, by kind; `others`, counted elsewhere, come first."""
        counts: Counter[str] = Counter()
        for part in others:
            counts[part.what] += part.count
        counts.update(self)
        return tuple(LeftOut(kind, count) for kind, count in counts.items() if count)
