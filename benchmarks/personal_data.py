"""Measures which personal values are masked and reported: `python -m benchmarks.personal_data`.

The lines are those of benchmarks/material/personal_lines.py. What goes to a provider is masked when
in doubt; what a person reads about a document is reported when it is likely. Writes
benchmarks/results/personal_data.md; `--show` prints each line that went wrong.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.material.personal_lines import Line, lines
from benchmarks.material.place import RESULTS
from core.guardrails.detectors import Hit, detect
from core.guardrails.plausibility import is_plausible


@dataclass(slots=True)
class Count:
    """The lines of a group, and how many are masked, reported, or masked as another kind."""

    lines: int = 0
    masked: int = 0
    reported: int = 0
    other: int = 0


def main() -> None:
    """Measure all lines and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=20, help="lines of each template")
    parser.add_argument("--show", action="store_true", help="print what went wrong")
    options = parser.parse_args()
    values: dict[str, Count] = {}
    ordinary: dict[str, Count] = {}
    for line in lines(options.each):
        hits = detect(line.text)
        counts = (ordinary if line.kind is None else values).setdefault(line.group, Count())
        (_count_ordinary if line.kind is None else _count_value)(line, hits, counts)
        if options.show and not _is_right(line, hits):
            values_found = [(hit.kind, line.text[hit.start : hit.end]) for hit in hits]
            print(f"{line.group}: {line.text!r} {values_found}")
    text = "\n".join(_report(values, ordinary))
    (RESULTS / "personal_data.md").write_text(text + "\n", encoding="utf-8")
    print(text)


def _count_value(line: Line, hits: list[Hit], counts: Count) -> None:
    start = line.text.index(line.value)
    end = start + len(line.value)
    covering = [hit for hit in hits if hit.start <= start and end <= hit.end]
    counts.lines += 1
    counts.masked += bool(covering)
    counts.other += any(hit.kind is not line.kind for hit in covering)
    counts.reported += any(is_plausible(h.kind, line.text, h.start, h.end) for h in covering)


def _count_ordinary(line: Line, hits: list[Hit], counts: Count) -> None:
    counts.lines += 1
    counts.masked += bool(hits)
    counts.reported += any(is_plausible(h.kind, line.text, h.start, h.end) for h in hits)


def _is_right(line: Line, hits: list[Hit]) -> bool:
    counts = Count()
    if line.kind is None:
        _count_ordinary(line, hits, counts)
        return not counts.masked
    _count_value(line, hits, counts)
    return counts.masked == counts.reported == 1 and not counts.other


def _report(values: dict[str, Count], ordinary: dict[str, Count]) -> Iterator[str]:
    yield "# Personal values that are masked and reported\n"
    yield f"`python -m benchmarks.personal_data`, {time.strftime('%Y-%m-%d')}.\n"
    yield "*Masked*: the value is covered whole in what goes to a provider; *as another* under the"
    yield "name of another kind. *Reported*: it is a finding that a person sees at the document.\n"
    yield "| value | lines | masked | as another | reported |"
    yield "|---|---:|---:|---:|---:|"
    for group, c in values.items():
        shares = f"{_share(c.masked, c)} | {c.other} | {_share(c.reported, c)}"
        yield f"| {group} | {c.lines} | {shares} |"
    yield "\nOrdinary lines: nothing should be reported, and little be masked.\n"
    yield "| ordinary | lines | masked | reported |"
    yield "|---|---:|---:|---:|"
    for group, c in ordinary.items():
        yield f"| {group} | {c.lines} | {_share(c.masked, c)} | {_share(c.reported, c)} |"


def _share(part: int, count: Count) -> str:
    return f"{part} ({100 * part / count.lines:.1f} %)"


if __name__ == "__main__":
    main()
