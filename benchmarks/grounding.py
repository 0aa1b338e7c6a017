"""Measures how many planted faults are noticed: `python -m benchmarks.grounding`.

Reads the sample documents, or what `--documents` names: a folder of files or a JSONL file with a
field `text`. Writes benchmarks/results/grounding.md.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.material.faults import FAITHFUL, FAULTS, Case, Kind, SourcePassage, plant
from benchmarks.material.place import RESULTS, ROOT
from core.domain.answers import Support
from core.domain.knowledge import Page, ParsedDocument
from core.domain.ports import Embedder
from core.errors import SandboxError
from core.models.embeddings import DEFAULT_MODEL, build_embedder
from core.settings import Settings
from ingestion.files.media import BY_SUFFIX
from ingestion.parsers.registry import parser_for
from ingestion.reading.splitter import split
from rag.grounding import Claim, SupportJudge
from rag.grounding.judges.lexical import LexicalJudge

SAMPLES = ROOT / "data" / "samples"
RESULTS_FILE = RESULTS / "grounding.md"
PER_KIND = 50
SEED = 7


@dataclass(frozen=True, slots=True)
class Judged:
    """A case and what became of it."""

    case: Case
    support: Support
    reason: str


def main() -> None:
    """Measure every collection of documents that was named and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=Path, action="append", help="folder or JSONL file")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--words-only", action="store_true", help="without the embedding model")
    parser.add_argument("--wrong", action="store_true", help="print what was judged wrongly")
    parser.add_argument("--output", type=Path, default=RESULTS_FILE)
    options = parser.parse_args()
    judge = LexicalJudge(None if options.words_only else _embedder())
    parts = [
        _measured(path, judge, options.seed, show_wrong=options.wrong)
        for path in options.documents or [SAMPLES]
    ]
    text = "# Faults noticed by the support judge\n\n" + "\n".join(parts)
    options.output.write_text(text, encoding="utf-8")
    print(text)


def load_passages(path: Path) -> list[SourcePassage]:
    """Return the passages of a folder of files, or of a JSONL file with a field `text`."""
    documents = _records(path) if path.is_file() else _files(path)
    return [
        SourcePassage(name, passage.text)
        for name, document in documents
        for passage in split(document, lambda text: len(text.split()) * 4 // 3)
    ]


def _records(path: Path) -> Iterator[tuple[str, ParsedDocument]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            record = json.loads(line)
            page = Page(1, str(record["text"]))
            yield str(number), ParsedDocument(str(record.get("title", "")), (page,))


def _files(folder: Path) -> Iterator[tuple[str, ParsedDocument]]:
    for path in sorted(folder.iterdir()):
        try:
            parse = parser_for(BY_SUFFIX[path.suffix.lower()])
            yield path.name, parse(path.read_bytes(), path.name)
        except (KeyError, SandboxError) as error:
            print(f"{path.name} is left out: {error}")


def planted(passages: Sequence[SourcePassage], seed: int) -> list[Case]:
    """Return at most `PER_KIND` cases of each kind, the same for the same seed."""
    rng = random.Random(seed)
    return [case for kind in (*FAULTS, *FAITHFUL) for case in plant(kind, passages, PER_KIND, rng)]


def judged(judge: SupportJudge, cases: Sequence[Case]) -> list[Judged]:
    """Return each case with what the judge says of it."""
    verdicts = judge.judge([Claim(case.sentence, (case.passage,)) for case in cases]).verdicts
    return [Judged(c, v.support, v.reason) for c, v in zip(cases, verdicts, strict=True)]


def _measured(path: Path, judge: SupportJudge, seed: int, *, show_wrong: bool) -> str:
    passages = load_passages(path)
    cases = planted(passages, seed)
    started = time.perf_counter()
    results = judged(judge, cases)
    milliseconds = (time.perf_counter() - started) * 1000 / len(results)
    if show_wrong:
        _print_wrong(results)
    name = path.parent.name if path.is_file() else path.name
    rows = [_row(kind, [r for r in results if r.case.kind is kind]) for kind in Kind]
    faulty = [r for r in results if r.case.is_faulty]
    faithful = [r for r in results if not r.case.is_faulty]
    rows += [_row("**all faults**", faulty), _row("**all faithful**", faithful)]
    head = "| Sentence | Cases | Supported | Weak | Unsupported |\n|---|---|---|---|---|"
    return (
        f"## {name}\n\n"
        f"{len(passages)} passages, {milliseconds:.1f} ms a sentence with its passage.\n\n"
        f"{head}\n" + "\n".join(row for row in rows if row) + "\n"
    )


def _row(name: str, results: Sequence[Judged]) -> str:
    if not results:
        return ""
    shares = [sum(r.support is s for r in results) / len(results) for s in Support]
    return f"| {name} | {len(results)} | " + " | ".join(f"{s:.1%}" for s in shares) + " |"


def _print_wrong(results: Sequence[Judged]) -> None:
    for result in results:
        wrong = Support.SUPPORTED if result.case.is_faulty else Support.UNSUPPORTED
        if result.support is wrong:
            print(f"{result.case.kind} | {result.case.sentence} | {result.reason}")


def _embedder() -> Embedder:
    settings = Settings()
    folder = settings.embeddings.cache_dir or ROOT / "data/local/models"
    return build_embedder(DEFAULT_MODEL, folder)


if __name__ == "__main__":
    main()
