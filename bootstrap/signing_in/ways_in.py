"""Puts together what signs people in, as the settings say."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from admin.signing_in.account_mail import AccountMail
from admin.signing_in.notices import AccountNotices
from admin.signing_in.password_links import PasswordLinks
from admin.signing_in.passwords import Passwords
from admin.signing_in.second_factors import SecondFactors
from admin.signing_in.sign_in import SignIn
from admin.single_sign_on.company_sign_in import CompanySignIn
from admin.single_sign_on.connections import Connections
from admin.single_sign_on.flow import FlowSeal
from admin.single_sign_on.proxy_sign_in import ProxySignIn, ProxyTrust
from admin.single_sign_on.values import AccountRules, SignInRules
from bootstrap.ideas import build_mailer
from bootstrap.signing_in.proxy_trust import proxy_trust
from core.errors import ConfigurationError
from core.models.provider.address import require_safe_address
from core.openid.provider import OpenIdProvider
from core.openid.values import Registration
from core.settings import Settings
from core.settings_identity import OidcSettings, ProxySignInSettings
from core.storage.audit.key import SecretKey
from core.storage.database import Database


@dataclass(frozen=True, slots=True)
class WaysIn:
    """Everything that signs people in; what is not set up is None."""

    sign_in: SignIn
    company: CompanySignIn | None
    proxy: ProxySignIn | None
    proxy_trust: ProxyTrust | None
    connections: Connections
    password_links: PasswordLinks


def build_ways_in(
    settings: Settings,
    database: Database,
    passwords: Passwords,
    *,
    factors: SecondFactors,
    origin: Callable[[str], str],
    environment: Mapping[str, str],
    mail: AccountMail | None = None,
) -> WaysIn:
    """Build them; raise ConfigurationError for settings that are not safe together.

    `origin` is what the audit log keeps of a network address.
    """
    notices = AccountNotices(database, mail)
    takes_passwords = settings.session.passwords
    if not (takes_passwords or settings.oidc.is_configured or settings.proxy_sign_in.is_configured):
        raise ConfigurationError(
            "SANDBOX_SESSION__PASSWORDS is false, and there is no other way to sign in. Set "
            "SANDBOX_OIDC__ISSUER, or leave passwords on."
        )
    sign_in = SignIn(
        database,
        passwords,
        factors=factors,
        admins_need_factor=settings.session.admins_need_second_factor,
        idle=timedelta(minutes=settings.session.idle_minutes),
        absolute=timedelta(hours=settings.session.absolute_hours),
        origin=origin,
        asks_for_policy=settings.policy.required,
        takes_passwords=takes_passwords,
    )
    trust = proxy_trust(settings.proxy_sign_in, environment)
    return WaysIn(
        sign_in,
        _company(settings, sign_in, notices, database=database, origin=origin),
        _proxy(settings.proxy_sign_in, sign_in, database, origin) if trust is not None else None,
        trust,
        Connections(database, settings.oidc.issuer, notices),
        PasswordLinks(
            database, passwords, mail=mail, notices=notices, takes_passwords=takes_passwords
        ),
    )


def build_provider(oidc: OidcSettings) -> OpenIdProvider | None:
    """Return the identity provider, None without one; raise ConfigurationError for its address."""
    if not oidc.is_configured:
        return None
    require_safe_address(oidc.issuer, setting="SANDBOX_OIDC__ISSUER", allows_plain_http=False)
    return OpenIdProvider(
        Registration(
            oidc.issuer,
            oidc.client_id,
            oidc.client_secret.get_secret_value(),
            oidc.scopes,
            oidc.groups_claim,
            oidc.provisioned_claim,
            oidc.timeout_s,
        )
    )


def account_mail(settings: Settings) -> AccountMail | None:
    """Return what mails people about their accounts, None without server or address of the app."""
    mailer = build_mailer(settings)
    if mailer is None or not settings.mail.app_address:
        return None
    return AccountMail(mailer, settings.company_name, settings.mail.app_address)


def _company(
    settings: Settings,
    sign_in: SignIn,
    notices: AccountNotices,
    *,
    database: Database,
    origin: Callable[[str], str],
) -> CompanySignIn | None:
    oidc, provider = settings.oidc, build_provider(settings.oidc)
    if provider is None:
        return None
    return CompanySignIn(
        database,
        provider,
        sign_in,
        FlowSeal(SecretKey(settings.data_dir / "second-factors.key")),
        name=oidc.name,
        accounts=AccountRules(
            makes_accounts=oidc.makes_accounts,
            domains=_lower(oidc.domains),
            needs_verified_email=oidc.needs_verified_email,
            connects_domains=_lower(oidc.connects_domains),
            groups=oidc.groups,
            admin_groups=frozenset(oidc.admin_groups),
        ),
        rules=SignInRules(
            frozenset(oidc.required_acr),
            frozenset(oidc.required_amr),
            asks_factor=oidc.second_factor,
            ends_session=oidc.ends_session,
        ),
        origin=origin,
        notices=notices,
    )


def _proxy(
    proxy: ProxySignInSettings, sign_in: SignIn, database: Database, origin: Callable[[str], str]
) -> ProxySignIn:
    return ProxySignIn(
        database,
        sign_in,
        accounts=AccountRules(
            makes_accounts=proxy.makes_accounts, domains=_lower(proxy.domains), groups=proxy.groups
        ),
        origin=origin,
    )


def _lower(domains: Iterable[str]) -> frozenset[str]:
    return frozenset(domain.strip().lstrip("@").lower() for domain in domains)
