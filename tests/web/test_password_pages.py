"""The page behind a one-time link for a password."""

import hashlib
import re

import pytest

from core.domain.identity import SYSTEM
from tests.web.conftest import PASSWORD, Server, Visitor

NEW_PASSWORD = "lantern walrus copper tundra"


@pytest.fixture
def link(server: Server, request: pytest.FixtureRequest) -> tuple[str, str]:
    """The address of a new person and the path of their link."""
    email = f"{hashlib.sha256(request.node.name.encode()).hexdigest()[:12]}@nordhafen.example"
    person = server.people.add_without_password(SYSTEM, email, name="Mia Lund")
    token = server.password_links.create(SYSTEM, person.id)
    return email, f"/new-password?token={token}"


def submit(visitor: Visitor, path: str, password: str, repeated: str | None = None) -> int:
    token = path.partition("token=")[2]
    response = visitor.submit(
        path, token=token, password=password, repeated=password if repeated is None else repeated
    )
    return response.status_code


def test_a_link_sets_a_password_once(visitor: Visitor, link: tuple[str, str]) -> None:
    email, path = link

    assert submit(visitor, path, NEW_PASSWORD) == 200
    assert visitor.get(path).status_code == 410
    response = visitor.submit("/sign-in", email=email, password=NEW_PASSWORD)
    assert response.status_code == 303


@pytest.mark.parametrize(
    ("password", "repeated"), [("short", "short"), (NEW_PASSWORD, f"{NEW_PASSWORD} ")]
)
def test_a_password_that_cannot_be_taken_leaves_the_link_open(
    visitor: Visitor, link: tuple[str, str], password: str, repeated: str
) -> None:
    _, path = link

    assert submit(visitor, path, password, repeated) == 422
    assert visitor.get(path).status_code == 200


@pytest.mark.parametrize("token", ["", "x" * 43, "%00"])
def test_a_made_up_link_is_closed(visitor: Visitor, token: str) -> None:
    page = visitor.get(f"/new-password?token={token}")

    assert page.status_code == 410
    assert "Ask an administrator" in page.text


def test_the_form_needs_its_own_token(
    visitor: Visitor, server: Server, link: tuple[str, str]
) -> None:
    _, path = link
    page = visitor.get(path)
    assert re.search(r'name="form_token"', page.text)

    response = visitor.request(
        "POST",
        "/new-password",
        headers={"Origin": server.url},
        form={"token": path.partition("token=")[2], "password": PASSWORD, "repeated": PASSWORD},
    )

    assert response.status_code == 403
    assert visitor.get(path).status_code == 200
