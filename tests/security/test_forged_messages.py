"""An employee whose browser sends what no page offered: pages, widgets and clicks of others."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.material.tab import Tab
from tests.e2e.conftest import filled
from tests.loops import run
from tools.trial.browser import PASSWORD
from tools.trial.served import ServedApp, served_app

__all__ = ["filled"]

ADMIN, EMPLOYEE = "ada@nordhafen.example", "ben@nordhafen.example"
PATIENCE_S = 300
# Written for whoever opens any page.
OF_EVERY_VISIT = {"sessions", "users"}


@dataclass
class Page:
    """A page as the server drew it: its hash, what it is called, and its widgets."""

    script_hash: str = ""
    words: list[str] = field(default_factory=list)
    widgets: dict[str, str] = field(default_factory=dict)
    """The kind of each widget, by its id."""


@pytest.fixture(scope="module")
def app(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApp]:
    settings = {"SANDBOX_SESSION__SECURE_COOKIE": "false"}
    with served_app(tmp_path_factory.mktemp("forged"), settings, filled=filled) as running:
        for email, role in ((ADMIN, "admin"), (EMPLOYEE, "employee")):
            given = ("users", "add", email, "--role", role, "--password-stdin")
            running.cli(*given, stdin=f"{PASSWORD}\n")
        yield running


async def _signed_in(app: ServedApp, email: str) -> Tab:
    tab = Tab(app.url)
    await tab.sign_in(email, PASSWORD)
    await tab.open()
    return tab


async def _page(tab: Tab, sent: BackMsg) -> Page:
    """Send a request for a run, and return what it drew."""
    page = Page()
    await tab.send(sent)
    async for message in tab.messages():
        match message.WhichOneof("type"):
            case "navigation":
                page.script_hash = message.navigation.page_script_hash
            case "delta" if message.delta.WhichOneof("type") == "new_element":
                _note(page, message.delta.new_element)
            case "script_finished":
                if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    break
    return page


def _note(page: Page, element: Element) -> None:
    kind = element.WhichOneof("type") or ""
    drawn = getattr(element, kind, None)
    widget_id = getattr(drawn, "id", "")
    if widget_id:
        page.widgets[widget_id] = kind
    elif body := getattr(drawn, "body", ""):
        page.words.append(body)


def _run_of(
    page: str = "", script_hash: str = "", widgets: dict[str, str] | None = None
) -> BackMsg:
    message = BackMsg()
    message.rerun_script.page_name = page
    message.rerun_script.page_script_hash = script_hash
    states = message.rerun_script.widget_states.widgets
    states.extend(_used(widget_id, kind) for widget_id, kind in (widgets or {}).items())
    return message


def _used(widget_id: str, kind: str) -> WidgetState:
    """Return a widget as somebody leaves it who clicks and fills in all there is."""
    match kind:
        case "button" | "download_button":
            return WidgetState(id=widget_id, trigger_value=True)
        case "checkbox":
            return WidgetState(id=widget_id, bool_value=True)
        case "number_input" | "slider":
            return WidgetState(id=widget_id, double_value=1)
        case _:
            return WidgetState(id=widget_id, string_value="forged")


def _stored(app: ServedApp) -> list[str]:
    """Return the rows of all tables but those that any visit changes."""
    visited = tuple(f'INSERT INTO "{table}"' for table in OF_EVERY_VISIT)
    with closing(sqlite3.connect(app.data_dir / "sandbox.db")) as database:
        return [row for row in database.iterdump() if not row.startswith(visited)]


async def _admin_pages(app: ServedApp) -> dict[str, Page]:
    """Return the pages that only an administrator's menu has, as it draws them."""
    async with asyncio.timeout(PATIENCE_S):
        employee, admin = await _signed_in(app, EMPLOYEE), await _signed_in(app, ADMIN)
        ordinary = set(employee.drawn.paths)
        names = [path for path in admin.drawn.paths if path not in ordinary]
        pages = {name: await _page(admin, _run_of(page=name)) for name in names}
        await employee.close()
        await admin.close()
    return pages


@dataclass
class Forged:
    """What pages drew that were opened by their hashes, and whether anything was stored."""

    drawn: dict[str, Page]
    has_changed: bool


async def _forge(app: ServedApp, email: str, pages: dict[str, Page]) -> Forged:
    """Open pages by their hashes, and use all widgets that they have for administrators."""
    async with asyncio.timeout(PATIENCE_S):
        tab = await _signed_in(app, email)
        before, drawn = _stored(app), {}
        for name, page in pages.items():
            drawn[name] = await _page(tab, _run_of(script_hash=page.script_hash))
            await _page(tab, _run_of("", page.script_hash, page.widgets))
        await tab.close()
    return Forged(drawn, _stored(app) != before)


def test_pages_and_clicks_of_an_administrator_do_nothing_for_an_employee(app: ServedApp) -> None:
    pages = run(_admin_pages(app))
    assert {"documents", "people", "audit", "budgets", "privacy"} <= set(pages)
    assert sum(len(page.widgets) for page in pages.values()) > 50

    forged = run(_forge(app, EMPLOYEE, pages))

    assert not forged.has_changed
    common = set.intersection(*(set(page.words) for page in forged.drawn.values()))
    for name, page in forged.drawn.items():
        assert set(page.words) == common, name  # of the chat, whatever was asked for
        assert page.script_hash != pages[name].script_hash


def test_the_same_messages_are_obeyed_for_an_administrator(app: ServedApp) -> None:
    """Or else the test above would show nothing."""
    pages = run(_admin_pages(app))

    forged = run(_forge(app, ADMIN, pages))

    assert forged.has_changed
    assert all(page.script_hash == pages[name].script_hash for name, page in forged.drawn.items())
