"""Measures how quick the app stays while many people ask: `python -m benchmarks.people`.

Starts the app with the sample documents; `--people` (60) with a tab each ask the golden questions,
every 20 seconds (`--every`), and one who only looks opens the chat page every few seconds. With
`--model` answers come from a scripted provider on this machine, 30 words a second. With
`--neighbour`, one person asks alone at first, then beside a colleague who asks in six tabs without
a pause. Results are added to benchmarks/results/people.md, one row a run.
"""

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import numpy as np
from websockets.exceptions import ConnectionClosed

from admin.people import People
from admin.signing_in.passwords import Passwords
from benchmarks.material.place import RESULTS
from benchmarks.material.tab import Tab, Timing
from benchmarks.restarts import PASSWORD, settings_for
from core.domain.identity import SYSTEM
from core.storage.database import Database
from evaluation.datasets import load_golden
from tools.trial.provider import FakeProvider, Reply
from tools.trial.served import ServedApp, served_app

WORDS = "Every parent employed here gets 90 working days of parental leave per child [1]. "
STREAM = Reply(WORDS * 12, pause_s=1 / 30)
LOOK_EVERY_S, PATIENCE_S = 5.0, 120.0
TABLE = (
    "| run | people | questions | errors | first text p50, s | p95, s | page drawn p95, s "
    "| page opens p95, s | memory after a sixth, MB | at the end, MB |\n"
    "|---|---|---|---|---|---|---|---|---|---|"
)


@dataclass(slots=True)
class Figures:
    """The measurements of a run, in seconds and megabytes."""

    asked: list[Timing] = field(default_factory=list)
    opened: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def row(self, label: str, people: int) -> str:
        """Return a line of the table."""
        first = [timing.first_text for timing in self.asked if timing.first_text is not None]
        drawn = [timing.page_drawn for timing in self.asked if timing.page_drawn is not None]
        errors = len(self.errors) + sum(bool(timing.problem) for timing in self.asked)
        early = self.memory[len(self.memory) // 6] if self.memory else 0
        figures = (
            f"{_share(first, 50):.2f} | {_share(first, 95):.2f} | {_share(drawn, 95):.2f} | "
            f"{_share(self.opened, 95):.2f} | {early:.0f} | {(self.memory or [0])[-1]:.0f}"
        )
        return f"| {label} | {people} | {len(self.asked)} | {errors} | {figures} |"


def main() -> None:
    """Start the app, let people ask, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--every", type=float, default=20)
    parser.add_argument("--model", action="store_true")
    parser.add_argument("--neighbour", action="store_true")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        settings = {"SANDBOX_SESSION__SECURE_COOKIE": "false", "SANDBOX_ANSWERS__PER_MINUTE": "0"}
        if arguments.model:
            settings = settings_for(stack.enter_context(FakeProvider(STREAM)))
        app = stack.enter_context(served_app(Path(folder), settings))
        emails = _add_people(app, arguments.people)
        if arguments.neighbour:
            _write(asyncio.run(_neighbour(app, emails, arguments.seconds)))
        else:
            _write([asyncio.run(_load(app, emails, arguments))])


def _add_people(app: ServedApp, number: int) -> list[str]:
    """Add accounts in this process: a terminal command for each would take minutes."""
    database = Database(f"sqlite:///{app.data_dir / 'sandbox.db'}")
    people = People(database, Passwords("Nordhafen Logistics"))
    emails = [f"person{n}@nordhafen.example" for n in range(number)]
    for email in emails:
        people.add(SYSTEM, email, name=email.partition("@")[0], password=PASSWORD)
    database.close()
    return emails


async def _load(app: ServedApp, emails: Sequence[str], options: argparse.Namespace) -> str:
    figures, questions = Figures(), _questions()
    tabs = [await _signed_in(app, email) for email in emails]
    for tab in tabs:
        await tab.open()
    until = time.monotonic() + options.seconds
    async with asyncio.TaskGroup() as tasks:
        for tab in tabs:
            tasks.create_task(_chat(tab, figures, questions, options.every, until))
        tasks.create_task(_open_pages(app, tabs[-1], figures, until))
        tasks.create_task(_watch(app, figures, until))
    for tab in tabs:
        await tab.close()
    kind = "a language model" if options.model else "passages"
    return figures.row(f"{kind}, every {options.every:g} s, {options.seconds:g} s", len(emails))


async def _neighbour(app: ServedApp, emails: Sequence[str], seconds: float) -> list[str]:
    """Measure one person alone, then beside a colleague who asks in six tabs without a pause."""
    questions = _questions()
    me, first = await _signed_in(app, emails[0]), await _signed_in(app, emails[1])
    tabs = [first, *(Tab(app.url, first.cookies) for _ in range(5))]
    for tab in (me, *tabs):
        await tab.open()
    alone, beside, busy = Figures(), Figures(), Figures()
    await _chat(me, alone, questions, 2, time.monotonic() + seconds)
    until = time.monotonic() + seconds
    async with asyncio.TaskGroup() as tasks:
        for tab in tabs:
            tasks.create_task(_chat(tab, busy, questions, 0, until))
        tasks.create_task(_chat(me, beside, questions, 2, until))
    for tab in (me, *tabs):
        await tab.close()
    return [
        alone.row("passages, one person alone", 1),
        beside.row("the same beside six tabs of a colleague", 1),
        busy.row("the colleague with six tabs", 1),
    ]


async def _signed_in(app: ServedApp, email: str) -> Tab:
    tab = Tab(app.url)
    await tab.sign_in(email, PASSWORD)
    return tab


async def _chat(
    tab: Tab, figures: Figures, questions: Iterator[str], interval: float, until: float
) -> None:
    """Ask every `interval` seconds; tabs begin at different moments of the first round."""
    await asyncio.sleep(random.uniform(0, interval))
    while (began := time.monotonic()) < until:
        try:
            figures.asked.append(await asyncio.wait_for(tab.ask(next(questions)), PATIENCE_S))
        except (TimeoutError, ConnectionClosed) as error:
            figures.errors.append(type(error).__name__)
            await tab.leave()
            await tab.reconnect()
        await asyncio.sleep(max(0.0, interval - (time.monotonic() - began)))


async def _open_pages(app: ServedApp, like: Tab, figures: Figures, until: float) -> None:
    """Open the page in a new tab now and then."""
    while time.monotonic() < until:
        tab = Tab(app.url, like.cookies)
        figures.opened.append(await tab.open())
        await tab.close()
        await asyncio.sleep(LOOK_EVERY_S)


async def _watch(app: ServedApp, figures: Figures, until: float) -> None:
    """Note the resident memory of the app's process."""
    pages = os.sysconf("SC_PAGE_SIZE") / 2**20
    while time.monotonic() < until and app.process is not None:
        resident = Path(f"/proc/{app.process.pid}/statm").read_text(encoding="ascii").split()[1]
        figures.memory.append(int(resident) * pages)
        await asyncio.sleep(1)


def _questions() -> Iterator[str]:
    """Yield the golden questions over and over, each time as another text that no cache knows."""
    cases = [case.text for case in load_golden().cases if not case.history]
    random.Random(1).shuffle(cases)
    for number in count():
        yield from (f"{text} ({number})" if number else text for text in cases)


def _share(values: Sequence[float], percent: float) -> float:
    return float(np.percentile(values, percent)) if values else float("nan")


def _write(rows: Sequence[str]) -> None:
    path = RESULTS / "people.md"
    head = "# Many people at once\n\nRows of `python -m benchmarks.people`.\n\n" + TABLE
    text = path.read_text(encoding="utf-8").rstrip() if path.exists() else head
    path.write_text("\n".join([text, *rows]) + "\n", encoding="utf-8")
    print("\n".join([TABLE, *rows]))


if __name__ == "__main__":
    main()
