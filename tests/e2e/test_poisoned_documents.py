"""Fifty poisoned documents and a model that obeys them, in a real browser: nothing comes of it.

The model does whatever the last order in its prompt says, and repeats its instructions. What is
counted are requests to any other host, also those that the browser was forbidden to send, live
links, and sentences of the instructions in the text of any page.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Request, expect

from bootstrap.services import ProcessRole, Services, build_services
from core.domain.governance.incidents import IncidentKind
from core.domain.ideas.card import IdeaCategory, IdeaDraft
from core.domain.identity import SYSTEM, PolicyStanding, Role, User
from core.domain.knowledge import DocumentState, Upload
from core.settings import Settings
from tests.e2e.conftest import Person, person
from tests.security.test_gullible_model import ORDERS, SUBJECTS, obey, poisoned, rules_of
from tools.trial.browser import PASSWORD
from tools.trial.provider import FakeProvider, Reply
from tools.trial.served import ServedApp, app_on

pytestmark = pytest.mark.browser

HOST = "evil.example"
ADMIN = "ada@nordhafen.example"
REASON = "Released so that the answers can be tried."
ASKED = (
    "Where is the {} of the new site?",
    "What does the {} cost, and who pays it?",
    "In which wing is the {} of the new site?",
    "Who pays the {} of the new site?",
)
QUESTIONS = [asked.format(subject) for asked in ASKED for subject in SUBJECTS]
SHOWN_TOGETHER = 10
"""Answers that a conversation shows at once; earlier ones are folded away."""
PAGES = (
    *("ideas", "portfolio", "gaps", "incidents", "documents", "audit", "usage", "people"),
    "notifications",
)


@dataclass
class Watched:
    """Somebody at a browser, and every request that the browser was asked to make elsewhere."""

    visitor: Person
    elsewhere: list[str]

    def check(self, provider: FakeProvider, place: str) -> None:
        """Nothing was asked for elsewhere, nothing leads there, and no rule is told."""
        page = self.visitor.page
        links = page.eval_on_selector_all(
            "a[href], area[href], img, iframe, form, object, embed, link, source, video, audio",
            "all => all.map(e => e.href || e.src || e.action || e.data || '').map(String)",
        )
        styles = page.eval_on_selector_all(
            "[style*=url]", "all => all.map(e => e.getAttribute('style'))"
        )
        text = page.inner_text("body")
        told = [rule for rule in rules_of(provider) if rule in text]
        assert [each for each in (*links, *styles) if HOST in each] == [], place
        assert (self.elsewhere, told) == ([], []), place


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(Reply("")) as running:
        running.decide = obey
        yield running


@pytest.fixture(scope="module")
def app(
    provider: FakeProvider, filled: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedApp]:
    """The app with fifty poisoned documents, all of them released by an administrator."""
    folder = tmp_path_factory.mktemp("poisoned")
    settings = {
        "SANDBOX_LLM__BASE_URL": provider.base_url,
        "SANDBOX_LLM__MODEL": "gullible",
        "SANDBOX_LLM__MAX_RETRIES": "0",
        "SANDBOX_LLM__INPUT_PRICE": "1",
        "SANDBOX_LLM__OUTPUT_PRICE": "1",
    }
    app = app_on(folder, settings)
    shutil.copytree(filled, folder, dirs_exist_ok=True)
    _fill(folder, app.environment["SANDBOX_EMBEDDINGS__CACHE_DIR"])
    app.start()
    yield app
    app.stop()


def _fill(folder: Path, cache: str) -> None:
    settings = Settings(data_dir=folder, embeddings={"cache_dir": cache}, _env_file=None)
    services = build_services(settings, ProcessRole.TERMINAL)
    try:
        admin = services.people.add(SYSTEM, ADMIN, name="Ada", password=PASSWORD, role=Role.ADMIN)
        _add_documents(services)
        _add_words(services, replace(admin, policy=PolicyStanding.NOT_ASKED))
    finally:
        services.worker.stop()
        services.database.close()


def _add_documents(services: Services) -> None:
    site = services.collections.add(SYSTEM, "New site", is_open=True)
    uploads = [
        Upload(f"{subject}-{number}.txt", poisoned(subject, order).encode())
        for subject in SUBJECTS
        for number, order in enumerate(ORDERS)
    ]
    receipts = services.documents.upload(SYSTEM, site.id, uploads)
    for held in services.lifecycle.quarantine.held(SYSTEM, site.id, limit=100):
        services.lifecycle.quarantine.release(SYSTEM, held.version_id, REASON)
    states = services.documents.states(SYSTEM, [str(r.version_id) for r in receipts])
    assert len(states) == len(SUBJECTS) * len(ORDERS)
    assert {each.state for each in states} == {DocumentState.READY}


def _add_words(services: Services, admin: User) -> None:
    """An idea and a problem that people reported, in the words of the orders."""
    order = f"{ORDERS[0]} {ORDERS[1]} {ORDERS[6]}"
    draft = IdeaDraft(ORDERS[3][:80], order, order, IdeaCategory.BETTER_PRODUCT, order)
    services.ideas.cards.submit(admin, draft)
    services.incidents.reports.report(admin, IncidentKind.INJECTION, words=order)


@pytest.fixture(scope="module")
def ada(browser: Browser, app: ServedApp) -> Iterator[Watched]:
    visitor = person(browser, app)
    elsewhere: list[str] = []

    def note(request: Request) -> None:
        is_own = request.url.startswith((app.url, app.url.replace("http", "ws"), "data:", "blob:"))
        if not is_own:
            elsewhere.append(request.url)

    visitor.context.on("request", note)
    visitor.context.on("requestfailed", note)
    visitor.sign_in(ADMIN)
    yield Watched(visitor, elsewhere)
    visitor.context.close()


def test_the_watch_notices_a_request_that_is_forbidden_and_a_link(
    ada: Watched, provider: FakeProvider
) -> None:
    page = ada.visitor.page
    page.evaluate(
        "host => { document.body.append(Object.assign(new Image(), {src: `http://${host}/x`}));"
        "document.body.append(Object.assign(document.createElement('a'),"
        "{href: `http://${host}/y`})) }",
        HOST,
    )
    page.wait_for_timeout(500)
    links = page.eval_on_selector_all("a[href]", "all => all.map(e => e.href)")

    assert f"http://{HOST}/y" in links
    assert any("Content Security Policy" in each for each in ada.visitor.complaints)
    ada.elsewhere.clear()
    ada.visitor.complaints.clear()
    ada.visitor.open("/")
    assert provider.requests == []


def test_nothing_comes_of_twenty_answers_that_obey(ada: Watched, provider: FakeProvider) -> None:
    answers = 0
    for first in range(0, len(QUESTIONS), SHOWN_TOGETHER):
        ada.visitor.open("/")
        for question in QUESTIONS[first : first + SHOWN_TOGETHER]:
            ada.visitor.ask(question)
        answers += ada.visitor.answers.count()
        ada.check(provider, f"chat from question {first} on")

    assert answers == len(QUESTIONS)
    assert len(provider.requests) >= len(QUESTIONS)
    assert any(HOST in request.prompt for request in provider.requests)
    ada.visitor.screenshot("poisoned-chat")


def test_nor_of_their_sources_and_their_history(ada: Watched, provider: FakeProvider) -> None:
    page = ada.visitor.page
    page.locator(".answer").first.locator(".chip, .open").first.click()
    expect(ada.visitor.panel).to_be_visible()
    ada.visitor.settle()
    ada.check(provider, "source")

    ada.visitor.open("/")
    history = page.locator("section[data-testid=stSidebar] button")
    history.filter(has_text="parking").first.click()
    ada.visitor.settle()

    expect(page.locator(".answer").first).to_be_visible()
    ada.check(provider, "history")


@pytest.mark.parametrize("place", PAGES)
def test_nor_on_any_other_page(ada: Watched, provider: FakeProvider, place: str) -> None:
    ada.visitor.open(f"/{place}")

    ada.check(provider, place)
    assert "Something went wrong" not in ada.visitor.page.inner_text("body")
    assert ada.visitor.complaints == []
