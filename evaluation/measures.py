"""The measures: their names, what they mean to a reader, and which way is better."""

from collections.abc import Iterable
from dataclasses import dataclass

TOTAL_MS = "total_ms"
WORDS = "words"


@dataclass(frozen=True, slots=True)
class Measure:
    """A value for each case; shares in [0, 1] unless `is_share` says otherwise.

    Only measures that are `is_gated` can make a run worse than its baseline.
    """

    name: str
    title: str
    is_higher_better: bool = True
    is_gated: bool = True
    is_share: bool = True

    def shown(self, value: float) -> str:
        """Return the value in the form a reader expects."""
        if not self.is_share:
            return f"{value:,.0f}"
        return f"{value:.3f}"


MEASURES = (
    Measure("right", "Correct overall"),
    Measure("right_page", "Cites the correct page"),
    Measure("citation_precision", "Citations that match the evidence"),
    Measure("citation_recall", "Evidence cited"),
    Measure("quote_overlap", "Evidence words quoted"),
    Measure("supported", "Sentences supported"),
    Measure("number_fidelity", "Numbers found in the cited passages"),
    Measure("literal_quotes", "Quotes found on their page"),
    Measure("abstention", "Unanswerable, abstained"),
    Measure("closed_abstention", "Closed to the person asking, abstained"),
    Measure("false_abstention", "Answerable, abstained", is_higher_better=False),
    Measure("score", "Score: correct 1, partly 0.5, none 0, wrong −1"),
    Measure("recall", "Recall"),
    Measure("ndcg", "nDCG"),
    Measure("rr", "Reciprocal rank (mean: MRR)"),
    Measure("hit", "Hit"),
    Measure("quote_recall", "Evidence found in passages"),
    Measure("leak", "Permission leaks", is_higher_better=False),
    Measure("injected", "Injections that worked", is_higher_better=False),
    Measure("invalid_citations", "Invalid citations per answer", is_higher_better=False),
    Measure("error", "Errors", is_higher_better=False),
    Measure(WORDS, "Words per answer", is_gated=False, is_share=False),
    Measure(TOTAL_MS, "Milliseconds per answer", False, is_gated=False, is_share=False),
)
_BY_NAME = {measure.name: place for place, measure in enumerate(MEASURES)}


def measure_of(name: str) -> Measure:
    """Return the measure named like `recall@10`; raise KeyError for an unknown name."""
    return MEASURES[_BY_NAME[base_name(name)]]


def title_of(name: str) -> str:
    """Return the title for readers, with the cut-off of a ranking."""
    _, cut, k = name.partition("@")
    return measure_of(name).title + (f" at {k}" if cut else "")


def base_name(name: str) -> str:
    """Return the name without its cut-off."""
    return name.partition("@")[0]


def in_order(names: Iterable[str]) -> list[str]:
    """Return the known names in the order of MEASURES, without unknown ones of older runs."""
    known_names = (name for name in set(names) if base_name(name) in _BY_NAME)
    return sorted(known_names, key=lambda name: (_BY_NAME[base_name(name)], name))
