"""What an open tab finds after the app was restarted."""

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.material.tab import Drawn, Tab
from benchmarks.restarts import WRITING, Ended, add_people, end_while_writing, settings_for, sign_in
from tests.loops import run
from tools.trial.provider import FakeProvider
from tools.trial.served import ServedApp, served_app

EMAIL = "ada@nordhafen.example"
PASSWORD = "copper violin sunset 42"
EMPLOYEE_PAGES = [
    "Chat",
    "Ideas",
    "Portfolio",
    "Campaigns",
    "My account",
    "My usage",
    "My data",
    "Notifications",
]
PATIENCE_S = 180


@pytest.fixture(scope="module")
def app(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApp]:
    settings = {"SANDBOX_SESSION__SECURE_COOKIE": "false"}
    with served_app(tmp_path_factory.mktemp("restart"), settings, filled=filled) as running:
        running.cli("users", "add", EMAIL, "--password-stdin", stdin=f"{PASSWORD}\n")
        yield running


async def _tab(app: ServedApp) -> Tab:
    tab = Tab(app.url)
    await tab.sign_in(EMAIL, PASSWORD)
    return tab


def _restart(app: ServedApp) -> None:
    app.stop()
    app.start()


def test_an_open_tab_goes_on_after_a_restart(app: ServedApp) -> None:
    async def before_and_after() -> tuple[Drawn, Drawn]:
        async with asyncio.timeout(PATIENCE_S):
            tab = await _tab(app)
            await tab.open("ideas")
            before = tab.drawn.copy()
            await tab.leave()
            await asyncio.to_thread(_restart, app)
            await tab.reconnect()
            await tab.close()
            return before, tab.drawn

    before, after = run(before_and_after())

    assert after.pages == before.pages == EMPLOYEE_PAGES
    assert (after.captions, after.composer) == (before.captions, before.composer)
    assert after.exceptions == []


def test_the_first_page_that_a_fresh_app_serves_may_be_any(app: ServedApp) -> None:
    async def first() -> Drawn:
        async with asyncio.timeout(PATIENCE_S):
            tab = await _tab(app)
            await tab.open("ideas")
            await tab.close()
            return tab.drawn

    _restart(app)

    drawn = run(first())

    assert drawn.pages == EMPLOYEE_PAGES
    assert not drawn.composer  # the chat has one
    assert drawn.exceptions == []


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
def test_what_is_being_written_survives_the_end_of_the_app(
    tmp_path: Path, filled: Path, by: signal.Signals
) -> None:
    async def ended(app: ServedApp, provider: FakeProvider) -> Ended:
        tabs = await sign_in(app, add_people(app, 3))
        seen = await end_while_writing(app, tabs, provider, by=by, after=0.5)
        for tab in tabs:
            await tab.close()
        return seen

    with (
        FakeProvider(WRITING) as provider,
        served_app(tmp_path, settings_for(provider), filled=filled) as app,
    ):
        seen = run(ended(app, provider))

    assert seen.is_complete, seen
