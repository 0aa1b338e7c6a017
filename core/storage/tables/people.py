"""Accounts, groups, sign-in sessions, and what an identity provider looks after."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from core.domain.clock import new_id, now
from core.storage.tables.base import time_column


class UserRow(SQLModel, table=True):
    """An account; `email` is lower case.

    An emergency account signs in with its password alone, and each time is told to all
    administrators.
    """

    __tablename__ = "users"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    email: str = Field(unique=True, max_length=254)
    name: str = Field(max_length=120)
    role: str = Field(max_length=20)
    password_hash: str = Field(default="", max_length=255)
    is_active: bool = True
    is_emergency: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    created_at: datetime = time_column(default_factory=now)


class GroupRow(SQLModel, table=True):
    """A set of people."""

    __tablename__ = "groups"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    name: str = Field(unique=True, max_length=80)


class MembershipRow(SQLModel, table=True):
    """A person in a group."""

    __tablename__ = "memberships"

    user_id: str = Field(foreign_key="users.id", primary_key=True, ondelete="CASCADE")
    group_id: str = Field(foreign_key="groups.id", primary_key=True, ondelete="CASCADE", index=True)


class SessionRow(SQLModel, table=True):
    """A sign-in on one browser; only the hash of its token is stored.

    One that is pending has seen the password and waits for the second factor. `confirmed_at` is
    when the password was entered last.
    """

    __tablename__ = "sign_in_sessions"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    token_hash: str = Field(unique=True, max_length=64)
    user_id: str = Field(foreign_key="users.id", index=True, ondelete="CASCADE")
    created_at: datetime = time_column(default_factory=now)
    last_seen_at: datetime = time_column(default_factory=now)
    expires_at: datetime = time_column()
    revoked_at: datetime | None = time_column(default=None, nullable=True)
    browser: str = Field(default="", max_length=120)
    is_pending: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    confirmed_at: datetime | None = time_column(default=None, nullable=True)


class ExternalIdentityRow(SQLModel, table=True):
    """A person at another system who opens an account; found by issuer and subject alone.

    `email` is what the system said last; nothing is found by it.
    """

    __tablename__ = "external_identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    issuer: str = Field(max_length=300)
    subject: str = Field(max_length=255)
    user_id: str = Field(foreign_key="users.id", index=True, ondelete="CASCADE", max_length=32)
    email: str = Field(default="", max_length=254)
    connected_at: datetime = time_column(default_factory=now)
    last_seen_at: datetime | None = time_column(default=None, nullable=True)


class ExternalSessionRow(SQLModel, table=True):
    """A session that such an identity opened; `provider_session` is its name over there."""

    __tablename__ = "external_sessions"

    session_id: str = Field(
        foreign_key="sign_in_sessions.id", primary_key=True, ondelete="CASCADE", max_length=32
    )
    identity_id: str = Field(
        foreign_key="external_identities.id", index=True, ondelete="CASCADE", max_length=32
    )
    provider_session: str = Field(default="", max_length=255)


class UsedAnswerRow(SQLModel, table=True):
    """A signed answer of the identity provider that was used, kept until it expires by itself."""

    __tablename__ = "used_answers"

    answer_hash: str = Field(primary_key=True, max_length=64)
    at: datetime = time_column(default_factory=now, index=True)


class SecondFactorRow(SQLModel, table=True):
    """The second factor of an account; its secret is encrypted, and `last_step` was used last."""

    __tablename__ = "second_factors"

    user_id: str = Field(
        foreign_key="users.id", primary_key=True, ondelete="CASCADE", max_length=32
    )
    secret: str = Field(max_length=200)
    last_step: int = 0
    created_at: datetime = time_column(default_factory=now)
    confirmed_at: datetime | None = time_column(default=None, nullable=True)


class RecoveryCodeRow(SQLModel, table=True):
    """A code that stands in for a lost phone once; only its hash is stored."""

    __tablename__ = "recovery_codes"

    user_id: str = Field(
        foreign_key="users.id", primary_key=True, ondelete="CASCADE", max_length=32
    )
    code_hash: str = Field(primary_key=True, max_length=64)


class SetupTokenRow(SQLModel, table=True):
    """A one-time link that creates the first admin."""

    __tablename__ = "setup_tokens"

    token_hash: str = Field(primary_key=True, max_length=64)
    created_at: datetime = time_column(default_factory=now)
    expires_at: datetime = time_column()
    used_at: datetime | None = time_column(default=None, nullable=True)


class PasswordLinkRow(SQLModel, table=True):
    """A one-time link with which a person sets a password; only the hash of its token is stored."""

    __tablename__ = "password_links"

    token_hash: str = Field(primary_key=True, max_length=64)
    user_id: str = Field(foreign_key="users.id", index=True, ondelete="CASCADE", max_length=32)
    created_at: datetime = time_column(default_factory=now)
    expires_at: datetime = time_column()


class SignInFailureRow(SQLModel, table=True):
    """A failed sign-in, kept for an hour to slow down the next tries.

    `key` is a hash of account, address or known browser. `address` is set where the key is one of a
    network address, so that administrators can end its wait. `refusals` counts the tries that were
    refused in the wait that began with this failure.
    """

    __tablename__ = "sign_in_failures"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(index=True, max_length=64)
    at: datetime = time_column(default_factory=now, index=True)
    address: str = Field(default="", max_length=64, sa_column_kwargs={"server_default": ""})
    refusals: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class ScimTokenRow(SQLModel, table=True):
    """A bearer token of an identity provider; only its hash is stored.

    Revoked ones stay: the audit log names them.
    """

    __tablename__ = "scim_tokens"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    name: str = Field(max_length=60)
    token_hash: str = Field(unique=True, max_length=64)
    created_at: datetime = time_column(default_factory=now)
    expires_at: datetime = time_column()
    last_used_at: datetime | None = time_column(default=None, nullable=True)
    revoked_at: datetime | None = time_column(default=None, nullable=True)


class ScimResourceRow(SQLModel, table=True):
    """A person or group that an identity provider looks after, and what only it knows of them.

    `id` is that of the account or the group. `external_id` is the identity provider's own id, None
    if it gave none; no two people and no two groups share one. `deleted_at` is set for a person
    whom the identity provider deleted: the account stays, deactivated.
    """

    __tablename__ = "scim_resources"
    __table_args__ = (UniqueConstraint("kind", "external_id"),)

    id: str = Field(primary_key=True, max_length=32)
    kind: str = Field(max_length=10)
    user_id: str | None = Field(
        default=None, foreign_key="users.id", unique=True, ondelete="CASCADE", max_length=32
    )
    group_id: str | None = Field(
        default=None, foreign_key="groups.id", unique=True, ondelete="CASCADE", max_length=32
    )
    external_id: str | None = Field(default=None, max_length=255)
    display_name: str = Field(default="", max_length=255)
    formatted_name: str = Field(default="", max_length=255)
    given_name: str = Field(default="", max_length=255)
    family_name: str = Field(default="", max_length=255)
    emails: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False)
    )
    version: int = 1
    created_at: datetime = time_column(default_factory=now)
    changed_at: datetime = time_column(default_factory=now)
    deleted_at: datetime | None = time_column(default=None, nullable=True)
