"""Sign-in by an identity provider of others in a browser: consent, chat, access by a group, out."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import PATIENCE_MS, Person, person
from tools.trial.browser import PASSWORD
from tools.trial.served import ServedApp, served_app

pytestmark = pytest.mark.browser

MIA = {
    "sub": "mia",
    "email": "mia@nordhafen.example",
    "email_verified": True,
    "name": "Mia Lund",
    "groups": ["dept-sales"],
}
OLE = MIA | {"sub": "ole", "email": "ole@nordhafen.example", "name": "Ole Berg", "groups": []}
PAPER = "The Falcon discount for pallets is called Marigold and is granted by the sales director."
QUESTION = "Who grants the Falcon discount for pallets?"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider that other people wrote, as a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    users = [part for one in (MIA, OLE) for part in ("--user-claims", json.dumps(one))]
    process = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *users],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield _ready(process, f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(timeout=30)


def _ready(process: subprocess.Popen[bytes], issuer: str) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{issuer}/.well-known/openid-configuration").status_code == 200:
                return issuer
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail("the identity provider did not start")


@pytest.fixture(scope="module")
def app(filled: Path, tmp_path_factory: pytest.TempPathFactory, issuer: str) -> Iterator[ServedApp]:
    settings = {
        "SANDBOX_OIDC__ISSUER": issuer,
        "SANDBOX_OIDC__CLIENT_ID": "sandbox",
        "SANDBOX_OIDC__CLIENT_SECRET": "a secret",
        "SANDBOX_OIDC__NAME": "Nordhafen ID",
        "SANDBOX_OIDC__MAKES_ACCOUNTS": "true",
        "SANDBOX_OIDC__DOMAINS": '["nordhafen.example"]',
        "SANDBOX_OIDC__GROUPS": '{"dept-sales": "Sales"}',
    }
    paper = tmp_path_factory.mktemp("papers") / "discounts.txt"
    paper.write_text(f"Discounts\n\n{PAPER}\n", encoding="utf-8")
    with served_app(tmp_path_factory.mktemp("company"), settings, filled=filled) as running:
        admin = ("users", "add", "root@nordhafen.example", "--role", "admin", "--password-stdin")
        running.cli(*admin, stdin=f"{PASSWORD}\n")
        running.cli("groups", "add", "Sales")
        running.cli("collections", "add", "Sales papers", "--group", "Sales")
        running.cli("ingest", str(paper), "--collection", "Sales papers")
        yield running


def sign_in(visitor: Person, sub: str, path: str = "/") -> None:
    visitor.page.goto(f"{visitor.app.url}{path}")
    visitor.page.get_by_role("link", name="Sign in with Nordhafen ID").click()
    expect(visitor.page.get_by_role("heading", name="Authorize Client")).to_be_visible()
    visitor.page.get_by_role("button", name=sub, exact=True).click()


def test_a_person_signs_in_reads_what_a_group_opens_and_signs_out(
    browser: Browser, app: ServedApp, issuer: str
) -> None:
    mia = person(browser, app)
    requested: list[str] = []
    mia.page.on("request", lambda request: requested.append(request.url))

    sign_in(mia, "mia")
    mia.composer.wait_for(timeout=PATIENCE_MS)
    answer = mia.ask(QUESTION).inner_text()
    mia.open("/my-account")
    expect(mia.page.get_by_text("Company sign-in")).to_be_visible()
    expect(mia.page.get_by_text("Change the password")).to_have_count(0)
    mia.page.goto(f"{app.url}/sign-out")
    mia.page.get_by_role("button", name="Sign out").click()
    mia.page.wait_for_url(f"{issuer}/oauth2/end_session*")
    mia.page.goto(f"{app.url}/")

    expect(mia.page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert "sales director" in answer
    own = (app.url, app.url.replace("http", "ws"), issuer, "data:", "blob:")
    # The provider's own pages load a style sheet from elsewhere.
    by_us = [url for url in requested if not url.startswith(own) and "pico" not in url]
    assert by_us == []


def test_who_is_in_no_group_reads_nothing_of_it_and_lands_where_they_wanted(
    browser: Browser, app: ServedApp
) -> None:
    ole = person(browser, app)

    sign_in(ole, "ole", "/ideas")
    ole.page.wait_for_url(f"{app.url}/ideas")
    ole.settle()
    expect(ole.page.get_by_role("heading", name="Ideas")).to_be_visible()
    ole.open("/")
    ole.ask(QUESTION)

    assert "sales director" not in ole.page.locator("body").inner_text()


def test_who_refuses_at_the_provider_is_told_and_comes_back(
    browser: Browser, app: ServedApp
) -> None:
    visitor = person(browser, app)
    visitor.page.goto(f"{app.url}/sign-in")
    visitor.page.get_by_role("link", name="Sign in with Nordhafen ID").click()
    visitor.page.get_by_role("button", name="Deny").click()

    expect(visitor.page.get_by_role("alert")).to_contain_text("cancelled or refused")
    visitor.page.get_by_role("link", name="Back to sign-in").click()
    expect(visitor.page.get_by_label("Password")).to_be_visible()
