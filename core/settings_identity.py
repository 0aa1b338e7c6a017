"""The settings of sign-ins that the company's own systems vouch for."""

from typing import Self

from pydantic import BaseModel, Field, SecretStr, model_validator

LEAST_SECRET = 16


class OidcSettings(BaseModel):
    """The company's identity provider, asked over OpenID Connect; without an issuer, none."""

    issuer: str = Field(
        "",
        description="Issuer as the provider spells it, such as "
        "https://login.example.com/realms/company; empty: no company sign-in.",
    )
    client_id: str = Field("", description="Identifier of the app at the provider.")
    client_secret: SecretStr = Field(
        SecretStr(""), description="Secret of the app there; empty for a public client."
    )
    scopes: str = Field("openid profile email", description="Scopes that are asked for.")
    name: str = Field(
        "your company account", max_length=60, description="Follows “Sign in with” on the button."
    )
    makes_accounts: bool = Field(
        False, description="Whether people get an account at their first sign-in; needs domains."
    )
    domains: list[str] = Field(
        default_factory=list,
        description="Domains of e-mail addresses that may get an account; empty: none.",
    )
    needs_verified_email: bool = Field(
        True, description="Whether an account is made only for a verified address."
    )
    connects_domains: list[str] = Field(
        default_factory=list,
        description="Domains whose verified addresses are connected with the account that has the "
        "same one. Administrators always connect theirs themselves.",
    )
    provisioned_claim: str = Field(
        "sub",
        description="Claim whose value provisioning (SCIM) has as externalId: a person it made is "
        "connected by it; Entra ID: oid; empty: nobody is.",
    )
    groups_claim: str = Field("groups", description="Claim that names a person's groups.")
    groups: dict[str, str] = Field(
        default_factory=dict,
        description='Groups of the provider and of the app, as in {"dept-sales": "Sales"}.',
    )
    admin_groups: list[str] = Field(
        default_factory=list,
        description="Groups of the provider whose members are administrators; empty: roles are "
        "given in the app.",
    )
    second_factor: bool = Field(
        False,
        description="Whether a code of the phone is asked for after it where it would be "
        "after a password.",
    )
    required_acr: list[str] = Field(
        default_factory=list, description="Classes of sign-ins (acr) of which one is needed."
    )
    required_amr: list[str] = Field(
        default_factory=list, description="Methods of sign-ins (amr) that are all needed."
    )
    ends_session: bool = Field(
        True, description="Whether signing out leads on to the provider, where it offers that."
    )
    timeout_s: float = Field(10.0, gt=0, le=60, description="Longest silence of the provider.")

    @property
    def is_configured(self) -> bool:
        return bool(self.issuer)

    @model_validator(mode="after")
    def _require_what_belongs_to_it(self) -> Self:
        if self.issuer and not self.client_id:
            raise ValueError("issuer is set; client_id says which app this is there")
        if self.makes_accounts and not self.domains:
            raise ValueError("makes_accounts needs domains, so that no stranger gets an account")
        if "openid" not in self.scopes.split():
            raise ValueError("scopes have to include openid")
        return self


class ProxySignInSettings(BaseModel):
    """A proxy that signs people in and names them in a header; without a header, none."""

    header: str = Field(
        "",
        pattern=r"^[A-Za-z0-9-]*$",
        description="Header with the e-mail address of whoever is signed in there, such as "
        "X-Forwarded-Email; empty: no header is believed.",
    )
    addresses: list[str] = Field(
        default_factory=list,
        description="Addresses or networks that the proxy connects from, such as 10.0.0.7.",
    )
    secret_header: str = Field(
        "X-Proxy-Secret",
        pattern=r"^[A-Za-z0-9-]+$",
        description="Header in which the proxy shows the secret.",
    )
    secret: SecretStr = Field(
        SecretStr(""), description="The secret, at least 16 characters by chance."
    )
    groups_header: str = Field(
        "", pattern=r"^[A-Za-z0-9-]*$", description="Header with groups, between commas."
    )
    groups: dict[str, str] = Field(
        default_factory=dict, description="Groups of the proxy and of the app."
    )
    makes_accounts: bool = Field(
        False, description="Whether people get an account at their first sign-in; needs domains."
    )
    domains: list[str] = Field(
        default_factory=list, description="Domains of addresses that may get an account."
    )

    @property
    def is_configured(self) -> bool:
        return bool(self.header)

    @model_validator(mode="after")
    def _require_what_makes_it_safe(self) -> Self:
        if not self.header:
            return self
        if not self.addresses:
            raise ValueError("header is set; addresses say which proxy may send it")
        if len(self.secret.get_secret_value()) < LEAST_SECRET:
            raise ValueError(f"header is set; secret needs at least {LEAST_SECRET} characters")
        if self.makes_accounts and not self.domains:
            raise ValueError("makes_accounts needs domains, so that no stranger gets an account")
        return self
