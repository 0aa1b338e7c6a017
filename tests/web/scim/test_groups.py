"""Groups by SCIM: created, filled, renamed and removed; groups that were made here stay."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from core.domain.identity import SYSTEM, Role
from core.storage.tables import MembershipRow
from tests.web.scim.conftest import (
    ADMINISTRATORS,
    GROUP,
    IdentityProvider,
    Json,
)


def people(idp: IdentityProvider, count: int) -> list[str]:
    return [idp.add(f"p{number}@nordhafen.example") for number in range(count)]


def add(*members: str) -> Json:
    return {"op": "add", "path": "members", "value": [{"value": member} for member in members]}


def remove(member: str) -> Json:
    return {"op": "remove", "path": f'members[value eq "{member}"]'}


def test_a_group_is_created_filled_renamed_and_removed(idp: IdentityProvider) -> None:
    ben, cem, dora = people(idp, 3)
    group = idp.add_group("Sales", ben, externalId="g-1")
    path = f"/Groups/{group}"

    filled = idp.patch(path, add(cem, dora), remove(ben))
    renamed = idp.patch(path, {"op": "replace", "value": {"id": group, "displayName": "Trade"}})

    assert (filled.status, filled.body, renamed.status) == (204, {}, 204)
    assert idp.members(group) == {cem, dora}
    shown = idp("GET", path).body
    assert (shown["displayName"], shown["externalId"]) == ("Trade", "g-1")
    assert {(m["value"], m["type"]) for m in shown["members"]} == {(cem, "User"), (dora, "User")}
    assert shown["members"][0]["$ref"].endswith(f"/scim/v2/Users/{shown['members'][0]['value']}")
    assert idp.person("p1@nordhafen.example").group_ids == {group}
    told = idp("GET", f"/Users/{cem}").body["groups"]
    assert [(one["value"], one["display"]) for one in told] == [(group, "Trade")]
    assert idp("DELETE", path).status == 204
    assert idp("GET", path).status == 404
    assert idp.group_names() == set()
    assert idp.events("group.removed")[-1].details["members"] == " ".join(sorted((cem, dora)))


def test_the_record_has_the_groups_of_each_person_before_and_after(idp: IdentityProvider) -> None:
    (ben,) = people(idp, 1)
    sales, trade = idp.add_group("Sales", ben), idp.add_group("Trade")

    idp.patch(f"/Groups/{trade}", add(ben))
    idp.patch(f"/Groups/{sales}", remove(ben))

    told = [event.details for event in idp.events("person.groups_changed")]
    both = " ".join(sorted((sales, trade)))
    assert told == [
        {"before": "", "after": sales},
        {"before": sales, "after": both},
        {"before": both, "after": trade},
    ]


def test_a_group_that_was_made_here_is_not_changed(idp: IdentityProvider) -> None:
    group = idp.people.set_groups(
        SYSTEM, idp.person("anna@nordhafen.example").id, ["Sales"]
    ).group_ids
    (own_id,) = group

    taken = idp("POST", "/Groups", {"schemas": [GROUP], "displayName": "Sales"})
    other = idp.add_group("Trade")
    renamed = idp.patch(
        f"/Groups/{other}", {"op": "replace", "path": "displayName", "value": "Sales"}
    )

    assert [(a.status, a.body["scimType"]) for a in (taken, renamed)] == [(409, "uniqueness")] * 2
    assert "not provisioned" in taken.body["detail"]
    assert idp("GET", f"/Groups/{own_id}").status == 404
    assert idp("DELETE", f"/Groups/{own_id}").status == 404
    assert idp.group_names() == {"Sales", "Trade"}


def test_a_group_that_was_handed_over_keeps_people_who_are_not_provisioned(
    idp: IdentityProvider,
) -> None:
    anna = idp.person("anna@nordhafen.example").id
    (own_id,) = idp.people.set_groups(SYSTEM, anna, ["Sales"]).group_ids
    idp.services.adoption.hand_over_group(SYSTEM, "Sales")
    (ben,) = people(idp, 1)

    put = {"schemas": [GROUP], "displayName": "Sales", "members": [{"value": ben}]}
    shown = idp("PUT", f"/Groups/{own_id}", put)

    assert [member["value"] for member in shown.body["members"]] == [ben]
    assert idp.members(own_id) == {anna, ben}
    idp.services.adoption.take_back_group(SYSTEM, "Sales")
    assert idp("GET", f"/Groups/{own_id}").status == 404
    assert idp.members(own_id) == {anna, ben}


@pytest.mark.parametrize(
    "operations",
    [
        [add("0" * 32)],
        [add("no id")],
        [{"op": "add", "path": "members", "value": [{"value": "GROUP", "type": "Group"}]}],
        [{"op": "add", "path": "members", "value": ["BEN"]}],
        [{"op": "add", "path": "members", "value": [{"value": None}]}],
        [{"op": "add", "path": "members", "value": "BEN"}],
        [{"op": "add", "value": {"members": [{"value": "0" * 32}]}}],
        [{"op": "replace", "path": "members", "value": [{"value": "GROUP"}]}],
        [add("BEN"), add("0" * 32)],
    ],
    ids=str,
)
def test_a_member_that_is_no_person_is_refused_and_nothing_of_the_request_is_done(
    sqlite_idp: IdentityProvider, operations: list[Json]
) -> None:
    (ben,) = people(sqlite_idp, 1)
    group = sqlite_idp.add_group("Sales")
    text = json.dumps(operations).replace("BEN", ben).replace("GROUP", group)

    answer = sqlite_idp.patch(f"/Groups/{group}", *json.loads(text))

    assert (answer.status, answer.body["scimType"]) == (400, "invalidValue")
    assert sqlite_idp.members(group) == set()


def test_ten_requests_at_the_same_moment_lose_no_member(idp: IdentityProvider) -> None:
    ids = people(idp, 20)
    group = idp.add_group("Sales", *ids[10:])

    with ThreadPoolExecutor(10) as threads:
        answers = list(
            threads.map(
                lambda n: idp.patch(f"/Groups/{group}", add(ids[n]), remove(ids[10 + n])), range(10)
            )
        )

    assert {answer.status for answer in answers} == {204}
    assert idp.members(group) == set(ids[:10])


def test_two_groups_of_one_name_at_the_same_moment_become_one(idp: IdentityProvider) -> None:
    body = {"schemas": [GROUP], "displayName": "Sales"}

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: idp("POST", "/Groups", body), range(6)))

    assert sorted(answer.status for answer in answers) == [201, *[409] * 5]


def test_a_thousand_members_go_into_one_request_and_no_more(sqlite_idp: IdentityProvider) -> None:
    group = sqlite_idp.add_group("Sales")

    answer = sqlite_idp.patch(f"/Groups/{group}", add(*(f"{n:032x}" for n in range(1_051))))

    assert (answer.status, answer.body["scimType"]) == (400, "invalidValue")
    assert "1000 members" in answer.body["detail"]


def test_the_group_of_a_setting_makes_and_unmakes_administrators(idp: IdentityProvider) -> None:
    idp.people.set_role(SYSTEM, idp.person("anna@nordhafen.example").id, Role.ADMIN)
    ben, cem, dora = people(idp, 3)
    group = idp.add_group(ADMINISTRATORS, ben)

    idp.patch(f"/Groups/{group}", add(cem, dora))
    assert [idp.person(f"p{n}@nordhafen.example").is_admin for n in range(3)] == [True] * 3
    idp.patch(f"/Groups/{group}", remove(ben))
    idp("DELETE", f"/Users/{cem}")
    idp.patch(f"/Groups/{group}", {"op": "replace", "path": "displayName", "value": "Friends"})

    roles = [idp.person(f"p{n}@nordhafen.example").role for n in range(3)]
    assert roles == [Role.EMPLOYEE] * 3
    told = [
        (event.object_id, event.details["after"]) for event in idp.events("person.role_changed")
    ]
    assert sorted(told[1:]) == sorted(
        (p, r) for p in (ben, cem, dora) for r in ("admin", "employee")
    )


def test_the_last_administrator_is_not_unmade_by_their_group(idp: IdentityProvider) -> None:
    (ben,) = people(idp, 1)
    group = idp.add_group(ADMINISTRATORS, ben)

    answers = [
        idp.patch(f"/Groups/{group}", remove(ben)),
        idp("DELETE", f"/Groups/{group}"),
        idp.patch(f"/Groups/{group}", {"op": "replace", "path": "displayName", "value": "X"}),
    ]

    assert [answer.status for answer in answers] == [409] * 3
    assert idp.person("p0@nordhafen.example").is_admin
    assert idp.members(group) == {ben}
    assert idp.group_names() == {ADMINISTRATORS}


def test_without_the_setting_no_group_gives_a_role(sqlite_idp: IdentityProvider) -> None:
    (ben,) = people(sqlite_idp, 1)

    for name in ("admin", "Administrators", ADMINISTRATORS.lower()):
        sqlite_idp.add_group(name, ben)

    assert sqlite_idp.person("p0@nordhafen.example").role is Role.EMPLOYEE


def test_a_person_and_their_memberships_go_together(idp: IdentityProvider) -> None:
    (ben,) = people(idp, 1)
    idp.add_group("Sales", ben)

    idp("DELETE", f"/Users/{ben}")

    with idp.database.read() as session:
        assert session.exec(select(MembershipRow)).all() == []
