"""The System page: the doctor's checks, made when they are asked for, for administrators."""

import pytest

from bootstrap.services import Services
from core.domain.identity import User
from core.errors import AccessDenied
from tests.ui.conftest import Pages, texts


def test_an_employee_sees_no_checks(pages: Pages, services: Services, ben: User) -> None:
    app = pages.open("system", ben)

    assert "Only administrators can do this" in app.error[0].value
    assert not app.button
    with pytest.raises(AccessDenied):
        services.checks.run(ben)


def test_nothing_is_checked_before_it_is_asked_for(pages: Pages, anna: User) -> None:
    app = pages.open("system", anna)

    assert "one token" in texts(app)
    assert not app.success
    assert not app.warning


def test_each_check_is_shown_with_what_was_found(pages: Pages, anna: User) -> None:
    app = pages.open("system", anna)

    app.button(key="check").click().run()

    shown = texts(app)
    for name in ("Settings", "Database", "Disk", "Files", "Index", "Queue", "Provider"):
        assert f"**{name}**" in shown
    assert "the passage engine answers" in shown.lower() or "The passage engine answers" in shown
    assert not app.exception


def test_what_is_wrong_is_shown_with_what_to_do(
    pages: Pages, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDBOX_LLM__BASE_ULR", "http://127.0.0.1:9/v1")
    app = pages.open("system", anna)

    app.button(key="check").click().run()

    assert "found a problem" in app.warning[0].value
    assert "What to do: Write SANDBOX_LLM__BASE_URL instead of SANDBOX_LLM__BASE_ULR." in (
        texts(app).replace("\\", "")
    )
