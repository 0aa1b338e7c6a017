"""Measures whether drift monitors stay quiet in ordinary weeks and notice what was planted.

    python -m benchmarks.quality [--weeks 200] [--faults 10]

A simulated company asks questions of the shipped datasets, week by week; every Monday the monitors
judge the week that ended. Everything goes through the database and the real embedding model. In
ordinary weeks nothing changes but what chance changes: who asks, what, how long answers take.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from admin.quality.drift import DriftChecks
from admin.quality.values import Monitor, State, Verdict
from admin.usage.days import UsageDays
from benchmarks.material.place import RESULTS, settings_in
from benchmarks.quality.world import FIRST, Company, Fault, World
from bootstrap.embedders import build_embedders
from core.domain.costs.money import ExchangeRates
from core.storage.database import Database
from core.storage.migrate import migrate

if TYPE_CHECKING:
    from core.domain.ports import EmbeddedPassages, Embedder, Spans, Vectors

RESULTS_FILE = RESULTS / "quality.md"
WARM_UP = 6
COMPANIES = {
    "500 answers a week, 200 of them rated": Company(conversations_a_week=300),
    "170 answers a week, 70 of them rated": Company(people=30, conversations_a_week=100),
}
TOPIC_SHARES = (0.1, 0.2, 0.3, 0.5)
DROP = 0.15
SEED = 20_260


class Remembering:
    """The embedder it is given; each text is embedded once."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}
        self.name, self.dimension = embedder.name, embedder.dimension

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one row for each text."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._embedder.embed_passages(new), strict=True))
        return np.stack([self._known[text] for text in texts])

    def embed_query(self, text: str) -> Vectors:
        """Return the vector of a question."""
        return self._embedder.embed_query(text)

    def embed_with_sentences(
        self, texts: Sequence[str], spans: Sequence[Spans]
    ) -> EmbeddedPassages:
        """Return passages with their sentences."""
        return self._embedder.embed_with_sentences(texts, spans)

    def count_tokens(self, text: str) -> int:
        """Return the number of tokens."""
        return self._embedder.count_tokens(text)


@dataclass
class Simulation:
    """A company on a database of its own, whose clock stands on a Monday morning."""

    folder: Path
    company: Company
    embedder: Embedder
    seed: int
    monday: datetime = field(default=datetime(2024, 1, 1, 6, tzinfo=UTC))

    def __post_init__(self) -> None:
        self.database = Database(f"sqlite:///{self.folder / f'{self.seed}.db'}")
        migrate(self.database)
        self.world = World(self.database, self.company, self.seed)
        self.checks = DriftChecks(
            self.database,
            UsageDays(self.database),
            ExchangeRates("EUR"),
            self.embedder,
            clock=lambda: self.monday,
        )

    def week(self, number: int, fault: Fault | None = None) -> list[Verdict]:
        """Let a week pass, and judge it."""
        self.world.add_week(number, fault)
        passed = datetime.combine(FIRST, datetime.min.time(), UTC) + timedelta(weeks=number + 1)
        self.monday = passed + timedelta(hours=6)
        return self.checks.check() if number >= WARM_UP - 1 else []


@dataclass
class Alarms:
    """In how many weeks each monitor warned or alerted, and any of them did."""

    weeks: int = 0
    judged: Counter[Monitor] = field(default_factory=Counter)
    warned: Counter[Monitor] = field(default_factory=Counter)
    alerted: Counter[Monitor] = field(default_factory=Counter)
    any_warned: int = 0
    any_alerted: int = 0

    def add(self, verdicts: Sequence[Verdict]) -> None:
        """Count one week; an alert counts as a warning too."""
        alerts = [v.monitor for v in verdicts if v.state is State.ALERT]
        warnings = [v.monitor for v in verdicts if v.state in (State.ALERT, State.WARN)]
        self.weeks += 1
        self.judged.update(v.monitor for v in verdicts if v.state is not State.NO_DATA)
        self.alerted.update(alerts)
        self.warned.update(warnings)
        self.any_alerted += bool(alerts)
        self.any_warned += bool(warnings)


def main() -> None:
    """Measure false alarms and planted faults, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--weeks", type=int, default=200)
    parser.add_argument("--faults", type=int, default=10)
    options = parser.parse_args()
    lines = _intro()

    def keep(part: list[str]) -> None:
        """Write what is known so far: the whole takes long."""
        lines.extend(part)
        RESULTS_FILE.write_text("\n".join([*lines, ""]), encoding="utf-8")

    with tempfile.TemporaryDirectory() as folder:
        embedder = Remembering(build_embedders(settings_in(Path(folder))).default)
        for name, company in COMPANIES.items():
            alarms = _ordinary(Path(folder), company, embedder, options.weeks)
            keep(_false_alarms(name, alarms))
        keep(_faults(Path(folder), embedder, options.faults))
    print(RESULTS_FILE.read_text(encoding="utf-8"))


def _ordinary(folder: Path, company: Company, embedder: Embedder, weeks: int) -> Alarms:
    simulation, alarms = Simulation(folder, company, embedder, SEED + company.people), Alarms()
    for number in range(weeks + WARM_UP - 1):
        if verdicts := simulation.week(number):
            alarms.add(verdicts)
    return alarms


def _intro() -> list[str]:
    return [
        "# Drift monitors",
        "",
        "A simulated company asks questions of the shipped datasets for years, in which nothing "
        "changes but by chance: people differ in what they ask, how much, and how easily they are "
        "content; days differ in speed, sentences of one answer resemble each other. The monitors "
        "judge every week. `python -m benchmarks.quality` repeats it.",
        "",
    ]


def _false_alarms(name: str, alarms: Alarms) -> list[str]:
    return [
        f"## Without a fault: {name}",
        "",
        "| monitor | weeks with a verdict | at least a warning | alert |",
        "|---|---:|---:|---:|",
        *(
            f"| {monitor.value} | {alarms.judged[monitor]} | {alarms.warned[monitor]} | "
            f"{alarms.alerted[monitor]} |"
            for monitor in Monitor
        ),
        f"| **any of them** | {alarms.weeks} | {alarms.any_warned} "
        f"({alarms.any_warned / alarms.weeks:.1%}) | {alarms.any_alerted} "
        f"({alarms.any_alerted / alarms.weeks:.1%}) |",
        "",
    ]


def _faults(folder: Path, embedder: Embedder, runs: int) -> list[str]:
    company = next(iter(COMPANIES.values()))
    found: Counter[str] = Counter()
    for run in range(runs):
        simulation = Simulation(folder, company, embedder, run)
        for number in range(WARM_UP):
            simulation.week(number)
        for share in TOPIC_SHARES:
            found[f"topic {share}"] += _notices_topic(folder, embedder, run, share)
        first, second = (
            _state(simulation.week(WARM_UP + n, Fault(less_helpful=DROP)), Monitor.HELPFUL)
            for n in range(2)
        )
        found["first week"] += first in (State.WARN, State.ALERT)
        found["second week"] += second in (State.WARN, State.ALERT)
        found["alert"] += second is State.ALERT
    return [
        f"## Planted faults, in {runs} companies with 500 answers a week",
        "",
        "| fault | noticed |",
        "|---|---:|",
        *(
            f"| {share:.0%} of the conversations of one week are about something new: alert | "
            f"{found[f'topic {share}']} |"
            for share in TOPIC_SHARES
        ),
        f"| answers rated helpful fall by 15 points: warning after one week | "
        f"{found['first week']} |",
        f"| the same after the second week: at least a warning | {found['second week']} |",
        f"| the same after the second week: alert | {found['alert']} |",
        "",
    ]


def _notices_topic(folder: Path, embedder: Embedder, run: int, share: float) -> bool:
    seed = 10_000 + 1_000 * run + round(100 * share)
    simulation = Simulation(folder, next(iter(COMPANIES.values())), embedder, seed)
    for number in range(WARM_UP - 1):
        simulation.world.add_week(number)
    verdicts = simulation.week(WARM_UP - 1, Fault(new_topic=share))
    return _state(verdicts, Monitor.TOPICS) is State.ALERT


def _state(verdicts: Sequence[Verdict], monitor: Monitor) -> State:
    return next(verdict.state for verdict in verdicts if verdict.monitor is monitor)


if __name__ == "__main__":
    main()
