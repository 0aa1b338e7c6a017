"""The documents page: going back to an older version, and erasing without a trace."""

import pytest
from streamlit.testing.v1 import AppTest

from bootstrap.services import Services
from core.domain.identity import User
from core.domain.knowledge import Collection, DocumentOverview, Upload
from core.errors import IndexUnavailable
from ingestion.library.version_history import VersionHistory
from tests.ui.conftest import Pages, texts
from ui.documents.table import table_key
from ui.documents.version_history import versions_key

OLD = b"# Handbook\n\nEverybody has twenty-eight days of leave a year.\n"
NEW = b"# Handbook\n\nEverybody has thirty days of leave a year.\n"


@pytest.fixture
def policies(services: Services, anna: User) -> Collection:
    return services.collections.add(anna, "Policies", is_open=True)


@pytest.fixture
def handbook(services: Services, anna: User, policies: Collection) -> DocumentOverview:
    """In two versions."""
    for content in (OLD, NEW):
        services.documents.upload(anna, policies.id, [Upload("handbook.md", content)])
    [document] = services.documents.list(anna)
    return document


def opened(app: AppTest, services: Services, user: User, tab: str) -> AppTest:
    """Selects the first document and opens a tab of its details."""
    documents = services.documents.list(user)
    select_row(app, table_key(documents), 0)
    app.run()
    app.session_state[f"details-{documents[0].id}"] = tab
    return app.run()


def select_row(app: AppTest, key: str, row: int) -> None:
    app.session_state[key] = {"selection": {"rows": [row], "columns": [], "cells": []}}


def old_version(app: AppTest, services: Services, user: User, document_id: str) -> AppTest:
    """Selects the oldest version in the Versions tab."""
    app = opened(app, services, user, "Versions")
    versions = services.lifecycle.version_history.versions(user, document_id)
    select_row(app, versions_key(document_id, versions), len(versions) - 1)
    return app.run()


def test_the_versions_say_which_one_answers(
    pages: Pages, services: Services, anna: User, handbook: DocumentOverview
) -> None:
    app = opened(pages.open("documents", anna), services, anna, "Versions")

    assert "Answers use version 2" in texts(app)
    assert list(app.dataframe[-1].value["Status"]) == ["Current", "Earlier version"]


def test_the_pages_of_an_older_version_can_be_looked_at(
    pages: Pages, services: Services, anna: User, handbook: DocumentOverview
) -> None:
    app = old_version(pages.open("documents", anna), services, anna, handbook.id)

    assert "older version 1" in texts(app)
    assert not app.exception


def test_an_older_version_answers_again_once_it_is_confirmed(
    pages: Pages, services: Services, anna: User, handbook: DocumentOverview
) -> None:
    app = old_version(pages.open("documents", anna), services, anna, handbook.id)

    app.button(key=f"roll-back-{handbook.id}-1").click().run()

    versions = services.lifecycle.version_history.versions(anna, handbook.id)
    assert [one.number for one in versions if one.is_current] == [1]
    assert "Answers use version 1" in texts(app)


def test_a_way_back_that_the_index_refuses_is_told_in_words(
    pages: Pages,
    services: Services,
    anna: User,
    handbook: DocumentOverview,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise IndexUnavailable("The search index did not accept all passages. Try again.")

    app = old_version(pages.open("documents", anna), services, anna, handbook.id)
    monkeypatch.setattr(VersionHistory, "roll_back", refuse)

    app.button(key=f"roll-back-{handbook.id}-1").click().run()

    assert "did not accept all passages" in app.error[0].value


def test_erasing_says_that_earlier_answers_lose_their_quotes_and_asks(
    pages: Pages, services: Services, anna: User, handbook: DocumentOverview
) -> None:
    app = opened(pages.open("documents", anna), services, anna, "Reliability")

    app.button(key="erase-documents").click().run()

    assert "Earlier answers that quote it lose those words" in texts(app)
    assert services.documents.count(anna) == 1


def test_a_confirmed_erasure_shows_its_receipt(
    pages: Pages, services: Services, anna: User, handbook: DocumentOverview
) -> None:
    app = opened(pages.open("documents", anna), services, anna, "Reliability")
    app.button(key="erase-documents").click().run()

    app.button(key="confirm-erasure").click().run()

    assert services.documents.count(anna) == 0
    assert "2 originals removed, 0 passages remain" in app.success[0].value


def test_erasing_what_is_gone_already_is_told_in_the_dialog(
    pages: Pages, services: Services, anna: User, handbook: DocumentOverview
) -> None:
    app = opened(pages.open("documents", anna), services, anna, "Reliability")
    app.button(key="erase-documents").click().run()
    services.documents.delete(anna, handbook.id)

    app.button(key="confirm-erasure").click().run()

    assert "no longer exists" in app.error[0].value
