"""Checks what an identity provider signed: ID tokens and logout tokens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from core.openid.values import Identity, LogoutNotice

LEEWAY_S = 60
"""How far the clocks of both sides may differ."""

MAX_SUBJECT = 255
"""Characters of a subject (Core 1.0, 2)."""

MAX_HEADER_BYTES = 4096
LATEST = 4e9
"""A time in the year 2096, in seconds since 1970: later ones are mistakes."""

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"

Claims = Mapping[str, Any]  # Any: JSON of the provider


class TokenRefused(Exception):
    """A token is not what it has to be; the text names the part for the log."""


class KeyUnknown(TokenRefused):
    """A token is signed with a key that the provider did not list when it was asked."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Who must have signed a token for whom, and with which kinds of signatures."""

    issuer: str
    client_id: str
    algorithms: Sequence[str]


def checked_claims(
    token: str, keys: KeySet, expected: Expected, *, nonce: str, access_token: str
) -> Claims:
    """Return the claims of an ID token (Core 1.0, 3.1.3.7); raise TokenRefused."""
    opened = _opened(token, keys, expected)
    claims: Claims = CodeIDToken(
        opened.claims,
        opened.header,
        {
            "iss": {"essential": True, "value": expected.issuer},
            "aud": {"essential": True, "value": expected.client_id},
        },
        {"nonce": nonce, "client_id": expected.client_id, "access_token": access_token},
    )
    _validate(claims)
    if claims.get("nonce") != nonce:
        raise TokenRefused("nonce")
    if not 0 < len(claims["sub"]) <= MAX_SUBJECT:
        raise TokenRefused("sub")
    return claims


def logout_notice(token: str, keys: KeySet, expected: Expected) -> LogoutNotice:
    """Return what a logout token says (Back-Channel Logout 1.0, 2.6); raise TokenRefused."""
    opened = _opened(token, keys, expected)
    registry = jwt.JWTClaimsRegistry(
        leeway=LEEWAY_S,
        iss={"essential": True, "value": expected.issuer},
        aud={"essential": True, "value": expected.client_id},
        jti={"essential": True},
        iat={"essential": True},
    )
    try:
        registry.validate(opened.claims)
    except JoseError as error:
        raise TokenRefused(str(error)) from error
    claims = opened.claims
    events = claims.get("events")
    if not isinstance(events, Mapping) or LOGOUT_EVENT not in events or "nonce" in claims:
        raise TokenRefused("events")
    if datetime.now(UTC).timestamp() - float(claims["iat"]) > 2 * LEEWAY_S:
        raise TokenRefused("iat")
    subject, session = _text(claims.get("sub")), _text(claims.get("sid"))
    if not subject and not session:
        raise TokenRefused("sub")
    return LogoutNotice(expected.issuer, _text(claims["jti"]), subject, session)


def to_identity(claims: Claims, issuer: str, groups_claim: str, external_claim: str) -> Identity:
    """Return the person whom checked claims describe."""
    amr = claims.get("amr")
    return Identity(
        issuer,
        _text(claims["sub"]),
        email=_text(claims.get("email")).strip().lower(),
        # Some providers write booleans as text.
        is_email_verified=claims.get("email_verified") in (True, "true"),
        name=_text(claims.get("name")) or _text(claims.get("preferred_username")),
        groups=_groups(claims.get(groups_claim)),
        signed_in_at=_time(claims.get("auth_time")),
        acr=_text(claims.get("acr")),
        amr=tuple(map(str, amr)) if isinstance(amr, list) else (),
        session=_text(claims.get("sid"))[:MAX_SUBJECT],
        external_id=_text(claims.get(external_claim)),
    )


def _opened(token: str, keys: KeySet, expected: Expected) -> jwt.Token:
    registry = JWSRegistry(algorithms=list(expected.algorithms), strict_check_header=False)
    registry.max_header_length = MAX_HEADER_BYTES
    try:
        return jwt.decode(token, keys, registry=registry)
    except JoseError as error:
        kind = KeyUnknown if error.error == "invalid_key_id" else TokenRefused
        raise kind(error.error) from error
    except (ValueError, TypeError, KeyError) as error:
        raise TokenRefused("format") from error


def _validate(claims: Any) -> None:  # noqa: ANN401  a class of Authlib
    try:
        claims.validate(leeway=LEEWAY_S)
    except JoseError as error:
        raise TokenRefused(f"{error.error}: {error.description}") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise TokenRefused("format") from error


def _groups(value: object) -> tuple[str, ...] | None:
    if isinstance(value, str):
        return (value,)
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else None


def _time(value: object) -> datetime | None:
    """Return the moment of a number of seconds since 1970, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < LATEST:
        return None
    return datetime.fromtimestamp(value, UTC)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
