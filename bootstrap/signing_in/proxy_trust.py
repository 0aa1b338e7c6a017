"""Decides from where the header of a proxy is believed, and refuses settings that leave gaps."""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network

from admin.single_sign_on.proxy_sign_in import ProxyTrust
from core.errors import ConfigurationError
from core.settings_identity import ProxySignInSettings

FORWARDING = "FORWARDED_ALLOW_IPS"
FORWARDED_BY_DEFAULT = "127.0.0.1,::1"
"""Whose X-Forwarded-For the server believes unless FORWARDED_ALLOW_IPS says otherwise."""

Network = IPv4Network | IPv6Network


def proxy_trust(proxy: ProxySignInSettings, environment: Mapping[str, str]) -> ProxyTrust | None:
    """Return it, None without a header; raise ConfigurationError.

    The server replaces the address of a connection by X-Forwarded-For for those whom
    FORWARDED_ALLOW_IPS names. All of them have to be listed proxies, so that nobody else can look
    like one.
    """
    if not proxy.is_configured:
        return None
    networks = [_network(text, "SANDBOX_PROXY_SIGN_IN__ADDRESSES") for text in proxy.addresses]
    this_machine = [ip_network("127.0.0.1"), ip_network("::1")]
    if any(one in networks for one in this_machine):
        networks = [*networks, *this_machine]
    forwarded = environment.get(FORWARDING, FORWARDED_BY_DEFAULT)
    for text in filter(None, map(str.strip, forwarded.split(","))):
        if text == "*" or not _covers(networks, _network(text, FORWARDING)):
            raise ConfigurationError(
                f"{FORWARDING} names {text}, which SANDBOX_PROXY_SIGN_IN__ADDRESSES does not. "
                "Whoever may forward addresses could pretend to be the proxy. Set both to the "
                "address of the proxy."
            )
    return ProxyTrust(
        proxy.header,
        tuple(networks),
        proxy.secret_header,
        proxy.secret.get_secret_value(),
        proxy.groups_header,
    )


def _covers(networks: Iterable[Network], wanted: Network) -> bool:
    return any(
        isinstance(wanted, type(one)) and wanted.subnet_of(one)  # type: ignore[arg-type]  # same kind
        for one in networks
    )


def _network(text: str, setting: str) -> Network:
    try:
        return ip_network(text.strip())
    except ValueError as error:
        raise ConfigurationError(
            f"{setting} names “{text}”. Write addresses like 10.0.0.7, or networks like "
            "10.0.0.0/29."
        ) from error
