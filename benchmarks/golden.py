"""Measures the answers of the passage engine on the golden questions: `make bench`.

Reads the sample documents and the closed ones into a temporary data directory, asks all questions
as an employee in no group, and writes benchmarks/results/golden.md.
"""

import tempfile
from pathlib import Path

from benchmarks.material.place import RESULTS, ROOT, services_in
from bootstrap.services import Services
from core.domain.identity import SYSTEM
from core.domain.knowledge import Upload
from evaluation.datasets import load_golden
from evaluation.report import cells
from evaluation.report.lines import Findings, kind_lines, measure_lines
from evaluation.runs import Run
from evaluation.service import OUTSIDER, RunOptions

SAMPLES = ROOT / "data" / "samples"
CLOSED = ROOT / "evaluation" / "cases" / "closed"
RESULTS_FILE = RESULTS / "golden.md"


def main() -> None:
    """Measure and write the result."""
    with tempfile.TemporaryDirectory() as folder:
        services = services_in(Path(folder))
        _ingest(services, SAMPLES, is_open=True)
        _ingest(services, CLOSED, is_open=False)
        run = services.evaluations.run(SYSTEM, load_golden(), RunOptions(asker=OUTSIDER))
        services.worker.stop()
    text = _markdown(run)
    RESULTS_FILE.write_text(text, encoding="utf-8")
    print(text)


def _ingest(services: Services, folder: Path, *, is_open: bool) -> None:
    collection = services.collections.add(SYSTEM, folder.name, is_open=is_open)
    uploads = [Upload(path.name, path.read_bytes()) for path in sorted(folder.iterdir())]
    services.documents.upload(SYSTEM, collection.id, uploads)


def _markdown(run: Run) -> str:
    measures = [cells.measure_cells(line) for line in measure_lines(Findings(run))]
    measures += [[*row, ""] for row in cells.summary_cells(run)]
    kinds = [cells.kind_cells(line) for line in kind_lines(run)]
    wrong = "\n".join(
        f"- {r.case_id} ({r.kind}): {r.question}" for r in run.results if not r.is_right
    )
    return (
        f"# Passage engine on {len(run.results)} golden questions\n\n"
        f"What the measures mean: docs/evaluation.md.\n\n"
        f"{_table(cells.MEASURE_HEAD, measures)}\n\n"
        f"{_table(cells.KIND_HEAD, kinds)}\n\nNot right:\n\n{wrong}\n"
    )


def _table(head: tuple[str, ...], rows: list[list[str]]) -> str:
    lines = (list(head), ["---"] * len(head), *rows)
    return "\n".join(f"| {' | '.join(cell or ' ' for cell in line)} |" for line in lines)


if __name__ == "__main__":
    main()
