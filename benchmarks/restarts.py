"""Measures what is lost when the app ends while it writes: `python -m benchmarks.restarts`.

Starts the app with a scripted provider on this machine; 15 people wait for the first words of an
answer, and a moment later the process is ended, by SIGTERM and by SIGKILL in turn (`--rounds`, 10
of each). After its restart every tab that was open is connected again. Counts questions and texts
that are there, and requests at the provider beside rows of `model_calls`. Writes
benchmarks/results/restarts.md.
"""

import argparse
import asyncio
import random
import signal
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.material.place import RESULTS, services_in
from benchmarks.material.tab import Tab
from core.domain.identity import SYSTEM
from tools.trial.provider import FakeProvider, Reply
from tools.trial.served import ServedApp, served_app

PASSWORD = "copper violin sunset 42"  # noqa: S105  of a data directory that goes away
QUESTIONS = (
    "How many days of parental leave do I get?",
    "What is the mileage rate for private cars?",
    "How do I report an incident at the dock?",
)
SENTENCE = "Every parent employed here gets 90 working days of parental leave per child [1]. "
WRITING = Reply(SENTENCE * 200, pause_s=0.02)
PATIENCE_S = 600


@dataclass(frozen=True, slots=True)
class Ended:
    """The counts after one end of the app; all but `by` are numbers."""

    by: str
    asked: int
    questions_kept: int
    texts_kept: int
    left_pending: int
    requests: int
    rows: int
    tabs_back: int

    @property
    def is_complete(self) -> bool:
        """Whether nothing was lost."""
        counts = {self.questions_kept, self.texts_kept, self.tabs_back}
        return counts == {self.asked} and self.requests == self.rows and not self.left_pending


def settings_for(provider: FakeProvider) -> dict[str, str]:
    """Return the environment of an app that asks this provider."""
    return {
        "SANDBOX_SESSION__SECURE_COOKIE": "false",
        "SANDBOX_LLM__BASE_URL": provider.base_url,
        "SANDBOX_LLM__API_KEY": "sk-not-a-real-key",
        "SANDBOX_LLM__MODEL": "test-model",
        "SANDBOX_LLM__MAX_RETRIES": "0",
        "SANDBOX_LLM__MAX_OUTPUT_TOKENS": "8000",
    }


def add_people(app: ServedApp, number: int) -> list[str]:
    """Add accounts to sign in with; return their addresses."""
    emails = [f"person{n}@nordhafen.example" for n in range(number)]
    services = services_in(app.data_dir)
    for email in emails:
        services.people.add(SYSTEM, email, name=email.partition("@")[0], password=PASSWORD)
    services.database.close()
    return emails


async def sign_in(app: ServedApp, emails: Sequence[str]) -> list[Tab]:
    """Return one signed-in tab for each address."""
    tabs = [Tab(app.url) for _ in emails]
    for tab, email in zip(tabs, emails, strict=True):
        await tab.sign_in(email, PASSWORD)
    return tabs


async def end_while_writing(
    app: ServedApp, tabs: Sequence[Tab], provider: FakeProvider, *, by: signal.Signals, after: float
) -> Ended:
    """Let all ask, end the app and start it again, and bring all tabs back."""
    async with asyncio.timeout(PATIENCE_S):
        before, requests = _counts(app), len(provider.requests)
        for tab in tabs:
            await tab.open()
        await asyncio.gather(
            *(tab.until_writing(QUESTIONS[n % len(QUESTIONS)]) for n, tab in enumerate(tabs))
        )
        await asyncio.sleep(after)
        await asyncio.to_thread(_end, app, by)
        requests = len(provider.requests) - requests
        for tab in tabs:
            await tab.leave()
        await asyncio.to_thread(app.start)
        back = [await _is_back(tab) for tab in tabs]
    now = _counts(app)
    gained = {name: now[name] - before[name] for name in now}
    return Ended(by.name, len(tabs), requests=requests, tabs_back=sum(back), **gained)


async def _is_back(tab: Tab) -> bool:
    """Return whether the tab shows the page again, with its question and the answer so far."""
    await tab.reconnect()
    drawn = tab.drawn
    return not drawn.exceptions and bool(drawn.composer and drawn.answers and drawn.texts)


def _end(app: ServedApp, by: signal.Signals) -> None:
    if app.process is not None:
        app.process.send_signal(by)
        app.process.wait(timeout=30)


def _counts(app: ServedApp) -> dict[str, int]:
    messages = "SELECT count(*) FROM messages WHERE role = "
    queries = {
        "questions_kept": f"{messages} 'user'",
        # Stopped where a tab lost its connection first, failed where the app itself came first.
        "texts_kept": f"{messages} 'assistant' AND text <> '' AND status IN ('stopped', 'failed')",
        "left_pending": f"{messages} 'assistant' AND status = 'pending'",
        "rows": "SELECT count(*) FROM model_calls WHERE cost_micros >= 0",
    }
    with closing(sqlite3.connect(app.data_dir / "sandbox.db")) as database:
        return {name: database.execute(query).fetchone()[0] for name, query in queries.items()}


def main() -> None:
    """End the app again and again, and write what was kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10, help="of each kind")
    parser.add_argument("--people", type=int, default=15)
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        FakeProvider(WRITING) as provider,
        served_app(Path(folder), settings_for(provider)) as app,
    ):
        emails = add_people(app, arguments.people)
        _write(asyncio.run(_rounds(app, emails, provider, arguments.rounds)))


async def _rounds(
    app: ServedApp, emails: Sequence[str], provider: FakeProvider, rounds: int
) -> list[Ended]:
    chance, ends = random.Random(5), []
    tabs = await sign_in(app, emails)
    for number in range(2 * rounds):
        by = (signal.SIGTERM, signal.SIGKILL)[number % 2]
        ended = await end_while_writing(app, tabs, provider, by=by, after=chance.uniform(0, 4))
        print(ended, flush=True)
        ends.append(ended)
    for tab in tabs:
        await tab.close()
    return ends


def _write(ends: Sequence[Ended]) -> None:
    lines = [
        "# The app ends while it writes",
        "",
        f"`python -m benchmarks.restarts`, {time.strftime('%Y-%m-%d')}. Each end met "
        f"{ends[0].asked} answers that were being written.",
        "",
        "| ended by | times | answers | questions kept | with the text so far | still pending "
        "| requests at the provider | rows of model_calls | open tabs that came back |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for by in sorted({ended.by for ended in ends}):
        own = [ended for ended in ends if ended.by == by]
        numbers = ("asked", "questions_kept", "texts_kept", "left_pending", "requests", "rows")
        sums = [sum(getattr(ended, name) for ended in own) for name in (*numbers, "tabs_back")]
        lines.append(f"| {by} | {len(own)} | {' | '.join(map(str, sums))} |")
    (RESULTS / "restarts.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
