"""Measures how long the views of all ideas take with 5,000 of them.

    python -m benchmarks.ideas.portfolio [--ideas 5000] [--database URL ...]

Each idea has up to three reviews, ten votes and three comments. Databases must be empty and stay as
the benchmark leaves them; SQLite in a temporary folder is always measured.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import insert
from sqlmodel import SQLModel, select

from benchmarks.ideas.pairs import paired_ideas, recombined, store
from benchmarks.material.place import RESULTS
from core.domain.batches import batched
from core.domain.clock import new_id, now
from core.domain.ideas.filters import IdeaFilter
from core.domain.ideas.triage import RiskClass
from core.domain.identity import Role, User
from core.storage.database import Database
from core.storage.migrate import migrate
from core.storage.tables import IdeaCommentRow, IdeaReviewRow, IdeaRow, IdeaVoteRow, UserRow
from ideas.portfolio.ranking import RankedBy
from ideas.portfolio.service import Portfolio
from ideas.review.service import Reviews
from ideas.scoring.criteria import shipped_criteria
from ideas.scoring.rescoring import rescore_all

RESULTS_FILE = RESULTS / "portfolio.md"
RUNS, PEOPLE, SEED = 9, 60, 7
KEYS = shipped_criteria().scored


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of a view: median and slowest on the clock, median of the processor."""

    view: str
    middle: float
    slowest: float
    processor: float


def main() -> None:
    """Measure each database and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--ideas", type=int, default=5_000)
    parser.add_argument("--database", action="append", default=[], help="URL of an empty database.")
    options = parser.parse_args()
    lines = [
        f"# Views of {options.ideas:,} ideas",
        "",
        f"Service calls without the page, {RUNS} each, in seconds, on two processors that other "
        "work used as well; `processor` is what the view itself took. "
        "`python -m benchmarks.ideas.portfolio` repeats it.",
    ]
    with tempfile.TemporaryDirectory() as folder:
        for url in (f"sqlite:///{Path(folder) / 'ideas.db'}", *options.database):
            database = Database(url)
            user = filled(database, options.ideas)
            lines += ["", f"## {database.dialect}", "", "| view | median | slowest | processor |"]
            lines += ["|---|---:|---:|---:|"]
            lines += [
                f"| {m.view} | {m.middle:.2f} | {m.slowest:.2f} | {m.processor:.2f} |"
                for m in _measured(database, user)
            ]
            database.close()
    RESULTS_FILE.write_text("\n".join([*lines, ""]), encoding="utf-8")
    print(RESULTS_FILE.read_text(encoding="utf-8"))


def filled(database: Database, count: int) -> User:
    """Migrate the database, add ideas with all that is around them, and return a reviewer."""
    migrate(database)
    chance = random.Random(SEED)
    people = _people(database)
    ids = store(database, list(recombined(paired_ideas(), count)))
    with database.begin() as session:
        for row in session.exec(select(IdeaRow)).all():
            _estimate(row, people, chance)
    _add(database, IdeaVoteRow, [v for id_ in ids for v in _votes(id_, people, chance)])
    _add(database, IdeaCommentRow, [c for id_ in ids for c in _comments(id_, people, chance)])
    _add(database, IdeaReviewRow, [r for id_ in ids for r in _reviews(id_, people, chance)])
    with database.begin() as session:
        rescore_all(session)
    return User(people[0], "reviewer@nordhafen.example", "Reviewer", Role.REVIEWER)


def _measured(database: Database, user: User) -> list[Measured]:
    portfolio, reviews, everything = Portfolio(database), Reviews(database), IdeaFilter()
    views: dict[str, Callable[[], object]] = {
        "matrix": lambda: portfolio.matrix(user, everything),
        "board": lambda: portfolio.board(user, everything),
        "ranking by score": lambda: portfolio.ranking(user, everything),
        "ranking by trend": lambda: portfolio.ranking(user, everything, RankedBy.TRENDING),
        "roadmap": lambda: portfolio.roadmap(user, everything),
        "list, words in the text": lambda: portfolio.entries(user, IdeaFilter(search="invoice")),
        "queue of a reviewer": lambda: reviews.queue(user),
    }
    return [_timed(name, view) for name, view in views.items()]


def _timed(name: str, view: Callable[[], object]) -> Measured:
    clock, processor = [], []
    for _ in range(RUNS):
        start, worked = time.perf_counter(), time.process_time()
        view()
        clock.append(time.perf_counter() - start)
        processor.append(time.process_time() - worked)
    return Measured(name, median(clock), max(clock), median(processor))


def _people(database: Database) -> list[str]:
    rows = [
        UserRow(
            email=f"person{n}@nordhafen.example",
            name=f"Person {n}",
            role=(Role.REVIEWER if n < PEOPLE // 6 else Role.EMPLOYEE).value,
        )
        for n in range(PEOPLE)
    ]
    with database.begin() as session:
        session.add_all(rows)
        return [row.id for row in rows]


def _estimate(row: IdeaRow, people: Sequence[str], chance: random.Random) -> None:
    row.submitter_id, row.owner_id = chance.choice(people), chance.choice(people)
    row.business_unit = chance.choice(["Sales", "Finance", "Production", "Logistics"])
    row.money_per_month_micros = chance.randint(0, 20_000) * 1_000_000
    row.reach_per_month, row.effort_months = chance.randint(1, 900), chance.uniform(0.2, 9)
    row.risk_class = chance.choice([risk.value for risk in RiskClass])
    row.submitted_at = row.stage_entered_at = now() - timedelta(days=chance.randint(0, 700))


def _votes(id_: str, people: Sequence[str], chance: random.Random) -> list[dict[str, object]]:
    voters = chance.sample(people, chance.randint(0, 10))
    return [{"idea_id": id_, "user_id": voter, "at": _past(chance)} for voter in voters]


def _comments(id_: str, people: Sequence[str], chance: random.Random) -> list[dict[str, object]]:
    return [
        {
            "id": new_id(),
            "idea_id": id_,
            "author_id": chance.choice(people),
            "visibility": "public",
            "text": "That would help us too.",
            "mentions": [],
            "at": _past(chance),
        }
        for _ in range(chance.randint(0, 3))
    ]


def _reviews(id_: str, people: Sequence[str], chance: random.Random) -> list[dict[str, object]]:
    reviewers = chance.sample(people[: PEOPLE // 6], chance.randint(0, 3))
    return [
        {
            "id": new_id(),
            "idea_id": id_,
            "reviewer_id": reviewer,
            "round": 1,
            "scores": {key: chance.randint(1, 5) for key in KEYS},
            "comment": "",
            "has_conflict": False,
            "conflict_reason": "",
            "submitted_at": now() if chance.random() < 0.9 else None,
            "row_version": 1,
        }
        for reviewer in reviewers
    ]


def _past(chance: random.Random) -> datetime:
    return now() - timedelta(days=chance.uniform(0, 200))


def _add(database: Database, table: type[SQLModel], rows: Sequence[dict[str, object]]) -> None:
    for batch in batched(rows, 2_000):
        with database.begin() as session:
            session.execute(insert(table), list(batch))


if __name__ == "__main__":
    main()
