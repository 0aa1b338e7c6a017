"""Measures how long an answer in passage mode takes: `python -m benchmarks.answers FOLDER ...`.

The folders are retrieval sets in the layout of BEIR. Their sentences make up the passages (see
benchmarks/material/recombined.py), beside which stand the sample documents. Half of the questions
are queries of the sets, half employee questions about the sample documents. Each is asked as a page
asks it, from the stored question to the recorded answer, once without and once with a profiler.
`--keep` keeps the indexes in a folder for the next run. Writes benchmarks/results/answers.md.
"""

import argparse
import cProfile
import pstats
import tempfile
import time
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

import numpy as np

from benchmarks.material.place import RESULTS, ROOT, services_in, settings_in
from benchmarks.material.recombined import read_sentences, recombine
from benchmarks.material.stage import corpus, store
from bootstrap.services import Services
from core.domain.identity import SYSTEM, User
from core.domain.knowledge import Upload
from core.models.embeddings import build_embedder
from evaluation.beir import load_beir
from evaluation.datasets import load_shipped

SAMPLES = ROOT / "data" / "samples"
EMPLOYEES = "employees_dev"
WARM_UP = 20
# What is counted, by the file and the name of a function; each with all that it calls.
PARTS: Mapping[str, tuple[str, str]] = {
    "store the question": ("rag/service.py", "_store_question"),
    "search: all": ("rag/finding/retrieval.py", "retrieve"),
    "search: correct the spelling": ("rag/finding/retrieval.py", "_corrected"),
    "search: embed the question": ("rag/finding/retrieval.py", "_vector"),
    "search: vectors": ("rag/finding/retrieval.py", "_nearest"),
    "search: acronyms": ("rag/finding/retrieval.py", "_acronyms_of"),
    "search: synonyms": ("rag/finding/retrieval.py", "_synonyms_of"),
    "search: sentences": ("rag/finding/retrieval.py", "_sentences"),
    "search: texts of the passages": ("rag/finding/retrieval.py", "_hydrate"),
    "select passages": ("rag/finding/selection.py", "select"),
    "judge: all": ("rag/answering/pipeline.py", "_judge"),
    "judge: terms of the question": ("rag/reading/question.py", "__init__"),
    "judge: read the sentences": ("rag/reading/reader.py", "read"),
    "quote: choose": ("rag/writing/passages.py", "quotes"),
    "quote: cards": ("rag/writing/cards.py", "show"),
    "quote: lead": ("rag/writing/lead.py", "lead_of"),
    "check access": ("rag/answering/watch.py", "_require_open"),
    "record": ("rag/answering/running.py", "end"),
    "embed all texts": ("core/models/embeddings.py", "embed_passages"),
    "database: all statements": ("sqlalchemy/engine/default.py", "do_execute"),
    "database: commits": ("sqlalchemy/engine/default.py", "do_commit"),
}


def main() -> None:
    """Measure and write the table."""
    options = _options()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        if not (folder / "complete").exists():
            _build(folder, options)
            (folder / "complete").touch()
        services = services_in(folder)
        text = _measured(services, _questions(options), options.passages)
        services.worker.stop()
    (RESULTS / "answers.md").write_text(text, encoding="utf-8")
    print(text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--documents", type=int, default=1_500, help="read for their sentences")
    parser.add_argument("--questions", type=int, default=100, help="of each kind")
    parser.add_argument("--keep", type=Path)
    return parser.parse_args()


def _build(folder: Path, options: argparse.Namespace) -> None:
    settings = settings_in(folder)
    services = services_in(folder)
    embedder = build_embedder(settings.embeddings.model, settings.models_dir)
    sources = [source for corpus_folder in options.folders for source in corpus(corpus_folder)]
    step = max(1, len(sources) // options.documents)
    sentences = read_sentences(sources[::step], embedder)
    store(services, settings, recombine(sentences, options.passages))
    collection = services.collections.add(SYSTEM, SAMPLES.name, is_open=True)
    uploads = [Upload(path.name, path.read_bytes()) for path in sorted(SAMPLES.iterdir())]
    services.documents.upload(SYSTEM, collection.id, uploads)
    services.people.add_without_password(SYSTEM, "reader@nordhafen.example", name="Reader")
    services.worker.stop()


def _questions(options: argparse.Namespace) -> list[str]:
    queries = [case.text for folder in options.folders for case in load_beir(folder).cases]
    step = max(1, len(queries) // options.questions)
    employees = [case.text for case in load_shipped(EMPLOYEES).cases]
    half = queries[::step][: options.questions]
    return list(chain.from_iterable(zip(half, employees, strict=False)))


def _measured(services: Services, questions: Sequence[str], passages: int) -> str:
    user = services.people.list_all(SYSTEM)[0]
    for question in questions[:WARM_UP]:
        _ask(services, user, question.upper())  # warm, and not yet in any cache of queries
    times = [_ask(services, user, question) for question in questions]
    profile = cProfile.Profile()
    for question in questions:
        profile.runcall(_ask, services, user, f"{question} ")
    return _markdown(times, pstats.Stats(profile), passages)


def _ask(services: Services, user: User, question: str) -> float:
    """Return the milliseconds from a question to its recorded answer."""
    started = time.perf_counter()
    for _ in services.chat.ask(user, question):
        pass
    return (time.perf_counter() - started) * 1000


def _markdown(times: Sequence[float], stats: pstats.Stats, passages: int) -> str:
    p50, p95 = np.percentile(times, 50), np.percentile(times, 95)
    whole = _total(stats, ("benchmarks/answers/__main__.py", "_ask"))
    lines = [
        f"| {name} | {calls / len(times):.1f} | {1000 * seconds / len(times):.1f} | "
        f"{seconds / whole[1]:.0%} |"
        for name, place in PARTS.items()
        for calls, seconds in [_total(stats, place)]
    ]
    return (
        "# Time of a whole answer in passage mode\n\n"
        f"{passages:,} passages and the sample documents, {len(times)} questions, one after the "
        "other, warm.\nFrom the stored question to the recorded answer: "
        f"p50 {p50:.0f} ms, p95 {p95:.0f} ms.\n\n"
        "Where the time goes, of the same questions under a profiler, which makes all of it "
        "slower.\nParts contain each other, and the keyword search runs beside them.\n\n"
        "| part | calls | ms | share |\n|---|---:|---:|---:|\n" + "\n".join(lines) + "\n"
    )


def _total(stats: pstats.Stats, place: tuple[str, str]) -> tuple[int, float]:
    """Return the calls and seconds of a function with all that it calls."""
    file, name = place
    found = [
        (calls, seconds)
        for (path, _, function), (_, calls, _, seconds, _) in stats.stats.items()  # type: ignore[attr-defined]  # not in the stubs
        if path.endswith(file) and function == name
    ]
    return sum(calls for calls, _ in found), sum(seconds for _, seconds in found)


if __name__ == "__main__":
    main()
