"""Accounts are for admins to change, and one admin always stays."""

from collections.abc import Callable

import pytest

from admin.people import People
from core.domain.identity import SYSTEM, Role, User
from core.errors import AccessDenied, Conflict, InvalidInput, NotFound
from tests.admin.conftest import PASSWORD


def test_nobody_has_an_account_at_first(people: People) -> None:
    assert not people.has_users()


def test_an_admin_adds_a_colleague_with_groups(people: People, anna: User) -> None:
    added = people.add(
        anna, " Ben@Nordhafen.example", name=" Ben  Voss ", password=PASSWORD, groups=["Customs"]
    )

    assert (added.email, added.name, added.role) == (
        "ben@nordhafen.example",
        "Ben Voss",
        Role.EMPLOYEE,
    )
    assert [group.name for group in people.list_groups(anna)] == ["Customs"]
    assert people.list_all(anna) == [anna, added]


@pytest.mark.parametrize(
    "call",
    [
        lambda people, ben: people.list_all(ben),
        lambda people, ben: people.list_groups(ben),
        lambda people, ben: people.add(ben, "x@y.z", name="X", password=PASSWORD),
        lambda people, ben: people.set_role(ben, ben.id, Role.ADMIN),
        lambda people, ben: people.set_active(ben, ben.id, is_active=False),
        lambda people, ben: people.set_groups(ben, ben.id, ["Customs"]),
    ],
    ids=["list", "groups", "add", "role", "active", "join"],
)
def test_employees_may_change_nobody(
    people: People, ben: User, call: Callable[[People, User], object]
) -> None:
    with pytest.raises(AccessDenied):
        call(people, ben)


@pytest.mark.parametrize(
    "email", ["", "anna", "@nordhafen.example", "a b@c.d", "a@", "x" * 251 + "@c.d"]
)
def test_an_address_must_look_like_one(people: People, email: str) -> None:
    with pytest.raises(InvalidInput, match="e-mail"):
        people.add(SYSTEM, email, name="Anna", password=PASSWORD)


def test_an_address_has_one_account(people: People, anna: User) -> None:
    with pytest.raises(Conflict):
        people.add(SYSTEM, anna.email.upper(), name="Anna", password=PASSWORD)


def test_the_last_active_admin_stays(people: People, anna: User, ben: User) -> None:
    with pytest.raises(Conflict, match="last active administrator"):
        people.set_active(anna, anna.id, is_active=False)
    with pytest.raises(Conflict, match="last active administrator"):
        people.set_role(SYSTEM, anna.id, Role.EMPLOYEE)

    assert people.list_all(SYSTEM)[0] == anna


def test_an_admin_can_go_once_there_is_another(people: People, anna: User, ben: User) -> None:
    people.set_role(anna, ben.id, Role.ADMIN)

    assert not people.set_active(anna, anna.id, is_active=False).is_active


def test_a_deactivated_admin_does_not_count_as_one(people: People, anna: User, ben: User) -> None:
    people.set_role(anna, ben.id, Role.ADMIN)
    people.set_active(anna, ben.id, is_active=False)

    with pytest.raises(Conflict):
        people.set_role(anna, anna.id, Role.REVIEWER)


def test_groups_are_replaced(people: People, anna: User, ben: User) -> None:
    people.set_groups(anna, ben.id, ["Customs", "Drivers"])

    changed = people.set_groups(anna, ben.id, ["Drivers"])

    assert len(changed.group_ids) == 1
    assert {g.name: g.member_count for g in people.list_groups(anna)} == {
        "Customs": 0,
        "Drivers": 1,
    }


def test_unknown_accounts_are_not_found(people: People, anna: User) -> None:
    with pytest.raises(NotFound):
        people.set_role(anna, "0" * 32, Role.ADMIN)
