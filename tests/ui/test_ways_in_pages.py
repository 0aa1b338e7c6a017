"""Pages where there is a mail server and a company sign-in: links, connections, confirmations."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select as selected

from admin.single_sign_on.values import Came, Purpose
from bootstrap.services import Services
from core.domain.clock import now
from core.domain.identity import SYSTEM, User
from core.settings import EmbeddingSettings, MailSettings, Settings
from core.settings_identity import OidcSettings
from core.storage.tables import SessionRow
from tests.inbox import Inbox, mail_server
from tests.ui.conftest import Pages, texts
from tests.ui.test_people_page import select
from tests.web.single_sign_on.provider import CLIENT_ID, CLIENT_SECRET, Provider, serving
from ui.components.confirmation import company_behind


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def provider() -> Iterator[Provider]:
    with serving(Provider()) as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, inbox: Inbox, provider: Provider) -> Iterator[Settings]:
    with mail_server(inbox) as server:
        yield Settings(
            data_dir=tmp_path,
            embeddings=EmbeddingSettings(cache_dir=tmp_path),
            mail=MailSettings(
                host=server.host,
                port=server.port,
                security="none",
                sender="sandbox@nordhafen.example",
                app_address="https://sandbox.nordhafen.example",
            ),
            oidc=OidcSettings(
                issuer=provider.issuer,
                client_id=CLIENT_ID,
                client_secret=CLIENT_SECRET,
                name="Nordhafen ID",
            ),
            _env_file=None,
        )


def company_session(services: Services, provider: Provider) -> str:
    """Signs in at the provider and returns the token of the session."""
    company = services.company_sign_in
    assert company is not None
    begun = company.begin("http://x/back", purpose=Purpose.SIGN_IN, target="/")
    back = parse_qs(urlsplit(provider.authorize(begun.address)).query)
    came = Came(
        begun.kept,
        state=back["state"][0],
        code=back["code"][0],
        issuer=back["iss"][0],
        session_token="",
    )
    return company.complete(came).token


def test_a_link_for_a_password_is_mailed_and_shown_to_nobody(
    pages: Pages, services: Services, anna: User, ben: User, inbox: Inbox
) -> None:
    app = select(pages.open("people", anna), "people-2", 1)

    app = app.button(key=f"link-for-{ben.id}").click().run()

    found = re.search(r"token=(\S+)", inbox.texts()[0])
    assert found is not None
    assert "The link is on its way" in app.success[0].value
    assert found[1] not in texts(app)
    services.password_links.use(found[1], "lantern walrus copper tundra")
    assert services.sign_in.sign_in(ben.email, "lantern walrus copper tundra")


def test_new_people_choose_their_password_by_mail(
    pages: Pages, services: Services, anna: User, inbox: Inbox
) -> None:
    app = pages.open("people", anna).button(key="open-new-person").click().run()
    assert "They get a mail with a link" in texts(app)
    app.text_input(key="new-person-email").input("mia@nordhafen.example")
    app.text_input(key="new-person-name").input("Mia Lund")

    app = app.button(key="add-person").click().run()

    assert [mail["To"] for mail in inbox.mails] == ["mia@nordhafen.example"]
    assert "Mia Lund got a mail" in app.session_state["notice"]


def test_my_account_offers_to_connect_and_lets_go_again(
    pages: Pages, services: Services, ben: User
) -> None:
    before = texts(pages.open("account", ben))
    made = services.connections.connect(SYSTEM, ben.id, "s-ben")
    app = pages.open("account", ben)
    shown = texts(app)

    app.button(key=f"disconnect-{made.id}").click().run()

    assert "Sign in with Nordhafen ID instead of a password" in before
    assert "s-ben" in shown
    assert services.connections.mine(ben) == []


def test_who_signed_in_elsewhere_confirms_there(
    pages: Pages,
    services: Services,
    provider: Provider,
    anna: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    services.connections.connect(SYSTEM, anna.id, "s-anna")
    provider.claims = {"sub": "s-anna"}
    token = company_session(services, provider)
    monkeypatch.setattr(services.sign_in, "sign_in", lambda *_: token)

    app = pages.open("people", anna)
    app = select(app, "people-1", 0)

    assert company_behind(token) == "Nordhafen ID"
    assert "sign in again with Nordhafen ID" in texts(app)
    assert [one.key for one in app.text_input if one.key == "confirmation-password"] == []


def test_who_signed_in_with_a_password_enters_it_again(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    app = pages.open("people", anna)
    with services.database.begin() as session:
        for row in session.exec(selected(SessionRow)).all():
            row.confirmed_at = now().replace(year=2020)

    app = select(app.run(), "people-2", 1)

    assert app.text_input(key="confirmation-password").label == "Your password"
