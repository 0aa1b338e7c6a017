"""Measures what tells unanswerable questions: `python -m benchmarks.unanswerable FOLDER`.

FOLDER is SQuAD 2.0 in the layout of BEIR, as benchmarks.quotes takes it. Beside it, the shipped
questions about the sample documents are read. Signals are chosen and fitted on golden,
employees_dev and half of the articles of FOLDER; employees_held_out and the other half are judged
only. Takes 20 minutes on one processor, and writes benchmarks/results/unanswerable.md.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean

import numpy as np
import torch

from benchmarks.material.place import RESULTS
from benchmarks.unanswerable.judging import (
    Floats,
    Signals,
    boosting,
    gained,
    judged,
    logistic,
    result,
)
from benchmarks.unanswerable.questions import Reading, beir, shipped
from benchmarks.unanswerable.signals import signals_of
from benchmarks.unanswerable.tokens import TokenModel

TODAY = "today strength"
FITTED = ("golden", "employees_dev")
HELD = ("employees_held_out",)
DRAWN = 200
BEST_OF_FAMILY = 3

Scores = Mapping[str, Floats]
"""Scores of the questions by their set."""


def main() -> None:
    """Measure all signals and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--drawn", type=int, default=DRAWN, help="of each kind and half of FOLDER")
    options = parser.parse_args()
    torch.set_num_threads(1)
    readings = shipped((*FITTED, *HELD)) | beir(options.folder, options.drawn)
    model = TokenModel()
    sets = [_signals(name, model, members) for name, members in readings.items()]
    text = report(sets, [*FITTED, f"{options.folder.name}_a"])
    (RESULTS / "unanswerable.md").write_text(text, encoding="utf-8")
    print(text)


def _signals(name: str, model: TokenModel, readings: Sequence[Reading]) -> Signals:
    rows = signals_of(model, readings)
    return Signals(
        name,
        {signal: np.array([row[signal] for row in rows]) for signal in rows[0]},
        np.array([reading.is_answerable for reading in readings]),
        [reading.group for reading in readings],
    )


def report(sets: Sequence[Signals], fitted_names: Sequence[str]) -> str:
    """Return the tables; signals are chosen and fitted on the sets that are named."""
    fitted = [signals for signals in sets if signals.name in fitted_names]
    held = [signals for signals in sets if signals.name not in fitted_names]
    ordered = [*fitted, *held]
    today = {signals.name: signals.values[TODAY] for signals in ordered}
    families = _families(fitted[0])
    chosen = {name: _best(names, fitted) for name, names in families.items()}
    alone = {
        name: {signals.name: signals.values[name] for signals in ordered}
        for names in chosen.values()
        for name in names
        if name != TODAY
    }
    beside = {
        f"{name}, beside the strength": judged(logistic(), (TODAY, name), fitted, held)
        for name in alone
        if not name.startswith("today")
    }
    own = families["today"]
    every = [name for names in families.values() for name in names]
    together = {
        f"today's signals and {family}": judged(logistic(), [*own, *names], fitted, held)
        for family, names in families.items()
        if family != "today"
    }
    together = {
        "today's signals, fitted": judged(logistic(), own, fitted, held),
        **together,
        f"all {len(every)}, logistic regression": judged(logistic(), every, fitted, held),
        f"all {len(every)}, gradient boosting": judged(boosting(), every, fitted, held),
    }
    first = {"strength today": today}
    tables = [
        ("One signal alone", first | alone),
        ("One signal beside the strength of today", first | beside),
        ("Several signals together", first | together),
    ]
    parts = [f"## {title}\n\n{_table(rows, ordered)}" for title, rows in tables]
    gains = f"## Gain in AUC\n\n{_gains(together, today, ordered)}"
    return f"{_head(fitted, held)}\n\n" + "\n\n".join([*parts, gains]) + "\n"


def _families(signals: Signals) -> dict[str, list[str]]:
    families = defaultdict(list)
    for name in signals.values:
        families[name.split()[0]].append(name)
    return dict(families)


def _best(names: Sequence[str], fitted: Sequence[Signals]) -> list[str]:
    """Return the signals with the highest mean AUC on the sets to develop with."""

    def mean(name: str) -> float:
        return fmean(result(s.values[name], s.is_answerable).auc for s in fitted)

    return sorted(names, key=mean, reverse=True)[:BEST_OF_FAMILY]


def _head(fitted: Sequence[Signals], held: Sequence[Signals]) -> str:
    return (
        "# Telling unanswerable questions by the embedding model\n\n"
        "Each cell: AUC, and the share of unanswerable questions that are refused where 4 % of the "
        "answerable ones are.\n"
        f"Chosen and fitted on {_counts(fitted)}; what is fitted is judged on folds that were left "
        f"out.\nHeld out: {_counts(held)}."
    )


def _counts(sets: Sequence[Signals]) -> str:
    return ", ".join(
        f"{s.name} ({s.is_answerable.sum()} answerable, {(~s.is_answerable).sum()} not)"
        for s in sets
    )


def _table(rows: Mapping[str, Scores], sets: Sequence[Signals]) -> str:
    lines = [f"| | {' | '.join(s.name for s in sets)} |", "|---" + "|---:" * len(sets) + "|"]
    lines += [f"| {name} | {' | '.join(_cells(scores, sets))} |" for name, scores in rows.items()]
    return "\n".join(lines)


def _cells(scores: Scores, sets: Sequence[Signals]) -> Iterator[str]:
    for signals in sets:
        found = result(scores[signals.name], signals.is_answerable)
        yield f"{found.auc:.3f}, {found.refused:.0%}"


def _gains(rows: Mapping[str, Scores], today: Scores, sets: Sequence[Signals]) -> str:
    """Return the table of gains on the strength of today, with where 90 % of them lie."""
    lines = [f"| | {' | '.join(s.name for s in sets)} |", "|---" + "|---:" * len(sets) + "|"]
    for name, scores in rows.items():
        cells = [_gain(scores[s.name], today[s.name], s) for s in sets]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _gain(new: Floats, old: Floats, signals: Signals) -> str:
    kinds = signals.is_answerable
    low, high = gained(new, old, kinds)
    gain = result(new, kinds).auc - result(old, kinds).auc
    return f"{gain:+.3f} ({low:+.3f} to {high:+.3f})"


if __name__ == "__main__":
    main()
