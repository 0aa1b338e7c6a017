"""Requests in the shapes that Microsoft Entra ID and Okta document for their provisioning."""

from urllib.parse import quote

import pytest

from tests.web.scim.conftest import GROUP, PATCH, USER, IdentityProvider, Json

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
BEN = "ben@nordhafen.example"


def by(attribute: str, value: str) -> str:
    """The filter that finds a resource, as part of an address."""
    return "filter=" + quote(f'{attribute} eq "{value}"')


def entra_person() -> Json:
    return {
        "schemas": [USER, ENTERPRISE],
        "externalId": "58342554-38d6-4ec8-948c-50044d0a33fd",
        "userName": BEN,
        "active": "True",
        "displayName": "Ben Berg",
        "emails": [{"primary": True, "type": "work", "value": BEN}],
        "meta": {"resourceType": "User"},
        "name": {"formatted": "Ben Berg", "familyName": "Berg", "givenName": "Ben"},
        "roles": [],
        "title": "Lead",
        ENTERPRISE: {"department": "Sales", "manager": {"value": "12"}},
    }


def test_entra_tries_its_connection_with_a_name_that_nobody_has(
    sqlite_idp: IdentityProvider,
) -> None:
    answer = sqlite_idp("GET", f"/Users?{by('userName', 'non-existent user')}")

    assert (answer.status, answer.body["totalResults"], answer.body["Resources"]) == (200, 0, [])


def test_entra_creates_a_person(sqlite_idp: IdentityProvider) -> None:
    answer = sqlite_idp("POST", "/Users", entra_person())

    assert (answer.status, answer.body["active"]) == (201, True)
    assert answer.body["emails"] == [{"value": BEN, "type": "work", "primary": True}]
    assert ENTERPRISE not in answer.body
    assert sqlite_idp.person(BEN).name == "Ben Berg"


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "Replace", "path": "active", "value": False},
        {"op": "replace", "path": "active", "value": [{"$ref": None, "value": "False"}]},
        {"op": "Replace", "value": {"active": "false"}},
        {"op": "Replace", "path": "", "value": {"Active": False}},
        {"op": "add", "path": "ACTIVE", "value": "FALSE"},
        {"op": "Replace", "path": f"{USER}:active", "value": "False"},
    ],
    ids=str,
)
def test_entra_deactivates_a_person_in_every_form(
    sqlite_idp: IdentityProvider, operation: Json
) -> None:
    person_id = sqlite_idp("POST", "/Users", entra_person()).id

    answer = sqlite_idp.patch(f"/Users/{person_id}", operation)

    assert (answer.status, answer.body["active"]) == (200, False)
    assert not sqlite_idp.person(BEN).is_active


def test_entra_changes_many_attributes_at_once(sqlite_idp: IdentityProvider) -> None:
    person_id = sqlite_idp("POST", "/Users", entra_person()).id

    answer = sqlite_idp.patch(
        f"/Users/{person_id}",
        {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "b@nordhafen.example"},
        {"op": "Add", "path": 'emails[type eq "other"].value', "value": "b@home.example"},
        {"op": "Add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "+49 1"},
        {"op": "Replace", "path": "name.familyName", "value": "Bergmann"},
        {"op": "Add", "path": f"{ENTERPRISE}:department", "value": "Trade"},
        {"op": "Add", "path": "title", "value": "Head"},
        {"op": "Replace", "value": {"displayName": "Ben Bergmann", "name.givenName": "Benno"}},
    )

    assert answer.status == 200
    assert answer.body["name"]["familyName"] == "Bergmann"
    assert answer.body["name"]["givenName"] == "Benno"
    assert [email["value"] for email in answer.body["emails"]] == [
        "b@nordhafen.example",
        "b@home.example",
    ]
    assert sqlite_idp.person(BEN).name == "Ben Bergmann"


def test_entra_fills_and_empties_a_group(sqlite_idp: IdentityProvider) -> None:
    ben, cem = (sqlite_idp.add(f"{name}@x.example") for name in ("ben", "cem"))
    made = sqlite_idp(
        "POST",
        "/Groups",
        {
            "schemas": [
                GROUP,
                "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group",
            ],
            "externalId": "8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159",
            "displayName": "Sales",
            "meta": {"resourceType": "Group"},
        },
    )
    path = f"/Groups/{made.id}"
    found = sqlite_idp("GET", f"/Groups?excludedAttributes=members&{by('displayName', 'Sales')}")

    added = sqlite_idp.patch(
        path,
        {
            "op": "Add",
            "path": "members",
            "value": [{"$ref": None, "value": ben}, {"$ref": None, "value": cem}],
        },
    )
    after_adding = sqlite_idp.members(made.id)
    removed = sqlite_idp.patch(
        path, {"op": "Remove", "path": "members", "value": [{"$ref": None, "value": ben}]}
    )

    assert [one["id"] for one in found.body["Resources"]] == [made.id]
    assert (added.status, after_adding) == (204, {ben, cem})
    assert (removed.status, sqlite_idp.members(made.id)) == (204, {cem})
    emptied = sqlite_idp.patch(path, {"op": "Remove", "path": "members"})
    assert (emptied.status, sqlite_idp.members(made.id)) == (204, set())


def okta_person() -> Json:
    return {
        "schemas": [USER],
        "userName": BEN,
        "name": {"givenName": "Ben", "familyName": "Berg"},
        "emails": [{"primary": True, "value": BEN, "type": "work"}],
        "displayName": "Ben Berg",
        "locale": "en-US",
        "externalId": "00ujl29u0le5T6Aj10h7",
        "groups": [],
        "password": "1mz050nq",
        "active": True,
    }


def test_okta_looks_for_a_person_then_creates_them(sqlite_idp: IdentityProvider) -> None:
    query = f"{by('userName', BEN)}&startIndex=1&count=100"
    before = sqlite_idp("GET", f"/Users?{query}").body

    made = sqlite_idp("POST", "/Users", okta_person())
    again = sqlite_idp("POST", "/Users", okta_person())
    after = sqlite_idp("GET", f"/Users?{query}").body

    assert (before["totalResults"], before["Resources"], before["startIndex"]) == (0, [], 1)
    assert (made.status, again.status) == (201, 409)
    assert "password" not in made.body
    assert after["Resources"][0]["emails"][0]["value"] == BEN
    assert after["itemsPerPage"] == 1


def test_okta_updates_with_put_and_deactivates_with_patch(sqlite_idp: IdentityProvider) -> None:
    made = sqlite_idp("POST", "/Users", okta_person())
    changed = {**made.body, "displayName": "Ben Bergmann", "title": "Lead"}

    put = sqlite_idp("PUT", f"/Users/{made.id}", changed)
    patched = sqlite_idp.patch(f"/Users/{made.id}", {"op": "replace", "value": {"active": False}})

    assert (put.status, put.body["displayName"]) == (200, "Ben Bergmann")
    assert (patched.status, patched.body["active"]) == (200, False)


def test_okta_pushes_a_group_and_its_members(sqlite_idp: IdentityProvider) -> None:
    ben, cem = (sqlite_idp.add(f"{name}@x.example") for name in ("ben", "cem"))
    members = [{"value": ben, "display": "ben@x.example"}]
    made = sqlite_idp(
        "POST", "/Groups", {"schemas": [GROUP], "displayName": "Sales", "members": members}
    )
    path = f"/Groups/{made.id}"

    answer = sqlite_idp.patch(
        path,
        {"op": "remove", "path": f'members[value eq "{ben}"]'},
        {"op": "add", "path": "members", "value": [{"value": cem, "display": "cem@x.example"}]},
    )
    after = sqlite_idp.members(made.id)
    renamed = sqlite_idp(
        "PATCH",
        path,
        {
            "schemas": [PATCH],
            "Operations": [
                {"op": "replace", "value": {"id": made.id, "displayName": "Trade"}},
                {"op": "replace", "path": "members", "value": members},
            ],
        },
    )

    assert (answer.status, after) == (204, {cem})
    assert (renamed.status, sqlite_idp.members(made.id)) == (204, {ben})
    assert sqlite_idp.group_names() == {"Trade"}
