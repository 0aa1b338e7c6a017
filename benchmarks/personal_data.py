"""Measures which personal values are masked and reported: `python -m benchmarks.personal_data`.

The lines are those of benchmarks/material/personal_lines.py, and the sentences those of
tools/trial/private_forms.py. `--spans FILE` adds a set of texts with spans (JSONL with `text` and
`spans`, each of them start, end and kind), whose PERSON spans are the directory. What goes to a
provider is masked when in doubt; what a person reads about a document is reported when it is
likely. Writes benchmarks/results/personal_data.md; `--show` prints each line that went wrong.
"""

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.material.personal_lines import Line, lines
from benchmarks.material.place import RESULTS
from core.guardrails.detectors import Hit, Kind, detect
from core.guardrails.masking import mask
from core.guardrails.plausibility import is_plausible
from core.guardrails.words.names import NameList
from tools.trial.private_forms import private_forms


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
    parser.add_argument("--spans", type=Path, help="JSONL file of texts with spans")
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
    report = [*_report(values, ordinary), *_sentences()]
    report += _spans(options.spans) if options.spans else ()
    text = "\n".join(report)
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


def _sentences() -> Iterator[str]:
    yield "\nNatural sentences in English, German, Polish, French, Dutch, Spanish and Italian.\n"
    yield "| sentences | number | nothing left |"
    yield "|---|---:|---:|"
    groups: dict[str, list[bool]] = defaultdict(list)
    for form in private_forms():
        masked = mask(form.text).text
        groups[form.group].append(not any(value in masked for value in form.values))
    for group, kept in groups.items():
        yield f"| {group} | {len(kept)} | {sum(kept)} |"


def _spans(file: Path) -> Iterator[str]:
    """Measure a set of texts with spans; of names, all of the set have accounts."""
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    people = NameList(
        line["text"][start:end]
        for line in lines
        for start, end, kind in line["spans"]
        if kind == "PERSON"
    )
    detect("Warm", people)
    began = time.perf_counter()
    found = [detect(line["text"], people) for line in lines]
    each = (time.perf_counter() - began) / len(lines)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    others: Counter[Kind] = Counter()
    for line, hits in zip(lines, found, strict=True):
        for start, end, kind in line["spans"]:
            counts[kind]["all"] += 1
            counts[kind]["masked"] += _is_covered(line["text"], start, end, hits)
        others.update(h.kind for h in hits if not _touches(h, line["spans"]))
    yield f"\n`{file.name}`: {len(lines)} texts, {1000 * each:.2f} ms each, with a list of"
    yield f"{len(people.names)} names. Outside of all spans: {sum(others.values())} hits"
    yield f"({', '.join(f'{n} {kind.value}' for kind, n in others.items()) or 'none'}).\n"
    yield "| span | number | masked |"
    yield "|---|---:|---:|"
    for kind in (kind for kind in _MASKED_KINDS if kind in counts):
        share = counts[kind]["masked"] / counts[kind]["all"]
        yield f"| {kind} | {counts[kind]['all']} | {counts[kind]['masked']} ({100 * share:.1f} %) |"


_MASKED_KINDS = (
    *("EMAIL_ADDRESS", "IBAN_CODE", "CREDIT_CARD", "US_SSN", "IP_ADDRESS", "PHONE_NUMBER"),
    *("US_DRIVER_LICENSE", "PERSON"),
)
"""The kinds of spans that are to be masked; streets, towns, ages and companies are not."""


def _is_covered(text: str, start: int, end: int, hits: list[Hit]) -> bool:
    return all(
        any(hit.start <= place < hit.end for hit in hits)
        for place in range(start, end)
        if text[place].isalnum()
    )


def _touches(hit: Hit, spans: list[tuple[int, int, str]]) -> bool:
    return any(hit.start < end and start < hit.end for start, end, _ in spans)


def _share(part: int, count: Count) -> str:
    return f"{part} ({100 * part / count.lines:.1f} %)"


if __name__ == "__main__":
    main()
