"""Counts what of a file was not read, by what it is, to be said at the document."""

from collections import Counter

from core.domain.knowledge import LeftOut

FILES = "attached files"


class Unread(Counter[str]):
    """How many parts of each kind were not read."""

    def left_out(self, *others: LeftOut) -> tuple[LeftOut, ...]:
        """All that was not read, each kind once; `others` were counted elsewhere and come first."""
        counts: Counter[str] = Counter()
        for part in others:
            counts[part.what] += part.count
        counts.update(self)
        return tuple(LeftOut(kind, count) for kind, count in counts.items() if count)
