"""Measures what an ingest loses when it is killed: `python -m benchmarks.crashes [--kills 50]`.

Makes 100 files of several formats, ingests them in the terminal and kills the process (SIGKILL) at
random moments, each time starting it again on the same data directory. Whenever an ingest comes to
its end, every document has to be ready, once, with the same passages in the database, the keyword
index and Chroma; then the next one begins on an empty directory. After every kill it also looks for
passages that are visible although their document is not. Writes benchmarks/results/crashes.md.
"""

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.material.place import RESULTS, ROOT, settings_in
from tools.trial import files

FILES = 100
# Long enough for Python and the libraries to start and for some documents to be read.
EARLIEST_S, LATEST_S = 1.5, 8.0


@dataclass(slots=True)
class Outcome:
    """The counts so far."""

    kills: int = 0
    by_state: dict[str, int] = field(default_factory=dict)
    half_visible: int = 0
    completed: int = 0
    problems: list[str] = field(default_factory=list)


def main() -> None:
    """Kill and restart ingests, compare what is stored, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    chance, outcome = random.Random(arguments.seed), Outcome()
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory, "files")
        _make_files(folder)
        run = 0
        while outcome.kills < arguments.kills:
            run += 1
            _until_done(Path(directory, f"data-{run}"), folder, chance, outcome, arguments.kills)
    _write(outcome)
    sys.exit(1 if outcome.problems or outcome.half_visible else 0)


def _until_done(
    data: Path, folder: Path, chance: random.Random, outcome: Outcome, kills: int
) -> None:
    """Ingest into an empty directory, with kills, until the ingest comes to its end."""
    _terminal(data, "migrate")
    _terminal(data, "collections", "add", "All", "--open")
    while not _ingest(data, folder, chance.uniform(EARLIEST_S, LATEST_S), outcome, kills):
        outcome.half_visible += _half_visible(data)
    outcome.completed += 1
    outcome.problems += _compare(data)
    print(f"run ended kills={outcome.kills} problems={outcome.problems}", flush=True)


def _ingest(data: Path, folder: Path, seconds: float, outcome: Outcome, kills: int) -> bool:
    """Return whether the ingest ended by itself; after `kills` kills it is left to end."""
    command = [sys.executable, "sandbox_cli.py", "ingest", str(folder), "--collection", "All"]
    process = subprocess.Popen(command, cwd=ROOT, env=_environment(data), stderr=subprocess.PIPE)
    try:
        _, errors = process.communicate(timeout=None if outcome.kills >= kills else seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        outcome.kills += 1
        for state in _states(data):
            outcome.by_state[state] = outcome.by_state.get(state, 0) + 1
        return False
    if process.returncode:
        outcome.problems.append(f"ingest ended with {process.returncode}: {errors.decode()[-300:]}")
    return True


def _states(data: Path) -> set[str]:
    """Return the states that documents are in, as a kill found them."""
    with closing(sqlite3.connect(data / "sandbox.db")) as connection:
        return {row[0] for row in connection.execute("SELECT state FROM document_versions")}


def _half_visible(data: Path) -> int:
    """Count passages that can be found although their document is not ready, or not whole."""
    query = """
        SELECT count(*) FROM chunks JOIN document_versions v ON v.id = chunks.version_id
        WHERE chunks.is_ready AND (v.state != 'ready' OR v.chunk_count != (
            SELECT count(*) FROM chunks c WHERE c.version_id = v.id AND c.is_ready))
    """
    with closing(sqlite3.connect(data / "sandbox.db")) as connection:
        return int(connection.execute(query).fetchone()[0])


def _compare(data: Path) -> Iterator[str]:
    with closing(sqlite3.connect(data / "sandbox.db")) as connection:
        states = dict(
            connection.execute("SELECT state, count(*) FROM document_versions GROUP BY state")
        )
        keys = connection.execute("SELECT count(DISTINCT source_key) FROM documents").fetchone()[0]
        waste = connection.execute("SELECT count(*) FROM chunks WHERE NOT is_ready").fetchone()[0]
    if states != {"ready": FILES} or keys != FILES:
        yield f"states {states}, {keys} documents"
    if waste:
        yield f"{waste} passages of unfinished runs are left"
    for line in _terminal(data, "verify", "--json").splitlines():
        finding = json.loads(line)
        if not finding.get("ok", True):
            yield f"verify: {line}"


def _terminal(data: Path, *arguments: str) -> str:
    command = [sys.executable, "sandbox_cli.py", *arguments]
    ran = subprocess.run(
        command, cwd=ROOT, env=_environment(data), capture_output=True, text=True, check=False
    )
    return ran.stdout


def _environment(data: Path) -> dict[str, str]:
    models = str(settings_in(data).models_dir.resolve())
    return os.environ | {"SANDBOX_DATA_DIR": str(data), "SANDBOX_EMBEDDINGS__CACHE_DIR": models}


def _make_files(folder: Path) -> None:
    folder.mkdir()
    chance = random.Random(1)
    for number in range(FILES):
        name, content = _file(number, chance)
        (folder / name).write_bytes(content)


def _file(number: int, chance: random.Random) -> tuple[str, bytes]:
    words = [chance.choice(WORDS) for _ in range(chance.randint(40, 900))]
    sentences = [" ".join(words[i : i + 12]).capitalize() + "." for i in range(0, len(words), 12)]
    text = f"File number {number}.\n\n" + "\n\n".join(sentences)
    match number % 5:
        case 0:
            return f"{number}.md", f"# Title {number}\n\n{text}".encode()
        case 1:
            return f"{number}.html", f"<h1>Title {number}</h1><p>{text}</p>".encode()
        case 2:
            return f"{number}.pdf", files.pdf(
                [(f"File {number}", 18), *((s, 11) for s in sentences)]
            )
        case 3:
            return f"{number}.csv", "\n".join(f"{number},{s}" for s in sentences).encode()
        case _:
            return f"{number}.txt", text.encode()


WORDS = (
    *("leave", "travel", "invoice", "forklift", "customs", "password", "pallet", "driver"),
    *("approves", "requests", "checks", "within", "after", "before", "every", "ten", "working"),
    *("days", "the", "a", "manager", "team", "document", "office", "Hamburg", "policy", "rate"),
)


def _write(outcome: Outcome) -> None:
    states = ", ".join(f"{state} {count}" for state, count in sorted(outcome.by_state.items()))
    lines: Sequence[str] = (
        "# Killed ingests",
        "",
        f"`python -m benchmarks.crashes`, {time.strftime('%Y-%m-%d')}: {FILES} files a run.",
        "",
        "| measure | value |",
        "|---|---|",
        f"| kills (SIGKILL) at random moments | {outcome.kills} |",
        f"| kills that found a document in this state | {states} |",
        f"| ingests that came to their end after their kills | {outcome.completed} |",
        f"| visible passages of documents that were not ready | {outcome.half_visible} |",
        f"| documents lost, doubled or of unequal counts at the end | {len(outcome.problems)} |",
        *(f"| problem | {problem} |" for problem in outcome.problems),
    )
    (RESULTS / "crashes.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
