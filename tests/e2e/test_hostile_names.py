"""Forty hostile names in every place that draws one: nothing is fetched, nothing is clickable."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bootstrap.services import ProcessRole, Services, build_services
from core.domain.conversations import Feedback, FeedbackReason
from core.domain.ideas.card import IdeaCategory, IdeaDraft
from core.domain.identity import SYSTEM, PolicyStanding, Role, User
from core.settings import Settings
from rag.writing.events import AnswerFinished
from tests.e2e.conftest import Person, person
from tools.trial.browser import PASSWORD
from tools.trial.served import ServedApp

pytestmark = pytest.mark.browser

HOST = "evil.example"
PATTERNS = (
    "![p](http://{h}/{n}.png)",
    "[Reset your password](http://{h}/{n})",
    "http://{h}/{n}",
    "HTTPS://{h}/{n}?a=b",
    "www.{h}/{n}",
    "it-support{n}@{h}",
    "<img src=http://{h}/{n}.png>",
    "<a href='//{h}/{n}'>open</a>",
    "<http://{h}/{n}>",
    "[x]: http://{h}/{n} '![y][x]'",
    "&lt;img src=x&gt; {n} {h}",
    ":material/link: {n} http://{h}",
    "**{n}** `{h}` $x$ :red[http://{h}]",
    "# {n} http://{h}",
    "- {n}\u202e gro.{h}//:ptth",
    "| {n} | ftp://{h} mailto:a@{h} |",
    "![p][{n}] <script src=//{h}></script>",
    "[![p](//{h}/{n}.png)](//{h})",
    "url(http://{h}/{n}.png) xmpp:a@{h}",
    "{n}. http:\\/\\/{h} ~~www.{h}~~",
)
NAMES = [p.format(h=HOST, n=n) for n, p in zip(range(40), cycle(PATTERNS), strict=False)]
ADMIN, EMPLOYEE = "mara@nordhafen.example", "ben@nordhafen.example"
QUESTION = "How many days of parental leave do I get?"


@pytest.fixture(scope="module")
def people(app: ServedApp) -> dict[str, User]:
    """The administrator and the employee, in groups and collections with hostile names."""
    cache = app.environment["SANDBOX_EMBEDDINGS__CACHE_DIR"]
    settings = Settings(
        data_dir=app.data_dir,
        embeddings={"cache_dir": cache},
        answers={"per_minute": 0},
        _env_file=None,
    )
    services = build_services(settings, ProcessRole.TERMINAL)
    try:
        found = _seed(services)
    finally:
        services.worker.stop()
        services.database.close()
    lines = [
        {"_id": name, "title": name, "text": f"Rule {n}: {name}"} for n, name in enumerate(NAMES)
    ]
    corpus = Path(app.data_dir) / "hostile.jsonl"
    corpus.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    app.cli("ingest", str(corpus), "--collection", NAMES[0])
    return found


def _seed(services: Services) -> dict[str, User]:
    admin = services.people.add(SYSTEM, ADMIN, name=NAMES[2], password=PASSWORD, role=Role.ADMIN)
    employee = services.people.add(SYSTEM, EMPLOYEE, name=NAMES[4], password=PASSWORD)
    admin, employee = (replace(one, policy=PolicyStanding.NOT_ASKED) for one in (admin, employee))
    for number, name in enumerate(NAMES):
        if number < 8:
            services.people.add(
                SYSTEM, f"p{number}@nordhafen.example", name=name, password=PASSWORD
            )
            services.collections.add(SYSTEM, name, description=name, is_open=True)
        _idea(services, employee, name)
        _conversation(services, employee, name)
    return {"admin": admin, "employee": employee}


def _idea(services: Services, user: User, name: str) -> None:
    text = f"{name} and thirty further characters"
    draft = IdeaDraft(f"{name} title", text, text, IdeaCategory.BETTER_PRODUCT, text)
    services.ideas.cards.submit(user, draft)


def _conversation(services: Services, user: User, name: str) -> None:
    chat = services.chat
    conversation = chat.start_conversation(user, name)
    events = list(chat.ask(user, f"{name} {QUESTION}", conversation_id=conversation))
    finished = events[-1]
    assert isinstance(finished, AnswerFinished)
    chat.give_feedback(user, finished.message_id, Feedback(-1, FeedbackReason.OTHER, name))
    chat.conversations.rename(user, conversation, name)
    if finished.answer.abstained:
        draft = services.gap_requests.prepare(user, finished.message_id)
        services.gap_requests.ask(
            user, finished.message_id, collection_id=draft.routes[0].collection_id, note=name
        )


@pytest.fixture
def admin(people: dict[str, User], browser: Browser, app: ServedApp) -> Iterator[Person]:
    visitor = person(browser, app)
    visitor.sign_in(ADMIN)
    yield visitor
    visitor.context.close()


@pytest.fixture
def employee(people: dict[str, User], browser: Browser, app: ServedApp) -> Iterator[Person]:
    visitor = person(browser, app)
    visitor.sign_in(EMPLOYEE)
    yield visitor
    visitor.context.close()


def check(visitor: Person, place: str) -> None:
    """Nothing of this page was fetched from elsewhere or leads there."""
    links = visitor.page.eval_on_selector_all(
        "a[href], img, iframe", "all => all.map(e => e.href || e.src)"
    )
    foreign = [link for link in links if not link.startswith((visitor.app.url, "data:", "blob:"))]
    assert foreign == [], place
    assert visitor.complaints == [], place


@pytest.mark.parametrize("page", ["chat", "ideas", "documents", "usage", "gaps", "people"])
def test_no_page_of_an_administrator_fetches_or_links_a_hostile_name(
    admin: Person, page: str
) -> None:
    admin.open(f"/{page}")

    if page not in ("documents", "usage", "people"):  # tables are drawn on a canvas
        assert HOST in admin.page.inner_text("body")
    check(admin, page)


def test_neither_does_a_chat_with_its_history_and_sources(employee: Person) -> None:
    employee.page.locator("section[data-testid=stSidebar] button").filter(
        has_text=HOST
    ).first.click()
    employee.settle()
    assert HOST in employee.page.inner_text("body")
    check(employee, "conversation")
    employee.open("/chat")
    answer = employee.ask(f"What does rule 3 say about {HOST}?")
    chip = answer.locator(".chip, .open")
    if chip.count():
        chip.first.click()
        employee.settle()
    check(employee, "answer")


def test_neither_does_an_idea_card(employee: Person) -> None:
    employee.open("/ideas")
    employee.page.locator("[class*=st-key-open-idea] button").first.click()
    employee.settle()

    assert HOST in employee.page.inner_text("body")
    check(employee, "idea card")


def test_a_page_that_raises_shows_one_sentence_and_the_next_page_goes_on(
    employee: Person, app: ServedApp
) -> None:
    with closing(sqlite3.connect(app.data_dir / "sandbox.db", timeout=30)) as database, database:
        database.execute("UPDATE ideas SET category = 'no such category'")

    employee.open("/ideas")

    said = employee.page.get_by_text("Something went wrong.")
    expect(said).to_be_visible()
    number = re.search(r"the number ([0-9a-f]{8})", said.inner_text())
    assert number
    assert f"incident={number[1]}" in app.log
    assert "no such category" not in employee.page.inner_text("body")
    expect(employee.page.get_by_text("This app has encountered an error")).to_have_count(0)
    employee.open("/")
    employee.composer.wait_for()
