"""What strangers, other sites and other providers try at the way back from the provider."""

import gc
import resource
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sqlmodel import func, select

from core.domain.clock import now
from core.domain.identity import SYSTEM, Role
from core.storage.tables import SessionRow, SignInFailureRow, UsedAnswerRow
from tests.web.single_sign_on.conftest import BACK, COMPANY, Browser, MakeSite, Site, open_browser
from tests.web.single_sign_on.provider import (
    Claims,
    Provider,
    changed_afterwards,
    key,
    serving,
    signed_with_another_key,
    signed_with_the_client_secret,
    signed_with_the_public_key,
    unsigned,
    with_its_own_key,
)

MIA = {"sub": "s-mia", "email": "mia@nordhafen.example", "email_verified": True}


@pytest.fixture(autouse=True)
def _somebody(provider: Provider) -> None:
    provider.claims = dict(MIA)


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def test_the_same_way_back_works_once(provider: Provider, browser: Browser) -> None:
    back = provider.authorize(browser.leave())
    kept = browser.http.cookies["company"]
    browser.come_back(back)
    browser.http.cookies.clear()

    without_cookie = browser.come_back(back)
    browser.http.cookies.set("company", kept)
    with_cookie = browser.come_back(back)

    assert (without_cookie.status_code, with_cookie.status_code) == (400, 401)
    assert browser.who == ""


def test_an_answer_works_once_even_if_the_provider_takes_codes_twice(
    provider: Provider, browser: Browser
) -> None:
    provider.takes_codes_twice = True
    back = provider.authorize(browser.leave())
    kept = browser.http.cookies["company"]
    browser.come_back(back)
    browser.http.cookies.clear()
    browser.http.cookies.set("company", kept)

    assert browser.come_back(back).status_code == 401
    assert browser.who == ""


def test_the_way_back_of_somebody_else_signs_nobody_in(
    provider: Provider, site: Site, browser: Browser
) -> None:
    """Login CSRF: the victim has a sign-in under way, and opens the attacker's way back."""
    with open_browser(site) as attacker:
        back = provider.authorize(attacker.leave())
    browser.leave()

    response = browser.come_back(back)

    assert response.status_code == 401
    assert browser.who == ""


def test_a_code_of_another_sign_in_does_not_fit(provider: Provider, browser: Browser) -> None:
    """An injected code: PKCE binds it to the browser that asked for it."""
    stolen = query_of(provider.authorize(browser.leave()))["code"]
    mine = query_of(provider.authorize(browser.leave()))

    response = browser.get(f"{BACK}?{urlencode(mine | {'code': stolen})}")

    assert response.status_code == 401


@pytest.mark.parametrize("cookie", ["x", "gAAAAAB", "ü".encode().decode("latin-1"), "a" * 3000])
def test_a_made_up_cookie_opens_nothing(provider: Provider, browser: Browser, cookie: str) -> None:
    back = provider.authorize(browser.leave())
    browser.http.cookies.clear()

    response = browser.http.get(
        f"{BACK}?{urlsplit(back).query}", headers={b"cookie": b"company=" + cookie.encode()}
    )

    assert response.status_code in (400, 401)
    assert browser.who == ""


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-app"},
        {"aud": ["sandbox", "another-app"]},
        {"aud": ["sandbox", "another-app"], "azp": "another-app"},
        {"aud": None},
        {"iss": "http://127.0.0.1:1"},
        {"iss": None},
        {"exp": 1_700_000_000},
        {"exp": "never"},
        {"exp": None},
        {"iat": None},
        {"nbf": 4_000_000_000},
        {"sub": ""},
        {"sub": None},
        {"sub": 7},
        {"sub": ["s-mia"]},
        {"sub": "x" * 256},
        {"at_hash": "of-another-token"},
    ],
)
def test_a_token_with_wrong_claims_is_refused(
    provider: Provider, browser: Browser, claims: Claims
) -> None:
    provider.claims = MIA | claims

    response = browser.sign_in(provider)

    assert response.status_code == 401
    assert "could not be checked" in response.text
    assert browser.who == ""


@pytest.mark.parametrize(
    "sign",
    [
        unsigned,
        signed_with_the_public_key,
        signed_with_the_client_secret,
        signed_with_another_key,
        with_its_own_key,
        changed_afterwards,
        lambda *_: "not.a.token",
        lambda *_: "",
        lambda provider, claims: provider.signed(claims)[:-8],
    ],
)
def test_a_token_with_a_wrong_signature_is_refused(
    provider: Provider, browser: Browser, sign: Callable[[Provider, Claims], str]
) -> None:
    provider.sign = sign

    assert browser.sign_in(provider).status_code == 401
    assert browser.who == ""


@pytest.mark.parametrize("offered", [["none"], ["HS256", "none"], ["HS256"]])
def test_a_provider_that_offers_no_public_signature_is_not_used(
    provider: Provider, browser: Browser, offered: list[str]
) -> None:
    provider.metadata = {"id_token_signing_alg_values_supported": offered}

    assert browser.get(COMPANY).status_code == 503


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:1", ""])
def test_the_answer_of_another_provider_is_refused(
    provider: Provider, browser: Browser, issuer: str
) -> None:
    """Mix-up: the way back names another issuer, or none although ours always names itself."""
    asked = query_of(provider.authorize(browser.leave())) | {"iss": issuer}

    response = browser.get(f"{BACK}?{urlencode(asked)}")

    assert response.status_code == 401
    assert "/token" not in provider.requests


def test_a_token_of_another_provider_is_refused(provider: Provider, browser: Browser) -> None:
    with serving(Provider(key=key("another"))) as other:
        provider.sign = lambda _, claims: other.signed(claims | {"iss": other.issuer})

        assert browser.sign_in(provider).status_code == 401


def test_a_provider_that_names_another_issuer_is_not_asked(
    provider: Provider, browser: Browser
) -> None:
    provider.metadata = {"issuer": "https://login.evil.example"}

    assert browser.get(COMPANY).status_code == 503


@pytest.mark.parametrize("name", ["token_endpoint", "jwks_uri", "authorization_endpoint"])
def test_addresses_that_are_not_encrypted_are_not_used(
    provider: Provider, browser: Browser, name: str
) -> None:
    provider.metadata = {name: "http://login.evil.example/x"}

    assert browser.get(COMPANY).status_code == 503


def test_the_secret_is_not_carried_to_where_the_token_endpoint_redirects(
    provider: Provider, browser: Browser
) -> None:
    provider.redirects_token = True

    assert browser.sign_in(provider).status_code == 503
    assert "/elsewhere" not in provider.requests


def test_a_provider_that_does_not_answer_keeps_nobody_waiting(
    make_site: MakeSite, provider: Provider
) -> None:
    site = make_site({"timeout_s": 0.3})
    provider.hangs = 2
    with open_browser(site) as browser:
        before = time.monotonic()
        response = browser.get(COMPANY)

        assert response.status_code == 503
        assert time.monotonic() - before < 2


def test_a_description_without_end_is_not_read(provider: Provider, browser: Browser) -> None:
    provider.padding = 2_000_000

    assert browser.get(COMPANY).status_code == 503


def test_a_long_address_to_come_back_to_does_not_break_the_sign_in(
    provider: Provider, browser: Browser
) -> None:
    response = browser.sign_in(provider, f"{COMPANY}?next=/ideas?{'x' * 6000}")

    assert response.headers["location"] == "/"


def test_a_long_name_and_address_are_cut(provider: Provider, browser: Browser, site: Site) -> None:
    provider.claims = MIA | {"name": "M" * 500}
    browser.sign_in(provider)
    provider.claims = MIA | {"email": "m" * 500 + "@nordhafen.example"}
    browser.sign_in(provider)

    assert browser.who == "mia@nordhafen.example"


def test_a_clock_that_is_ahead_confirms_no_longer(
    provider: Provider, browser: Browser, site: Site
) -> None:
    provider.claims = MIA | {"auth_time": int(time.time()) + 86_400}
    browser.sign_in(provider)

    with site.database.read() as session:
        [confirmed] = session.exec(select(SessionRow.confirmed_at)).all()
    assert confirmed is not None
    assert confirmed <= now()


def test_two_first_sign_ins_at_once_make_one_account(
    provider: Provider, site: Site, browser: Browser
) -> None:
    with open_browser(site) as other, ThreadPoolExecutor() as pool:
        ways = [one.leave for one in (browser, other)]
        backs = [provider.authorize(leave()) for leave in ways]
        found = list(
            pool.map(
                lambda pair: pair[0].come_back(pair[1]), zip((browser, other), backs, strict=True)
            )
        )

        assert all(answer.status_code in (303, 401) for answer in found)
    assert sum(one.email == MIA["email"] for one in site.people.list_all(SYSTEM)) == 1


def test_keys_that_the_provider_changed_are_fetched_once_however_many_ask(
    provider: Provider, browser: Browser
) -> None:
    provider.sign = lambda p, claims: p.signed(claims, kid="unknown")

    for _ in range(3):
        browser.sign_in(provider)

    assert provider.requests.count("/keys") == 1


@pytest.mark.parametrize("verified", [True, False])
def test_the_address_of_a_local_administrator_takes_nothing_over(
    make_site: MakeSite, provider: Provider, verified: bool
) -> None:
    site = make_site(
        {
            "makes_accounts": True,
            "domains": ["nordhafen.example"],
            "connects_domains": ["nordhafen.example"],
        }
    )
    ada = site.person("ada", Role.ADMIN)
    provider.claims = {"sub": "s-x", "email": " ADA@nordhafen.example", "email_verified": verified}
    with open_browser(site) as browser:
        response = browser.sign_in(provider)

        assert response.status_code == 401
        assert browser.who == ""
    assert site.ways_in.connections.of(SYSTEM, ada.id) == []


@pytest.mark.parametrize(
    "target",
    [
        *("https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example"),
        *("javascript:alert(1)", "/sign-in/company/callback", "/sign-out", "evil", ""),
    ],
)
def test_the_way_back_never_leads_to_another_site(
    provider: Provider, browser: Browser, target: str
) -> None:
    path = f"{COMPANY}?{urlencode({'next': target})}"

    assert browser.sign_in(provider, path).headers["location"] == "/"


def test_the_provider_gets_only_what_it_needs(provider: Provider, browser: Browser) -> None:
    asked = query_of(browser.leave(f"{COMPANY}?next=%2Fideas"))

    assert asked.keys() == {
        *("response_type", "client_id", "redirect_uri", "scope", "state", "nonce"),
        *("code_challenge", "code_challenge_method"),
    }
    assert asked["code_challenge_method"] == "S256"
    assert asked["response_type"] == "code"


@pytest.mark.parametrize("purpose", ["connect", "confirm"])
def test_another_site_does_not_begin_what_changes_an_account(
    site: Site, browser: Browser, purpose: str
) -> None:
    site.person("ole")
    browser.sign_in_with_password("ole")

    response = browser.get(f"{COMPANY}?for={purpose}", **{"Sec-Fetch-Site": "cross-site"})

    assert response.status_code == 403


@pytest.mark.parametrize("purpose", ["connect", "confirm"])
def test_what_changes_an_account_needs_a_session(browser: Browser, purpose: str) -> None:
    assert browser.get(f"{COMPANY}?for={purpose}").status_code == 401


def test_a_thousand_forged_ways_back_cost_nothing(
    provider: Provider, site: Site, browser: Browser
) -> None:
    browser.get(f"{BACK}?code=0&state=0")
    asked, rows, before = len(provider.requests), stored(site), memory()

    for number in range(1000):
        assert browser.get(f"{BACK}?code={number}&state={number}").status_code == 400

    assert (len(provider.requests), stored(site)) == (asked, rows)
    assert memory() - before < 20 * 2**20


def test_failures_of_sign_ins_that_were_begun_are_slowed_and_passwords_are_not(
    provider: Provider, site: Site, browser: Browser
) -> None:
    provider.sign = unsigned
    seen = [browser.sign_in(provider).status_code for _ in range(60)]
    site.person("ole")

    assert seen[:20] == [401] * 20
    assert seen.count(429) > 30
    assert provider.requests.count("/token") < 30
    assert stored(site) < 30
    assert browser.sign_in_with_password("ole").status_code == 303


def stored(site: Site) -> int:
    """How many rows the way back has left."""
    with site.database.read() as session:
        return sum(
            session.exec(select(func.count()).select_from(table)).one()
            for table in (SignInFailureRow, UsedAnswerRow)
        )


def memory() -> int:
    """The most memory this process had, in bytes."""
    gc.collect()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
