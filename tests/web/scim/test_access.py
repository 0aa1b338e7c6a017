"""Only a live token opens SCIM, and it opens nothing else."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from admin.provisioning.tokens import PREFIX, ScimTokens
from core.domain.clock import now
from core.domain.identity import SYSTEM, Role
from core.errors import (
    AccessDenied,
    ConfirmationNeeded,
    InvalidInput,
    NameTaken,
    NotFound,
    SignInFailed,
    TooManyAttempts,
)
from core.storage.database import Database
from core.storage.tables import ScimTokenRow
from tests.web.conftest import PASSWORD, Server, Visitor
from tests.web.scim.conftest import ERROR, GROUP, PATCH, USER, IdentityProvider, statements
from web.scim.rate import RequestRate

PATHS = (
    "/ServiceProviderConfig",
    "/ResourceTypes",
    "/Schemas",
    "/Users",
    "/Groups",
    f"/Users/{'0' * 32}",
    "/Me",
    "/Bulk",
    "/nothing",
    "/",
    "",
)


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.at = now()

    def __call__(self) -> datetime:
        return self.at


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Bearer {PREFIX}{'A' * 43}"},
        {"Authorization": "Basic c2NpbTpzY2lt"},
        {"Authorization": "Bearer \xff"},
    ],
    ids=str,
)
def test_without_a_live_token_everything_is_closed(
    sqlite_idp: IdentityProvider, header: dict[str, str]
) -> None:
    for path in PATHS:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            answer = sqlite_idp.http.request(
                method,
                f"/scim/v2{path}",
                headers={n.encode(): v.encode("latin-1") for n, v in header.items()},
                content=b"{}",
            )

            assert answer.status_code in (401, 429)
            assert answer.json()["schemas"] == [ERROR]
    assert answer.headers["cache-control"] == "no-store"


def test_an_expired_or_revoked_token_opens_nothing(database: Database) -> None:
    clock = Clock()
    tokens = ScimTokens(database, clock=clock)
    short = tokens.add(SYSTEM, "short", days=1)
    long = tokens.add(SYSTEM, "long", days=2)
    assert tokens.client_of(short.secret).name == "short"

    clock.at += timedelta(days=1)
    with pytest.raises(SignInFailed):
        tokens.client_of(short.secret)
    assert tokens.client_of(long.secret).name == "long"
    tokens.revoke(SYSTEM, long.token.id)
    with pytest.raises(SignInFailed):
        tokens.client_of(long.secret)
    tokens.revoke(SYSTEM, short.token.id)
    with pytest.raises(NotFound):
        tokens.client_of("anything")


def test_without_any_token_there_is_no_scim(sqlite_idp: IdentityProvider) -> None:
    (token,) = sqlite_idp.services.tokens.list(SYSTEM)

    sqlite_idp.services.tokens.revoke(SYSTEM, token.id)

    assert sqlite_idp("GET", "/Users").status == 401
    sqlite_idp.token = "of a stranger"
    assert {sqlite_idp("GET", path).status for path in ("/Users", "/Schemas", "/x")} == {404}


def test_of_a_token_only_the_hash_is_kept(sqlite_database: Database) -> None:
    made = ScimTokens(sqlite_database).add(SYSTEM, "Entra ID")

    assert len(made.secret) == len(PREFIX) + 43
    with sqlite_database.read() as session:
        row = session.exec(select(ScimTokenRow)).one()
    assert made.secret not in str(row)
    assert made.secret.removeprefix(PREFIX) not in str(row)
    assert len(row.token_hash) == 64


def test_tokens_are_made_by_administrators_who_entered_their_password(
    sqlite_idp: IdentityProvider,
) -> None:
    anna = sqlite_idp.person("anna@nordhafen.example")
    admin = replace(anna, role=Role.ADMIN)
    tokens, adoption = sqlite_idp.services.tokens, sqlite_idp.services.adoption

    for act in (
        lambda: tokens.add(anna, "x"),
        lambda: tokens.list(anna),
        lambda: tokens.revoke(anna, "x"),
        lambda: adoption.provisioned(anna),
        lambda: adoption.hand_over_person(anna, anna.id),
        lambda: adoption.hand_over_group(anna, "x"),
        lambda: adoption.take_back_person(anna, anna.id),
        lambda: adoption.take_back_group(anna, "x"),
    ):
        with pytest.raises(AccessDenied):
            act()
    late = replace(admin, needs_confirmation=True)
    for act in (lambda: tokens.add(late, "x"), lambda: adoption.hand_over_person(late, anna.id)):
        with pytest.raises(ConfirmationNeeded):
            act()
    with pytest.raises(NameTaken):
        tokens.add(admin, "Entra ID")
    for name, days in (("", 1), ("x" * 61, 1), ("x", 0), ("x", 731)):
        with pytest.raises(InvalidInput):
            tokens.add(admin, name, days=days)


def test_wrong_tokens_are_slowed_and_a_right_one_never_waits(database: Database) -> None:
    clock = Clock()
    tokens = ScimTokens(database, clock=clock)
    right = tokens.add(SYSTEM, "Entra ID").secret
    for _ in range(20):
        with pytest.raises(SignInFailed):
            tokens.client_of("wrong", address="192.0.2.1")

    with pytest.raises(TooManyAttempts):
        tokens.client_of("wrong", address="192.0.2.1")
    with pytest.raises(SignInFailed):
        tokens.client_of("wrong", address="192.0.2.2")
    assert tokens.client_of(right, address="192.0.2.1").name == "Entra ID"
    clock.at += timedelta(hours=2)
    with pytest.raises(SignInFailed):
        tokens.client_of("wrong", address="192.0.2.1")


def test_wrong_tokens_make_nobody_wait_who_signs_in(sqlite_idp: IdentityProvider) -> None:
    for _ in range(60):
        sqlite_idp.http.get("/scim/v2/Users", headers={"Authorization": "Bearer wrong"})

    assert sqlite_idp.sign_in.sign_in("anna@nordhafen.example", PASSWORD, address="testclient")
    refused = [e for e in sqlite_idp.events("scim_token.used") if e.outcome == "refused"]
    assert 20 <= len(refused) <= 22


def test_a_flood_of_wrong_tokens_writes_nothing(sqlite_idp: IdentityProvider) -> None:
    wrong = {"Authorization": "Bearer wrong"}
    for _ in range(40):
        sqlite_idp.http.get("/scim/v2/Users", headers=wrong)
    kept = sqlite_idp.events("sign_in.slowed")

    with statements(sqlite_idp.database) as sent:
        answers = [sqlite_idp.http.get("/scim/v2/Users", headers=wrong) for _ in range(20)]

    assert {answer.status_code for answer in answers} <= {401, 429}
    written = [one for one in sent if not one.startswith("SELECT")]
    assert len(written) <= 6  # a wait of seconds may end in between
    assert len(kept) >= 1


def test_a_token_is_bounded_in_requests() -> None:
    at = [0.0]
    rate = RequestRate(a_second=2, at_once=3, clock=lambda: at[0])
    for _ in range(3):
        rate.take("one")

    with pytest.raises(TooManyAttempts):
        rate.take("one")
    rate.take("other")
    at[0] = 0.5
    rate.take("one")
    with pytest.raises(TooManyAttempts):
        rate.take("one")


def test_a_host_that_is_not_ours_is_refused_and_an_origin_means_nothing(
    sqlite_idp: IdentityProvider,
) -> None:
    foreign = sqlite_idp.http.get("/scim/v2/Users", headers={"Host": "evil.example"})
    assert (foreign.status_code, foreign.text) == (400, "Unknown host name.")
    body = {"schemas": [USER], "userName": "ben@x.example"}
    assert sqlite_idp("POST", "/Users", body, Origin="https://evil.example").status == 201


def test_a_session_opens_no_scim_and_a_token_no_page(server: Server, visitor: Visitor) -> None:
    secret = ScimTokens(server.database).add(SYSTEM, "Pages").secret
    visitor.sign_in("anna@nordhafen.example")
    bearer = {"Authorization": f"Bearer {secret}"}

    by_session = [visitor.get(f"/scim/v2{path}").status_code for path in PATHS]
    stranger = Visitor(server)
    by_token = {
        path: stranger.get(path, **bearer).status_code
        for path in (
            "/",
            "/ideas",
            "/metrics?",
            "/export/conversations/x.json",
            f"/original/{'0' * 32}",
            f"/export/people/{'0' * 32}.jsonl",
            "/_stcore/stream",
            "/_stcore/host-config",
            "/_stcore/metrics",
            "/scim/v2x",
            "/scim/v1/Users",
            "/scim",
        )
    }
    opened = stranger.get("/scim/v2/Users", **bearer).status_code
    stranger.close()

    assert set(by_session) <= {401, 429}
    assert opened == 200
    assert {path: status for path, status in by_token.items() if status < 300} == {"/metrics?": 200}
    assert not stranger.cookies


def test_a_body_is_json_of_at_most_a_megabyte(sqlite_idp: IdentityProvider) -> None:
    def post(content: bytes | Iterator[bytes], kind: str = "application/json") -> tuple[int, str]:
        headers = {"Authorization": f"Bearer {sqlite_idp.token}", "Content-Type": kind}
        answer = sqlite_idp.http.post("/scim/v2/Users", content=content, headers=headers)
        return answer.status_code, answer.json().get("scimType", "")

    chunks = (b" " * 2**16 for _ in range(17))
    assert post(b" " * (2**20 + 1)) == (413, "")
    assert post(chunks) == (413, "")
    assert post(b"{}", "text/plain") == (415, "")
    assert post(b"{}", "application/x-www-form-urlencoded") == (415, "")
    for content in (b"", b"{", b"\xff", b"[" * 100_000, b"NaN", b'{"a": Infinity}', b"9" * 5000):
        assert post(content) == (400, "invalidSyntax"), content[:10]
    person = json.dumps({"schemas": [USER], "userName": "b@x.example"}).encode()
    assert post(person, "application/scim+json; charset=utf-8") == (201, "")


def test_other_methods_and_addresses_have_the_form_of_errors(
    sqlite_idp: IdentityProvider,
) -> None:
    statuses = {
        (method, path): sqlite_idp(method, path)
        for method, path in (
            ("PUT", "/Users"),
            ("POST", f"/Users/{'0' * 32}"),
            ("GET", "/Users/x"),
            ("DELETE", "/Users/%00"),
            ("GET", "/Users/.search"),
            ("POST", "/Bulk"),
            ("POST", "/.search"),
            ("GET", "/Me"),
            ("GET", "/Schemas/unknown"),
            ("OPTIONS", "/Users"),
            ("GET", "/"),
        )
    }

    assert [answer.status for answer in statuses.values()] == [
        *(405, 405, 404, 404, 405, 501, 501, 501, 404, 405, 404),
    ]
    assert {answer.body["schemas"][0] for answer in statuses.values()} == {ERROR}


VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**20), 10**20),
        st.text(max_size=8),
        st.sampled_from([USER, GROUP, PATCH, "ben@x.example", "true", "members", "\0"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["value", "type", "primary", "active", "name", "members", "$ref", "x"]),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)
NAMES = st.sampled_from(
    [
        *("schemas", "userName", "displayName", "active", "name", "emails", "externalId", "groups"),
        *("members", "id", "meta", "password", "Operations", "roles", USER, f"{USER}:active"),
    ]
)
STEPS = st.one_of(
    st.text(max_size=20),
    st.builds(
        "{}{}{}".format,
        NAMES,
        st.sampled_from(
            ["", "[", '[value eq "x"]', '[type eq "a"].value', ".value", "[active pr]", "..", "]"]
        ),
        st.sampled_from(["", ".value", "x", "[0]"]),
    ),
)
OPERATIONS = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "Replace", "REMOVE", "copy", None, 1])},
    optional={"path": st.one_of(STEPS, st.none(), st.integers()), "value": VALUES},
)


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    body=st.one_of(VALUES, st.dictionaries(NAMES, VALUES, max_size=5)),
    operations=st.lists(OPERATIONS, min_size=1, max_size=3),
)
def test_no_body_and_no_operation_breaks_anything(
    odd_resources: tuple[IdentityProvider, str, str], body: object, operations: list[object]
) -> None:
    idp, person, group = odd_resources
    patch = {"schemas": [PATCH], "Operations": operations}
    told = body if isinstance(body, dict) else {}

    answers = [
        idp("POST", "/Users", body),
        idp("POST", "/Users", {"schemas": [USER], "userName": "b@x.example", **told}),
        idp("PUT", f"/Users/{person}", {"schemas": [USER], "userName": "p@x.example", **told}),
        idp("POST", "/Groups", body),
        idp("PUT", f"/Groups/{group}", {"schemas": [GROUP], "displayName": "G", **told}),
        idp("POST", "/Users/.search", body),
        idp("PATCH", f"/Users/{person}", patch),
        idp("PATCH", f"/Groups/{group}", patch),
    ]

    assert [a.body for a in answers if a.status not in (200, 201, 204, 400, 409)] == []
    assert idp("GET", f"/Users/{person}").status == 200
    assert idp("GET", f"/Groups/{group}").status == 200


@pytest.fixture
def odd_resources(idp: IdentityProvider) -> tuple[IdentityProvider, str, str]:
    person = idp.add("p@x.example", displayName="P")
    return idp, person, idp.add_group("G", person)


def test_tokens_are_told_apart_at_the_same_moment(database: Database) -> None:
    tokens = ScimTokens(database)
    made = [tokens.add(SYSTEM, f"T{number}") for number in range(4)]
    seen: list[tuple[str, str]] = []

    def use(number: int) -> None:
        for _ in range(10):
            seen.append((f"T{number}", tokens.client_of(made[number].secret).name))

    threads = [threading.Thread(target=use, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(seen) == 40
    assert all(wanted == got for wanted, got in seen)
