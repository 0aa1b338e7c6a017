"""Measures whether similar ideas are found while someone types, and how long a hint takes.

    python -m benchmarks.ideas.similar [--ideas 5000] [--database URL]

The first part asks with 100 paraphrases, in a pool of 315 ideas, for the idea that each of them
repeats. The second part types the same paraphrases among 5,000 ideas. The database must be empty;
without one, SQLite in a temporary folder.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import fmean, quantiles

from benchmarks.ideas.pairs import PairedIdea, paired_ideas, recombined, store
from benchmarks.material.place import RESULTS, settings_in
from bootstrap.embedders import build_embedders
from core.domain.identity import SYSTEM
from core.domain.ports import Embedder
from core.storage.database import Database
from core.storage.migrate import migrate
from ideas.similar.service import HINTS, LEAST_SCORE, SimilarIdeas
from ideas.similar.wording import compared_words

RESULTS_FILE = RESULTS / "similar_ideas.md"


def main() -> None:
    """Measure both parts and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--ideas", type=int, default=5_000)
    parser.add_argument("--database", help="URL of an empty database for the second part.")
    options = parser.parse_args()
    pairs = paired_ideas()
    with tempfile.TemporaryDirectory() as folder:
        embedder = build_embedders(settings_in(Path(folder))).default
        quality = _quality(Database(f"sqlite:///{folder}/pairs.db"), embedder, pairs)
        url = options.database or f"sqlite:///{folder}/many.db"
        speed = _speed(Database(url), embedder, pairs, options.ideas)
    RESULTS_FILE.write_text("\n".join([*_intro(pairs), *quality, "", *speed, ""]), encoding="utf-8")
    print(RESULTS_FILE.read_text(encoding="utf-8"))


def _intro(pairs: Sequence[PairedIdea]) -> list[str]:
    shared = fmean(_overlap(pair) for pair in pairs if pair.paraphrase)
    return [
        "# Similar ideas while someone types",
        "",
        f"100 paraphrases of {len(pairs)} ideas (`evaluation/cases/similar_ideas.jsonl`), written "
        "before anything was tuned. Of the content words of a pair, "
        f"{shared:.1%} are the same. Weights were tried out on the half called dev; of the seven "
        "variants that were then compared on the other half (88 to 94 %), this one is in use. "
        "`python -m benchmarks.ideas.similar` repeats it.",
        "",
    ]


def _overlap(pair: PairedIdea) -> float:
    assert pair.paraphrase is not None  # noqa: S101  for the type checker
    said, meant = (set(compared_words(t.short)) for t in (pair.paraphrase, pair.text))
    return len(said & meant) / len(said | meant)


def _quality(database: Database, embedder: Embedder, pairs: Sequence[PairedIdea]) -> list[str]:
    migrate(database)
    ids = store(database, [pair.text for pair in pairs])
    similar = SimilarIdeas(database, embedder)
    similar.prepare()
    asked = [(pair, id_) for pair, id_ in zip(pairs, ids, strict=True) if pair.paraphrase]
    lines = ["| typed | set | first | among 3 | among 5 |", "|---|---|---:|---:|---:|"]
    for typed in ("title and problem", "title alone"):
        places = [_place(similar, pair, id_, typed) for pair, id_ in asked]
        dev = [place for place, (pair, _) in zip(places, asked, strict=True) if pair.is_dev]
        held = [place for place, (pair, _) in zip(places, asked, strict=True) if not pair.is_dev]
        lines += [
            _row(typed, "dev", dev),
            _row(typed, "held out", held),
            _row(typed, "all", places),
        ]
    others = [(p, id_) for p, id_ in zip(pairs, ids, strict=True) if not p.paraphrase]
    shown = [
        len(similar.hints(SYSTEM, p.text.title, p.text.problem, except_id=id_)) for p, id_ in others
    ]
    database.close()
    return [
        *lines,
        "",
        f"Hints are shown from a score of {LEAST_SCORE} on, at most {HINTS}. The {len(others)} "
        "ideas without a paraphrase, typed again among the others, show "
        f"{fmean(shown):.1f} on average, and {sum(not number for number in shown)} of them none.",
    ]


def _place(similar: SimilarIdeas, pair: PairedIdea, idea_id: str, typed: str) -> int | None:
    """Return the place of the idea among the hints, from 0; None if it is not among them."""
    assert pair.paraphrase is not None  # noqa: S101  for the type checker
    problem = "" if typed == "title alone" else pair.paraphrase.problem
    found = [idea.id for idea in similar.hints(SYSTEM, pair.paraphrase.title, problem)]
    return found.index(idea_id) if idea_id in found else None


def _row(typed: str, name: str, places: Sequence[int | None]) -> str:
    shares = [
        sum(place is not None and place < limit for place in places) / len(places)
        for limit in (1, 3, 5)
    ]
    return f"| {typed} | {name} ({len(places)}) | " + " | ".join(f"{s:.0%}" for s in shares) + " |"


def _speed(
    database: Database, embedder: Embedder, pairs: Sequence[PairedIdea], count: int
) -> list[str]:
    migrate(database)
    store(database, list(recombined(pairs, count)))
    preparing = _timed(SimilarIdeas(database, embedder).prepare)
    similar = SimilarIdeas(database, embedder)  # as another process that starts later
    first = _timed(lambda: similar.hints(SYSTEM, "Something nobody typed before", "In the hall."))
    starting = _timed(similar.prepare)
    times = [
        _timed(lambda: similar.hints(SYSTEM, title, problem))  # noqa: B023  called at once
        for title, problem in _typed(pairs)
    ]
    clock, processor = (quantiles(each, n=20) for each in zip(*times, strict=True))
    slowest = (max(each) for each in zip(*times, strict=True))
    return [
        f"## A hint among {count:,} ideas ({database.dialect})",
        "",
        "Each paraphrase is typed in three steps, no text twice: its title, half of the problem, "
        "all of it. The machine had two processors, which other work used as well: “processor” is "
        "what the hint itself took of them.",
        "",
        "| ms | clock | processor |",
        "|---|---:|---:|",
        _line(f"median of {len(times)} hints", (clock[9], processor[9])),
        _line("95th percentile", (clock[18], processor[18])),
        _line("slowest", slowest),
        _line("the first hint of a process, which reads all vectors", first),
        "",
        f"All vectors are made once, in {preparing[1]:.0f} s of a processor; a process that starts "
        f"later makes those of single words, in {starting[1]:.0f} s, aside.",
    ]


def _line(name: str, seconds: Iterable[float]) -> str:
    return f"| {name} | " + " | ".join(f"{each * 1000:.0f}" for each in seconds) + " |"


def _typed(pairs: Sequence[PairedIdea]) -> list[tuple[str, str]]:
    said = [pair.paraphrase for pair in pairs if pair.paraphrase]
    return [
        (text.title, text.problem[:length])
        for text in said
        for length in (0, len(text.problem) // 2, len(text.problem))
    ]


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return seconds on the clock, and seconds of a processor."""
    start, worked = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - worked


if __name__ == "__main__":
    main()
