"""What is asked of an identity provider, and what it says of a person."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Registration:
    """The app as the identity provider knows it.

    `groups_claim` is the claim that names groups, `provisioned_claim` the one with the identifier
    that provisioning knows as external; `timeout_s` is the longest silence in seconds.
    """

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    scopes: str = "openid profile email"
    groups_claim: str = "groups"
    provisioned_claim: str = "sub"
    timeout_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Departure:
    """The address that a browser is sent to, and what has to come back with it."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Return:
    """What a browser brought back, and what was kept of its departure."""

    code: str
    issuer: str
    """The parameter `iss`, empty without one."""
    redirect_uri: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as the provider vouches for them: issuer and subject never change.

    `groups` is None where the provider said nothing about groups. `session` is the provider's own
    name of the sign-in there.
    """

    issuer: str
    subject: str
    email: str = ""
    is_email_verified: bool = False
    name: str = ""
    groups: Sequence[str] | None = None
    signed_in_at: datetime | None = None
    acr: str = ""
    amr: Sequence[str] = ()
    session: str = ""
    external_id: str = ""
    """The identifier by which provisioning knows the person, empty if it was not told."""


@dataclass(frozen=True, slots=True)
class LogoutNotice:
    """A person, or one sign-in of theirs, that ended at the provider; one of the two is set."""

    issuer: str
    token_id: str
    subject: str = ""
    session: str = ""
