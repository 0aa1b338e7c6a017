"""My account: password, second factor, sessions, and who opened what is one's own."""

import base64
import time

import pytest

from admin.signing_in.one_time_codes import STEP_SECONDS, code_of
from bootstrap.services import Services
from core.domain.identity import SYSTEM, User
from core.errors import SignInFailed
from tests.ui.conftest import PASSWORD, Pages, add_answer, texts
from ui.account import words as account_words

NEW = "copper walrus tulip engine"


def test_the_password_is_changed_with_the_current_one(
    pages: Pages, services: Services, ben: User
) -> None:
    app = pages.open("account", ben)

    app.text_input(key="current-password").input("wrong")
    app.text_input(key="new-password").input(NEW)
    app.text_input(key="repeated-password").input(NEW)
    refused = app.button(key="change-password-now").click().run()
    assert "incorrect" in refused.error[0].value
    app.text_input(key="current-password").input(PASSWORD)
    app.text_input(key="repeated-password").input("other")
    assert "do not match" in app.button(key="change-password-now").click().run().error[0].value
    app.text_input(key="repeated-password").input(NEW)
    changed = app.button(key="change-password-now").click().run()

    assert "The password is changed" in changed.success[0].value
    with pytest.raises(SignInFailed):
        services.sign_in.sign_in(ben.email, PASSWORD)
    assert services.sign_in.sign_in(ben.email, NEW)


def test_sessions_are_listed_and_ended(pages: Pages, services: Services, ben: User) -> None:
    other = services.sign_in.sign_in(
        ben.email, PASSWORD, browser="Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"
    )
    third = services.sign_in.sign_in(ben.email, PASSWORD, browser="<script>")
    app = pages.open("account", ben)
    assert "Firefox on Windows" in texts(app)
    assert "this browser" in texts(app)
    [one] = [s for s in services.sign_in.sessions_of(ben) if "Firefox" in s.browser]

    app = app.button(key=f"end-{one.id}").click().run()
    assert services.sign_in.user_for(other) is None
    assert services.sign_in.user_for(third) == ben
    app.button(key="end-others").click().run()

    assert services.sign_in.user_for(third) is None
    assert len(services.sign_in.sessions_of(ben)) == 1


def test_a_second_factor_is_set_up_and_its_codes_are_shown_once(
    pages: Pages, services: Services, ben: User
) -> None:
    app = pages.open("account", ben)
    app = app.toggle(key="show-factor-key").set_value(True).run()
    secret = base64.b32decode(app.code[0].value.replace(" ", ""))

    app.text_input(key="factor-code").input("12")
    refused = app.button(key="confirm-factor").click().run()
    assert "incorrect" in refused.error[0].value
    code = code_of(secret, int(time.time()) // STEP_SECONDS)
    app.text_input(key="factor-code").input(code)
    app = app.button(key="confirm-factor").click().run()

    assert len(app.code[-1].value.splitlines()) == 10
    assert services.second_factors.state_of(ben).recovery_codes == 10
    again = app.run()
    assert again.code.len == 0
    assert "10 recovery codes left" in texts(again)


def test_what_others_opened_is_told(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    assert "Nobody opened" in texts(pages.open("account", ben))
    add_answer(services, ben, "How high is my bonus?", "", abstained=True)
    services.usage.unanswered(anna)
    services.password_links.create(SYSTEM, ben.id)

    shown = texts(pages.open("account", ben))

    assert "Anna Berg read unanswered questions of yours" in shown
    assert "An administrator made a link that sets your password" in shown


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        ("", "An unknown browser"),
        ("curl/8", "An unknown browser"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X) Chrome/1 Safari/1 Edg/1", "Edge on Mac"),
        ("Mozilla/5.0 (iPhone; like Mac OS X) Version/1 Safari/1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/1 Safari/1", "Chrome on Android"),
    ],
)
def test_browsers_have_names(agent: str, told: str) -> None:
    assert account_words.browser(agent) == told
