"""Measures which citations are repaired, and whether rightly: `python -m benchmarks.repairs`.

Sentences of documents, some with a planted fault, cite one of eight passages: that of the sentence
and the seven that are nearest by words, all of which a model was given. Reads the sample documents,
or what `--documents` names. Writes benchmarks/results/repairs.md.
"""

import argparse
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

from benchmarks.grounding import SAMPLES, SEED, load_passages
from benchmarks.material.faults import FAITHFUL, FAULTS, Case, Kind, SourcePassage, plant
from benchmarks.material.place import RESULTS
from core.domain.bm25 import inverse_document_frequency
from rag.grounding.repair import GivenPassage, SourceRepair
from rag.grounding.statements import statement_of

RESULTS_FILE = RESULTS / "repairs.md"
PER_KIND = 50
GIVEN = 8
# Share of its pairs of words from which a passage has a sentence too: documents repeat themselves.
SAME_WORDS = 0.6


class Cited(StrEnum):
    """What a sentence cites."""

    ITS_OWN = "its own passage"
    ANOTHER = "another passage"
    NONE = "a number that does not exist"


class Outcome(StrEnum):
    """What became of a citation."""

    KEPT = "kept"
    RIGHT = "to its passage"
    COPY = "to one with the same words"
    WRONG = "to another"


@dataclass(frozen=True, slots=True)
class Repaired:
    """A sentence with what it cites, and what became of that."""

    case: Case
    cited: Cited
    outcome: Outcome
    passage: str = ""


class Nearest:
    """The passages nearest to a sentence by the words they share."""

    def __init__(self, passages: Sequence[str]) -> None:
        self._passages = passages
        self._holding: dict[str, list[int]] = {}
        for number, passage in enumerate(passages):
            for stem in statement_of(passage).stems:
                self._holding.setdefault(stem, []).append(number)

    def to(self, sentence: str, count: int, without: str) -> list[str]:
        """Return the nearest passages, none of which is `without`."""
        scores: defaultdict[int, float] = defaultdict(float)
        for stem in statement_of(sentence).stems:
            holding = self._holding.get(stem, [])
            weight = inverse_document_frequency(len(self._passages), len(holding))
            for number in holding:
                scores[number] += weight
        best = sorted(scores, key=lambda number: -scores[number])[: count + 20]
        ranked = (self._passages[number] for number in best)
        return [passage for passage in dict.fromkeys(ranked) if passage != without][:count]


def main() -> None:
    """Measure every collection of documents that was named and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=Path, action="append", help="folder or JSONL file")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--wrong", action="store_true", help="print what was repaired wrongly")
    parser.add_argument("--output", type=Path, default=RESULTS_FILE)
    options = parser.parse_args()
    parts = [
        _measured(path, options.seed, show_wrong=options.wrong)
        for path in options.documents or [SAMPLES]
    ]
    text = "# Citations repaired\n\n" + "\n".join(parts)
    options.output.write_text(text, encoding="utf-8")
    print(text)


def repaired(passages: Sequence[SourcePassage], seed: int) -> list[Repaired]:
    """Return every case with each way of citing; the same for the same seed."""
    rng = random.Random(seed)
    near = Nearest([passage.text for passage in passages])
    cases = [case for kind in Kind for case in plant(kind, passages, PER_KIND, rng)]
    return [_repaired(case, cited, near, rng) for case in cases for cited in Cited]


def _repaired(case: Case, cited: Cited, near: Nearest, rng: random.Random) -> Repaired:
    given = [case.passage, *near.to(case.sentence, GIVEN - 1, case.passage)]
    if case.kind is Kind.STRANGER:  # what the sentence was taken from was not given to the model
        given = [passage for passage in given if not _has_words(passage, case.sentence)]
    rng.shuffle(given)
    own = given.index(case.passage) + 1
    others = [number for number in range(1, len(given) + 1) if number != own]
    numbers = {
        Cited.ITS_OWN: [own],
        Cited.ANOTHER: [rng.choice(others)] if others else [],
        Cited.NONE: [],
    }[cited]
    passages = {n: GivenPassage("", passage) for n, passage in enumerate(given, start=1)}
    carrier = SourceRepair(passages).carrier(case.sentence, numbers)
    if carrier is None:
        return Repaired(case, cited, Outcome.KEPT)
    passage = given[carrier - 1]
    if carrier == own:
        return Repaired(case, cited, Outcome.RIGHT, passage)
    is_copy = not case.is_faulty and _has_words(passage, case.sentence)
    return Repaired(case, cited, Outcome.COPY if is_copy else Outcome.WRONG, passage)


def _has_words(passage: str, sentence: str) -> bool:
    """Return whether a passage has nearly the same words in the same order."""
    runs = _runs(sentence)
    return len(runs & _runs(passage)) >= SAME_WORDS * len(runs)


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return set(pairwise(words))


def _flat(text: str) -> str:
    return " ".join(text.split())


def _measured(path: Path, seed: int, *, show_wrong: bool) -> str:
    passages = load_passages(path)
    started = time.perf_counter()
    results = repaired(passages, seed)
    milliseconds = (time.perf_counter() - started) * 1000 / len(results)
    if show_wrong:
        _print_wrong(results)
    name = path.parent.name if path.is_file() else path.name
    head = (
        "| Sentence | It cites | Cases | Kept | To its passage | To the same words | To another |"
    )
    rows = [
        _row(label, cited, [r for r in results if r.case.kind in kinds and r.cited is cited])
        for label, kinds in (("faithful", FAITHFUL), ("faulty", FAULTS))
        for cited in Cited
    ]
    faults = [
        _row(kind, None, [r for r in results if r.case.kind is kind and r.cited is not Cited.NONE])
        for kind in FAULTS
    ]
    return (
        f"## {name}\n\n"
        f"{len(passages)} passages, {milliseconds:.1f} ms a sentence.\n\n"
        f"{head}\n|---|---|---|---|---|---|---|\n" + "\n".join([*rows, *faults]) + "\n"
    )


def _row(label: str, cited: Cited | None, results: Sequence[Repaired]) -> str:
    counts = Counter(result.outcome for result in results)
    shares = [f"{counts[outcome] / max(len(results), 1):.1%}" for outcome in Outcome]
    return f"| {label} | {cited or 'any passage'} | {len(results)} | " + " | ".join(shares) + " |"


def _print_wrong(results: Sequence[Repaired]) -> None:
    for result in results:
        is_moved = result.outcome is not Outcome.KEPT
        if (result.case.is_faulty and is_moved) or result.outcome is Outcome.WRONG:
            print(f"--- {result.case.kind}, cites {result.cited}: {result.case.sentence}")
            print(f"    {_flat(result.passage)[:1500]}")


if __name__ == "__main__":
    main()
