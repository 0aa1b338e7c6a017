"""My data: exported as one file, and deleted after the password and the typed address."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bootstrap.services import Services
from core.domain.clock import now
from core.domain.identity import User
from core.errors import SignInFailed
from core.storage.tables import ConversationRow, SessionRow, UserRow
from tests.ui.conftest import PASSWORD, Pages, add_answer, texts


def test_the_file_is_made_on_demand(pages: Pages, services: Services, ben: User) -> None:
    app = pages.open("own_data", ben)
    assert "Passwords and keys are left out" in texts(app)

    app.button(key="prepare-own-data").click().run()

    assert not app.exception
    assert not app.error


def test_data_is_deleted_once_the_address_is_typed(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    add_answer(services, ben, "Where is the crane?", "In the yard.")
    app = pages.open("own_data", ben)
    assert app.button(key="delete-own-data").disabled
    assert "a former employee" in texts(app)

    app.text_input(key="confirm-own-deletion").input(ben.email).run()
    app.button(key="delete-own-data").click().run()

    assert "Your data is deleted" in app.success[0].value
    with services.database.read() as session:
        assert session.get(UserRow, ben.id) is None
        assert session.exec(select(ConversationRow)).all() == []
    with pytest.raises(SignInFailed):
        services.sign_in.sign_in(ben.email, PASSWORD)


def test_an_old_sign_in_asks_for_the_password_first(
    pages: Pages, services: Services, ben: User
) -> None:
    app = pages.open("own_data", ben)
    with services.database.begin() as session:
        for row in session.exec(select(SessionRow)).all():
            row.confirmed_at = now() - timedelta(hours=1)

    app.text_input(key="confirm-own-deletion").input(ben.email).run()

    assert app.button(key="delete-own-data").disabled
    assert app.button(key="confirm")


def test_under_a_legal_hold_nothing_is_deleted_and_it_says_so(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    services.privacy.holds.place(anna, ben.id, "Case 7")
    app = pages.open("own_data", ben)

    app.text_input(key="confirm-own-deletion").input(ben.email).run()
    app.button(key="delete-own-data").click().run()

    assert "legal hold" in app.error[0].value
    assert services.sign_in.sign_in(ben.email, PASSWORD)
