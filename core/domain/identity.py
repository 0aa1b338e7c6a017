"""People, their roles and their groups."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Actor(Protocol):
    """Somebody whose deeds the audit log keeps: a person, or a program with a token of its own."""

    @property
    def id(self) -> str: ...

    @property
    def origin(self) -> str: ...


class Role(StrEnum):
    """The rights of a person besides chatting; each role includes those before it."""

    EMPLOYEE = "employee"
    REVIEWER = "reviewer"
    ADMIN = "admin"


class PolicyStanding(StrEnum):
    """Whether a person has to acknowledge the AI-use policy before they use the sandbox."""

    NOT_ASKED = "not_asked"
    """The terminal, test cases, and everybody where the sandbox does not ask."""
    SETTLED = "settled"
    AWAITED = "awaited"


@dataclass(frozen=True, slots=True)
class User:
    """A person as the services see them; groups are resolved from the database on each use.

    `origin` is where they are, as the audit log keeps it; empty where nobody knows. Whoever signed
    in longer ago has to enter the password again for what is dangerous: `needs_confirmation`.
    `policy` is where they stand with the AI-use policy. None of these says who somebody is: two
    values that differ in them only are the same person.
    """

    id: str
    email: str
    name: str
    role: Role = Role.EMPLOYEE
    group_ids: frozenset[str] = field(default_factory=frozenset)
    is_active: bool = True
    origin: str = field(default="", compare=False)
    needs_confirmation: bool = field(default=False, compare=False)
    policy: PolicyStanding = field(default=PolicyStanding.NOT_ASKED, compare=False)

    @property
    def awaits_policy(self) -> bool:
        return self.policy is PolicyStanding.AWAITED

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN

    @property
    def is_reviewer(self) -> bool:
        return self.role in (Role.REVIEWER, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Group:
    """A set of people that collections are opened to."""

    id: str
    name: str
    member_count: int = 0


SYSTEM = User(id="", email="", name="terminal", role=Role.ADMIN)
"""Who acts in the terminal: whoever can start the program may administer it."""

FORMER_EMPLOYEE = "a former employee"
"""The name of a person whose account is gone."""

ADMINISTRATOR = "An administrator"
"""The name of whoever replied from the terminal, or with an account that is gone."""
