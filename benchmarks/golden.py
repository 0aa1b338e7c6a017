"""Answers of the passage engine on the golden questions: `make bench`.

Reads the sample documents into a temporary data directory, asks all questions, and writes
benchmarks/results/golden.md.
"""

import statistics
import tempfile
from pathlib import Path

from bootstrap.preparation import migrate_database, prepare_model
from bootstrap.services import ProcessRole, Services, build_services
from core.domain.identity import SYSTEM
from core.domain.knowledge import Upload
from core.settings import Settings
from evaluation.golden import GoldenReport, evaluate, load_cases

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "data" / "samples"
RESULTS = ROOT / "benchmarks" / "results" / "golden.md"


def main() -> None:
    """Measures and writes the result."""
    with tempfile.TemporaryDirectory() as folder:
        services = _prepared(Settings(data_dir=Path(folder)))
        report = evaluate(
            load_cases(),
            lambda text, history: services.chat.answer_once(
                SYSTEM, text, history=history, surface="evaluation"
            ),
        )
        services.worker.stop()
    text = _markdown(report)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


def _prepared(settings: Settings) -> Services:
    settings.embeddings.cache_dir = settings.embeddings.cache_dir or ROOT / "data/local/models"
    migrate_database(settings)
    prepare_model(settings, report=print)
    services = build_services(settings, ProcessRole.TERMINAL)
    collection = services.collections.add(SYSTEM, "Samples", is_open=True)
    files = sorted(SAMPLES.iterdir())
    uploads = [Upload(path.name, path.read_bytes()) for path in files]
    services.documents.upload(SYSTEM, collection.id, uploads)
    return services


def _markdown(report: GoldenReport) -> str:
    answered = [r for r in report.results if not r.answer.abstained]
    times = sorted(r.answer.timing.total_ms for r in report.results)
    rows = [
        ("Answerable questions that cite the right page", f"{report.cited_rate:.1%}"),
        ("Unanswerable questions not answered", f"{report.abstention_rate:.1%}"),
        ("Answerable questions not answered", f"{report.false_abstention_rate:.1%}"),
        (
            "Words per answer, mean",
            f"{statistics.fmean(_words(r.answer.text) for r in answered):.0f}",
        ),
        ("Milliseconds per answer, median", f"{statistics.median(times):.0f}"),
        ("Milliseconds per answer, 95th percentile", f"{times[int(len(times) * 0.95)]}"),
    ]
    table = "\n".join(f"| {name} | {value} |" for name, value in rows)
    wrong = "\n".join(f"- {r.case.id} ({r.case.kind}): {r.case.text}" for r in report.wrong)
    return (
        f"# Passage engine on {len(report.results)} golden questions\n\n"
        f"| Measure | Value |\n|---|---|\n{table}\n\nNot right:\n\n{wrong}\n"
    )


def _words(text: str) -> int:
    return len(text.split())


if __name__ == "__main__":
    main()
