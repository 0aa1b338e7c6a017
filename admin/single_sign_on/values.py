"""What sign-ins of the company's systems may do, and what becomes of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Purpose(StrEnum):
    """What a browser is sent to the identity provider for."""

    SIGN_IN = "sign_in"
    CONNECT = "connect"
    """The account of whoever is signed in gets this identity."""
    CONFIRM = "confirm"
    """The person of this session signs in anew before something dangerous."""


@dataclass(frozen=True, slots=True)
class AccountRules:
    """Who gets an account and which groups; names of domains are lower case.

    `groups` leads from groups there to groups of the app. Without `admin_groups`, roles stay as
    they are given in the app.
    """

    makes_accounts: bool = False
    domains: frozenset[str] = frozenset()
    needs_verified_email: bool = True
    connects_domains: frozenset[str] = frozenset()
    groups: Mapping[str, str] = field(default_factory=dict)
    admin_groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SignInRules:
    """How strong a sign-in at the provider has to be, and what follows it."""

    required_acr: frozenset[str] = frozenset()
    required_amr: frozenset[str] = frozenset()
    asks_factor: bool = False
    ends_session: bool = True


@dataclass(frozen=True, slots=True)
class Begun:
    """The address that a browser goes to, and what it keeps until it is back."""

    address: str
    kept: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Came:
    """A browser that comes back from the provider, with all it brought."""

    kept: str
    state: str
    code: str
    issuer: str
    session_token: str
    error: str = ""
    address: str = ""
    browser: str = ""


@dataclass(frozen=True, slots=True)
class Completed:
    """What came of it; `token` is that of a new session, empty where the old one goes on."""

    purpose: Purpose
    target: str
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Connection:
    """An identity that opens an account."""

    id: str
    issuer: str
    subject: str
    email: str
    connected_at: datetime
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Vouched:
    """A person as one of the company's systems names them; `groups` is None if it named none."""

    issuer: str
    subject: str
    email: str
    is_email_verified: bool
    name: str
    groups: Sequence[str] | None
    may_connect: bool
    """Whether this system may open an account that was made without it."""
    external_id: str = ""
    """The identifier by which provisioning knows the person."""
