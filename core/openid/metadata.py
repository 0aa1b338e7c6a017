"""What an identity provider says about itself: its addresses, and the keys that it signs with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from core.errors import ConfigurationError
from core.models.provider.address import require_safe_address

WELL_KNOWN = "/.well-known/openid-configuration"
SETTING = "SANDBOX_OIDC__ISSUER"
SIGNATURES = frozenset(
    {
        *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
        *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
    }
)
"""Signatures by private keys (RFC 7518, RFC 8037); "none" and shared secrets are never accepted."""

BASIC, POST, PUBLIC = "client_secret_basic", "client_secret_post", "none"


class UnusableMetadata(Exception):
    """The provider describes itself in a way that cannot be used; the text names the part."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """The parts of OpenID Provider Metadata (Discovery 1.0, 3) that signing in needs."""

    issuer: str
    authorization: str
    token: str
    keys: str
    userinfo: str
    end_session: str
    algorithms: Sequence[str]
    auth_methods: Sequence[str]
    names_issuer: bool
    """Whether the provider names itself beside the code (RFC 9207)."""


def read_metadata(found: object, issuer: str) -> Metadata:
    """Return what the provider says of itself; raise UnusableMetadata.

    Another issuer than the one that was asked is refused (Discovery 1.0, 4.3), and so is any
    address that is not encrypted on the way.
    """
    if not isinstance(found, Mapping):
        raise UnusableMetadata("it is no JSON object")
    if found.get("issuer") != issuer:
        raise UnusableMetadata("it names another issuer")
    offered = _texts(found.get("id_token_signing_alg_values_supported")) or ("RS256",)
    algorithms = tuple(name for name in offered if name in SIGNATURES)
    if not algorithms:
        raise UnusableMetadata("it offers no signature that can be checked")
    return Metadata(
        issuer,
        authorization=_address(found, "authorization_endpoint"),
        token=_address(found, "token_endpoint"),
        keys=_address(found, "jwks_uri"),
        userinfo=_address(found, "userinfo_endpoint", is_needed=False),
        end_session=_address(found, "end_session_endpoint", is_needed=False),
        algorithms=algorithms,
        auth_methods=_texts(found.get("token_endpoint_auth_methods_supported")) or (BASIC,),
        names_issuer=found.get("authorization_response_iss_parameter_supported") is True,
    )


def read_keys(found: object) -> KeySet:
    """Return the public keys for signatures; raise UnusableMetadata without one."""
    listed = found.get("keys") if isinstance(found, Mapping) else None
    usable = [
        key
        for key in (listed if isinstance(listed, list) else [])
        if isinstance(key, dict) and key.get("kty") in ("RSA", "EC", "OKP") and _signs(key)
    ]
    try:
        keys = KeySet.import_key_set({"keys": usable})
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise UnusableMetadata("its keys cannot be read") from error
    if not keys.keys:
        raise UnusableMetadata("it lists no key for signatures")
    return keys


def auth_method(metadata: Metadata, *, has_secret: bool) -> str:
    """Return how the app shows its secret at the token endpoint."""
    if not has_secret:
        return PUBLIC
    return BASIC if BASIC in metadata.auth_methods or POST not in metadata.auth_methods else POST


def _signs(key: Mapping[str, object]) -> bool:
    return key.get("use", "sig") == "sig"


def _address(found: Mapping[str, object], name: str, *, is_needed: bool = True) -> str:
    value = found.get(name)
    if not value and not is_needed:
        return ""
    if not isinstance(value, str):
        raise UnusableMetadata(f"it has no {name}")
    try:
        require_safe_address(value, setting=SETTING, allows_plain_http=False)
    except ConfigurationError as error:
        raise UnusableMetadata(f"its {name} is not safe") from error
    return value


def _texts(value: object) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()
