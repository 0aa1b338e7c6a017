"""What is lost when something breaks: `python -m benchmarks.outages [--only WORD]`.

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

from benchmarks.material.breakdowns import FAULTS, Fault, Place
from benchmarks.material.place import RESULTS, ROOT

TEXTS = {
    "Handbook": "Every parent gets 90 working days of parental leave per child.",
    "Canteen": "Lunch in the canteen costs 4.90 EUR from April.",
}
START_SECONDS, MOST_LINES = 60, 1
TELLS_WHAT_IS_KEPT = re.compile(r"\bkept\b|[Nn]othing (?:was|is|has been)")
RESULTS_FILE = RESULTS / "outages.md"


def main() -> None:
    """Breaks, looks, mends, looks, writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="faults with this word in their name")
    parser.add_argument("--together", type=int, default=2, help="faults looked at side by side")
    options = parser.parse_args()
    faults = [fault for fault in FAULTS if options.only in fault.name]
    with tempfile.TemporaryDirectory() as there, ThreadPoolExecutor(options.together) as pool:
        filled = _filled(Path(there, "filled"))
        places = [Path(there, f"{number}") for number in range(len(faults))]
        for place in places:
            shutil.copytree(filled.folder, place)
        rows = list(pool.map(_looked_at, faults, map(Place, places)))
    _write(rows)
    sys.exit(1 if any(problems for _, problems in rows) else 0)


def _looked_at(fault: Fault, place: Place) -> tuple[str, list[str]]:
    try:
        problems = list(_problems(fault, place))
    except subprocess.CalledProcessError as error:
        problems = [f"not looked at: {error.stderr.decode().strip()}"]
    finally:
        place.unmount()
    sys.stdout.write(f"{fault.name}: {'; '.join(problems) or 'ok'}\n")
    sys.stdout.flush()
    return fault.name, problems


def _filled(folder: Path) -> Place:
    place = Place(folder)
    (folder / "files").mkdir(parents=True)
    (folder / "files" / "new.txt").write_text("Gate 7 in Kassel opens at 05:15. " * 3_000)
    _require(place.run("migrate"))
    for name, text in TEXTS.items():
        file = folder / "files" / f"{name}.txt"
        file.write_text(text)
        _require(place.run("collections", "add", name, "--open"))
        _require(place.run("ingest", str(file), "--collection", name))
    return place


def _require(done: "subprocess.CompletedProcess[str]") -> None:
    if done.returncode:
        raise RuntimeError(done.stderr)


def _problems(fault: Fault, place: Place) -> Iterator[str]:
    """What does not hold, in words; nothing if all does."""
    fault.harm(place)
    for number, command in enumerate(fault.ended):
        form = (*command, "--json") if number % 2 else command
        yield from _not_a_sentence(" ".join(form), place.run(*form))
    for command in fault.going_on:
        if place.run(*command, "--json").returncode:
            yield f"{' '.join(command)} ends too"
    if fault.stops_the_app:
        yield from _not_a_start(place)
    fault.mend(place)
    for command in fault.commands:
        done = place.run(*command)
        if done.returncode:
            yield f"{' '.join(command)} does not mend it: {done.stderr.strip()[-200:]}"
    yield from _losses(place)


def _not_a_sentence(name: str, done: "subprocess.CompletedProcess[str]") -> Iterator[str]:
    if done.returncode != 1:
        yield f"{name}: exit code {done.returncode}"
    if "Traceback" in done.stderr or "genai-sandbox-" in done.stderr:
        yield f"{name}: not translated: {done.stderr.strip()[-200:]}"
    if not TELLS_WHAT_IS_KEPT.search(done.stderr):
        yield f"{name}: does not say what is kept: {done.stderr.strip()[-200:]}"
    if done.stdout or done.stderr.count("\n") != MOST_LINES:
        yield f"{name}: {done.stderr.count(chr(10))} lines, {len(done.stdout)} characters of output"


def _not_a_start(place: Place) -> Iterator[str]:
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "sandbox_app.py")]
    try:
        done = subprocess.run(
            [*command, "--server.port", str(_free_port())],
            cwd=place.folder,
            env=place.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=START_SECONDS,
        )
    except subprocess.TimeoutExpired:
        yield "the app starts"
        return
    if done.returncode != 1 or "The app cannot start." not in done.stderr:
        yield f"the app ends with {done.returncode}: {done.stderr.strip()[-200:]}"
    if "Traceback" in done.stderr:
        yield "the app shows a traceback"


def _losses(place: Place) -> Iterator[str]:
    report = place.run("verify", "--json").stdout.splitlines()
    if not report or not json.loads(report[-1])["ok"]:
        yield "verify finds differences"
    documents = place.run("documents", "list", "--json").stdout.splitlines()
    if len(documents) < len(TEXTS):
        yield f"{len(documents)} of {len(TEXTS)} documents are left"
    for text in TEXTS.values():
        found = place.run("search", text, "--json").stdout
        if not found or not json.loads(found)["hits"]:
            yield f"“{text[:20]} …” is not found"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _known() -> dict[str, str]:
    """What the last look at each fault found, from the results."""
    if not RESULTS_FILE.exists():
        return {}
    lines = RESULTS_FILE.read_text(encoding="utf-8").splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    return {row[0]: row[1] for row in rows if len(row) == 2}


def _write(rows: Sequence[tuple[str, list[str]]]) -> None:
    new = {name: " ".join("; ".join(problems).split()) or "ok" for name, problems in rows}
    found = _known() | new
    found = {fault.name: found[fault.name] for fault in FAULTS if fault.name in found}
    good = sum(one == "ok" for one in found.values())
    lines = [
        "# What is lost when something breaks",
        "",
        f"{time.strftime('%d %B %Y')}, {good} of {len(found)} faults: each command and the start "
        "of the app ended with one sentence and exit code 1, nothing was lost, and the documented "
        "command mended it.",
        "",
        "| fault | found |",
        "|---|---|",
        *(f"| {name} | {one} |" for name, one in found.items()),
        "",
    ]
    RESULTS_FILE.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
