"""The hidden text of office files, as far as anybody would look through it."""

from collections.abc import Iterable, Iterator

from core.domain.knowledge import HiddenText
from ingestion.parsers.building import one_line

NOT_DISPLAYED, WHITE = "not displayed", "white"
MAX_TEXTS, MAX_LENGTH = 100, 2_000


def hidden_texts(page: int, parts: Iterable[tuple[str, str]]) -> Iterator[HiddenText]:
    """Yield the (kind, words) of one page, joined by kind and cut at 2,000 characters."""
    by_kind: dict[str, list[str]] = {}
    for kind, words in parts:
        if words.strip():
            by_kind.setdefault(kind, []).append(one_line(words))
    for kind, texts in by_kind.items():
        together = " ".join(texts)[: MAX_TEXTS * MAX_LENGTH]
        for start in range(0, len(together), MAX_LENGTH):
            yield HiddenText(page, kind, together[start : start + MAX_LENGTH])
