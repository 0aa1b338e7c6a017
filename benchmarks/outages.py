"""Measures what is lost when something breaks: `python -m benchmarks.outages [--only WORD]`.

Breaks a small installation in every way of FAULTS (benchmarks/material/breakdowns.py), each in a
copy of its own, with real processes: files are damaged, the disk is full or read-only, servers are
down, settings are wrong. Every command has to end with one sentence on standard error, exit code 1
and no traceback, every second one with --json; so has the start of the app. Then it is mended as
docs/operations.md says, and everything that was there before has to be there again. Writes
benchmarks/results/outages.md; faults that were left out keep their rows there.
"""

import argparse
import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.material.breakdowns import FAULTS, Fault, Installation
from benchmarks.material.place import RESULTS, ROOT

TEXTS = {
    "Handbook": "Every parent gets 90 working days of parental leave per child.",
    "Canteen": "Lunch in the canteen costs 4.90 EUR from April.",
}
START_SECONDS, MOST_LINES = 60, 1
TELLS_WHAT_IS_KEPT = re.compile(r"\bkept\b|[Nn]othing (?:was|is|has been)")
RESULTS_FILE = RESULTS / "outages.md"


def main() -> None:
    """Break each copy, check it, mend it, check again, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="faults with this word in their name")
    parser.add_argument("--together", type=int, default=2, help="faults looked at side by side")
    options = parser.parse_args()
    faults = [fault for fault in FAULTS if options.only in fault.name]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(options.together) as pool:
        filled = _filled(Path(folder, "filled"))
        copies = [Path(folder, f"{number}") for number in range(len(faults))]
        for copy in copies:
            shutil.copytree(filled.folder, copy)
        rows = list(pool.map(_examined, faults, map(Installation, copies)))
    _write(rows)
    sys.exit(1 if any(problems for _, problems in rows) else 0)


def _examined(fault: Fault, installation: Installation) -> tuple[str, list[str]]:
    try:
        problems = list(_problems(fault, installation))
    except subprocess.CalledProcessError as error:
        problems = [f"not looked at: {error.stderr.decode().strip()}"]
    finally:
        installation.unmount()
    sys.stdout.write(f"{fault.name}: {'; '.join(problems) or 'ok'}\n")
    sys.stdout.flush()
    return fault.name, problems


def _filled(folder: Path) -> Installation:
    installation = Installation(folder)
    (folder / "files").mkdir(parents=True)
    (folder / "files" / "new.txt").write_text("Gate 7 in Kassel opens at 05:15. " * 3_000)
    _require(installation.run("migrate"))
    for name, text in TEXTS.items():
        file = folder / "files" / f"{name}.txt"
        file.write_text(text)
        _require(installation.run("collections", "add", name, "--open"))
        _require(installation.run("ingest", str(file), "--collection", name))
    return installation


def _require(process: "subprocess.CompletedProcess[str]") -> None:
    if process.returncode:
        raise RuntimeError(process.stderr)


def _problems(fault: Fault, installation: Installation) -> Iterator[str]:
    """Yield what does not hold, in words; nothing if everything does."""
    fault.harm(installation)
    for number, command in enumerate(fault.ended):
        form = (*command, "--json") if number % 2 else command
        yield from _not_a_sentence(" ".join(form), installation.run(*form))
    for command in fault.going_on:
        if installation.run(*command, "--json").returncode:
            yield f"{' '.join(command)} ends too"
    if fault.stops_the_app:
        yield from _not_a_start(installation)
    fault.mend(installation)
    for command in fault.commands:
        process = installation.run(*command)
        if process.returncode:
            yield f"{' '.join(command)} does not mend it: {process.stderr.strip()[-200:]}"
    yield from _losses(installation)


def _not_a_sentence(name: str, process: "subprocess.CompletedProcess[str]") -> Iterator[str]:
    if process.returncode != 1:
        yield f"{name}: exit code {process.returncode}"
    if "Traceback" in process.stderr or "genai-sandbox-" in process.stderr:
        yield f"{name}: not translated: {process.stderr.strip()[-200:]}"
    if not TELLS_WHAT_IS_KEPT.search(process.stderr):
        yield f"{name}: does not say what is kept: {process.stderr.strip()[-200:]}"
    if process.stdout or process.stderr.count("\n") != MOST_LINES:
        lines, characters = process.stderr.count("\n"), len(process.stdout)
        yield f"{name}: {lines} lines, {characters} characters of output"


def _not_a_start(installation: Installation) -> Iterator[str]:
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "sandbox_app.py")]
    try:
        process = subprocess.run(
            [*command, "--server.port", str(_free_port())],
            cwd=installation.folder,
            env=installation.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=START_SECONDS,
        )
    except subprocess.TimeoutExpired:
        yield "the app starts"
        return
    if process.returncode != 1 or "The app cannot start." not in process.stderr:
        yield f"the app ends with {process.returncode}: {process.stderr.strip()[-200:]}"
    if "Traceback" in process.stderr:
        yield "the app shows a traceback"


def _losses(installation: Installation) -> Iterator[str]:
    report = installation.run("verify", "--json").stdout.splitlines()
    if not report or not json.loads(report[-1])["ok"]:
        yield "verify finds differences"
    documents = installation.run("documents", "list", "--json").stdout.splitlines()
    if len(documents) < len(TEXTS):
        yield f"{len(documents)} of {len(TEXTS)} documents are left"
    for text in TEXTS.values():
        output = installation.run("search", text, "--json").stdout
        if not output or not json.loads(output)["hits"]:
            yield f"“{text[:20]} …” is not found"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _earlier_outcomes() -> dict[str, str]:
    """Return what the last look at each fault found, from the results."""
    if not RESULTS_FILE.exists():
        return {}
    lines = RESULTS_FILE.read_text(encoding="utf-8").splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    return {row[0]: row[1] for row in rows if len(row) == 2}


def _write(rows: Sequence[tuple[str, list[str]]]) -> None:
    latest = {name: " ".join("; ".join(problems).split()) or "ok" for name, problems in rows}
    outcomes = _earlier_outcomes() | latest
    outcomes = {fault.name: outcomes[fault.name] for fault in FAULTS if fault.name in outcomes}
    good = sum(outcome == "ok" for outcome in outcomes.values())
    lines = [
        "# What is lost when something breaks",
        "",
        f"{time.strftime('%d %B %Y')}, {good} of {len(outcomes)} faults: each command and the "
        "start of the app ended with one sentence and exit code 1, nothing was lost, and the "
        "documented command mended it.",
        "",
        "| fault | found |",
        "|---|---|",
        *(f"| {name} | {outcome} |" for name, outcome in outcomes.items()),
        "",
    ]
    RESULTS_FILE.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
