"""Sign-in by the company's identity provider, over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import delete, select

from core.domain.clock import now
from core.domain.identity import SYSTEM, Role, User
from core.storage.tables import ScimResourceRow, SessionRow, UserRow
from tests.web.single_sign_on.conftest import (
    COMPANY,
    Browser,
    MakeSite,
    Site,
    open_browser,
)
from tests.web.single_sign_on.provider import Provider

MIA = {"sub": "s-mia", "email": "Mia@Nordhafen.example", "email_verified": True, "name": "Mia Lund"}
MIAS = "mia@nordhafen.example"


def test_a_first_sign_in_makes_an_account_and_leads_to_the_page_asked_for(
    provider: Provider, browser: Browser, site: Site
) -> None:
    provider.claims = dict(MIA)

    response = browser.sign_in(provider, f"{COMPANY}?next=%2Fideas%3Fnumber%3D7")

    assert (response.status_code, response.headers["location"]) == (303, "/ideas?number=7")
    assert browser.who == MIAS
    person = site.named(MIAS)
    assert person is not None
    assert (person.name, person.role) == ("Mia Lund", Role.EMPLOYEE)
    assert "company" not in browser.http.cookies


def test_the_next_sign_in_finds_the_account_by_issuer_and_subject(
    provider: Provider, browser: Browser, site: Site
) -> None:
    provider.claims = dict(MIA)
    browser.sign_in(provider)
    provider.claims = MIA | {"email": "mia.lund@elsewhere.example", "email_verified": False}

    browser.sign_in(provider)

    assert browser.who == MIAS
    assert len(site.people.list_all(SYSTEM)) == 2


def test_the_page_has_a_button_and_keeps_the_password_form(site: Site, browser: Browser) -> None:
    page = browser.get("/sign-in?next=%2Fideas").text

    assert "Sign in with your company account" in page
    assert 'href="/sign-in/company?next=%2Fideas"' in page
    assert 'name="password"' in page


def test_a_provider_that_is_down_is_told_and_passwords_still_work(
    provider: Provider, browser: Browser, site: Site
) -> None:
    site.person("ole")
    provider.is_down = True

    response = browser.get(COMPANY)

    assert response.status_code == 503
    assert "cannot be reached at the moment" in response.text
    assert browser.sign_in_with_password("ole").status_code == 303


def test_a_provider_that_goes_down_in_between_lets_nobody_in(
    provider: Provider, browser: Browser
) -> None:
    back = provider.authorize(browser.leave())
    provider.is_down = True

    assert browser.come_back(back).status_code == 503
    assert browser.who == ""


@pytest.mark.parametrize(
    ("oidc", "claims", "words"),
    [
        ({}, {}, "You have no account"),
        ({"makes_accounts": True, "domains": ["other.example"]}, {}, "not one of those"),
        (
            {"makes_accounts": True, "domains": ["nordhafen.example"]},
            {"email_verified": False},
            "not verified",
        ),
        (
            {"makes_accounts": True, "domains": ["nordhafen.example"]},
            {"email": None},
            "did not tell your e-mail address",
        ),
    ],
)
def test_who_gets_no_account_is_told_why(
    make_site: MakeSite,
    provider: Provider,
    oidc: dict[str, object],
    claims: dict[str, object],
    words: str,
) -> None:
    site = make_site(oidc)
    provider.claims = MIA | claims
    with open_browser(site) as browser:
        response = browser.sign_in(provider)

        assert response.status_code == 401
        assert words in response.text
        assert browser.who == ""
    assert site.named(MIAS) is None


def test_groups_follow_the_provider_at_each_sign_in_and_others_stay(
    make_site: MakeSite, provider: Provider
) -> None:
    site = make_site(
        {
            "makes_accounts": True,
            "domains": ["nordhafen.example"],
            "groups": {"dept-sales": "Sales", "dept-hr": "HR"},
        }
    )
    provider.claims = MIA | {"groups": ["dept-sales", "unknown"]}
    with open_browser(site) as browser:
        browser.sign_in(provider)
        first = site.groups_of(MIAS)
        person = site.named(MIAS)
        assert person is not None
        site.people.set_groups(SYSTEM, person.id, ["Sales", "Choir"])
        provider.claims = MIA | {"groups": ["dept-hr"]}
        browser.sign_in(provider)
        second = site.groups_of(MIAS)
        provider.claims = MIA | {"groups": []}
        browser.sign_in(provider)

    assert first == {"Sales"}
    assert second == {"HR", "Choir"}
    assert site.groups_of(MIAS) == {"Choir"}
    changes = [e for e in site.audit.list(SYSTEM) if e.action == "person.groups_changed"]
    assert len(changes) == 4
    assert all({"before", "after"} <= e.details.keys() for e in changes)


def test_groups_and_address_that_only_userinfo_tells_count(
    make_site: MakeSite, provider: Provider
) -> None:
    site = make_site(
        {"makes_accounts": True, "domains": ["nordhafen.example"], "groups": {"dept-hr": "HR"}}
    )
    provider.claims = {"sub": "s-mia"}
    provider.userinfo = MIA | {"groups": ["dept-hr"]}
    with open_browser(site) as browser:
        browser.sign_in(provider)

        assert browser.who == MIAS
    assert site.groups_of(MIAS) == {"HR"}


def test_userinfo_of_somebody_else_is_refused(provider: Provider, browser: Browser) -> None:
    provider.claims = {"sub": "s-mia"}
    provider.userinfo = MIA | {"sub": "s-other"}

    assert browser.sign_in(provider).status_code == 401
    assert browser.who == ""


def test_administrators_follow_a_group_only_where_a_setting_says_so(
    make_site: MakeSite, provider: Provider
) -> None:
    site = make_site(
        {"makes_accounts": True, "domains": ["nordhafen.example"], "admin_groups": ["admins"]}
    )
    roles = []
    with open_browser(site) as browser:
        site.person("ada", Role.ADMIN)
        for groups in (["admins"], ["others"]):
            provider.claims = MIA | {"groups": groups}
            browser.sign_in(provider)
            person = site.named(MIAS)
            assert person is not None
            roles.append(person.role)

    assert roles == [Role.ADMIN, Role.EMPLOYEE]


def test_the_last_administrator_stays_one(make_site: MakeSite, provider: Provider) -> None:
    site = make_site(
        {"makes_accounts": True, "domains": ["nordhafen.example"], "admin_groups": ["admins"]}
    )
    provider.claims = MIA | {"groups": ["admins"]}
    with open_browser(site) as browser:
        browser.sign_in(provider)
        root = site.named("root@nordhafen.example")
        assert root is not None
        site.people.set_active(SYSTEM, root.id, is_active=False)
        provider.claims = dict(MIA)
        browser.sign_in(provider)

    person = site.named(MIAS)
    assert person is not None
    assert person.is_admin


def test_nobody_gets_in_before_there_is_an_administrator(
    provider: Provider, browser: Browser, site: Site
) -> None:
    with site.database.begin() as session:
        session.exec(delete(UserRow))
    provider.claims = dict(MIA)

    response = browser.sign_in(provider)

    assert "not set up yet" in response.text
    assert site.people.list_all(SYSTEM) == []


def test_a_deactivated_account_stays_out(provider: Provider, browser: Browser, site: Site) -> None:
    provider.claims = dict(MIA)
    browser.sign_in(provider)
    person = site.named(MIAS)
    assert person is not None
    site.people.set_active(SYSTEM, person.id, is_active=False)

    response = browser.sign_in(provider)

    assert response.status_code == 401
    assert "deactivated" in response.text
    assert browser.who == ""


def test_an_owner_connects_the_account_with_its_password(
    provider: Provider, browser: Browser, site: Site
) -> None:
    site.person("mia")
    provider.claims = dict(MIA)
    refused = browser.sign_in(provider)
    browser.sign_in_with_password("mia")
    connected = browser.sign_in(provider, f"{COMPANY}?for=connect")
    with open_browser(site) as fresh:
        fresh.sign_in(provider)

        assert fresh.who == MIAS
    assert "not connected yet" in refused.text
    assert connected.headers["location"] == "/my-account"
    assert "identity.connected ok" in site.actions()


def test_connecting_takes_a_password_entered_lately(
    provider: Provider, browser: Browser, site: Site
) -> None:
    site.person("mia")
    browser.sign_in_with_password("mia")
    age_sessions(site)

    response = browser.get(f"{COMPANY}?for=connect")

    assert response.status_code == 403
    assert "Enter your password again" in response.text


def test_an_identity_of_one_account_is_not_connected_with_another(
    provider: Provider, browser: Browser, site: Site
) -> None:
    provider.claims = dict(MIA)
    browser.sign_in(provider)
    site.person("ole")
    with open_browser(site) as other:
        other.sign_in_with_password("ole")

        response = other.sign_in(provider, f"{COMPANY}?for=connect")

    assert "opens another account" in response.text


def test_an_administrator_connects_an_account_by_its_subject(
    make_site: MakeSite, provider: Provider
) -> None:
    site = make_site()
    mia = site.person("mia")
    site.ways_in.connections.connect(SYSTEM, mia.id, "s-mia")
    provider.claims = {"sub": "s-mia"}
    with open_browser(site) as browser:
        browser.sign_in(provider)

        assert browser.who == MIAS
        [one] = site.ways_in.connections.of(SYSTEM, mia.id)
        site.ways_in.connections.remove(SYSTEM, one.id)
        assert browser.who == ""


def test_a_setting_connects_verified_addresses_of_a_domain_but_of_no_administrator(
    make_site: MakeSite, provider: Provider
) -> None:
    site = make_site({"connects_domains": ["nordhafen.example"]})
    site.person("mia")
    site.person("ada", Role.ADMIN)
    with open_browser(site) as browser:
        provider.claims = MIA | {"email_verified": False}
        unverified = browser.sign_in(provider)
        provider.claims = {"sub": "s-ada", "email": "ada@nordhafen.example", "email_verified": True}
        admin = browser.sign_in(provider)
        provider.claims = dict(MIA)
        browser.sign_in(provider)

        assert browser.who == MIAS
    assert (unverified.status_code, admin.status_code) == (401, 401)


def provision(site: Site, person: User, external_id: str, *, is_deleted: bool = False) -> None:
    """Writes down that an identity provider looks after an account."""
    with site.database.begin() as session:
        session.add(
            ScimResourceRow(
                id=person.id,
                kind="user",
                user_id=person.id,
                external_id=external_id,
                deleted_at=now() if is_deleted else None,
            )
        )


@pytest.mark.parametrize("claim", ["sub", "oid"])
def test_a_provisioned_person_is_connected_by_the_external_id_and_not_by_the_address(
    claim: str, make_site: MakeSite, provider: Provider
) -> None:
    site = make_site({"provisioned_claim": claim})
    person = site.person("mia")
    provision(site, person, "s-mia" if claim == "sub" else "o-17")
    provider.claims = MIA | {
        "oid": "o-17",
        "email": "m.lund@elsewhere.example",
        "email_verified": False,
    }

    with open_browser(site) as browser:
        browser.sign_in(provider)

        assert browser.who == MIAS
    assert "identity.connected ok" in site.actions()


@pytest.mark.parametrize(
    ("external_id", "is_deleted", "is_emergency", "claim"),
    [
        ("s-somebody-else", False, False, "sub"),
        ("s-mia", True, False, "sub"),
        ("s-mia", False, True, "sub"),
        ("s-mia", False, False, ""),
        ("", False, False, "oid"),
    ],
)
def test_no_other_account_is_connected_by_an_external_id(  # noqa: PLR0913  the cases and fixtures
    external_id: str,
    is_deleted: bool,
    is_emergency: bool,
    claim: str,
    make_site: MakeSite,
    provider: Provider,
) -> None:
    site = make_site({"provisioned_claim": claim})
    person = site.person("mia")
    site.people.set_emergency(SYSTEM, person.id, is_emergency=is_emergency)
    provision(site, person, external_id, is_deleted=is_deleted)
    provider.claims = dict(MIA)

    with open_browser(site) as browser:
        response = browser.sign_in(provider)

        assert browser.who == ""
    assert "not connected yet" in response.text


def test_a_fresh_sign_in_confirms_what_is_dangerous(
    provider: Provider, browser: Browser, site: Site
) -> None:
    provider.claims = dict(MIA)
    browser.sign_in(provider)
    token = browser.http.cookies["sid"]
    before = site.ways_in.sign_in.user_for(token)
    address = browser.leave(f"{COMPANY}?for=confirm")

    response = browser.come_back(provider.authorize(address))

    after = site.ways_in.sign_in.user_for(token)
    assert before is not None
    assert after is not None
    assert "prompt=login" in address
    assert "max_age=0" in address
    assert (before.needs_confirmation, after.needs_confirmation) == (True, False)
    assert "Confirmed" in response.text


@pytest.mark.parametrize("age", [timedelta(hours=2), None])
def test_an_old_sign_in_at_the_provider_confirms_nothing(
    provider: Provider, browser: Browser, site: Site, age: timedelta | None
) -> None:
    provider.claims = dict(MIA)
    browser.sign_in(provider)
    at = int((datetime.now(UTC) - age).timestamp()) if age else None
    provider.claims = MIA | {"auth_time": at}

    response = browser.sign_in(provider, f"{COMPANY}?for=confirm")

    user = site.ways_in.sign_in.user_for(browser.http.cookies["sid"])
    assert response.status_code == 401
    assert user is not None
    assert user.needs_confirmation


def test_somebody_else_at_the_provider_confirms_nothing(
    provider: Provider, browser: Browser, site: Site
) -> None:
    provider.claims = dict(MIA)
    browser.sign_in(provider)
    provider.claims = MIA | {"sub": "s-other", "email": "other@nordhafen.example"}

    response = browser.sign_in(provider, f"{COMPANY}?for=confirm")

    assert "someone else" in response.text


def test_a_class_and_methods_of_sign_ins_can_be_required(
    make_site: MakeSite, provider: Provider
) -> None:
    site = make_site(
        {
            "makes_accounts": True,
            "domains": ["nordhafen.example"],
            "required_acr": ["gold", "silver"],
            "required_amr": ["mfa"],
        }
    )
    seen = []
    with open_browser(site) as browser:
        for more in (
            {},
            {"acr": "bronze", "amr": ["mfa"]},
            {"acr": "gold", "amr": ["pwd"]},
            {"acr": "silver", "amr": ["pwd", "mfa"]},
        ):
            provider.claims = MIA | more
            seen.append(browser.sign_in(provider).status_code)

    assert seen == [401, 401, 401, 303]


@pytest.mark.parametrize(("asks", "leads_to"), [(False, "/"), (True, "/second-factor?next=%2F")])
def test_a_local_second_factor_is_asked_for_only_where_a_setting_says_so(
    make_site: MakeSite, provider: Provider, asks: bool, leads_to: str
) -> None:
    site = make_site({"second_factor": asks}, session={"admins_need_second_factor": True})
    ada = site.person("ada", Role.ADMIN)
    site.ways_in.connections.connect(SYSTEM, ada.id, "s-ada")
    provider.claims = {"sub": "s-ada"}
    with open_browser(site) as browser:
        response = browser.sign_in(provider)

        assert response.headers["location"] == leads_to
        assert bool(browser.who) is not asks


def test_signing_out_ends_the_session_and_leads_to_the_provider(
    provider: Provider, browser: Browser, site: Site
) -> None:
    provider.claims = dict(MIA)
    browser.sign_in(provider)

    page = browser.submit("/sign-out").text

    assert browser.who == ""
    assert f'http-equiv="refresh" content="0; url={provider.issuer}/goodbye?client_id=' in page
    assert "post_logout_redirect_uri=http" in page


def test_signing_out_of_a_session_by_password_stays_here(browser: Browser, site: Site) -> None:
    site.person("ole")
    browser.sign_in_with_password("ole")

    response = browser.submit("/sign-out")

    assert response.headers["location"] == "/sign-in"


@pytest.mark.parametrize("by", ["sub", "sid"])
def test_the_provider_ends_sessions_with_a_logout_token(
    provider: Provider, browser: Browser, site: Site, by: str
) -> None:
    provider.claims = MIA | {"sid": "there-1"}
    browser.sign_in(provider)
    token = provider.logout_token(**({"sub": "s-mia"} if by == "sub" else {"sid": "there-1"}))

    response = browser.http.post(f"{COMPANY}/logout", data={"logout_token": token})
    again = browser.http.post(f"{COMPANY}/logout", data={"logout_token": token})

    assert response.status_code == 200
    assert browser.who == ""
    assert again.status_code == 400


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "s-mia", "nonce": "x"},
        {"sub": "s-mia", "events": {}},
        {"sub": "s-mia", "aud": "another"},
        {"sub": "s-mia", "iss": "http://127.0.0.1:1"},
        {"sub": "s-mia", "iat": 1_700_000_000, "exp": None},
        {"sub": "s-mia", "jti": None},
        {},
    ],
)
def test_a_token_that_is_no_logout_token_ends_nothing(
    provider: Provider, browser: Browser, claims: dict[str, object]
) -> None:
    provider.claims = dict(MIA)
    browser.sign_in(provider)

    token = provider.logout_token(**claims)
    response = browser.http.post(f"{COMPANY}/logout", data={"logout_token": token})

    assert response.status_code == 400
    assert browser.who == MIAS


def test_without_passwords_only_an_emergency_account_signs_in_with_one(
    make_site: MakeSite, provider: Provider
) -> None:
    site = make_site(session={"passwords": False})
    site.person("ole")
    vault = site.person("vault", Role.ADMIN)
    site.people.set_emergency(SYSTEM, vault.id, is_emergency=True)
    with open_browser(site) as browser:
        page = browser.get("/sign-in").text
        refused = browser.sign_in_with_password("ole")
        allowed = browser.sign_in_with_password("vault")

    assert "<summary>Emergency account</summary>" in page
    assert refused.status_code == 401
    assert "Incorrect e-mail address or password" in refused.text
    assert allowed.status_code == 303
    assert "session.emergency ok" in site.actions()


def age_sessions(site: Site) -> None:
    """Lets all sessions be of yesterday's passwords."""
    with site.database.begin() as session:
        for row in session.exec(select(SessionRow)).all():
            row.confirmed_at = now() - timedelta(days=1)
