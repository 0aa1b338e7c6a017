"""Sign-in by a header of the company's proxy; the proxy connects from 127.0.0.2."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import httpx
import pytest

from core.domain.identity import SYSTEM, Role
from tests.web.single_sign_on.conftest import Browser, MakeSite, Site, open_browser

PROXY, STRANGER = "127.0.0.2", "127.0.0.3"
SECRET = "of the proxy and the app alone"
SETTINGS: Mapping[str, object] = {
    "header": "X-Forwarded-Email",
    "addresses": [PROXY],
    "secret": SECRET,
    "groups_header": "X-Forwarded-Groups",
    "groups": {"dept-hr": "HR"},
    "makes_accounts": True,
    "domains": ["nordhafen.example"],
}


@dataclass(frozen=True)
class Office:
    site: Site
    proxy: Browser
    """A browser behind the proxy."""
    stranger: Browser

    def by_proxy(self, path: str, email: str, **headers: str) -> httpx.Response:
        return self.proxy.get(
            path, **{"X-Forwarded-Email": email, "X-Proxy-Secret": SECRET, **headers}
        )


@pytest.fixture
def office(make_site: MakeSite) -> Iterator[Office]:
    site = make_site({"issuer": "", "client_id": ""}, proxy_sign_in=SETTINGS)
    with open_browser(site, PROXY) as proxy, open_browser(site, STRANGER) as stranger:
        yield Office(site, proxy, stranger)


def test_the_proxy_signs_people_in_and_groups_follow(office: Office) -> None:
    headers = {"X-Forwarded-Groups": "dept-hr, others"}

    response = office.by_proxy("/sign-in?next=%2Fideas", "Mia@Nordhafen.example", **headers)

    assert response.headers["location"] == "/ideas"
    assert office.by_proxy("/who", "mia@nordhafen.example").text == "mia@nordhafen.example"
    assert office.site.groups_of("mia@nordhafen.example") == {"HR"}


def test_the_proxy_opens_accounts_that_were_made_in_the_app(office: Office) -> None:
    office.site.person("ole", Role.REVIEWER)

    office.by_proxy("/sign-in", "ole@nordhafen.example")

    assert office.by_proxy("/who", "ole@nordhafen.example").text == "ole@nordhafen.example"


@pytest.mark.parametrize("forwarded", [None, PROXY, f"{PROXY}:7", "127.0.0.1", "::1", "x"])
def test_the_header_of_a_stranger_is_ignored_and_logged(
    office: Office, caplog: pytest.LogCaptureFixture, forwarded: str | None
) -> None:
    office.site.person("ada", Role.ADMIN)
    headers = {"X-Forwarded-Email": "ada@nordhafen.example", "X-Proxy-Secret": SECRET}
    if forwarded:
        headers |= {"X-Forwarded-For": forwarded}

    response = office.stranger.get("/sign-in", **headers)

    assert response.status_code == 200
    assert "sid" not in office.stranger.http.cookies
    assert f"sign-in header ignored header=X-Forwarded-Email peer={STRANGER}" in caplog.text


@pytest.mark.parametrize("secret", ["", "another secret of 16 letters", SECRET.upper()])
def test_the_header_without_the_secret_is_ignored(office: Office, secret: str) -> None:
    response = office.by_proxy("/sign-in", "root@nordhafen.example", **{"X-Proxy-Secret": secret})

    assert response.status_code == 200
    assert "sid" not in office.proxy.http.cookies


def test_a_header_that_comes_twice_is_ignored(office: Office) -> None:
    lines = [("X-Forwarded-Email", "mia@nordhafen.example"), ("X-Proxy-Secret", SECRET)]

    response = office.proxy.http.get(
        "/sign-in", headers=[*lines, ("X-Forwarded-Email", "root@nordhafen.example")]
    )

    assert response.status_code == 200


def test_the_forwarded_address_of_a_person_does_not_matter(office: Office) -> None:
    response = office.by_proxy(
        "/sign-in", "mia@nordhafen.example", **{"X-Forwarded-For": "198.51.100.7"}
    )

    assert response.status_code == 303


def test_a_changed_header_ends_the_session(office: Office) -> None:
    office.by_proxy("/sign-in", "mia@nordhafen.example")
    token = office.proxy.http.cookies["sid"]

    response = office.by_proxy("/who", "ole@nordhafen.example")

    assert response.status_code == 303
    assert response.headers["location"].startswith("/sign-in")
    assert office.site.ways_in.sign_in.user_for(token) is None


def test_a_session_of_the_proxy_opens_nothing_beside_the_proxy(office: Office) -> None:
    office.by_proxy("/sign-in", "mia@nordhafen.example")
    office.stranger.http.cookies.set("sid", office.proxy.http.cookies["sid"])

    assert office.stranger.who == ""
    assert office.by_proxy("/who", "mia@nordhafen.example").status_code == 200


def test_a_password_still_signs_in_beside_the_proxy(office: Office) -> None:
    office.stranger.sign_in_with_password("root")

    assert office.stranger.who == "root@nordhafen.example"


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("mia@evil.example", "not one of those"),
        ("mia", "did not name you by an e-mail address"),
        ("vault@nordhafen.example", "not connected yet"),
    ],
)
def test_who_gets_no_account_is_told_why(office: Office, email: str, words: str) -> None:
    vault = office.site.person("vault", Role.ADMIN)
    office.site.people.set_emergency(SYSTEM, vault.id, is_emergency=True)

    response = office.by_proxy("/sign-in", email)

    assert response.status_code == 401
    assert words in response.text


def test_signing_out_behind_the_proxy_shows_a_page_and_does_not_sign_in_again(
    office: Office,
) -> None:
    office.by_proxy("/sign-in", "mia@nordhafen.example")
    form = office.by_proxy("/sign-out", "mia@nordhafen.example")
    token = form.text.partition('name="form_token" value="')[2].partition('"')[0]

    response = office.proxy.http.post(
        "/sign-out", data={"form_token": token}, headers={"Origin": office.site.url}
    )

    assert "You are signed out here" in response.text


def test_a_session_of_the_proxy_confirms_nothing(office: Office) -> None:
    office.by_proxy("/sign-in", "mia@nordhafen.example")

    user = office.site.ways_in.sign_in.user_for(office.proxy.http.cookies["sid"])

    assert user is not None
    assert user.needs_confirmation
