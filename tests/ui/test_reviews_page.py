"""Owners without an administrator's role confirm that their documents are still right."""

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from bootstrap.services import Services
from core.domain.identity import User
from core.domain.knowledge import Upload
from ingestion.library.reviews import today
from ingestion.library.stewardship import Changes
from tests.ui.conftest import PASSWORD, Pages, texts

PAGES_OF_PERSON = """
import runpy
import streamlit as st
from ui import state
pages_for = runpy.run_module("ui.main")["pages_for"]
sections = pages_for(state.require_user())
st.code("\\n".join(page.title for pages in sections.values() for page in pages))
"""
ALWAYS = [
    *("Chat", "Ideas", "Portfolio", "Campaigns", "My account", "My usage", "My data"),
    "Notifications",
]
HANDBOOK = b"# Handbook\n\nEverybody has thirty days of leave a year.\n"


@pytest.fixture
def handbook(services: Services, anna: User, ben: User) -> str:
    """Ben's document in an open collection, due for a review next week."""
    return owned(services, anna, ben, is_open=True)


def owned(services: Services, admin: User, owner: User, *, is_open: bool) -> str:
    collection = services.collections.add(admin, "Policies", is_open=is_open)
    [receipt] = services.documents.upload(admin, collection.id, [Upload("handbook.md", HANDBOOK)])
    assert receipt.document_id is not None
    due = Changes(owner_id=owner.id, review_by=today() + timedelta(days=7))
    services.stewardship.update(admin, [receipt.document_id], due)
    return receipt.document_id


def test_a_due_document_is_named_with_its_day_and_can_be_confirmed(
    pages: Pages, services: Services, ben: User, handbook: str
) -> None:
    app = pages.open("reviews", ben)
    assert "Handbook" in texts(app)
    assert "Policies · Internal · review by" in texts(app)

    app = app.button(key=f"still-right-{handbook}").click().run()

    details = services.stewardship.details(ben, handbook)
    assert not app.exception
    assert details.reviewed_at is not None
    assert details.review_by == today() + timedelta(days=365)
    assert "Nothing is due" in texts(app)


def test_a_day_that_is_no_later_day_is_refused_in_words(
    pages: Pages, services: Services, ben: User, handbook: str
) -> None:
    app = pages.open("reviews", ben)

    app.date_input(key=f"next-review-{handbook}").set_value(today())
    app = app.button(key=f"still-right-{handbook}").click().run()

    assert "Choose a day after today" in texts(app)
    assert services.stewardship.details(ben, handbook).reviewed_at is None


def test_the_words_are_read_in_place_by_those_who_may(
    pages: Pages, services: Services, ben: User, handbook: str
) -> None:
    app = pages.open("reviews", ben)
    app.session_state[f"read-{handbook}"] = True

    app = app.run()

    assert not app.exception
    assert "1 passage" in texts(app)
    assert "Handbook" in app.radio[0].options[0]
    assert "#" not in app.radio[0].options[0]


def test_an_owner_outside_the_readers_confirms_without_the_words(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    document_id = owned(services, anna, ben, is_open=False)

    app = pages.open("reviews", ben)

    assert not app.expander
    assert app.button(key=f"still-right-{document_id}")


def test_nobody_is_shown_the_documents_of_somebody_else(
    pages: Pages, services: Services, anna: User, handbook: str
) -> None:
    sue = services.people.add(anna, "sue@nordhafen.example", name="Sue", password=PASSWORD)

    app = pages.open("reviews", sue)

    assert "Nothing is due" in texts(app)
    assert "Handbook" not in texts(app)


def test_owners_have_the_page(
    services: Services, ben: User, handbook: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert titles(services, ben, monkeypatch) == [*ALWAYS, "Document reviews (1)"]


def test_who_owns_nothing_does_not_have_the_page(
    services: Services, anna: User, handbook: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sue = services.people.add(anna, "sue@nordhafen.example", name="Sue", password=PASSWORD)

    assert titles(services, sue, monkeypatch) == ALWAYS


def titles(services: Services, user: User, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages in the menu of somebody who is signed in."""
    token = services.sign_in.sign_in(user.email, PASSWORD)
    monkeypatch.setattr("ui.state.person.session_token", lambda: token)
    app = AppTest.from_string(PAGES_OF_PERSON, default_timeout=60).run()
    shown: str = app.code[-1].value
    return shown.splitlines()
