"""The SCIM resources served here, as the library that reads and writes them needs them (RFC 7643).

An attribute that is not declared is dropped where an identity provider sends it: roles, passwords
and personal data that nothing here needs.
"""

from typing import Annotated, Any

import scim2_models
from pydantic import Field
from scim2_models import (
    URN,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Filter,
    Mutability,
    Pagination,
    Patch,
    Reference,
    Required,
    Resource,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)

MOST_RESULTS = 200
MOST_MEMBERS = 1_000
MAX_TEXT = 255
MOST_EMAILS = 20


class ScimName(ComplexAttribute):
    """The parts of a name."""

    formatted: str | None = None
    family_name: str | None = None
    given_name: str | None = None


class ScimEmail(ComplexAttribute):
    """An e-mail address that the identity provider keeps; people sign in with `userName`."""

    value: str | None = None
    type: str | None = None
    primary: bool | None = None


class GroupOfPerson(ComplexAttribute):
    """A group that a person is in."""

    value: Annotated[str | None, Mutability.read_only, CaseExact.true] = None
    ref: Annotated[Reference[scim2_models.Group] | None, Mutability.read_only] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    display: Annotated[str | None, Mutability.read_only] = None


class ScimPerson(Resource[Any]):
    """A person; `user_name` is the e-mail address that they sign in with.

    `active` cannot be removed. Where a request leaves it out, a new person is active, and another
    one stays as they are (None).
    """

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    name: ScimName | None = None
    display_name: str | None = None
    active: Annotated[bool | None, Required.true] = None
    emails: list[ScimEmail] | None = None
    groups: Annotated[list[GroupOfPerson] | None, Mutability.read_only] = None


class ScimMember(ComplexAttribute):
    """A person in a group."""

    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    ref: Annotated[Reference[scim2_models.User[Any]] | None, Mutability.immutable] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User"])


class ScimGroup(Resource[Any]):
    """A group of people."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Required.true, Uniqueness.server] = None
    members: list[ScimMember] | None = None


POLICY = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore,
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)
"""Takes what Microsoft Entra ID and Okta send beyond the standard."""

CONFIG = ServiceProviderConfig(
    patch=Patch(supported=True),
    bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
    filter=Filter(supported=True, max_results=MOST_RESULTS),
    change_password=ChangePassword(supported=False),
    sort=Sort(supported=True),
    etag=ETag(supported=True),
    pagination=Pagination(
        cursor=False,
        index=True,
        default_pagination_method=Pagination.DefaultPaginationMethod.index,
        default_page_size=MOST_RESULTS,
        max_page_size=MOST_RESULTS,
    ),
    authentication_schemes=[
        AuthenticationScheme(
            type=AuthenticationScheme.Type.oauthbearertoken,
            name="Bearer token",
            description="A token that an administrator made, in the header Authorization.",
            primary=True,
        )
    ],
)


def provider() -> ScimProvider:
    """Return what the service publishes about itself."""
    return ScimProvider(models=[ScimPerson, ScimGroup], config=CONFIG, policy=POLICY)
