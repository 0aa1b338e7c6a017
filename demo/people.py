"""The rows of the made-up people and their groups."""

from collections.abc import Iterator, Mapping
from functools import cache

from sqlmodel import SQLModel

from core.storage.tables import GroupRow, MembershipRow, UserRow
from demo.calendar import Calendar
from demo.marks import LABEL, demo_id
from demo.script import Employee, employees, units

DOMAIN = "demo.invalid"
"""A domain that cannot exist (RFC 2606), so that no mail ever leaves for it."""


def person_id(key: str) -> str:
    """Return the id of the person with this key."""
    return demo_id("person", key)


@cache
def group_names() -> Mapping[str, str]:
    """Return the name of each person's group by the id of the person."""
    names = units()
    return {person_id(one.key): _group_name(names[one.unit]) for one in employees()}


def people_rows(calendar: Calendar) -> Iterator[SQLModel]:
    """Yield a group for each unit, and an account without a password for each person."""
    for key, name in units().items():
        yield GroupRow(id=demo_id("group", key), name=_group_name(name))
    for employee in employees():
        yield _account(employee, calendar)
    for employee in employees():
        yield MembershipRow(
            user_id=person_id(employee.key), group_id=demo_id("group", employee.unit)
        )


def _group_name(unit: str) -> str:
    return f"{unit} {LABEL}"


def _account(employee: Employee, calendar: Calendar) -> UserRow:
    first_day = calendar.start_of(employee.joined)
    return UserRow(
        id=person_id(employee.key),
        email=f"{employee.name.lower().replace(' ', '.')}@{DOMAIN}",
        name=f"{employee.name} {LABEL}",
        role=employee.role,
        created_at=first_day,
    )
