"""Measures what the upload checks hold back and find: `python -m benchmarks.screening FOLDER ...`.

Below each folder: lines of JSON with `text` and `label` are single texts (benign, attack, or
personal data with `spans`), `corpus*.jsonl` holds ordinary pages with `_id`, any other file is a
document as people upload it. Writes benchmarks/results/screening.md; `--show` prints each ordinary
document that is held back or cannot be read.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.material.place import RESULTS
from core.domain.knowledge import Page, ParsedDocument
from core.domain.screening import ScreeningKind
from core.errors import SandboxError
from core.guardrails.detectors import Kind, detect
from core.guardrails.injection import find_injections
from core.guardrails.requests import find_requests
from ingestion.files.media import BY_SUFFIX, MediaType
from ingestion.parsers.registry import parser_for
from ingestion.screening.document import reason_of, screen

INNOCENT = frozenset({"benign", "clean"})
ATTACKS = frozenset({"injection", "jailbreak", "poisoned"})
# The names of entities in public sets of personal data, as this product calls them.
ENTITIES = {
    "EMAIL_ADDRESS": Kind.EMAIL,
    "IBAN_CODE": Kind.IBAN,
    "CREDIT_CARD": Kind.CARD,
    "IP_ADDRESS": Kind.IP,
    "US_SSN": Kind.ID,
    "US_DRIVER_LICENSE": Kind.ID,
    "PHONE_NUMBER": Kind.PHONE,
}
CONTAINERS = frozenset({MediaType.ZIP, MediaType.JSONL, MediaType.RECORD})


@dataclass(slots=True)
class Texts:
    """Single texts of one label: how many hold an order to a model, or a request to it."""

    name: str
    label: str
    count: int = 0
    orders: int = 0
    flagged: int = 0


@dataclass(slots=True)
class Documents:
    """Ordinary documents of one folder: how many are held back, shown, or not read."""

    name: str
    count: int = 0
    held: int = 0
    shown: int = 0
    unread: int = 0
    addresses: int = 0


@dataclass(slots=True)
class Values:
    """Personal data: of the true spans of a kind, how many are masked whole; how many hits."""

    true: Counter[Kind] = field(default_factory=Counter)
    masked: Counter[Kind] = field(default_factory=Counter)
    hits: Counter[Kind] = field(default_factory=Counter)
    right: Counter[Kind] = field(default_factory=Counter)


@dataclass(slots=True)
class Counts:
    """The counts so far: texts by file and label, documents by folder, values."""

    texts: dict[tuple[str, str], Texts] = field(default_factory=dict)
    documents: dict[str, Documents] = field(default_factory=dict)
    values: Values = field(default_factory=Values)

    def texts_of(self, file: str, label: str) -> Texts:
        """Return the counts of texts with one label in one file."""
        return self.texts.setdefault((file, label), Texts(file, label))

    def documents_of(self, name: str) -> Documents:
        """Return the counts of documents in one place."""
        return self.documents.setdefault(name, Documents(name))


def main() -> None:
    """Measure every folder and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--show", action="store_true", help="print ordinary documents held back")
    parser.add_argument("--output", type=Path, default=RESULTS / "screening.md")
    options = parser.parse_args()
    counts = Counts()
    for folder in options.folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            _measure(path, folder, counts, show=options.show)
    report = _report([*counts.texts.values()], [*counts.documents.values()], counts.values)
    text = "\n".join(report)
    options.output.write_text(text + "\n", encoding="utf-8")
    print(text)


def _measure(path: Path, folder: Path, counts: Counts, *, show: bool) -> None:
    if path.suffix == ".jsonl":
        for row in _rows(path):
            if "_id" in row:
                if path.name.startswith("corpus"):
                    name = f"{path.parent.name}, {path.stem}"
                    page = ParsedDocument(str(row.get("title", "")), (Page(1, row["text"]),))
                    _screen_document(page, str(row["_id"]), counts.documents_of(name), show)
            elif "spans" in row:
                _count_values(row, counts.values)
            elif row.get("label") in INNOCENT | ATTACKS:
                _count_text(row["text"], counts.texts_of(path.stem, row["label"]))
        return
    media_type = BY_SUFFIX.get(path.suffix.lower())
    if media_type is None or media_type in CONTAINERS or path.name == "meta.json":
        return
    is_pdf = media_type is MediaType.PDF
    name = f"{folder.name}, {'PDF' if is_pdf else 'other files'}"
    documents = counts.documents_of(name)
    try:
        parsed = parser_for(media_type)(path.read_bytes(), path.name)
    except SandboxError as error:
        documents.count += 1
        documents.unread += 1
        if show:
            print(f"not read: {path.name}: {error}", flush=True)
        return
    _screen_document(parsed, path.name, documents, show)


def _rows(path: Path) -> Iterator[dict[str, Any]]:  # Any: JSON
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if isinstance(row, dict) and isinstance(row.get("text"), str):
                yield row


def _screen_document(parsed: ParsedDocument, name: str, counts: Documents, show: bool) -> None:
    counts.count += 1
    try:
        screened = screen(parsed)
    except SandboxError:
        counts.unread += 1
        return
    kinds = {f.kind for f in screened.findings if not f.is_blocking}
    counts.held += screened.is_blocked
    counts.shown += not screened.is_blocked and not kinds <= {ScreeningKind.PERSONAL_DATA}
    counts.addresses += sum(f.count for f in screened.findings if f.rule == "ip")
    if show and screened.is_blocked:
        print(f"held back: {name}: {reason_of(screened.findings)}", flush=True)


def _count_text(text: str, counts: Texts) -> None:
    orders = find_injections(text)
    counts.count += 1
    counts.orders += bool(orders)
    counts.flagged += bool(orders or find_requests(text))


def _count_values(row: dict[str, Any], values: Values) -> None:  # Any: JSON
    hits = detect(row["text"])
    spans = [(start, end, ENTITIES.get(name)) for start, end, name in row["spans"]]
    for start, end, kind in spans:
        if kind is not None:
            values.true[kind] += 1
            values.masked[kind] += any(h.start <= start and end <= h.end for h in hits)
    for hit in hits:
        values.hits[hit.kind] += 1
        values.right[hit.kind] += any(
            kind is hit.kind and start < hit.end and hit.start < end for start, end, kind in spans
        )


def _report(
    texts: Sequence[Texts], documents: Sequence[Documents], values: Values
) -> Iterator[str]:
    yield "# What the upload checks hold back and find\n"
    yield f"`python -m benchmarks.screening`, {time.strftime('%Y-%m-%d')}.\n"
    yield "Ordinary documents: none should be held back. *Shown* counts findings other than"
    yield "personal data; *addresses* are IP addresses reported in all of them together.\n"
    yield "| documents | number | held back | shown | not read | addresses |"
    yield "|---|---:|---:|---:|---:|---:|"
    for d in documents:
        yield f"| {d.name} | {d.count} | {d.held} | {d.shown} | {d.unread} | {d.addresses} |"
    yield "\nSingle texts. *Orders* hold a document back; *flagged* counts requests about the"
    yield "answer as well, which are shown.\n"
    yield "| set | label | texts | orders | flagged |"
    yield "|---|---|---:|---:|---:|"
    for t in texts:
        shares = f"{_share(t.orders, t.count)} | {_share(t.flagged, t.count)}"
        yield f"| {t.name} | {t.label} | {t.count} | {shares} |"
    if values.true:
        yield "\nPersonal data: spans masked whole, and hits that were one.\n"
        yield "| kind | spans | masked | hits | right |"
        yield "|---|---:|---:|---:|---:|"
        for kind in sorted(values.true):
            recall = _share(values.masked[kind], values.true[kind])
            precision = _share(values.right[kind], values.hits[kind])
            yield (
                f"| {kind.lower()} | {values.true[kind]} | {recall} | {values.hits[kind]} "
                f"| {precision} |"
            )


def _share(part: int, total: int) -> str:
    return f"{part} ({100 * part / total:.1f} %)" if total else "0"


if __name__ == "__main__":
    main()
