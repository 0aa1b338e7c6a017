"""What is lost when something breaks: `python -m benchmarks.outages [--only WORD]`.

Breaks a small installation in every way of FAULTS, each in a copy of its own, with real processes:
files are damaged, the disk is full or read-only, servers are down, settings are wrong. Every
command has to end with one sentence on standard error, exit code 1 and no traceback, every second
one with --json; so has the start of the app. Then it is mended as docs/operations.md says, and
everything that was there before has to be there again. Writes benchmarks/results/outages.md; faults
that were left out keep their rows there.
"""

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.material.place import RESULTS, ROOT
from tools.trial import damage

TEXTS = {
    "Handbook": "Every parent gets 90 working days of parental leave per child.",
    "Canteen": "Lunch in the canteen costs 4.90 EUR from April.",
}
LISTS = (("users", "list"), ("documents", "list"))
SEARCHES = (("search", "parental leave"), ("verify",))
INGEST = ("ingest", "{files}/new.txt", "--collection", "Handbook")
REPAIR, REINDEX = ("verify", "--repair"), ("reindex",)
START_SECONDS, MOST_LINES = 60, 1
TELLS_WHAT_IS_KEPT = re.compile(r"\bkept\b|[Nn]othing (?:was|is|has been)")
RESULTS_FILE = RESULTS / "outages.md"
LITTLE_ROOM = 200 * 1024
"""Bytes that are left on a disk where work can begin and not end."""
BLOCK = 4096


@dataclass(slots=True)
class Place:
    """An installation to break; `mounts` is how often something lies over its data directory."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    mounts: int = 0

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """A command of the terminal in a process of its own."""
        filled = [one.format(files=self.folder / "files") for one in arguments]
        return subprocess.run(
            [sys.executable, str(ROOT / "sandbox_cli.py"), *filled],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def environment(self) -> Mapping[str, str]:
        kept = {n: v for n, v in os.environ.items() if not n.startswith("SANDBOX_")}
        models = os.environ.get("SANDBOX_EMBEDDINGS__CACHE_DIR", str(ROOT / "data/local/models"))
        empty = self.folder / "empty.env"
        empty.touch()
        return {
            **kept,
            "SANDBOX_ENV_FILE": str(empty),
            "SANDBOX_DATA_DIR": str(self.data),
            "SANDBOX_EMBEDDINGS__CACHE_DIR": models,
            **self.settings,
        }

    def mount(self, *options: str) -> None:
        """Raises CalledProcessError where this account may not mount."""
        subprocess.run(["mount", *options, str(self.data)], check=True, capture_output=True)
        self.mounts += 1

    def remount(self, *options: str) -> None:
        """What is mounted, in another way."""
        command = ["mount", "-o", ",".join(("remount", *options)), str(self.data)]
        subprocess.run(command, check=True, capture_output=True)

    def unmount(self) -> None:
        """Takes away all that was mounted."""
        for _ in range(self.mounts):
            subprocess.run(["umount", str(self.data)], check=True)
        self.mounts = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """A way to break it, what then has to end with a sentence, and how it is mended."""

    name: str
    harm: Callable[[Place], object]
    ended: Sequence[tuple[str, ...]]
    mend: Callable[[Place], object] = lambda _: None
    commands: Sequence[tuple[str, ...]] = ()
    going_on: Sequence[tuple[str, ...]] = ()
    stops_the_app: bool = True


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


def _set(name: str, value: str) -> Callable[[Place], None]:
    def harm(place: Place) -> None:
        place.settings[name] = value

    return harm


def _unset(place: Place) -> None:
    place.settings.clear()


def _database(harm: damage.Damage) -> Callable[[Place], None]:
    def harmed(place: Place) -> None:
        database = place.data / "sandbox.db"
        damage.without_log(lambda _: None)(database)
        shutil.copy(database, place.folder / "backup.db")
        harm(database)

    return harmed


def _put_back(place: Place) -> None:
    shutil.copy(place.folder / "backup.db", place.data / "sandbox.db")


def _vectors(harm: damage.Damage) -> Callable[[Place], object]:
    return lambda place: damage.without_log(harm)(place.data / "vectors" / "chroma.sqlite3")


def _keywords(harm: damage.Damage, pattern: str) -> Callable[[Place], None]:
    def harmed(place: Place) -> None:
        for path in (place.data / "keywords").glob(f"*/{pattern}"):
            harm(path)

    return harmed


def _read_only_and_open(place: Place) -> None:
    """As an earlier version may have left it: readable for all accounts."""
    for path in (place.data, *place.data.rglob("*")):
        path.chmod(path.stat().st_mode | 0o044)
    _read_only(place)


def _read_only(place: Place) -> None:
    place.mount("--bind", str(place.data))
    place.remount("bind", "ro")


def _writable(place: Place) -> None:
    place.remount("bind", "rw")


def _full(left: int) -> Callable[[Place], None]:
    """Moves the data to a small disk of its own and fills it up, but for `left` bytes."""

    def harm(place: Place) -> None:
        aside = place.folder / "aside"
        place.data.rename(aside)
        place.data.mkdir()
        size = sum(f.stat().st_size + BLOCK for f in aside.rglob("*")) + 2 * 2**20
        place.mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs")
        shutil.copytree(aside, place.data, dirs_exist_ok=True)
        free = shutil.disk_usage(place.data).free
        _filler(place).write_bytes(bytes(max(free - left, 0)))

    return harm


def _filler(place: Place) -> Path:
    return place.data / "somebody-elses-file"


def _roomy(place: Place) -> None:
    _filler(place).unlink()


def _index_faults() -> Iterator[Fault]:
    """Searches end, lists go on, and either command mends it."""
    found = (
        ("chroma.sqlite3 is noise", _vectors(damage.garbage)),
        ("chroma.sqlite3 is cut in half", _vectors(damage.half)),
        ("chroma.sqlite3 is noise after its first page", _vectors(damage.middle)),
        ("chroma.sqlite3 is a folder", _vectors(damage.folder_in_its_place)),
        ("meta.json of tantivy is noise", _keywords(damage.garbage, "meta.json")),
        ("meta.json of tantivy is empty", _keywords(damage.cut_to_nothing, "meta.json")),
        ("terms of tantivy have wrong bits", _keywords(damage.some_bits, "*.term")),
        ("fast fields of tantivy have wrong bits", _keywords(damage.some_bits, "*.fast")),
        ("segments of tantivy are cut in half", _keywords(damage.half, "*.idx")),
    )
    for number, (name, harm) in enumerate(found):
        repair = REPAIR if number % 2 else REINDEX
        yield Fault(
            f"{name}, {' '.join(repair)}", harm, SEARCHES, commands=[repair], going_on=LISTS
        )


def _database_faults() -> Iterator[Fault]:
    for name, harm in (
        ("sandbox.db is noise", damage.garbage),
        ("sandbox.db is cut in half", damage.half),
        ("sandbox.db is noise after its first page", damage.middle),
        ("sandbox.db is a text", damage.text),
    ):
        every = (*LISTS, *SEARCHES, REPAIR, REINDEX, INGEST, ("migrate",))
        yield Fault(name, _database(harm), every, _put_back, [("migrate",), REPAIR])
    for url in (
        "postgresql+psycopg://root@127.0.0.1:9/test",
        "postgresql+psycopg://root@127.0.0.1:5432/no_such_database",
        "postgres://root@127.0.0.1/test",
        "mysql://root@127.0.0.1/test",
        "nonsense",
    ):
        harm_of_url = _set("SANDBOX_DATABASE__URL", url)
        yield Fault(
            f"the database is at {url}", harm_of_url, (*LISTS, *SEARCHES, REINDEX, INGEST), _unset
        )


def _system_faults() -> Iterator[Fault]:
    writes = (INGEST, ("collections", "add", "Yard"), REINDEX, ("groups", "add", "Yard"))
    yield Fault("the data directory is read-only", _read_only, (*writes, *LISTS), _writable)
    yield Fault(
        "the data directory is read-only and open to all", _read_only_and_open, LISTS, _writable
    )
    yield Fault("the disk is full", _full(0), writes, _roomy, [REPAIR])
    almost = (INGEST, REINDEX)
    yield Fault(
        "the disk is full soon", _full(LITTLE_ROOM), almost, _roomy, [REPAIR], stops_the_app=False
    )
    yield Fault(
        "the data directory is missing",
        _set("SANDBOX_DATA_DIR", "/proc/nowhere"),
        (*LISTS, *SEARCHES, ("migrate",)),
        _unset,
    )
    for name, value in (
        ("SANDBOX_SERVER__ALLOWED_HOSTS", "sandbox.example.com"),
        ("SANDBOX_RETRIEVAL__TOP_K", "many"),
        ("SANDBOX_QUEUE__REDIS_URL", "http://127.0.0.1"),
    ):
        yield Fault(f"{name}={value}", _set(name, value), (*LISTS, INGEST), _unset)
    yield Fault(
        "Redis is down", _set("SANDBOX_QUEUE__REDIS_URL", "redis://127.0.0.1:9/0"), (), _unset
    )
    chroma = _set("SANDBOX_VECTORS__URL", "http://127.0.0.1:9")
    yield Fault("the Chroma server is down", chroma, SEARCHES, _unset, going_on=LISTS)


FAULTS = (*_index_faults(), *_database_faults(), *_system_faults())


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
