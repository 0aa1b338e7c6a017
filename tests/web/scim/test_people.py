"""People by SCIM: created, changed, deactivated, deleted and brought back."""

import pytest

from admin.audit.log import AuditLog
from admin.audit.values import AuditFilter
from core.domain.identity import SYSTEM, Role
from core.errors import SignInFailed
from tests.web.scim.conftest import (
    ADMINISTRATORS,
    ERROR,
    PASSWORD,
    USER,
    IdentityProvider,
    Json,
)

BEN = "ben@nordhafen.example"


def test_a_person_is_created_with_name_address_and_no_password(idp: IdentityProvider) -> None:
    answer = idp(
        "POST",
        "/Users",
        {
            "schemas": [USER],
            "userName": "Ben@Nordhafen.example",
            "externalId": "00u1",
            "name": {"givenName": "Ben", "familyName": "Öztürk"},
        },
    )

    person = idp.person(BEN)
    assert (answer.status, answer.body["userName"], answer.body["active"]) == (201, BEN, True)
    assert answer.headers["location"] == answer.body["meta"]["location"]
    assert answer.body["meta"]["location"].endswith(f"/scim/v2/Users/{person.id}")
    assert (person.name, person.role, person.is_active) == ("Ben Öztürk", Role.EMPLOYEE, True)
    with pytest.raises(SignInFailed):
        idp.sign_in.sign_in(BEN, "")
    added = idp.events("person.added")[-1]
    assert (added.object_id, added.details["has_password"]) == (person.id, False)


def test_deactivation_ends_the_sessions_at_once(idp: IdentityProvider) -> None:
    ben = idp.people.add(SYSTEM, BEN, name="Ben", password=PASSWORD)
    idp.services.adoption.hand_over_person(SYSTEM, ben.id)
    session = idp.sign_in.sign_in(BEN, PASSWORD)
    assert idp.sign_in.user_for(session) is not None

    answer = idp.patch(f"/Users/{ben.id}", {"op": "replace", "value": {"active": False}})

    assert (answer.status, answer.body["active"]) == (200, False)
    assert idp.sign_in.user_for(session) is None
    with pytest.raises(SignInFailed):
        idp.sign_in.sign_in(BEN, PASSWORD)
    assert idp.patch(f"/Users/{ben.id}", {"op": "replace", "path": "active", "value": True}).body[
        "active"
    ]
    assert idp.sign_in.user_for(session) is None


def test_every_change_names_the_token_in_the_audit_log(idp: IdentityProvider) -> None:
    person_id = idp.add(BEN)
    idp.patch(f"/Users/{person_id}", {"op": "replace", "path": "displayName", "value": "B. B."})
    idp("DELETE", f"/Users/{person_id}")

    told = AuditLog(idp.database).list(SYSTEM, AuditFilter(object_id=person_id))
    assert [event.action for event in told] == [
        "person.deprovisioned",
        "person.deactivated",
        "person.changed",
        "person.added",
    ]
    assert {event.actor for event in told} == {"SCIM token Entra ID"}
    assert {event.origin for event in told} == {"net:testclient"}
    assert told[2].details == {"attributes": "display_name"}


def test_a_deleted_person_is_unknown_and_their_account_stays_deactivated(
    idp: IdentityProvider,
) -> None:
    person_id = idp.add(BEN)
    group = idp.add_group("Sales", person_id)

    assert idp("DELETE", f"/Users/{person_id}").status == 204

    assert idp("GET", f"/Users/{person_id}").status == 404
    assert idp("DELETE", f"/Users/{person_id}").status == 404
    assert idp.patch(f"/Users/{person_id}", {"op": "remove", "path": "name"}).status == 404
    assert idp("GET", f'/Users?filter=userName eq "{BEN}"').body["totalResults"] == 0
    assert not idp.person(BEN).is_active
    assert idp.members(group) == set()
    assert "members" not in idp("GET", f"/Groups/{group}").body


def test_a_deleted_person_comes_back_by_the_same_external_id_only(idp: IdentityProvider) -> None:
    person_id = idp.add(BEN, externalId="00u1")
    idp("DELETE", f"/Users/{person_id}")

    other = idp("POST", "/Users", {"schemas": [USER], "userName": BEN, "externalId": "00u2"})
    back = idp(
        "POST",
        "/Users",
        {"schemas": [USER], "userName": "benjamin@nordhafen.example", "externalId": "00u1"},
    )

    assert (other.status, other.body["scimType"]) == (409, "uniqueness")
    assert (back.id, back.body["active"]) == (person_id, True)
    assert idp.person("benjamin@nordhafen.example").id == person_id
    assert idp.events("person.provisioned")[-1].details == {"is_back": True}


def test_no_two_people_share_an_address_or_an_external_id(idp: IdentityProvider) -> None:
    first = idp.add(BEN, externalId="00u1")
    second = idp.add("cem@nordhafen.example", externalId="00u2")

    answers = [
        idp("POST", "/Users", {"schemas": [USER], "userName": BEN.upper()}),
        idp("POST", "/Users", {"schemas": [USER], "userName": "d@x.example", "externalId": "00u1"}),
        idp.patch(f"/Users/{second}", {"op": "replace", "path": "userName", "value": BEN}),
        idp.patch(f"/Users/{second}", {"op": "replace", "path": "externalId", "value": "00u1"}),
    ]

    assert [(a.status, a.body["scimType"]) for a in answers] == [(409, "uniqueness")] * 4
    assert {a.body["schemas"][0] for a in answers} == {ERROR}
    assert idp.person(BEN).id == first


def test_an_account_that_was_made_here_is_neither_seen_nor_changed(idp: IdentityProvider) -> None:
    anna = idp.person("anna@nordhafen.example")

    seen = idp("GET", "/Users").body["totalResults"]
    taken = idp("POST", "/Users", {"schemas": [USER], "userName": anna.email})
    changed = idp.patch(f"/Users/{anna.id}", {"op": "replace", "path": "active", "value": False})

    assert (seen, taken.status, changed.status) == (0, 409, 404)
    assert "not provisioned" in taken.body["detail"]
    idp.services.adoption.hand_over_person(SYSTEM, anna.id)
    found = idp("GET", f'/Users?filter=userName eq "{anna.email.upper()}"')
    assert [one["id"] for one in found.body["Resources"]] == [anna.id]
    idp.services.adoption.take_back_person(SYSTEM, anna.id)
    assert idp("GET", f"/Users/{anna.id}").status == 404
    assert idp.person(anna.email).is_active


def test_the_last_administrator_cannot_be_deactivated_or_deleted(idp: IdentityProvider) -> None:
    person_id = idp.add(BEN)
    idp.add_group(ADMINISTRATORS, person_id)
    assert idp.person(BEN).is_admin

    answers = [
        idp.patch(f"/Users/{person_id}", {"op": "replace", "value": {"active": False}}),
        idp("PUT", f"/Users/{person_id}", {"schemas": [USER], "userName": BEN, "active": False}),
        idp("DELETE", f"/Users/{person_id}"),
    ]

    assert [answer.status for answer in answers] == [409, 409, 409]
    assert {"last active administrator" in a.body["detail"] for a in answers} == {True}
    assert idp.person(BEN).is_active
    assert idp.person(BEN).is_admin
    assert idp.events("person.deactivated") == []


def test_an_emergency_account_is_out_of_reach(idp: IdentityProvider) -> None:
    anna = idp.person("anna@nordhafen.example")
    idp.services.adoption.hand_over_person(SYSTEM, anna.id)
    idp.people.set_emergency(SYSTEM, anna.id, is_emergency=True)

    answer = idp.patch(f"/Users/{anna.id}", {"op": "replace", "value": {"active": False}})

    assert answer.status == 409
    assert idp.person(anna.email).is_active


def test_roles_and_passwords_that_are_sent_change_nothing(idp: IdentityProvider) -> None:
    password = "amber teapot glacier 88"
    person_id = idp.add(
        BEN,
        password=password,
        role="admin",
        roles=[{"value": "admin", "primary": True}],
        entitlements=[{"value": "admin"}],
        is_emergency=True,
        groups=[{"value": "0" * 32}],
        id="1" * 32,
        meta={"version": "mine"},
    )
    idp.patch(
        f"/Users/{person_id}",
        {"op": "add", "path": "roles", "value": [{"value": "admin"}]},
        {"op": "replace", "path": "password", "value": password},
        {"op": "replace", "value": {"role": "admin", "password": password, "is_admin": True}},
    )

    person = idp.person(BEN)
    assert (person.role, person.group_ids, person.id) == (Role.EMPLOYEE, frozenset(), person_id)
    assert person_id != "1" * 32
    with pytest.raises(SignInFailed):
        idp.sign_in.sign_in(BEN, password)
    shown = idp("GET", f"/Users/{person_id}").body
    assert shown.keys() == {"schemas", "id", "userName", "active", "meta"}


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "id", "value": "1" * 32},
        {"op": "replace", "path": "meta.version", "value": "x"},
        {"op": "add", "path": "groups", "value": [{"value": "1" * 32}]},
        {"op": "remove", "path": "userName"},
        {"op": "remove", "path": "active"},
    ],
    ids=str,
)
def test_what_is_read_only_or_required_is_kept(
    sqlite_idp: IdentityProvider, operation: dict[str, object]
) -> None:
    person_id = sqlite_idp.add(BEN)

    answer = sqlite_idp.patch(f"/Users/{person_id}", operation)

    assert (answer.status, answer.body["scimType"]) == (400, "mutability")


@pytest.mark.parametrize(
    "body",
    [
        {"schemas": [USER]},
        {"schemas": [USER], "userName": ""},
        {"schemas": [USER], "userName": "no address"},
        {"schemas": [USER], "userName": 7},
        {"schemas": [USER], "userName": BEN, "name": "Ben"},
        {"schemas": [USER], "userName": BEN, "active": "perhaps"},
        {"schemas": [USER], "userName": BEN, "displayName": "x" * 256},
        {"schemas": [USER], "userName": BEN, "externalId": "x" * 256},
        {"schemas": [USER], "userName": f"{'x' * 250}@nordhafen.example"},
        {"schemas": [USER], "userName": BEN, "displayName": "a\0b"},
        {"schemas": [USER], "userName": BEN, "displayName": "\ud800"},
        {"schemas": [USER], "userName": BEN, "emails": [{"value": str(n)} for n in range(21)]},
        {"schemas": ["urn:other"], "userName": BEN},
        [],
        "text",
        None,
    ],
    ids=lambda body: str(body)[:60],
)
def test_what_cannot_be_a_person_is_refused(sqlite_idp: IdentityProvider, body: object) -> None:
    answer = sqlite_idp("POST", "/Users", body)

    assert (answer.status, answer.body["schemas"]) == (400, [ERROR])
    assert answer.body["scimType"] in ("invalidValue", "invalidSyntax")
    assert len(sqlite_idp.people.list_all(SYSTEM)) == 1


def test_the_shown_name_is_the_first_that_there_is(sqlite_idp: IdentityProvider) -> None:
    names: list[Json] = [
        {"displayName": "Ben B.", "name": {"formatted": "Benjamin"}},
        {"name": {"formatted": " Benjamin \n B. "}},
        {"name": {"givenName": "Ben"}},
        {"displayName": "\u200b", "name": {}},
    ]
    for number, name in enumerate(names):
        sqlite_idp.add(f"p{number}@nordhafen.example", **name)

    shown = [sqlite_idp.person(f"p{number}@nordhafen.example").name for number in range(4)]
    assert shown == ["Ben B.", "Benjamin B.", "Ben", "p3"]


def test_the_names_to_mask_are_read_anew_after_each_change(sqlite_idp: IdentityProvider) -> None:
    person_id = sqlite_idp.add(BEN)
    before = len(sqlite_idp.refreshed)

    sqlite_idp.patch(f"/Users/{person_id}", {"op": "add", "path": "displayName", "value": "Benno"})

    assert (before, len(sqlite_idp.refreshed)) == (1, 2)


def test_a_person_put_without_active_stays_as_they_are(sqlite_idp: IdentityProvider) -> None:
    person_id = sqlite_idp.add(BEN, displayName="Ben", externalId="00u1", active=False)

    answer = sqlite_idp("PUT", f"/Users/{person_id}", {"schemas": [USER], "userName": BEN})

    assert (answer.status, answer.body["active"]) == (200, False)
    assert "displayName" not in answer.body
    assert "externalId" not in answer.body


def test_a_change_of_a_version_that_is_gone_is_refused(sqlite_idp: IdentityProvider) -> None:
    person_id = sqlite_idp.add(BEN)
    path = f"/Users/{person_id}"
    old = sqlite_idp("GET", path).headers["etag"]
    rename = {"op": "replace", "path": "displayName", "value": "Benno"}

    first = sqlite_idp.patch(path, rename, If_Match=old)
    late = sqlite_idp.patch(path, {**rename, "value": "B."}, If_Match=old)
    deleted = sqlite_idp("DELETE", path, If_Match=old)
    unchanged = sqlite_idp("GET", path, If_None_Match=first.headers["etag"])

    assert (first.status, late.status, deleted.status, unchanged.status) == (200, 412, 412, 304)
    assert sqlite_idp.person(BEN).name == "Benno"
    assert sqlite_idp.patch(path, {**rename, "value": "B."}, If_Match="*").status == 200


def test_a_change_by_an_administrator_gives_a_person_another_version(
    sqlite_idp: IdentityProvider,
) -> None:
    person_id = sqlite_idp.add(BEN)
    old = sqlite_idp("GET", f"/Users/{person_id}").headers["etag"]

    sqlite_idp.people.set_active(SYSTEM, person_id, is_active=False)

    put = {"schemas": [USER], "userName": BEN, "active": True}
    assert sqlite_idp("PUT", f"/Users/{person_id}", put, If_Match=old).status == 412
