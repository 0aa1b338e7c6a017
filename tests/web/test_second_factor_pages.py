"""The page between password and app asks for the code and opens nothing before."""

import base64
import re
import time

import pytest

from admin.signing_in.one_time_codes import STEP_SECONDS, code_of
from core.domain.clock import new_id
from core.domain.identity import SYSTEM, User
from tests.web.conftest import PASSWORD, Server, Visitor


@pytest.fixture
def guarded(server: Server) -> tuple[User, bytes, list[str]]:
    """Somebody with a second factor, its secret and recovery codes."""
    user = server.people.add(
        SYSTEM, f"{new_id()}@nordhafen.example", name="Cleo Marsh", password=PASSWORD
    )
    secret = base64.b32decode(server.factors.begin(user).key.replace(" ", ""))
    codes = server.factors.confirm(user, code_of(secret, int(time.time()) // STEP_SECONDS))
    return user, secret, list(codes)


def test_the_code_opens_the_page_that_was_asked_for(
    visitor: Visitor, guarded: tuple[User, bytes, list[str]]
) -> None:
    user, secret, _ = guarded

    sent = visitor.submit("/sign-in", email=user.email, password=PASSWORD, target="/ideas")
    page = visitor.get(sent.headers["location"])
    closed = visitor.get("/export/conversations/x.md")
    # The next code, one step early: that of now was used to set it up.
    code = code_of(secret, int(time.time()) // STEP_SECONDS + 1)
    entered = visitor.submit(sent.headers["location"], code=code, target="/ideas")

    assert sent.headers["location"] == "/second-factor?next=%2Fideas"
    assert "Enter the code" in page.text
    assert (closed.status_code, closed.headers["location"][:8]) == (303, "/sign-in")
    assert (entered.status_code, entered.headers["location"]) == (303, "/ideas")
    assert visitor.get("/export/conversations/x.md").status_code == 404


def test_a_wrong_code_is_told_and_a_recovery_code_helps(
    visitor: Visitor, guarded: tuple[User, bytes, list[str]]
) -> None:
    user, _, codes = guarded
    visitor.submit("/sign-in", email=user.email, password=PASSWORD)

    wrong = visitor.submit("/second-factor", code="<b>000</b>", target="https://evil.example")
    right = visitor.submit("/second-factor", code=codes[0], target="https://evil.example")

    assert wrong.status_code == 401
    assert "incorrect or was already used" in wrong.text
    assert "<b>000" not in wrong.text
    assert right.headers["location"] == "/"


def test_without_a_password_there_is_no_page(visitor: Visitor) -> None:
    shown = visitor.get("/second-factor")

    assert (shown.status_code, shown.headers["location"]) == (303, "/sign-in")


def test_a_form_of_another_site_is_refused(
    visitor: Visitor, guarded: tuple[User, bytes, list[str]]
) -> None:
    user, _, codes = guarded
    visitor.submit("/sign-in", email=user.email, password=PASSWORD)

    answer = visitor.request(
        "POST",
        "/second-factor",
        headers={"Origin": visitor.server.url},
        form={"form_token": "x" * 43, "code": codes[0]},
    )

    assert answer.status_code == 403
    assert re.search("This form has expired", answer.text)
