"""The pages outside Streamlit: signing in, signing out and the first set-up."""

import re
import time
from pathlib import Path

import pytest

from core.storage.database import Database
from core.storage.migrate import migrate
from tests.web.conftest import PASSWORD, Server, Visitor, running

ANNA = "anna@nordhafen.example"


def test_the_session_cookie_is_out_of_reach_for_scripts_and_other_sites(visitor: Visitor) -> None:
    response = visitor.sign_in(ANNA)

    cookie = next(c for c in visitor.set_cookie_headers if c.startswith("__Host-sid="))
    flags = {flag.strip().lower() for flag in cookie.split(";")[1:]}
    assert flags == {"httponly", "path=/", "samesite=lax", "secure"}
    assert (response.status_code, response.headers["location"]) == (303, "/")


def test_signing_in_leads_to_the_page_first_asked_for(visitor: Visitor) -> None:
    page = visitor.get("/sign-in?next=%2Fideas%3Fnumber%3D7")
    response = visitor.submit("/sign-in", email=ANNA, password=PASSWORD, target="/ideas?number=7")

    assert 'name="target" value="/ideas?number=7"' in page.text
    assert response.headers["location"] == "/ideas?number=7"


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil", "evil"]
)
def test_signing_in_never_leads_to_another_site(visitor: Visitor, target: str) -> None:
    response = visitor.submit("/sign-in", email=ANNA, password=PASSWORD, target=target)

    assert response.headers["location"] == "/"


def test_a_form_without_its_token_is_refused(visitor: Visitor, server: Server) -> None:
    visitor.get("/sign-in")

    response = visitor.request(
        "POST",
        "/sign-in",
        headers={"Origin": server.url},
        form={"email": ANNA, "password": PASSWORD},
    )

    assert response.status_code == 403
    assert "__Host-sid" not in visitor.cookies


def test_a_form_token_of_somebody_else_is_refused(visitor: Visitor) -> None:
    response = visitor.submit("/sign-in", email=ANNA, password=PASSWORD, form_token="x" * 43)

    assert response.status_code == 403


def test_a_failed_sign_in_keeps_the_address_and_not_the_password(visitor: Visitor) -> None:
    response = visitor.submit(
        "/sign-in", email='nobody"><b>@nordhafen.example', password="wrong-password-1"
    )

    assert response.status_code == 401
    assert "Incorrect e-mail address or password" in response.text
    assert "nobody&#34;&gt;&lt;b&gt;@nordhafen.example" in response.text
    assert "wrong-password-1" not in response.text


def test_signing_in_again_ends_the_session_before(visitor: Visitor) -> None:
    visitor.sign_in(ANNA)
    first = visitor.cookies.pop("__Host-sid")
    page = visitor.get("/sign-in")
    token = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert token

    visitor.cookies["__Host-sid"] = first
    form = {"form_token": token[1], "email": ANNA, "password": PASSWORD}
    visitor.request("POST", "/sign-in", headers={"Origin": visitor.server.url}, form=form)

    assert visitor.cookies["__Host-sid"] != first
    assert visitor.server.sign_in.user_for(first) is None


def test_the_sign_in_page_sends_a_signed_in_person_on(visitor: Visitor) -> None:
    visitor.sign_in(ANNA)

    assert visitor.get("/sign-in").headers["location"] == "/"


def test_signing_out_removes_the_cookie(visitor: Visitor) -> None:
    visitor.sign_in(ANNA)

    response = visitor.submit("/sign-out")

    assert response.headers["location"] == "/sign-in"
    assert visitor.cookies["__Host-sid"] == '""'


def test_pages_outside_streamlit_contain_no_script(visitor: Visitor) -> None:
    page = visitor.get("/sign-in")

    assert "<script" not in page.text
    assert page.headers["cache-control"] == "no-store"
    for name in ("email", "password"):
        assert f'<label for="{name}">' in page.text


def test_the_printed_link_creates_the_first_admin_once(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'sandbox.db'}")
    migrate(database)
    with running(database, tmp_path / "output.txt") as port:
        server = Server.on(port, database, tmp_path / "output.txt")
        link = wait_for_link(server.output)
        visitor = Visitor(server)
        assert "Almost ready" in visitor.get("/sign-in").text
        new = {"token": link.partition("token=")[2], "email": ANNA, "name": "Anna"}

        weak = visitor.submit(link, **new, password="password1234", repeated="password1234")
        different = visitor.submit(link, **new, password=PASSWORD, repeated="x" * 20)
        first = visitor.submit(link, **new, password=PASSWORD, repeated=PASSWORD)
        signed_in = visitor.get("/")
        again = visitor.get(link)
        visitor.close()
    database.close()

    assert weak.status_code == 422
    assert "easy to guess" in weak.text
    assert 'value="Anna"' in weak.text
    assert "do not match" in different.text
    assert (first.status_code, signed_in.status_code) == (303, 200)
    assert again.status_code == 410
    assert "Set-up is complete" in again.text


def wait_for_link(output: Path) -> str:
    """The address and token printed at start, without scheme and host."""
    for _ in range(100):
        match = re.search(r"http://127\.0\.0\.1:\d+(/set-up\?token=\S+)", output.read_text())
        if match:
            return match[1]
        time.sleep(0.1)
    raise AssertionError(output.read_text())
